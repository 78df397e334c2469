/**
 * kamailio forks a call to two phones of one person: both ring, one answers, and the other hears that it was answered
 * elsewhere (RFC 3326). A transfer through the proxy names the target by its address of record (RFC 5589 section 7.3).
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { heard, readWav } from "../../scripts/simulator/tone";
import { Kamailio } from "./peers/kamailio";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "forking");
/** Whose account each phone has, and its tone. */
const PHONES = {
	alice: { user: "alice", hz: 440 },
	desk: { user: "bob", hz: 620 },
	handset: { user: "bob", hz: 760 },
	carol: { user: "carol", hz: 880 },
} as const;
type Name = keyof typeof PHONES;
const NAMES = Object.keys(PHONES) as Name[];

let kamailio: Kamailio;
let configs: ConfigServer;
const phones = new Map<Name, PhoneProcess>();

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = await buildRecorded();
	const [port = 0, ...own] = await freeUdpPorts(1 + NAMES.length);
	kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port);
	const config = (name: Name, i: number) => ({
		account: {
			aor: `sip:${PHONES[name].user}@phones.example`,
			registrar: `127.0.0.1:${port}`,
			outboundProxy: `127.0.0.1:${port}`,
			password: secretPassword(`${PHONES[name].user}-Kx7pQ2mV`),
			expiresSec: 60,
		},
		sip: { port: own[i] },
		zrtp: { enabled: false },
		audio: { microphone: `tone:${PHONES[name].hz}` },
		log: TRACE_ALL,
	});
	configs = await serveConfigs(Object.fromEntries(NAMES.map((name, i) => [name, config(name, i)])));
	for (const name of NAMES) {
		const phone = await startSotto({ name, state: path.join(FOLDER, name), config: configs.url(name), program });
		phones.set(name, phone);
		await phone.until("registered", (state) => state.registered.some(({ ok }) => ok));
	}
});

after(async () => {
	for (const phone of phones.values()) await phone.stop();
	await kamailio?.stop();
	configs?.close();
});

function phone(name: Name): PhoneProcess {
	const found = phones.get(name);
	assert.ok(found);
	return found;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const until = (name: Name, state: string) =>
	phone(name).until(state, ({ calls }) => calls.some((call) => call.state === state));

const idle = (name: Name) => phone(name).until("no call", ({ calls }) => calls.every((call) => call.state === "ended"));

describe("calls that kamailio forks", { concurrency: false }, () => {
	test("two ring, one answers, the other is no missed call", async () => {
		phone("alice").send({ dial: "bob" });
		await until("desk", "ringing");
		await until("handset", "ringing");
		phone("desk").send({ answer: true });
		await until("alice", "connected");
		const { calls, missed } = await idle("handset");
		assert.equal(calls[0]?.reason, "answered on another phone");
		assert.equal(missed, 0);
		const file = path.join(FOLDER, "alice.wav");
		phone("alice").send({ speaker: file });
		await pause(1200);
		phone("alice").send({ hangup: true });
		await idle("alice");
		await idle("desk");
		phone("alice").send({ speaker: path.join(FOLDER, "nothing.wav") });
		await pause(200);
		assert.ok(heard(readWav(file), PHONES.desk.hz), "alice hears the phone that answered");
	});

	test("the caller gives up: both stop ringing, and both have missed it", async () => {
		phone("alice").send({ dial: "bob" });
		await until("desk", "ringing");
		await until("handset", "ringing");
		phone("alice").send({ hangup: true });
		for (const name of ["desk", "handset"] as const) {
			const { calls, missed } = await idle(name);
			assert.equal(calls[0]?.reason, "the caller hung up");
			assert.equal(missed, 1, name);
		}
	});

	test("a transfer after asking, through the proxy: the phone that has the call takes the new one", async () => {
		phone("alice").send({ dial: "bob" });
		await until("handset", "ringing");
		phone("handset").send({ answer: true });
		await until("alice", "connected");
		phone("alice").send({ hold: true });
		phone("alice").send({ dial: "carol" });
		await until("carol", "ringing");
		phone("carol").send({ answer: true });
		await phone("alice").until("two calls", ({ calls }) => calls.filter((call) => call.state !== "ended").length === 2);
		await until("alice", "connected");
		await pause(500);
		const file = path.join(FOLDER, "carol.wav");
		phone("alice").send({ transfer: true });
		await idle("alice");
		await phone("carol").until(
			"one call",
			({ calls }) => calls.filter((call) => call.state === "connected").length === 1,
		);
		phone("carol").send({ speaker: file });
		await pause(1500);
		phone("carol").send({ speaker: path.join(FOLDER, "nothing-2.wav") });
		await pause(200);
		assert.ok(heard(readWav(file), PHONES.handset.hz), "carol hears the phone that had the call");
		phone("carol").send({ hangup: true });
		await idle("carol");
		await idle("handset");
	});
});
