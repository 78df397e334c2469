/**
 * Calls with linphonec without keys, under ZRTP, SDES and DTLS-SRTP, in both directions: hold and resume by either end and a re-INVITE.
 * Whoever should hear the other's tone does, whoever should not does not, and tshark sees no voice in the clear where there are keys.
 * The network has no TLS: for SDES the owner insists, and the lock stays open.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { clearVoice } from "./peers/clear-voice";
import { assertSameSas } from "./peers/judge";
import { hears } from "./peers/listening";
import { LINPHONE_HZ, Meeting, SOTTO_HZ } from "./peers/meeting";
import { buildRecorded } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "linphone-keying");
/** RTP header and 20 ms of G.711, and the tags of HMAC-SHA1-32 and -80. */
const CLEAR = 172;
const TAGGED = [CLEAR + 4, CLEAR + 10];

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

const sdes = { zrtp: { enabled: false }, srtp: { policy: "mandatory", sdesInClear: true } };
const dtls = { zrtp: { enabled: false }, srtp: { policy: "mandatory", offer: "dtls" } };
const KINDS = [
	{ name: "zrtp", mediaEncryption: "zrtp", config: {}, keying: "zrtp", lock: "closed" },
	{ name: "none", mediaEncryption: "none", config: { zrtp: { enabled: false } }, keying: "none", lock: "open" },
	{ name: "srtp", mediaEncryption: "srtp", config: sdes, keying: "sdes", lock: "open" },
	{ name: "dtls", mediaEncryption: "dtls", config: dtls, keying: "dtls", lock: "server" },
] as const;

/** The shortest call here is over once both have heard each other. */
const PACKETS_LEAST = 20;

/** What Sotto sent, as tshark has it. */
function assertVoice({ capture, sottoRtpPort }: Meeting, keying: CallState["keying"]): void {
	const voice = capture.rtp().filter((packet) => packet.sourcePort === sottoRtpPort);
	assert.ok(voice.length >= PACKETS_LEAST, `only ${voice.length} voice packets`);
	const lengths = [...new Set(voice.map(({ bytes }) => bytes.length))];
	const clear = clearVoice(voice, SOTTO_HZ);
	if (keying === "none") assert.deepEqual([lengths, clear.length > voice.length], [[CLEAR], true]);
	else assert.deepEqual([lengths.filter((length) => !TAGGED.includes(length)), clear], [[], []]);
}

let meetings = 0;

/** Ports of its own, so that several may meet at once. */
function ports(): { sotto: number; linphone: number } {
	meetings++;
	return { sotto: 15100 + meetings, linphone: 15120 + meetings };
}

const CASES = KINDS.flatMap((kind) => (["outgoing", "incoming"] as const).map((direction) => ({ ...kind, direction })));

describe("linphonec", { concurrency: 5 }, () => {
	for (const { name, mediaEncryption, config, keying, lock, direction } of CASES)
		test(`${name}, ${direction}: hold and resume by either end, and a re-INVITE, with tones after each`, async () => {
			const options = {
				folder: path.join(FOLDER, `${name}-${direction}`),
				name: "call",
				program,
				config,
				linphone: { mediaEncryption, video: true },
				sipPorts: ports(),
			};
			const [meeting] = await Meeting.hold(options, async (each) => {
				const { sotto, linphone } = each;
				await each.connect(direction);
				await each.bothHear();

				linphone.command("pause");
				await sotto.until("held", ({ calls: [call] }) => call?.state === "held");
				// It records nothing meanwhile, and what it plays goes on, as music on hold.
				await hears(each.ears.sotto, LINPHONE_HZ);
				linphone.command("resume");
				await sotto.until("resumed", ({ calls: [call] }) => call?.state === "connected");
				await each.bothHear();

				sotto.send({ hold: true });
				await linphone.until(/to LinphoneCallPausedByRemote/);
				await each.neitherHears();
				sotto.send({ hold: false });
				await sotto.until("resumed", ({ calls: [call] }) => call?.state === "connected");
				await each.bothHear();

				// It offers video beside the voice, and is answered that there is none. Where DTLS had agreed the keys, linphonec
				// 5.1 forgets them in this offer (RTP/AVP, no fingerprint): the phone stays with what is encrypted.
				linphone.mark();
				linphone.command("camera on");
				await linphone.until(/from state LinphoneCallUpdating to LinphoneCallStreamsRunning/);
				assert.match(linphone.recentLog, /^INVITE sip:sotto/m);
				if (keying === "dtls") {
					assert.match(linphone.recentLog, /^m=audio \d+ RTP\/AVP [\s\S]*^SIP\/2\.0 488 /m);
				} else assert.match(linphone.recentLog, /^SIP\/2\.0 200 [\s\S]*^m=video 0 /m);
				await each.bothHear();

				const { call } = sotto;
				assert.deepEqual([call?.keying, call?.lock], [keying, lock]);
				if (keying === "sdes") assert.match(call?.notice ?? "", /everybody on the way can read/);
				const { rejected, replayed, clearSent, encryptedReceived = 0 } = call?.stats ?? {};
				// Under ZRTP a packet may be on its way when the keys change.
				assert.ok((rejected ?? 0) <= (keying === "zrtp" ? 3 : 0), `${rejected} rejected`);
				assert.equal(replayed, 0);
				if (keying !== "none") assert.deepEqual([clearSent, encryptedReceived > 60], [0, true]);
				await each.hangUp();
			});
			assertVoice(meeting, keying);
		});

	test("ZRTP takes over from SDES, and says so", async () => {
		const folder = path.join(FOLDER, "takes-over");
		const config = { ...sdes, zrtp: { enabled: true } };
		const options = { folder, name: "call", program, config, sipPorts: ports() };
		const [meeting] = await Meeting.hold({ ...options, linphone: { mediaEncryption: "srtp" } }, async (each) => {
			await each.connect("outgoing");
			const call = await each.secure();
			assert.equal(call.lock, "closed");
			assertSameSas(call, await each.linphone.sas());
			await each.bothHear();
			assert.equal(each.sotto.call?.stats?.clearSent, 0);
			await each.hangUp();
		});
		assertVoice(meeting, "zrtp");
	});
});
