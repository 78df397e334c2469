/**
 * Keys of signalling with whole phones: SDES with linphonec and baresip, in both directions, tones heard both ways, hold and
 * resume, and ZRTP that takes over from SDES. The network has no TLS: the owner insists, and the lock stays open.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { heard, readWav } from "../../scripts/simulator/tone";
import { Baresip, type BaresipOptions } from "./peers/baresip";
import { Capture } from "./peers/capture";
import { clearVoice } from "./peers/clear-voice";
import { assertHeard, assertSameSas } from "./peers/judge";
import { Meeting, pause, SOTTO_HZ } from "./peers/meeting";
import { freeRtpPorts } from "./peers/rtp-ports";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "keying");
const TALK_MS = 1500;
const BARESIP_HZ = 880;
const SOTTO_SIP = 15060;
const BARESIP_SIP = 15080;

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

/** Sotto and baresip, each told how to key; all is stopped when `talk` has ended. */
async function withBaresip(
	name: string,
	config: Readonly<Record<string, unknown>>,
	options: Pick<BaresipOptions, "mediaEncryption" | "rtcpMux">,
	talk: (sotto: PhoneProcess, baresip: Baresip) => Promise<void>,
	silent = false,
): Promise<{ capture: Capture; rtpPort: number }> {
	const folder = path.join(FOLDER, name);
	mkdirSync(folder, { recursive: true });
	const [rtpPort = 0, baresipRtpPort = 0] = await freeRtpPorts(2);
	const heardBySotto = path.join(folder, "heard-by-sotto.wav");
	const ends: (() => unknown)[] = [];
	try {
		const configs = await serveConfigs({
			sotto: {
				account: { aor: `sip:sotto@127.0.0.1:${SOTTO_SIP}`, displayName: "Sotto" },
				audio: { microphone: `tone:${SOTTO_HZ}` },
				sip: { port: SOTTO_SIP },
				log: TRACE_ALL,
				...config,
			},
		});
		ends.push(() => configs.close());
		const capture = await Capture.start(path.join(folder, "capture.pcapng"));
		ends.push(() => capture.stop());
		const baresip = await Baresip.start({
			name: "baresip",
			folder: path.join(folder, "baresip"),
			sipPort: BARESIP_SIP,
			controlPort: 15090,
			rtpPort: baresipRtpPort,
			hz: BARESIP_HZ,
			...options,
		});
		ends.push(() => baresip.stop());
		const sotto = await startSotto({
			name: "Sotto",
			state: path.join(folder, "sotto"),
			config: configs.url("sotto"),
			rtpPort,
			program,
		});
		ends.push(() => sotto.stop());
		await sotto.until("ready", () => true);
		sotto.send({ speaker: heardBySotto });
		await talk(sotto, baresip);
		sotto.send({ hangup: true });
		await sotto.until("the end of the call", ({ calls: [each] }) => each?.state === "ended");
		await pause(300);
		await sotto.stop();
		await baresip.stop();
		if (silent) return { capture, rtpPort };
		assert.ok(heard(readWav(heardBySotto), BARESIP_HZ), "Sotto heard baresip");
		assert.ok(
			baresip.heard.some((file) => heard(readWav(file), SOTTO_HZ)),
			`baresip heard Sotto in one of ${baresip.heard}`,
		);
		return { capture, rtpPort };
	} finally {
		for (const end of ends.reverse()) await end();
	}
}

async function connect(sotto: PhoneProcess, baresip: Baresip, direction: "outgoing" | "incoming"): Promise<void> {
	if (direction === "outgoing") sotto.send({ dial: baresip.uri });
	else {
		await baresip.command("dial", `sip:sotto@127.0.0.1:${SOTTO_SIP}`);
		await sotto.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
		sotto.send({ answer: true });
	}
	await sotto.until("an answer", ({ calls: [call] }) => call !== undefined && call.state !== "ringing");
}

function assertGood(call: CallState | undefined, keying: CallState["keying"]): void {
	assert.equal(call?.keying, keying);
	const { rejected, clearSent, replayed, encryptedReceived = 0 } = call?.stats ?? {};
	assert.deepEqual([rejected, clearSent, replayed], [0, 0, 0]);
	assert.ok(encryptedReceived > 60, `${encryptedReceived} packets`);
}

describe("SDES with baresip", { concurrency: false }, () => {
	// It offers AES_CM_128_HMAC_SHA1_80 alone, takes GCM where it is offered, and mandf means SAVPF, which this phone takes.
	const cases = [
		["srtp", "best-effort", "AES_CM_128_HMAC_SHA1_80", 182, "incoming"],
		["srtp-mand", "best-effort", "AES_CM_128_HMAC_SHA1_80", 182, "incoming"],
		["srtp-mandf", "mandatory", "AES_CM_128_HMAC_SHA1_80", 182, "incoming"],
		["srtp-mand", "mandatory", "AES_CM_128_HMAC_SHA1_80", 182, "outgoing"],
		["srtp-mand", "mandatory", "AEAD_AES_128_GCM", 188, "outgoing"],
		["srtp-mand", "mandatory", "AEAD_AES_256_GCM", 188, "outgoing"],
	] as const;
	for (const [mediaEncryption, policy, suite, byteLength, direction] of cases)
		test(`${mediaEncryption}, ${policy}, ${suite}, ${direction}`, async () => {
			const name = `baresip-${mediaEncryption}-${suite}-${direction}`;
			const config = { zrtp: { enabled: false }, srtp: { policy, sdesInClear: true, suites: [suite] } };
			const { capture, rtpPort } = await withBaresip(name, config, { mediaEncryption }, async (sotto, baresip) => {
				await connect(sotto, baresip, direction);
				await pause(TALK_MS);
				await holdAndResume(sotto);
				assertGood(sotto.call, "sdes");
			});
			assertNoClearVoice(capture, rtpPort, [byteLength]);
		});

	test("an answer with a suite that was not offered ends the call, and nothing was sent", async () => {
		const config = {
			zrtp: { enabled: false },
			srtp: { policy: "mandatory", sdesInClear: true, suites: ["AES_256_CM_HMAC_SHA1_80"] },
		};
		const refused = async (sotto: PhoneProcess, baresip: Baresip): Promise<void> => {
			sotto.send({ dial: baresip.uri });
			const {
				calls: [call],
			} = await sotto.until("the end", ({ calls: [each] }) => each?.state === "ended");
			assert.match(call?.reason ?? "", /the answer takes a key that was not offered/);
			assert.equal(call?.stats?.sent, 0);
		};
		await withBaresip("baresip-other-suite", config, { mediaEncryption: "srtp-mand" }, refused, true);
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

describe("DTLS-SRTP with baresip", { concurrency: false }, () => {
	for (const rtcpMux of [true, false])
		for (const direction of ["outgoing", "incoming"] as const)
			test(`${direction}, ${rtcpMux ? "with" : "without"} rtcp-mux`, async () => {
				const name = `baresip-dtls-${direction}-${rtcpMux}`;
				const config = { zrtp: { enabled: false }, srtp: { policy: "mandatory", offer: "dtls" } };
				const options = { mediaEncryption: "dtls_srtp", rtcpMux } as const;
				const { capture, rtpPort } = await withBaresip(name, config, options, async (sotto, baresip) => {
					await connect(sotto, baresip, direction);
					await sotto.until("keys", ({ calls: [call] }) => call?.lock === "server");
					await pause(TALK_MS);
					await holdAndResume(sotto);
					assertGood(sotto.call, "dtls");
				});
				assertNoClearVoice(capture, rtpPort, [182]);
			});
});
