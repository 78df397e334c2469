/**
 * Transfer with linphonec, asked by either side: whoever remains hears the other's tone afterwards.
 * Sotto is there twice, as the one who is asked or asks, and as the one to be called.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { heard, readWav } from "../../scripts/simulator/tone";
import { Linphonec } from "./peers/linphonec";
import { freeRtpPorts } from "./peers/rtp-ports";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";
import { writeTone } from "./peers/tone-file";

const FOLDER = path.join(buildFolder, "test", "transfers");
const TONES = { alice: 440, bob: 620, other: 880 } as const;
const TALK_MS = 1500;

let configs: ConfigServer;
const phones = new Map<string, PhoneProcess>();
const ports = new Map<string, number>();
let recordings = 0;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = await buildRecorded();
	const [alice = 0, bob = 0] = await freeUdpPorts(2);
	ports.set("alice", alice).set("bob", bob);
	const config = (name: "alice" | "bob") => ({
		account: { aor: `sip:${name}@127.0.0.1:${ports.get(name)}` },
		sip: { port: ports.get(name), autoAnswer: true },
		audio: { microphone: `tone:${TONES[name]}` },
		log: TRACE_ALL,
	});
	configs = await serveConfigs({ alice: config("alice"), bob: config("bob") });
	for (const name of ["alice", "bob"]) {
		const phone = await startSotto({ name, state: path.join(FOLDER, name), config: configs.url(name), program });
		phones.set(name, phone);
		await phone.until("ready", () => true);
	}
});

after(async () => {
	for (const phone of phones.values()) await phone.stop();
	configs?.close();
});

afterEach(async () => {
	for (const name of ["alice", "bob"]) {
		for (let i = 0; i < 3; i++) phone(name).send({ hangup: true });
		await phone(name).until("no call", ({ calls }) => calls.every((call) => call.state === "ended"), 20_000);
	}
});

function phone(name: string): PhoneProcess {
	const found = phones.get(name);
	assert.ok(found);
	return found;
}

const uriOf = (name: string): string => `sip:${name}@127.0.0.1:${ports.get(name)}`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const connected = (name: string, count = 1) =>
	phone(name).until(
		`${count} connected`,
		({ calls }) => calls.filter((call) => call.state === "connected" && call.securing === false).length >= count,
		20_000,
	);

/** From now on, to a file of its own. */
function listen(name: string): string {
	const file = path.join(FOLDER, `heard-by-${name}-${++recordings}.wav`);
	phone(name).send({ speaker: file });
	return file;
}

/** Closes what a phone is recording. */
async function hush(...names: string[]): Promise<void> {
	for (const name of names) phone(name).send({ speaker: path.join(FOLDER, `nothing-${++recordings}.wav`) });
	await pause(200);
}

async function startLinphonec(): Promise<{ linphone: Linphonec; record: string }> {
	const [sipPort = 0] = await freeUdpPorts(1);
	const [rtpPort = 0] = await freeRtpPorts(1);
	const folder = path.join(FOLDER, `linphonec-${++recordings}`);
	mkdirSync(folder, { recursive: true });
	const play = path.join(folder, "tone.wav");
	writeTone(play, TONES.other);
	const record = path.join(folder, "heard.wav");
	const codecs = ["PCMU", "PCMA"] as const;
	const linphone = await Linphonec.start({
		name: "linphone",
		folder,
		sipPort,
		rtpPort,
		play,
		record,
		autoAnswer: true,
		codecs,
	});
	return { linphone, record };
}

describe("linphonec", { concurrency: false }, () => {
	test("sends alice on to bob", async () => {
		const { linphone } = await startLinphonec();
		try {
			phone("alice").send({ dial: linphone.uri });
			await connected("alice");
			linphone.command(`transfer ${uriOf("bob")}`);
			await connected("bob");
			await connected("alice");
			const files = [listen("alice"), listen("bob")];
			await pause(TALK_MS);
			await hush("alice", "bob");
			assert.ok(heard(readWav(files[0] ?? ""), TONES.bob), "alice hears bob");
			assert.ok(heard(readWav(files[1] ?? ""), TONES.alice), "bob hears alice");
		} finally {
			await linphone.stop();
		}
	});

	test("is sent on to bob by alice, and after asking", async () => {
		for (const attended of [false, true]) {
			const { linphone, record } = await startLinphonec();
			try {
				phone("alice").send({ dial: linphone.uri });
				await connected("alice");
				if (attended) {
					phone("alice").send({ hold: true });
					phone("alice").send({ dial: uriOf("bob") });
					await connected("bob");
					await phone("alice").until(
						"two calls",
						({ calls }) => calls.filter((call) => call.state !== "ended").length === 2,
					);
				}
				phone("alice").send({ transfer: attended ? true : uriOf("bob") });
				await phone("alice").until(
					"alice is out",
					({ calls }) => calls.every((call) => call.state === "ended"),
					20_000,
				);
				await connected("bob");
				const file = listen("bob");
				await pause(TALK_MS);
				await hush("bob");
				assert.ok(heard(readWav(file), TONES.other), "bob hears linphonec");
				phone("bob").send({ hangup: true });
				await pause(500);
			} finally {
				await linphone.stop();
			}
			assert.ok(heard(readWav(record), TONES.bob), "linphonec hears bob");
		}
	});
});
