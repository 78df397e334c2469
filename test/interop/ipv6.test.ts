/**
 * Voice over IPv6 alone: two whole phones, and Sotto with linphonec in both directions, on ::1. tshark says which family
 * the packets had.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { Capture } from "./peers/capture";
import { assertEncrypted, assertHeard, assertSameSas } from "./peers/judge";
import { Meeting, pause, SOTTO_HZ } from "./peers/meeting";
import { freeRtpPorts } from "./peers/rtp-ports";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "ipv6");
const ADDRESS = "::1";
const TALK_MS = 1500;

let program: string;
const phones: PhoneProcess[] = [];

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});
after(async () => {
	for (const phone of phones) await phone.stop();
});

/** Datagrams to or from a UDP port, by family. */
function families(file: string, port: number): { four: number; six: number } {
	const count = (family: string): number =>
		execFileSync(
			"tshark",
			["-r", file, "-Y", `${family} and udp.port == ${port}`, "-T", "fields", "-e", "frame.number"],
			{
				encoding: "utf8",
				stdio: ["ignore", "pipe", "ignore"],
			},
		)
			.split("\n")
			.filter((line) => line !== "").length;
	return { four: count("ip"), six: count("ipv6") };
}

describe("IPv6", { concurrency: false }, () => {
	test("two phones: the lock is closed, hold and resume, voice both ways", async () => {
		const [aliceRtp = 0, bobRtp = 0] = await freeRtpPorts(2);
		const configOf = (name: string, port: number, hz: number) => ({
			account: { aor: `sip:${name}@[${ADDRESS}]:${port}`, displayName: name },
			audio: { microphone: `tone:${hz}` },
			sip: { port },
			log: TRACE_ALL,
		});
		const configs = await serveConfigs({ alice: configOf("alice", 15061, SOTTO_HZ), bob: configOf("bob", 15062, 880) });
		const file = path.join(FOLDER, "phones.pcapng");
		const capture = await Capture.start(file);
		try {
			const start = async (name: "alice" | "bob", rtpPort: number): Promise<PhoneProcess> => {
				const state = path.join(FOLDER, name);
				const phone = await startSotto({ name, state, config: configs.url(name), rtpPort, address: ADDRESS, program });
				phones.push(phone);
				await phone.until("ready", () => true);
				return phone;
			};
			const alice = await start("alice", aliceRtp);
			const bob = await start("bob", bobRtp);
			alice.send({ dial: `sip:bob@[${ADDRESS}]:15062` });
			await bob.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
			bob.send({ answer: true });
			for (const phone of [alice, bob])
				await phone.until("the lock is closed", ({ calls: [call] }) => call?.lock === "closed");
			assert.equal(alice.call?.sas, bob.call?.sas);
			alice.send({ hold: true });
			await bob.until("held", ({ calls: [call] }) => call?.state === "held");
			alice.send({ hold: false });
			await bob.until("resumed", ({ calls: [call] }) => call?.state === "connected");
			const counts = [alice, bob].map((phone) => phone.call?.stats?.encryptedReceived ?? 0);
			for (const [index, phone] of [alice, bob].entries()) {
				const least = (counts[index] ?? 0) + 50;
				const { calls } = await phone.until(
					"voice after hold",
					({ calls: [call] }) => (call?.stats?.encryptedReceived ?? 0) > least,
				);
				const { stats, lock } = calls[0] ?? {};
				assert.deepEqual([lock, stats?.clearSent, stats?.clearReceived, stats?.strangers], ["closed", 0, 0, 0]);
			}
			alice.send({ hangup: true });
			await bob.until("the end", ({ calls: [call] }) => call?.state === "ended");
		} finally {
			await capture.stop();
			configs.close();
		}
		for (const port of [aliceRtp, bobRtp]) {
			const { four, six } = families(file, port);
			assert.equal(four, 0, "voice over IPv4");
			assert.ok(six > 100, `${six} packets over IPv6`);
		}
		assert.deepEqual(capture.faults("zrtp or sip or rtcp"), [], "malformed packets");
	});

	for (const direction of ["outgoing", "incoming"] as const)
		test(`linphonec, ${direction}: the same words, tones both ways, hold and resume`, async () => {
			const folder = path.join(FOLDER, direction);
			const [meeting] = await Meeting.hold({ folder, name: "call", program, address: ADDRESS }, async (each) => {
				const { sotto, linphone } = each;
				await each.connect(direction);
				const call = await each.secure();
				assertSameSas(call, await linphone.sas());
				sotto.send({ hold: true });
				await sotto.until("held", ({ calls: [now] }) => now?.state === "held");
				await linphone.until(/to LinphoneCallPausedByRemote/);
				sotto.send({ hold: false });
				await sotto.until("resumed", ({ calls: [now] }) => now?.state === "connected");
				await pause(TALK_MS);
				assert.equal(sotto.call?.lock, "closed");
				await each.hangUp();
			});
			assertEncrypted(meeting, ["HS80", "HS32"]);
			assertHeard(meeting);
			const { four, six } = families(path.join(folder, "call", "capture.pcapng"), meeting.sottoRtpPort);
			assert.equal(four, 0, "voice over IPv4");
			assert.ok(six > 100, `${six} packets over IPv6`);
		});
});
