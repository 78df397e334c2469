/**
 * The figures of a whole phone beside linphonec's, from calls made in turn: two Sottos, two linphonecs, and again. Both
 * agree keys by DH3k, speak PCMU and play a tone; what is timed is on the wire or in the system's own accounts.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { Capture } from "../../test/interop/peers/capture";
import { Linphonec } from "../../test/interop/peers/linphonec";
import { writeTone } from "../../test/interop/peers/tone-file";
import { buildFolder } from "../builder/paths";
import { say } from "../builder/process";
import { serveConfigs } from "../simulator/config-server";
import { PhoneProcess } from "../simulator/phone-process";
import { freeUdpPorts } from "../simulator/ports";
import { helloToEncryptedMs } from "./datagrams";
import { type Figure, figure, median } from "./figure";
import { answersAt, residentKiB } from "./process-figures";

const FOLDER = path.join(buildFolder, "bench", "phones");
const ROUNDS = 5;
/** Long enough for linphonec to answer and to agree keys: it is not asked, so that it need not write a log. */
const SETUP_MS = 2500;
/** Long enough for memory to settle. */
const TALK_MS = 2000;

interface Round {
	readonly readyMs: number;
	readonly encryptedMs: number;
	readonly residentKiB: number;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function sottoRound(folder: string): Promise<Round> {
	const [caller = 0, callee = 0] = await freeUdpPorts(2);
	const common = { zrtp: { keyAgreements: ["DH3k"] }, audio: { codecs: ["PCMU"], microphone: "tone:440" } };
	const configs = await serveConfigs({
		caller: { ...common, sip: { port: caller } },
		callee: { ...common, sip: { port: callee, autoAnswer: true } },
	});
	const phones: PhoneProcess[] = [];
	const capture = await Capture.start(path.join(folder, "sotto.pcapng"));
	try {
		const ready = answersAt(callee);
		phones.push(
			await PhoneProcess.start({ name: "Callee", state: path.join(folder, "callee"), config: configs.url("callee") }),
		);
		const readyMs = (await ready) - (phones[0]?.startedAt ?? 0);
		phones.push(
			await PhoneProcess.start({ name: "Caller", state: path.join(folder, "caller"), config: configs.url("caller") }),
		);
		await answersAt(caller);
		const [first, second] = phones;
		if (!first || !second) throw new Error("the phones did not start");
		second.send({ dial: `sip:callee@127.0.0.1:${callee}` });
		await second.until("keys", ({ calls: [call] }) => call?.secureAfterMs !== undefined);
		await wait(TALK_MS);
		const resident = residentKiB(second.pid ?? 0);
		await capture.stop();
		return { readyMs, encryptedMs: helloToEncryptedMs(capture.udp()), residentKiB: resident };
	} finally {
		for (const phone of phones) await phone.stop();
		await capture.stop();
		configs.close();
	}
}

async function linphoneRound(folder: string): Promise<Round> {
	const [caller = 0, callee = 0, rtp = 0] = await freeUdpPorts(3);
	const tone = path.join(folder, "tone.wav");
	writeTone(tone, 440);
	const common = {
		play: tone,
		sip: ["zrtp_key_agreements_suites=MS_ZRTP_KEY_AGREEMENT_DH3K"],
		codecs: ["PCMU"],
		quiet: true,
	} as const;
	const phones: Linphonec[] = [];
	const capture = await Capture.start(path.join(folder, "linphonec.pcapng"));
	const rtpPort = rtp & ~1;
	try {
		const begin = (name: string, sipPort: number, port: number, autoAnswer: boolean): Promise<Linphonec> =>
			Linphonec.start({
				...common,
				name,
				sipPort,
				rtpPort: port,
				autoAnswer,
				folder: path.join(folder, name),
				record: path.join(folder, `${name}.wav`),
			});
		const ready = answersAt(callee);
		phones.push(await begin("callee", callee, rtpPort, true));
		const readyMs = (await ready) - (phones[0]?.startedAt ?? 0);
		phones.push(await begin("caller", caller, rtpPort + 100, false));
		await answersAt(caller);
		await wait(500);
		const [first, second] = phones;
		if (!first || !second) throw new Error("the phones did not start");
		second.command(`call ${first.uri}`);
		await wait(SETUP_MS + TALK_MS);
		const resident = residentKiB(second.pid ?? 0);
		await capture.stop();
		return { readyMs, encryptedMs: helloToEncryptedMs(capture.udp()), residentKiB: resident };
	} finally {
		for (const phone of phones) await phone.stop();
		await capture.stop();
	}
}

/** About two minutes. */
export async function phoneFigures(): Promise<Figure[]> {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const sotto: Round[] = [];
	const linphonec: Round[] = [];
	for (let round = 1; round <= ROUNDS; round++) {
		say(`Round ${round} of ${ROUNDS}: two Sottos, then two linphonecs ...`);
		sotto.push(await sottoRound(FOLDER));
		linphonec.push(await linphoneRound(FOLDER));
	}
	const of = (rounds: readonly Round[], key: keyof Round): number => median(rounds.map((round) => round[key]));
	const against = (name: string, unit: string, key: keyof Round, goal: number): Figure =>
		figure(name, unit, of(sotto, key), { linphonec: of(linphonec, key) }, goal);
	return [
		against("zrtp/dh3k-hello-to-encrypted", "ms", "encryptedMs", 0.3),
		against("phone/resident-in-call", "KiB", "residentKiB", 0.25),
		against("phone/start-to-ready", "ms", "readyMs", 0.25),
	];
}
