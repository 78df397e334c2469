/**
 * Keys of signalling with whole phones: SDES and DTLS-SRTP with linphonec, in both directions, tones heard both ways, hold and
 * resume, and ZRTP that takes over from SDES. The network has no TLS: the owner insists, and the lock stays open.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import type { Capture } from "./peers/capture";
import { clearVoice } from "./peers/clear-voice";
import { assertHeard, assertSameSas } from "./peers/judge";
import { Meeting, pause, SOTTO_HZ } from "./peers/meeting";
import { buildRecorded } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "keying");
const TALK_MS = 1500;

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

/** RTP of Sotto that anybody could hear; there must be some RTP. */
function assertNoClearVoice(capture: Capture, sottoRtpPort: number, byteLengths: readonly number[]): void {
	const voice = capture.rtp().filter((packet) => packet.sourcePort === sottoRtpPort);
	assert.ok(voice.length > 40, `only ${voice.length} voice packets`);
	assert.deepEqual(clearVoice(voice, SOTTO_HZ), [], "voice in the clear");
	const lengths = [...new Set(voice.map(({ bytes }) => bytes.length))];
	assert.ok(
		lengths.every((length) => byteLengths.includes(length)),
		`lengths ${lengths} instead of ${byteLengths}`,
	);
}

describe("SDES with linphonec", { concurrency: false }, () => {
	const config = {
		zrtp: { enabled: false },
		srtp: { policy: "mandatory", sdesInClear: true },
	};
	const linphone = { mediaEncryption: "srtp" } as const;

	for (const direction of ["outgoing", "incoming"] as const)
		test(`${direction}, hold and resume, tones both ways`, async () => {
			const folder = path.join(FOLDER, `linphone-${direction}`);
			const [meeting] = await Meeting.hold({ folder, name: "call", program, config, linphone }, async (each) => {
				const { sotto } = each;
				await each.connect(direction);
				await pause(TALK_MS);
				const call = sotto.call;
				assert.deepEqual([call?.keying, call?.lock], ["sdes", "open"]);
				assert.match(call?.notice ?? "", /everybody on the way can read/);
				each.linphone.mark();
				sotto.send({ hold: true });
				await each.linphone.until(/to LinphoneCallPausedByRemote/);
				sotto.send({ hold: false });
				await each.linphone.until(
					/from state LinphoneCallPausedByRemote to LinphoneCall(StreamsRunning|UpdatedByRemote)/,
				);
				await pause(TALK_MS);
				const last = sotto.call;
				assert.equal(last?.keying, "sdes");
				assert.deepEqual([last?.stats?.rejected, last?.stats?.clearSent, last?.stats?.replayed], [0, 0, 0]);
				assert.ok((last?.stats?.encryptedReceived ?? 0) > 60);
				await each.hangUp();
			});
			assertHeard(meeting);
			assertNoClearVoice(meeting.capture, meeting.sottoRtpPort, [182]);
		});

	test("ZRTP takes over from SDES, and says so", async () => {
		const folder = path.join(FOLDER, "linphone-zrtp");
		const both = { ...config, zrtp: { enabled: true } };
		const [meeting] = await Meeting.hold({ folder, name: "call", program, config: both, linphone }, async (each) => {
			await each.connect("outgoing");
			const call = await each.secure();
			assert.equal(call.lock, "closed");
			assertSameSas(call, await each.linphone.sas());
			await pause(TALK_MS);
			assert.equal(each.sotto.call?.stats?.clearSent, 0);
			await each.hangUp();
		});
		assertHeard(meeting);
		assertNoClearVoice(meeting.capture, meeting.sottoRtpPort, [182, 176]);
	});
});

describe("DTLS-SRTP with linphonec", { concurrency: false }, () => {
	const config = { zrtp: { enabled: false }, srtp: { policy: "mandatory", offer: "dtls" } };
	const linphone = { mediaEncryption: "dtls" } as const;

	for (const direction of ["outgoing", "incoming"] as const)
		test(`${direction}, hold and resume, tones both ways`, async () => {
			const folder = path.join(FOLDER, `linphone-dtls-${direction}`);
			const [meeting] = await Meeting.hold({ folder, name: "call", program, config, linphone }, async (each) => {
				const { sotto } = each;
				await each.connect(direction);
				await sotto.until("keys", ({ calls: [call] }) => call?.lock === "server");
				await pause(TALK_MS);
				await holdAndResume(sotto);
				assertGood(sotto.call, "dtls");
				assert.equal(sotto.call?.lock, "server");
				await each.hangUp();
			});
			assertHeard(meeting);
			assertNoClearVoice(meeting.capture, meeting.sottoRtpPort, [182]);
		});
});

async function holdAndResume(sotto: PhoneProcess): Promise<void> {
	sotto.send({ hold: true });
	await sotto.until("held", ({ calls: [call] }) => call?.state === "held");
	await pause(300);
	sotto.send({ hold: false });
	await sotto.until("resumed", ({ calls: [call] }) => call?.state === "connected");
	await pause(TALK_MS);
}

function assertGood(call: CallState | undefined, keying: CallState["keying"]): void {
	assert.equal(call?.keying, keying);
	const { rejected, clearSent, replayed, encryptedReceived = 0 } = call?.stats ?? {};
	assert.deepEqual([rejected, clearSent, replayed], [0, 0, 0]);
	assert.ok(encryptedReceived > 60, `${encryptedReceived} packets`);
}
