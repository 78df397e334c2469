/**
 * What happens around a call with linphonec: hold and resume from either end, a peer without ZRTP, and every way in
 * which a call does not come about or ends.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { heard, readWav } from "../../scripts/simulator/tone";
import { clearVoice } from "./peers/clear-voice";
import { assertEncrypted, assertHeard, assertSameSas } from "./peers/judge";
import { relayMedia } from "./peers/media-relay";
import { LINPHONE_SIP, Meeting, pause, SOTTO_HZ } from "./peers/meeting";
import { freeRtpPorts } from "./peers/rtp-ports";
import { relaySip } from "./peers/sip-relay";
import { buildRecorded, startSotto } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "linphone-calls");
const TALK_MS = 1200;

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

const meet = <T>(
	name: string,
	talk: (meeting: Meeting) => Promise<T>,
	options: Partial<Parameters<typeof Meeting.hold>[0]> = {},
) => Meeting.hold({ folder: path.join(FOLDER, name), name: "call", program, ...options }, talk);

/**
 * linphonec takes part in ZRTP whatever its settings say, once it receives a Hello: a box on the way that passes voice
 * alone makes it a phone that knows no ZRTP.
 */
async function withoutZrtp(meeting: Meeting, talk: () => Promise<void>): Promise<void> {
	const media = await relayMedia(meeting.sottoRtpPort);
	const signalling = await relaySip(LINPHONE_SIP, media.change);
	try {
		await meeting.dial(`sip:linphone@127.0.0.1:${signalling.port}`);
		await meeting.sotto.until("an answer", ({ calls: [call] }) => call?.state === "connected");
		await talk();
	} finally {
		signalling.close();
		media.close();
	}
}

