/** Lock, microphone and notices as tables, and what holds over every combination of facts. */
import { type KeyingFacts, lockOf } from "call/lock";
import { clearMayPlay, type MicrophoneFacts, microphoneOf } from "call/microphone";
import { type NoticeFacts, noticeOf } from "call/notices";
import type { Lock } from "call/state";
import type { ZrtpStatus } from "call/zrtp-stream";
import { equal, ok, test } from "test/harness";
import type { FailCode } from "zrtp/types";

const BOTH = [false, true] as const;
const KEYINGS = ["none", "sdes", "dtls", "zrtp"] as const;
const RETAINED = ["none", "match", "mismatch"] as const;
const STATES = [undefined, "idle", "agreeing", "secure", "absent", "failed", "cleared"] as const;

const PLAIN: KeyingFacts = {
	keying: "none",
	secure: false,
	alarmed: false,
	retained: "none",
	verified: false,
	gateway: false,
};
const ZRTP: KeyingFacts = { ...PLAIN, keying: "zrtp", secure: true };

const LOCKS: readonly (readonly [facts: KeyingFacts, lock: Lock])[] = [
	[PLAIN, "open"],
	[{ ...PLAIN, keying: "zrtp" }, "open"],
	[{ ...PLAIN, verified: true, retained: "match" }, "open"],
	[{ ...PLAIN, keying: "sdes" }, "open"],
	[{ ...PLAIN, keying: "sdes", secure: true }, "server"],
	[{ ...PLAIN, keying: "dtls", secure: true }, "server"],
	[{ ...PLAIN, keying: "sdes", secure: true, verified: true }, "server"],
	[ZRTP, "closed"],
	[{ ...ZRTP, retained: "match" }, "closed"],
	[{ ...ZRTP, verified: true }, "verified"],
	[{ ...ZRTP, verified: true, retained: "match" }, "verified"],
	[{ ...ZRTP, gateway: true }, "gateway"],
	[{ ...ZRTP, gateway: true, verified: true }, "gateway"],
	[{ ...ZRTP, retained: "mismatch" }, "warning"],
	[{ ...ZRTP, retained: "mismatch", gateway: true }, "warning"],
	[{ ...ZRTP, retained: "mismatch", verified: true }, "verified"],
	[{ ...ZRTP, alarmed: true }, "warning"],
	[{ ...ZRTP, alarmed: true, verified: true, retained: "match" }, "warning"],
	[{ ...PLAIN, alarmed: true }, "warning"],
	[{ ...PLAIN, retained: "mismatch" }, "warning"],
];

test("the lock, row by row", () => {
	for (const [facts, lock] of LOCKS) equal(lockOf(facts), lock, JSON.stringify(facts));
});

test("the lock never says more than the truth, whatever the facts", () => {
	let count = 0;
	for (const keying of KEYINGS)
		for (const secure of BOTH)
			for (const alarmed of BOTH)
				for (const retained of RETAINED)
					for (const verified of BOTH)
						for (const gateway of BOTH) {
							const facts = { keying, secure, alarmed, retained, verified, gateway };
							const lock = lockOf(facts);
							const text = `${lock} for ${JSON.stringify(facts)}`;
							count++;
							if (alarmed || (retained === "mismatch" && !verified)) equal(lock, "warning", text);
							else ok(lock !== "warning", text);
							if (lock === "closed" || lock === "verified" || lock === "gateway") ok(secure && keying === "zrtp", text);
							if (lock === "verified") ok(verified && !gateway, text);
							if (lock === "server") ok(secure && (keying === "sdes" || keying === "dtls"), text);
							if (!secure) ok(lock === "open" || lock === "warning", text);
							// A peer that is merely new is never a warning.
							if (retained === "none" && !alarmed) ok(lock !== "warning", text);
						}
	equal(count, 4 * 2 * 2 * 3 * 2 * 2);
});

const TALKING = { connected: true, mandatory: false, muted: false } as const;
const MICROPHONES: readonly (readonly [facts: MicrophoneFacts, microphone: string, clear: boolean])[] = [
	[{ ...TALKING, zrtp: undefined }, "open", true],
	[{ ...TALKING, zrtp: "idle" }, "held", false],
	[{ ...TALKING, zrtp: "agreeing" }, "held", false],
	[{ ...TALKING, zrtp: "secure" }, "open", false],
	[{ ...TALKING, zrtp: "absent" }, "open", true],
	[{ ...TALKING, zrtp: "failed" }, "held", false],
	[{ ...TALKING, zrtp: "cleared" }, "held", false],
	[{ ...TALKING, zrtp: undefined, mandatory: true }, "held", false],
	[{ ...TALKING, zrtp: "absent", mandatory: true }, "held", false],
	[{ ...TALKING, zrtp: "secure", mandatory: true }, "open", false],
	[{ ...TALKING, zrtp: "secure", muted: true }, "muted", false],
	[{ ...TALKING, zrtp: "agreeing", muted: true }, "held", false],
	[{ ...TALKING, zrtp: "secure", connected: false }, "held", false],
	[{ ...TALKING, zrtp: undefined, connected: false, muted: true }, "held", true],
];

