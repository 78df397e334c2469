/**
 * SIPp of Debian against whole phones: the scenarios that it brings along, and those of peers/sipp for what a PBX asks of
 * a phone. Every voice packet is sent back, so that a phone which hears its own tone was heard.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { heard, readWav } from "../../scripts/simulator/tone";
import { Echo } from "./peers/echo";
import { hears, listenTo } from "./peers/listening";
import { freeRtpPorts } from "./peers/rtp-ports";
import { Sipp, type SippOptions } from "./peers/sipp";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "sipp");
const TONE_HZ = 440;

let configs: ConfigServer;
let echo: Echo;
const phones = new Map<string, PhoneProcess>();
const ports = new Map<string, number>();
let recordings = 0;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = await buildRecorded();
	echo = await Echo.open();
	// Two that answer at once, and one with a person.
	const names = ["alice", "bob", "carol"];
	const free = await freeUdpPorts(names.length);
	for (const [i, name] of names.entries()) ports.set(name, free[i] ?? 0);
	const config = (name: string) => ({
		account: { aor: `sip:${name}@127.0.0.1:${ports.get(name)}` },
		sip: { port: ports.get(name), autoAnswer: name !== "carol" },
		zrtp: { enabled: false },
		audio: { microphone: `tone:${TONE_HZ}` },
		log: TRACE_ALL,
	});
	configs = await serveConfigs(Object.fromEntries(names.map((name) => [name, config(name)])));
	for (const name of names) {
		const phone = await startSotto({ name, state: path.join(FOLDER, name), config: configs.url(name), program });
		phones.set(name, phone);
		await phone.until("ready", () => true);
	}
});

after(async () => {
	for (const phone of phones.values()) await phone.stop();
	configs?.close();
	echo?.close();
});

function phone(name: string): PhoneProcess {
	const found = phones.get(name);
	assert.ok(found);
	return found;
}

/** SIPp in a scenario, with ports of its own. */
async function sipp(
	scenario: string,
	options: Partial<Omit<SippOptions, "target">> & { readonly target?: string } = {},
): Promise<Sipp> {
	const [port = 0] = await freeUdpPorts(1);
	const [mediaPort = 0] = await freeRtpPorts(1);
	const { target, ...more } = options;
	return new Sipp({
		scenario,
		folder: FOLDER,
		port,
		mediaPort,
		voicePort: echo.port,
		...(target !== undefined && { target: `127.0.0.1:${ports.get(target)}`, service: target }),
		...more,
	});
}

/** What a phone hears while something goes on. */
async function listening(name: string, talk: () => Promise<void>): Promise<string> {
	const file = path.join(FOLDER, `heard-by-${name}-${++recordings}.wav`);
	phone(name).send({ speaker: file });
	await talk();
	phone(name).send({ speaker: path.join(FOLDER, `nothing-${recordings}.wav`) });
	await new Promise((resolve) => setTimeout(resolve, 200));
	return file;
}

const idle = (name: string) =>
	phone(name).until("no call", ({ calls }) => calls.every((call) => call.state === "ended"), 20_000);

