/**
 * Calls that are sent on between Sotto and linphonec: Sotto sends linphonec to a third phone, linphonec sends Sotto
 * there, and a second caller while linphonec talks. Each new call agrees keys of its own.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { amplitude, heard, readWav } from "../../scripts/simulator/tone";
import { fileListener, hears } from "./peers/listening";
import { LINPHONE_HZ, Meeting, pause, SOTTO_HZ } from "./peers/meeting";
import { buildRecorded, startSotto } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "linphone-transfer");
const CAROL_HZ = 1200;
const TALK_MS = 1500;

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

interface Third {
	readonly meeting: Meeting;
	readonly carol: PhoneProcess;
	readonly carolUri: string;
	readonly heardByCarol: string;
}

/** linphonec, Sotto and a third phone that answers by itself. */
async function withThird(name: string, use: (third: Third) => Promise<void>, wellKnown = false): Promise<void> {
	const [port = 0] = wellKnown ? [5060] : await freeUdpPorts(1);
	const heardByCarol = path.join(FOLDER, `${name}-carol.wav`);
	const configs = await serveConfigs({
		carol: { sip: { port, autoAnswer: true }, audio: { microphone: `tone:${CAROL_HZ}` } },
	});
	const carol = await startSotto({
		name: "Carol",
		state: path.join(FOLDER, `${name}-carol`),
		config: configs.url("carol"),
		program,
	});
	try {
		await carol.until("ready", () => true);
		carol.send({ speaker: heardByCarol });
		const carolUri = `sip:carol@127.0.0.1:${port}`;
		await Meeting.hold({ folder: path.join(FOLDER, name), name: "call", program }, (meeting) =>
			use({ meeting, carol, carolUri, heardByCarol }),
		);
	} finally {
		await carol.stop();
		configs.close();
	}
}

const live = (phone: PhoneProcess): readonly CallState[] =>
	(phone.state?.calls ?? []).filter(({ state }) => state !== "ended");