test("the microphone, row by row", () => {
	for (const [facts, microphone, clear] of MICROPHONES) {
		equal(microphoneOf(facts), microphone, JSON.stringify(facts));
		equal(clearMayPlay(facts), clear, JSON.stringify(facts));
	}
});

test("the microphone opens only under keys, or where clear voice is allowed and there is no ZRTP", () => {
	for (const zrtp of STATES)
		for (const connected of BOTH)
			for (const mandatory of BOTH)
				for (const muted of BOTH) {
					const facts = { zrtp, connected, mandatory, muted };
					const microphone = microphoneOf(facts);
					const clear = (zrtp === undefined || zrtp === "absent") && !mandatory;
					if (microphone === "open") ok(connected && !muted && (zrtp === "secure" || clear), JSON.stringify(facts));
					if (muted) ok(microphone !== "open", JSON.stringify(facts));
					equal(clearMayPlay(facts), clear, JSON.stringify(facts));
				}
});

const CALM: NoticeFacts = {
	zrtp: { state: "secure" },
	mandatory: false,
	retainedMismatch: false,
	helloHashMismatch: false,
	goClearRefused: false,
	secretNotSaved: false,
	sasMismatch: false,
};
const FAILED: ZrtpStatus = { state: "failed", code: "timeout" };

const NOTICES: readonly (readonly [facts: NoticeFacts, sentence: RegExp | undefined])[] = [
	[CALM, undefined],
	[{ ...CALM, zrtp: { state: "idle" } }, undefined],
	[{ ...CALM, zrtp: { state: "agreeing" } }, undefined],
	[{ ...CALM, zrtp: undefined }, /switched off on this phone: this call can be overheard/],
	[{ ...CALM, zrtp: undefined, mandatory: true }, /allow no call without it: the microphone stays off/],
	[{ ...CALM, zrtp: { state: "absent" } }, /cannot encrypt: this call can be overheard/],
	[{ ...CALM, zrtp: { state: "absent" }, mandatory: true }, /does not talk without: the microphone stays off/],
	[{ ...CALM, zrtp: FAILED }, /does not answer in ZRTP, or no longer. The microphone stays off/],
	[{ ...CALM, zrtp: { state: "cleared" } }, /ended encryption: the microphone is off/],
	[{ ...CALM, retainedMismatch: true }, /not who answered last time.*compare the words now/],
	[{ ...CALM, helloHashMismatch: true }, /not those that were announced: compare the words now/],
	[{ ...CALM, helloHashMismatch: true, retainedMismatch: true }, /announced/],
	[{ ...CALM, sasMismatch: true, retainedMismatch: true, zrtp: FAILED }, /words did not match.*Hang up/],
	[{ ...CALM, goClearRefused: true, secretNotSaved: true }, /asked to end encryption/],
	[{ ...CALM, secretNotSaved: true }, /could not be stored/],
	// Where no keys came, nobody has words to compare.
	[{ ...CALM, zrtp: FAILED, helloHashMismatch: true, retainedMismatch: true }, /No keys were agreed/],
];

test("the notices, row by row: the most important one", () => {
	for (const [facts, sentence] of NOTICES) {
		const notice = noticeOf(facts);
		if (sentence === undefined) equal(notice, undefined, JSON.stringify(facts));
		else ok(notice !== undefined && sentence.test(notice), `${notice} for ${JSON.stringify(facts)}`);
	}
});

const CODES: readonly FailCode[] = [
	"noPeer",
	"timeout",
	"unsupportedVersion",
	"equalZids",
	"ssrcCollision",
	"hashNotSupported",
	"cipherNotSupported",
	"keyAgreementNotSupported",
	"authTagNotSupported",
	"sasTypeNotSupported",
	"helloMac",
	"commitMac",
	"dhPartMac",
	"hvi",
	"dhValue",
	"confirmMac",
	"peerError",
];

test("every failure has words of its own kind, and where the microphone is held somebody says why", () => {
	for (const code of CODES) {
		const notice = noticeOf({ ...CALM, zrtp: { state: "failed", code } });
		ok(/^No keys were agreed: .+\. The microphone stays off\.$/.test(notice ?? ""), `${code}: ${notice}`);
		ok(!notice?.includes("undefined"), code);
	}
	for (const state of STATES)
		for (const mandatory of BOTH) {
			if (state === "idle" || state === "agreeing") continue;
			const zrtp: ZrtpStatus | undefined = state === undefined ? undefined : state === "failed" ? FAILED : { state };
			const held = microphoneOf({ zrtp: state, mandatory, connected: true, muted: false }) === "held";
			const notice = noticeOf({ ...CALM, zrtp, mandatory });
			if (held) ok(notice !== undefined && /microphone/.test(notice), `${state} ${mandatory}: ${notice}`);
		}
});