/** Dials, and waits until it is answered. */
async function dial(name: string, to: Sipp, params = ""): Promise<void> {
	await to.listening(params === "" ? "udp" : "tcp");
	await idle(name);
	const last = phone(name).call?.id;
	phone(name).send({ dial: `sip:sipp@127.0.0.1:${to.port}${params}` });
	const answered = ({ id, state }: CallState): boolean => id !== last && state === "connected";
	await phone(name).until("an answer", ({ calls: [call] }) => call !== undefined && answered(call), 30_000);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("SIPp calls a phone", { concurrency: false }, () => {
	for (const transport of ["UDP", "TCP"])
		test(`its own uac over ${transport}, three calls`, async () => {
			const more = ["-d", "600", ...(transport === "TCP" ? ["-t", "t1"] : [])];
			const caller = await sipp("-sn uac", { target: "alice", calls: 3, more });
			assert.equal(await caller.done, "");
			await idle("alice");
		});

	// Its own regexp wants a user name of letters and digits in o=, where RFC 8866 section 5.2 has "-" for none.
	test("its own uac_pcap: recorded voice is heard", async () => {
		symlinkSync("/usr/share/sip-tester", path.join(FOLDER, "pcap"));
		const file = await listening("alice", async () => {
			const caller = await sipp("-sn uac_pcap", { target: "alice" });
			assert.equal(await caller.done, "");
		});
		const { samples } = readWav(file);
		const loud = samples.filter((sample) => Math.abs(sample) > 0.02).length;
		assert.ok(loud > 4000, `${loud} samples above silence`);
		await idle("alice");
	});

	test("uac-replaces: another call takes the place of the one that a person talks in, and no other", async () => {
		const caller = await sipp("uac-replaces", { target: "carol" });
		await phone("carol").until("ringing", ({ calls }) => calls.some((call) => call.state === "ringing"));
		phone("carol").send({ answer: true });
		await phone("carol").until("the first", ({ calls }) => calls.some((call) => call.state === "connected"));
		const first = phone("carol").call?.id;
		const taken = await phone("carol").until("the second", ({ calls }) =>
			calls.some((call) => call.state === "connected" && call.id !== first),
		);
		assert.ok(taken.calls.every((call) => call.id !== first || call.state === "ended"));
		await hears(listenTo(phone("carol"), FOLDER, "carol-replaced"), TONE_HZ);
		assert.equal(await caller.done, "");
		await idle("carol");
	});

	test("uac-changes: held in every way, resumed, another codec, and heard after all of it", async () => {
		const caller = await sipp("uac-changes", { target: "alice" });
		await pause(3200);
		const file = await listening("alice", async () => {
			assert.equal(await caller.done, "");
		});
		assert.ok(heard(readWav(file), TONE_HZ), "alice heard her own tone come back");
		await idle("alice");
	});

	for (const scenario of ["uac-session", "uac-wrong", "malformed"])
		test(scenario, async () => {
			const caller = await sipp(scenario, { target: "alice" });
			assert.equal(await caller.done, "");
			await idle("alice");
		});

	test("uac-100rel, answered by a person", async () => {
		const caller = await sipp("uac-100rel", { target: "carol" });
		await phone("carol").until("ringing", ({ calls }) => calls.some((call) => call.state === "ringing"));
		await pause(1500);
		phone("carol").send({ answer: true });
		assert.equal(await caller.done, "");
		await idle("carol");
	});

	test("uac-cancel: answered elsewhere", async () => {
		const caller = await sipp("uac-cancel", { target: "carol" });
		assert.equal(await caller.done, "");
		const { calls } = await idle("carol");
		assert.equal(calls[0]?.reason, "answered on another phone");
	});

	test("uac-transfers: a phone that is sent on calls there, and is heard", async () => {
		const target = await sipp("uas");
		const file = await listening("alice", async () => {
			const caller = await sipp("uac-transfers", { target: "alice", keys: { target: `x@127.0.0.1:${target.port}` } });
			assert.equal(await caller.done, "");
			await pause(1500);
		});
		assert.ok(heard(readWav(file), TONE_HZ));
		phone("alice").send({ hangup: true });
		assert.equal(await target.done, "");
		await idle("alice");
	});

	test("uac-transfers with Replaces: the new call names the one that it takes the place of", async () => {
		const target = await sipp("uas-replaces");
		const replaces = "Replaces=replaced%40sipp%3Bto-tag%3Dtheir%3Bfrom-tag%3Dours";
		const keys = { target: `x@127.0.0.1:${target.port}?${replaces}` };
		const caller = await sipp("uac-transfers", { target: "alice", keys });
		assert.equal(await caller.done, "");
		phone("alice").send({ hangup: true });
		assert.equal(await target.done, "");
		await idle("alice");
	});

	test("uac-transfer-fails: nobody is there, and the call is still", async () => {
		const [nobody] = await freeUdpPorts(1);
		const caller = await sipp("uac-transfer-fails", { target: "alice", keys: { target: `x@127.0.0.1:${nobody}` } });
		assert.equal(await caller.done, "");
		await idle("alice");
	});

	test("its own 3pcc: a controller without media connects two phones by a late offer", async () => {
		const [link] = await freeUdpPorts(1);
		const files = await Promise.all(
			["alice", "bob"].map((name) =>
				listening(name, async () => {
					const first = name === "alice";
					if (!first) await pause(500);
					const more = ["-3pcc", `127.0.0.1:${link}`, "-d", "1500"];
					// The side that listens on the link has to be there first.
					if (first) await pause(0);
					const controller = await sipp(first ? "-sn 3pcc-C-B" : "-sn 3pcc-C-A", { target: name, more });
					assert.equal(await controller.done, "");
				}),
			),
		);
		for (const file of files) assert.ok(heard(readWav(file), TONE_HZ), file);
		await idle("alice");
		await idle("bob");
	});
});

describe("a phone calls SIPp", { concurrency: false }, () => {
	for (const transport of ["UDP", "TCP"])
		test(`its own uas over ${transport}`, async () => {
			const called = await sipp("-sn uas", transport === "TCP" ? { more: ["-t", "t1"] } : {});
			await dial("carol", called, transport === "TCP" ? ";transport=tcp" : "");
			phone("carol").send({ hangup: true });
			assert.equal(await called.done, "");
			await idle("carol");
		});

	test("uas: tone heard", async () => {
		const called = await sipp("uas");
		await dial("carol", called);
		await hears(listenTo(phone("carol"), FOLDER, "carol-uas"), TONE_HZ);
		phone("carol").send({ hangup: true });
		assert.equal(await called.done, "");
	});

	test("uas-100rel: early media by PRACK, changed by UPDATE, heard before and after the answer", async () => {
		const called = await sipp("uas-100rel");
		const file = await listening("carol", async () => {
			await dial("carol", called);
			await pause(1000);
		});
		phone("carol").send({ hangup: true });
		assert.equal(await called.done, "");
		assert.ok(heard(readWav(file), TONE_HZ));
	});

	test("uas-moved: the call goes where it is sent", async () => {
		const there = await sipp("uas");
		const moved = await sipp("uas-moved", { keys: { elsewhere: `127.0.0.1:${there.port}` } });
		await dial("carol", moved);
		assert.equal(await moved.done, "");
		phone("carol").send({ hangup: true });
		assert.equal(await there.done, "");
	});

	test("uas-glare: both change the call at once", async () => {
		const called = await sipp("uas-glare");
		await dial("carol", called);
		phone("carol").send({ hold: true });
		await pause(6000);
		phone("carol").send({ hangup: true });
		assert.equal(await called.done, "");
		await idle("carol");
	});

	test("uas-is-transferred: the other party is sent on, and the phone is out of the call", async () => {
		const called = await sipp("uas-is-transferred");
		await dial("carol", called);
		phone("carol").send({ transfer: `sip:x@127.0.0.1:${ports.get("alice")}` });
		assert.equal(await called.done, "");
		await idle("carol");
	});
});
