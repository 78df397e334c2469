/**
 * What linphonec asks for inside a call: hold and resume, and a re-INVITE. Whoever should hear the
 * other's tone does, and whoever should not does not.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { hears } from "./peers/listening";
import { LINPHONE_HZ, Meeting } from "./peers/meeting";
import { buildRecorded } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "linphone-asks");

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

const KINDS = [
	{ name: "zrtp", mediaEncryption: "zrtp", config: {}, keying: "zrtp" },
	{ name: "none", mediaEncryption: "none", config: { zrtp: { enabled: false } }, keying: "none" },
	{
		name: "srtp",
		mediaEncryption: "srtp",
		config: { zrtp: { enabled: false }, srtp: { policy: "mandatory", sdesInClear: true } },
		keying: "sdes",
	},
	{
		name: "dtls",
		mediaEncryption: "dtls",
		config: { zrtp: { enabled: false }, srtp: { policy: "mandatory", offer: "dtls" } },
		keying: "dtls",
	},
] as const;

describe("linphonec", { concurrency: 4 }, () => {
	for (const [number, { name, mediaEncryption, config, keying }] of KINDS.entries())
		test(`${name}: hold and resume by either end, and a re-INVITE, with tones both ways after each`, async () => {
			const options = {
				folder: path.join(FOLDER, name),
				name: "call",
				program,
				config,
				linphone: { mediaEncryption, video: true },
				sipPorts: { sotto: 15100 + number, linphone: 15120 + number },
			};
			await Meeting.hold(options, async (each) => {
				const { sotto, linphone } = each;
				await each.connect("incoming");
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

				assert.equal(sotto.call?.keying, keying);
				if (keying !== "none") assert.equal(sotto.call?.stats?.clearSent, 0);
				await each.hangUp();
			});
		});
});
