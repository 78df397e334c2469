/** Lock, microphone and notices as tables, and what holds over every combination of facts. */

import { placeOf } from "call/encrypted-before";
import { type KeyingFacts, lockOf } from "call/lock";
import { clearMayPlay, type MicrophoneFacts, microphoneOf } from "call/microphone";
import { type NoticeFacts, noticeOf, WARNINGS } from "call/notices";
import { beginsAnew, stillKeyedFor } from "call/rekeying";
import { type SecurityFacts, type StreamSecurity, securityOf } from "call/security";
import type { Lock } from "call/state";
import type { ZrtpStatus } from "call/zrtp-stream";
import type { AnnouncedStream } from "sdp/announced";
import { equal, ok, test } from "test/harness";
import { ALARMS, FAILURES } from "zrtp/constants";
import type { FailCode, Sas, WarnCode } from "zrtp/types";

const BOTH = [false, true] as const;
const KEYINGS = ["none", "sdes", "dtls", "zrtp"] as const;
const RETAINED = ["none", "match", "mismatch"] as const;
const STATES = [undefined, "idle", "agreeing", "secure", "absent", "failed", "clearing", "cleared"] as const;

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

const TALKING = { connected: true, mandatory: false, expected: false, clearAgreed: false, muted: false } as const;
const MICROPHONES: readonly (readonly [facts: MicrophoneFacts, microphone: string, clear: boolean])[] = [
	[{ ...TALKING, zrtp: undefined }, "open", true],
	[{ ...TALKING, zrtp: "idle" }, "held", false],
	[{ ...TALKING, zrtp: "agreeing" }, "held", false],
	[{ ...TALKING, zrtp: "secure" }, "open", false],
	[{ ...TALKING, zrtp: "absent" }, "open", true],
	[{ ...TALKING, zrtp: "failed" }, "held", false],
	[{ ...TALKING, zrtp: "clearing" }, "held", false],
	[{ ...TALKING, zrtp: "clearing", clearAgreed: true }, "held", false],
	[{ ...TALKING, zrtp: "cleared" }, "held", false],
	[{ ...TALKING, zrtp: "cleared", clearAgreed: true }, "open", true],
	[{ ...TALKING, zrtp: "cleared", clearAgreed: true, mandatory: true }, "held", false],
	[{ ...TALKING, zrtp: "absent", expected: true }, "held", false],
	[{ ...TALKING, zrtp: "absent", expected: true, clearAgreed: true }, "open", true],
	[{ ...TALKING, zrtp: "absent", expected: true, clearAgreed: true, mandatory: true }, "held", false],
	[{ ...TALKING, zrtp: "failed", clearAgreed: true }, "held", false],
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
				for (const expected of BOTH)
					for (const clearAgreed of BOTH)
						for (const muted of BOTH) {
							const facts = { zrtp, connected, mandatory, expected, clearAgreed, muted };
							const microphone = microphoneOf(facts);
							const without = zrtp === undefined || zrtp === "absent";
							const agreed = clearAgreed && (zrtp === "absent" || zrtp === "cleared");
							const clear = !mandatory && (zrtp === undefined || (without && !expected) || agreed);
							if (microphone === "open") ok(connected && !muted && (zrtp === "secure" || clear), JSON.stringify(facts));
							if (muted) ok(microphone !== "open", JSON.stringify(facts));
							equal(clearMayPlay(facts), clear, JSON.stringify(facts));
						}
});

const CALM: NoticeFacts = {
	zrtp: { state: "secure" },
	mandatory: false,
	expected: undefined,
	clearAgreed: false,
	retainedMismatch: false,
	helloHashMismatch: false,
	goClearRefused: false,
	secretNotSaved: false,
	sasMismatch: false,
	anotherPhone: false,
	sasRelayIgnored: false,
	enrollment: undefined,
	clearNotAllowed: false,
	disclosure: false,
	auxsecretMismatch: false,
};
const CLEARED = { state: "cleared", by: "peer" } as const;
const ABSENT = { state: "absent" } as const;
const FAILED: ZrtpStatus = { state: "failed", code: "timeout" };