describe("calls that are sent on, with linphonec", { concurrency: false }, () => {
	test("Sotto sends linphonec to a third phone", () =>
		withThird("sends", async ({ meeting, carol, carolUri, heardByCarol }) => {
			const { sotto, linphone } = meeting;
			await meeting.connect("outgoing");
			const first = await meeting.secure();
			linphone.mark();
			sotto.send({ transfer: carolUri });
			await sotto.until("out of it", ({ calls }) => calls.every(({ state }) => state === "ended"), 30_000);
			assert.match(sotto.state?.remark ?? "", /is connected with/);
			await carol.until("keys", ({ calls: [call] }) => call?.lock === "closed" && call.secureAfterMs !== undefined);
			const [call] = live(carol);
			assert.notEqual(call?.sas, first.sas);
			assert.equal((await linphone.sas()).text, call?.sas);
			await pause(TALK_MS);
			assert.ok(heard(readWav(heardByCarol), LINPHONE_HZ), "Carol hears linphonec");
			assert.deepEqual([call?.stats?.clearSent, call?.stats?.clearReceived], [0, 0]);
			carol.send({ hangup: true });
			await carol.until("ended", ({ calls: [each] }) => each?.state === "ended");
		}));

	test("linphonec sends Sotto to a third phone", () =>
		withThird("is-sent", async ({ meeting, carol, carolUri, heardByCarol }) => {
			const { sotto, linphone } = meeting;
			await meeting.connect("incoming");
			const first = await meeting.secure();
			linphone.command(`transfer ${carolUri}`);
			await carol.until("keys", ({ calls: [call] }) => call?.lock === "closed" && call.secureAfterMs !== undefined);
			await sotto.until("linphonec is out of it", () => {
				const [one, ...more] = live(sotto);
				return more.length === 0 && one?.peer === carolUri && one.lock === "closed";
			});
			assert.notEqual(live(sotto)[0]?.sas, first.sas);
			assert.equal(live(sotto)[0]?.sas, live(carol)[0]?.sas);
			await pause(TALK_MS);
			assert.ok(heard(readWav(heardByCarol), SOTTO_HZ), "Carol hears Sotto");
			sotto.send({ hangup: true });
			await carol.until("ended", ({ calls: [each] }) => each?.state === "ended");
		}));

	// linphonec writes To and Refer-To without the port: without a proxy, who is asked has to be at 5060.
	test("linphonec sends Sotto to a third phone after asking there, which knows whose call it takes the place of", () => {
		const talk = async ({ meeting, carol, carolUri, heardByCarol }: Third): Promise<void> => {
			const { sotto, linphone, ears } = meeting;
			await meeting.connect("incoming");
			const first = await meeting.secure();
			linphone.command("pause");
			await sotto.until("held", ({ calls: [call] }) => call?.state === "held");
			linphone.mark();
			linphone.command(`call ${carolUri}`);
			await carol.until("keys", ({ calls: [call] }) => call?.lock === "closed" && call.secureAfterMs !== undefined);
			const asked = live(carol)[0];
			await linphone.until(/ZRTP secrets on/);
			linphone.command("transfer 1 --to-call 2");
			await sotto.until("linphonec is out of it", () => {
				const [one, ...more] = live(sotto);
				return more.length === 0 && one?.lock === "closed" && one.sas !== first.sas;
			});
			// The call that takes the place is another one, with words of its own.
			await carol.until("the call that was asked in is over", () => {
				const [one, ...more] = live(carol);
				return more.length === 0 && one?.lock === "closed" && one.id !== asked?.id;
			});
			assert.equal(live(sotto)[0]?.sas, live(carol)[0]?.sas);
			assert.notEqual(live(carol)[0]?.sas, asked?.sas);
			// It is linphonec that names the call to take the place of (RFC 3891), and not linphonec that ends it.
			assert.match(linphone.recentLog, /^Refer-To: .*\?Replaces=/m);
			assert.doesNotMatch(linphone.recentLog, /^BYE sip:carol/m);
			const said = (): string => carol.lines.slice(-40).join("\n");
			await Promise.all([
				hears(fileListener("Carol", heardByCarol, readWav, said), SOTTO_HZ),
				hears(ears.sotto, CAROL_HZ),
			]);
			sotto.send({ hangup: true });
			await carol.until("ended", ({ calls: [each] }) => each?.state === "ended");
		};
		return withThird("asks-first", talk, true);
	});

	test("a second caller while linphonec talks, and the two of them in a conference", () =>
		withThird("conference", async ({ meeting, carol, heardByCarol }) => {
			const { sotto } = meeting;
			await meeting.connect("outgoing");
			await meeting.secure();
			carol.send({ dial: "sip:sotto@127.0.0.1:15060" });
			await sotto.until("it rings", ({ calls }) => calls.some(({ state }) => state === "ringing"));
			sotto.send({ answer: true });
			await carol.until("keys", ({ calls: [call] }) => call?.lock === "closed" && call.secureAfterMs !== undefined);
			sotto.send({ conference: true });
			await sotto.until("three", ({ conference }) => conference?.lock === "closed");
			await pause(TALK_MS + 1500);
			const { samples, rateHz } = lastOf(heardByCarol);
			for (const [hz, atLeast, atMost] of [
				[LINPHONE_HZ, 0.03, 1],
				[SOTTO_HZ, 0.03, 1],
				[CAROL_HZ, 0, 0.005],
			] as const) {
				const loudness = amplitude(samples, rateHz, hz);
				assert.ok(loudness >= atLeast && loudness <= atMost, `Carol hears ${hz} Hz at ${loudness}`);
			}
			for (const { stats } of live(sotto)) assert.deepEqual([stats?.clearSent, stats?.clearReceived], [0, 0]);
			const words = live(sotto).map(({ sas }) => sas);
			assert.equal(new Set(words).size, 2);
		}));
});

function lastOf(file: string): ReturnType<typeof readWav> {
	const { samples, rateHz } = readWav(file);
	return { rateHz, samples: samples.slice(-rateHz) };
}