describe("calls with linphonec", { concurrency: false }, () => {
	test("hold and resume, by Sotto and then by linphonec: same SAS, still encrypted, heard again", async () => {
		const [meeting] = await meet("hold", async (each) => {
			const { sotto, linphone } = each;
			await each.connect("outgoing");
			const first = await each.secure();
			assertSameSas(first, await linphone.sas());

			linphone.mark();
			sotto.send({ hold: true });
			await sotto.until("held by Sotto", ({ calls: [call] }) => call?.state === "held");
			await linphone.until(/to LinphoneCallPausedByRemote/);
			const sentWhenHeld = (await sotto.until("a count", () => true)).calls[0]?.stats?.encryptedSent ?? 0;
			await pause(500);
			sotto.send({ hold: false });
			await sotto.until("resumed by Sotto", ({ calls: [call] }) => call?.state === "connected");
			await linphone.until(/from state LinphoneCallPausedByRemote to LinphoneCall(StreamsRunning|UpdatedByRemote)/);

			linphone.mark();
			linphone.command("pause");
			await sotto.until("held by linphonec", ({ calls: [call] }) => call?.state === "held");
			await linphone.until(/to LinphoneCallPaused\b/);
			linphone.command("resume");
			await sotto.until("resumed by linphonec", ({ calls: [call] }) => call?.state === "connected");
			await linphone.until(/from state LinphoneCallResuming to LinphoneCallStreamsRunning/);
			await pause(TALK_MS);
			const [last] = sotto.state?.calls ?? [];
			assert.equal(last?.sas, first.sas);
			assert.equal(last?.lock, "closed");
			assert.ok((last?.stats?.encryptedSent ?? 0) > sentWhenHeld + 20, "voice goes on after both");
			assert.equal(last?.stats?.clearSent, 0);
			await each.hangUp();
		});
		assertEncrypted(meeting, ["HS80", "HS32"]);
		assertHeard(meeting);
	});

	test("a peer without ZRTP: Sotto says open, and only then speaks", async () => {
		let openAt = 0;
		const [meeting] = await meet(
			"clear",
			(each) =>
				withoutZrtp(each, async () => {
					const {
						calls: [call],
					} = await each.sotto.until("open", ({ calls: [now] }) => now?.securing === false);
					openAt = Date.now() / 1000;
					assert.equal(call?.lock, "open");
					assert.equal(call?.keying, "none");
					assert.match(call?.notice ?? "", /cannot encrypt/);
					await pause(TALK_MS);
					await each.hangUp();
				}),
			{ linphone: { mediaEncryption: "none" } },
		);
		const { capture, sottoRtpPort } = meeting;
		const voice = capture.rtp().filter((packet) => packet.sourcePort === sottoRtpPort);
		assert.ok(voice.length > 30, `only ${voice.length} voice packets after it was said`);
		// The judge of the encrypted calls sees this for what it is.
		assert.ok(clearVoice(voice, SOTTO_HZ).length > voice.length, "the judge does not know clear voice");
		const hellos = capture.zrtp().filter((packet) => packet.sourcePort === sottoRtpPort);
		const [firstVoice] = voice;
		const lastHello = hellos.at(-1);
		assert.ok(firstVoice && lastHello);
		assert.ok(
			hellos.length >= 20 && hellos.every(({ type }) => type === "Hello"),
			`${hellos.length} Hellos were tried`,
		);
		assert.ok(firstVoice.timeSec > lastHello.timeSec, "voice left while ZRTP was still tried");
		// The state is told at most 40 ms after it has changed.
		assert.ok(firstVoice.timeSec > openAt - 0.25, `voice left ${openAt - firstVoice.timeSec} s before open was said`);
		assert.ok(heard(readWav(meeting.heardByLinphone), SOTTO_HZ), "linphonec heard Sotto");
	});

	test("a peer without ZRTP where the settings want it: not one voice packet", async () => {
		const [meeting] = await meet(
			"mandatory",
			(each) =>
				withoutZrtp(each, async () => {
					const {
						calls: [call],
					} = await each.sotto.until("open", ({ calls: [now] }) => now?.securing === false);
					assert.equal(call?.lock, "open");
					assert.match(call?.notice ?? "", /the microphone stays off/);
					await pause(TALK_MS);
					await each.hangUp();
				}),
			{ linphone: { mediaEncryption: "none" }, config: { zrtp: { mandatory: true } } },
		);
		const voice = meeting.capture.rtp().filter((packet) => packet.sourcePort === meeting.sottoRtpPort);
		assert.deepEqual(voice, []);
		assert.ok(!heard(readWav(meeting.heardByLinphone), SOTTO_HZ));
	});

	test("the announced hash of the Hello is another one: Sotto warns (RFC 6189 section 8.1)", async () => {
		await meet("forged-hash", async (each) => {
			const relay = await relaySip(LINPHONE_SIP, (body) =>
				body.replace(
					/(a=zrtp-hash:1\.10 )([0-9a-f]{64})/,
					(_, name, hash) => name + hash.replace(/./, (d: string) => (d === "0" ? "1" : "0")),
				),
			);
			try {
				await each.dial(`sip:linphone@127.0.0.1:${relay.port}`);
				const {
					calls: [call],
				} = await each.sotto.until("a warning", ({ calls: [now] }) => now?.lock === "warning");
				assert.match(call?.notice ?? "", /not those that were announced/);
				await each.hangUp();
			} finally {
				relay.close();
			}
		});
	});

	test("endings: cancelled and declined by either, hung up by the other", async () => {
		await meet(
			"endings",
			async (each) => {
				const { sotto, linphone } = each;
				linphone.mark();
				await each.dial();
				await linphone.until(/to LinphoneCallIncomingReceived/);
				await sotto.until("180", ({ calls: [call] }) => call?.state === "ringing");
				assert.equal((await each.hangUp()).reason, "you hung up");
				assert.ok(
					sotto.lines.some((line) => /out .* CANCEL /.test(line)),
					"a CANCEL went out",
				);

				linphone.mark();
				await each.beCalled();
				linphone.command("terminate");
				assert.match((await each.ended()).reason ?? "", /the caller hung up/);

				linphone.mark();
				await each.dial();
				await linphone.until(/to LinphoneCallIncomingReceived/);
				linphone.command("terminate");
				assert.match((await each.ended()).reason ?? "", /declined/);

				linphone.mark();
				await each.beCalled();
				await each.hangUp();
				assert.match(linphone.log, /SIP\/2\.0 603/);

				linphone.mark();
				await each.dial();
				await linphone.until(/to LinphoneCallIncomingReceived/);
				linphone.command("answer");
				await each.secure();
				linphone.command("terminate");
				assert.match((await each.ended()).reason ?? "", /other (side|end|phone|party) hung up/);
			},
			{ linphone: { autoAnswer: false } },
		);
	});

	test("busy: a second caller at linphonec, and a second caller at Sotto", async () => {
		await meet(
			"busy",
			async (each) => {
				const [thirdRtp = 0] = await freeRtpPorts(1);
				const third = await startSotto({
					name: "Third",
					state: path.join(FOLDER, "busy", "third"),
					sipPort: 15080,
					rtpPort: thirdRtp,
					program,
				});
				try {
					await third.until("ready", () => true);
					await each.connect("outgoing");
					await each.secure();
					for (const target of [each.linphone.uri, "sip:sotto@127.0.0.1:15060"]) {
						const calls = (): number => third.state?.calls[0]?.id ?? 0;
						const before = calls();
						third.send({ dial: target });
						const {
							calls: [call],
						} = await third.until(
							"busy",
							({ calls: [now] }) => now !== undefined && now.id !== before && now.state === "ended",
						);
						assert.match(call?.reason ?? "", /busy/, target);
					}
					const [first] = each.sotto.state?.calls ?? [];
					assert.equal(first?.state, "connected", "the first call is not disturbed");
					assert.equal(first?.lock, "closed");
					await each.hangUp();
				} finally {
					await third.stop();
				}
			},
			{ config: { calls: { waiting: false } }, linphone: { sip: ["[misc]", "max_calls=1", "[sip]"] } },
		);
	});
});
