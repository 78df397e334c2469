/**
 * Calls with baresip, in the clear and under each of its ways to key SRTP: in both directions, held and resumed by either end, and
 * a re-INVITE. Whoever should hear the other's tone does, whoever should not does not, and tshark sees no voice in the clear.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { BaresipCall, type BaresipCallOptions, type Direction, SOTTO_HZ } from "./peers/baresip-call";
import { Capture } from "./peers/capture";
import { clearVoice } from "./peers/clear-voice";
import { buildRecorded } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "baresip");
/** RTP header and 20 ms of G.711; the tag of HMAC-SHA1-80 and of GCM. */
const CLEAR = 172;
const SHA1_80 = CLEAR + 10;
const GCM = CLEAR + 16;

let program: string;
let witness: Capture;
/** What each call must have looked like from outside: where Sotto sent from, and how long its packets were. */
const seen: { name: string; rtpPort: number; byteLength: number }[] = [];

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	witness = await Capture.start(path.join(FOLDER, "capture.pcapng"));
});

after(() => witness?.stop());

const noZrtp = { zrtp: { enabled: false } };
const sdes = (policy: "best-effort" | "mandatory", suite = "AES_CM_128_HMAC_SHA1_80") => ({
	...noZrtp,
	srtp: { policy, sdesInClear: true, suites: [suite] },
});
const dtls = { ...noZrtp, srtp: { policy: "mandatory", offer: "dtls" } };

interface Kind extends Required<Pick<BaresipCallOptions, "config" | "baresip">> {
	readonly name: string;
	readonly keying: CallState["keying"];
	readonly byteLength: number;
	readonly directions?: readonly Direction[];
}

const BOTH: readonly Direction[] = ["outgoing", "incoming"];
const KINDS: readonly Kind[] = [
	{ name: "without keys", config: noZrtp, baresip: {}, keying: "none", byteLength: CLEAR },
	{
		name: "srtp, best effort at both ends",
		config: sdes("best-effort"),
		baresip: { mediaEncryption: "srtp" },
		keying: "sdes",
		byteLength: SHA1_80,
	},
	{
		name: "srtp-mand",
		config: sdes("mandatory"),
		baresip: { mediaEncryption: "srtp-mand" },
		keying: "sdes",
		byteLength: SHA1_80,
	},
	{
		name: "srtp-mand met by best effort",
		config: sdes("best-effort"),
		baresip: { mediaEncryption: "srtp-mand" },
		keying: "sdes",
		byteLength: SHA1_80,
		directions: ["incoming"],
	},
	{
		// mandf means SAVPF, which this phone takes.
		name: "srtp-mandf",
		config: sdes("mandatory"),
		baresip: { mediaEncryption: "srtp-mandf" },
		keying: "sdes",
		byteLength: SHA1_80,
		directions: ["incoming"],
	},
	// It offers AES_CM_128_HMAC_SHA1_80 alone, and takes GCM where it is offered.
	...["AEAD_AES_128_GCM", "AEAD_AES_256_GCM"].map(
		(suite): Kind => ({
			name: `srtp-mand, ${suite}`,
			config: sdes("mandatory", suite),
			baresip: { mediaEncryption: "srtp-mand" },
			keying: "sdes",
			byteLength: GCM,
			directions: ["outgoing"],
		}),
	),
	...[true, false].map(
		(rtcpMux): Kind => ({
			name: `dtls_srtp ${rtcpMux ? "with" : "without"} rtcp-mux`,
			config: dtls,
			baresip: { mediaEncryption: "dtls_srtp", rtcpMux },
			keying: "dtls",
			byteLength: SHA1_80,
		}),
	),
];

function assertGood(call: CallState | undefined, keying: CallState["keying"]): void {
	assert.equal(call?.keying, keying);
	const { rejected, clearSent = 0, replayed, encryptedReceived = 0, clearReceived = 0 } = call?.stats ?? {};
	assert.deepEqual([rejected, replayed], [0, 0]);
	const [wanted, none] = keying === "none" ? [clearReceived, encryptedReceived] : [encryptedReceived, clearReceived];
	assert.equal(none, 0);
	assert.ok(wanted > 60, `${wanted} packets`);
	if (keying !== "none") assert.equal(clearSent, 0);
}

/** They wait more than they work. */
describe("baresip", { concurrency: 5 }, () => {
	for (const { name, config, baresip, keying, byteLength, directions = BOTH } of KINDS)
		for (const direction of directions)
			test(`${name}, ${direction}: tones both ways, hold, resume and re-INVITE`, () => {
				const folder = path.join(FOLDER, `${name.replace(/\W+/g, "-")}-${direction}`);
				return BaresipCall.hold({ folder, program, config, baresip }, async (pair) => {
					const { sotto } = pair;
					await pair.connect(direction);
					await pair.bothHear();
					await pair.holdAndResume("sotto");
					await pair.holdAndResume("baresip");
					await pair.reinvite();
					await pair.holdAndResume("sotto");
					if (keying === "dtls") assert.equal(sotto.call?.lock, "server");
					assertGood(sotto.call, keying);
					await pair.hangUp(direction === "outgoing" ? "sotto" : "baresip");
					seen.push({ name: `${name}, ${direction}`, rtpPort: pair.rtpPort, byteLength });
				});
			});

	test("an answer with a suite that was not offered ends the call, and nothing was sent", () => {
		const folder = path.join(FOLDER, "other-suite");
		const config = sdes("mandatory", "AES_256_CM_HMAC_SHA1_80");
		const options = { folder, program, config, baresip: { mediaEncryption: "srtp-mand" } } as const;
		return BaresipCall.hold(options, async ({ sotto, baresip }) => {
			sotto.send({ dial: baresip.uri });
			const {
				calls: [call],
			} = await sotto.until("the end", ({ calls: [each] }) => each?.state === "ended");
			assert.match(call?.reason ?? "", /the answer takes a key that was not offered/);
			assert.equal(call?.stats?.sent, 0);
		});
	});
});

test("no voice in the clear where there were keys, and packets as long as they have to be", async () => {
	await witness.stop();
	const all = witness.rtp();
	assert.ok(seen.length > 0);
	for (const { name, rtpPort, byteLength } of seen) {
		const voice = all.filter((packet) => packet.sourcePort === rtpPort);
		assert.ok(voice.length > 40, `${name}: only ${voice.length} voice packets`);
		const lengths = [...new Set(voice.map(({ bytes }) => bytes.length))];
		assert.deepEqual(lengths, [byteLength], name);
		const clear = clearVoice(voice, SOTTO_HZ);
		if (byteLength === CLEAR) assert.ok(clear.length > voice.length, "the judge does not know clear voice");
		else assert.deepEqual(clear, [], name);
	}
});