const SAS: Sas = {
	keyAgreement: "X255",
	hash: "S256",
	cipher: "AES1",
	authTag: "HS80",
	sasType: "B32",
	text: "gk5x",
	verified: false,
	peerVerified: false,
	retained: "none",
	peerClientId: "test",
	peerZid: new Uint8Array(12),
	disclosure: false,
	mitm: false,
	trustedMitm: false,
	relayed: false,
	enrollment: false,
	allowClear: false,
	auxsecret: "none",
};

const FACTS: SecurityFacts = {
	connected: true,
	ended: false,
	mandatory: false,
	first: undefined,
	added: [],
	expected: undefined,
	clearAgreed: false,
	sasMismatch: false,
	verifiedHere: false,
	anotherPhone: false,
	gatewayName: undefined,
};

function stream(status: ZrtpStatus, warnings: readonly WarnCode[] = []): StreamSecurity {
	return { status, sas: SAS, enrollment: undefined, warned: (code) => warnings.includes(code) };
}

const NOTICES: readonly (readonly [facts: NoticeFacts, sentence: RegExp | undefined])[] = [
	[CALM, undefined],
	[{ ...CALM, zrtp: { state: "idle" } }, undefined],
	[{ ...CALM, zrtp: { state: "agreeing" } }, undefined],
	[{ ...CALM, zrtp: undefined }, /switched off on this phone: this call can be overheard/],
	[{ ...CALM, zrtp: undefined, mandatory: true }, /allow no call without it: the microphone stays off/],
	[{ ...CALM, zrtp: { state: "absent" } }, /cannot encrypt: this call can be overheard/],
	[{ ...CALM, zrtp: { state: "absent" }, mandatory: true }, /does not talk without: the microphone stays off/],
	[{ ...CALM, zrtp: FAILED }, /does not answer in ZRTP, or no longer. The microphone stays off/],
	[{ ...CALM, zrtp: { state: "clearing" } }, /being ended: the microphone is off until/],
	[{ ...CALM, zrtp: CLEARED }, /other phone ended encryption: the microphone is off/],
	[{ ...CALM, zrtp: CLEARED, clearAgreed: true }, /other phone ended encryption: this call can be overheard/],
	[{ ...CALM, zrtp: CLEARED, clearAgreed: true, mandatory: true }, /does not talk without: the microphone stays off/],
	[{ ...CALM, zrtp: { state: "cleared", by: "owner" }, clearAgreed: true }, /You ended encryption/],
	[{ ...CALM, zrtp: ABSENT, expected: "in this call" }, /was encrypted, and no longer is.*microphone is off/],
	[
		{ ...CALM, zrtp: ABSENT, expected: "in earlier calls" },
		/Calls with this address were encrypted.*microphone is off/,
	],
	[{ ...CALM, zrtp: ABSENT, expected: "in earlier calls", clearAgreed: true }, /cannot encrypt: this call can be/],
	[{ ...CALM, anotherPhone: true }, /another phone than before: compare/],
	[{ ...CALM, sasRelayIgnored: true }, /does not trust it and shows its own/],
	[{ ...CALM, disclosure: true }, /may give the keys/],
	[{ ...CALM, enrollment: "asked" }, undefined],
	[{ ...CALM, enrollment: "refused" }, undefined],
	[{ ...CALM, enrollment: "accepted" }, /trusts the gateway from the next call/],
	[{ ...CALM, enrollment: "notStored" }, /could not be stored: it is not trusted/],
	[{ ...CALM, enrollment: "unsafe", retainedMismatch: true }, /Before the gateway is trusted, compare the words/],
	[{ ...CALM, auxsecretMismatch: true }, /shared words of the two phones are not the same/],
	[{ ...CALM, clearNotAllowed: true }, /does not allow encryption to be ended/],
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

test("every code with which ZRTP ends has words of its own kind, and the lock and the microphone that go with it", () => {
	const codes = Object.keys(FAILURES) as FailCode[];
	ok(codes.length > 15);
	for (const code of codes) {
		// The one that is no failure: the other end has no ZRTP.
		const zrtp: ZrtpStatus = code === "noPeer" ? ABSENT : { state: "failed", code };
		const security = securityOf({ ...FACTS, first: stream(zrtp) });
		const held = code !== "noPeer";
		equal(security.lock, held ? "warning" : "open", code);
		equal(microphoneOf({ ...TALKING, zrtp: zrtp.state }), held ? "held" : "open", code);
		equal(security.securing, false, `${code}: the wait is over`);
		const pattern = held
			? /^No keys were agreed: [a-z].+\. The microphone stays off\.$/
			: /^The other phone cannot encrypt/;
		ok(pattern.test(security.notice ?? ""), `${code}: ${security.notice}`);
		ok(!security.notice?.includes("undefined"), code);
	}
});

test("every warning has words: an alarm on the lock and in the notice, any other among the remarks", () => {
	const codes = Object.keys(WARNINGS) as WarnCode[];
	equal(codes.filter((code) => WARNINGS[code].alarm).sort(), ALARMS.filter((code) => code in WARNINGS).sort());
	for (const code of codes) {
		const { alarm, text } = WARNINGS[code];
		ok(/^[A-Z].*\.$/.test(text) && text.length < 120, `${code}: ${text}`);
		const status: ZrtpStatus = code === "goClear" ? CLEARED : { state: "secure" };
		const security = securityOf({ ...FACTS, first: stream(status, [code]) });
		equal(security.lock === "warning", alarm, code);
		if (alarm) ok(security.notice !== undefined, code);
		else ok(security.remarks?.includes(text), code);
	}
});

test("a call's lock is never better than that of its worst stream", () => {
	const verified = { ...SAS, verified: true };
	const rows: readonly (readonly [ZrtpStatus | undefined, Lock])[] = [
		[{ state: "secure" }, "verified"],
		[{ state: "agreeing" }, "open"],
		[{ state: "idle" }, "open"],
		[ABSENT, "open"],
		[undefined, "open"],
		[{ state: "clearing" }, "open"],
		[CLEARED, "warning"],
		[FAILED, "warning"],
	];
	for (const [status, lock] of rows) {
		const first = { ...stream({ state: "secure" }), sas: verified };
		const security = securityOf({ ...FACTS, first, added: [{ state: "secure" }, status] });
		equal(security.lock, lock, JSON.stringify(status));
		equal(security.notice === undefined, status?.state === "secure", JSON.stringify(status));
	}
});

test("what the owner is asked: one thing at a time, nothing where the settings have decided", () => {
	const about = (more: Partial<SecurityFacts>) => securityOf({ ...FACTS, ...more }).question?.about;
	const asks = { ...stream({ state: "secure" }), enrollment: { state: "asked", clientId: "PBX" } } as const;
	equal(about({ first: asks }), "enrollment");
	equal(about({ first: { ...asks, enrollment: { state: "unsafe", clientId: "PBX" } } }), "enrollment");
	equal(about({ first: { ...asks, enrollment: { state: "refused" } } }), undefined);
	equal(about({ first: asks, ended: true }), undefined);
	equal(about({ first: stream(CLEARED) }), "cleared");
	equal(about({ first: stream(CLEARED), clearAgreed: true }), undefined);
	equal(about({ first: stream(CLEARED), mandatory: true }), undefined);
	equal(about({ first: stream({ state: "cleared", by: "owner" }), clearAgreed: true }), undefined);
	equal(about({ first: stream(ABSENT) }), undefined);
	equal(about({ first: stream(ABSENT), expected: "in earlier calls" }), "unencrypted");
	equal(about({ first: stream(ABSENT), expected: "in this call", mandatory: true }), undefined);
	const facts = { ...FACTS, first: stream(ABSENT), expected: "in this call" } as const;
	ok(securityOf(facts).question?.text.includes("Anybody on the way can listen"));
	const keys = { cipher: "AES1", authTag: "HS80", reason: undefined } as const;
	const keying = { by: "sdes", server: "on", lost: false, ...keys } as const;
	ok(securityOf({ ...facts, keying }).question?.text.includes("The servers on the way can listen"));
});

test("the same place: user and host, whatever port and parameters", () => {
	const same = [
		"sip:bob@example.org",
		"sips:bob@EXAMPLE.org:5061",
		"sip:bob@example.org;transport=tcp",
		"bob@example.org",
	];
	equal(new Set(same.map(placeOf)).size, 1);
	for (const other of ["sip:bo@example.org", "sip:bob@example.com", "sip:example.org", "sip:Bob@example.org"])
		ok(placeOf(other) !== placeOf(same[0] ?? ""), other);
	ok(
		placeOf("sip:192.0.2.1:5060") !== placeOf("sip:192.0.2.1:5062"),
		"without a user, the port tells two phones apart",
	);
	equal(placeOf("sip:bob@[2001:db8::1]:5060"), placeOf("sip:bob@[2001:DB8::1]"));
});

test("where the microphone is held somebody says why", () => {
	for (const state of STATES)
		for (const mandatory of BOTH)
			for (const expected of [undefined, "in this call", "in earlier calls"] as const)
				for (const clearAgreed of BOTH) {
					if (state === "idle" || state === "agreeing") continue;
					const zrtp = statusOf(state);
					const facts = { zrtp: state, mandatory, expected: expected !== undefined, clearAgreed };
					const held = microphoneOf({ ...TALKING, ...facts }) === "held";
					const notice = noticeOf({ ...CALM, zrtp, mandatory, expected, clearAgreed });
					if (held) ok(notice !== undefined && /microphone/.test(notice), `${JSON.stringify(facts)}: ${notice}`);
				}
});

test("a description of somebody else begins keys anew; the same one, or music on hold, does not", () => {
	const here = { remoteAddress: "192.0.2.1", remotePort: 4000, heldByPeer: false };
	const there = { ...here, remoteAddress: "192.0.2.2" };
	const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
	const ice = (ufrag: string) => ({ ufrag, pwd: "p", candidates: [], lite: false });
	const rows: readonly (readonly [AnnouncedStream, AnnouncedStream, boolean])[] = [
		[here, here, false],
		[here, there, true],
		[here, { ...here, remotePort: 4002 }, true],
		[{ ...here, zrtpHash: a }, { ...here, zrtpHash: a }, false],
		[{ ...here, zrtpHash: a }, { ...there, zrtpHash: a.slice() }, false],
		[{ ...here, zrtpHash: a }, { ...here, zrtpHash: b }, true],
		[{ ...here, zrtpHash: a }, here, false],
		[{ ...here, zrtpHash: a }, there, true],
		[here, { ...there, zrtpHash: b }, true],
		[{ ...here, zrtpHash: a }, { ...there, heldByPeer: true }, false],
		[{ ...here, zrtpHash: a }, { ...there, heldByPeer: true, zrtpHash: b }, true],
		[{ ...here, ice: ice("u1") }, { ...there, ice: ice("u1") }, false],
		[{ ...here, ice: ice("u1") }, { ...there, ice: ice("u2") }, true],
		[{ ...here, ice: ice("u1") }, there, true],
	];
	for (const [before, after, anew] of rows) equal(beginsAnew(before, after), anew, JSON.stringify([before, after]));
	const kept = stillKeyedFor({ ...here, zrtpHash: a }, { ...there, heldByPeer: true });
	equal([kept.remoteAddress, kept.zrtpHash?.[0]], ["192.0.2.1", 1]);
});

function statusOf(state: ZrtpStatus["state"] | undefined): ZrtpStatus | undefined {
	switch (state) {
		case undefined:
			return undefined;
		case "failed":
			return FAILED;
		case "cleared":
			return CLEARED;
		default:
			return { state };
	}
}
