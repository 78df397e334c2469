/** a=crypto lines (RFC 4568, 6188, 7714) and the agreement of keys by them. */

import { toBase64 } from "bytes/base64";
import { type CryptoLine, formatCryptoLine, parseCryptoLine } from "srtp/crypto-attribute";
import { Sdes, type SdesOptions } from "srtp/sdes";
import { SUITES } from "srtp/suites";
import { equal, ok, test } from "test/harness";

const RFC_KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

function line(value: string): CryptoLine {
	const result = parseCryptoLine(value);
	if ("fault" in result) throw new Error(result.fault);
	return result;
}

function fault(value: string): string | undefined {
	const result = parseCryptoLine(value);
	return "fault" in result ? result.fault : undefined;
}

/** Counts up, so that no two draws are the same. */
function counting(): SdesOptions["random"] {
	let next = 1;
	return (byteLength) => new Uint8Array(byteLength).map(() => next++ & 0xff);
}

function sdes(suites: SdesOptions["suites"] = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"], from = 0): Sdes {
	const random = counting();
	for (let i = 0; i < from; i++) random(1);
	return new Sdes({ suites, random });
}

test("the RFC's own lines (RFC 4568 sections 4.1, 6.1)", () => {
	const { tag, suite, key, salt, mki } = line(`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|2^20|1:4`);
	equal(
		[tag, suite.name, key.length, salt.length, mki],
		["1", "AES_CM_128_HMAC_SHA1_80", 16, 14, new Uint8Array([0, 0, 0, 1])],
	);
	equal(toBase64(new Uint8Array([...key, ...salt])), RFC_KEY);
	equal(
		line("1 AES_CM_128_HMAC_SHA1_80 inline:YUJDZGVmZ2hpSktMbW9QUXJzVHVWd3l6MTIzNDU2|1066:4").mki,
		new Uint8Array([0, 0, 4, 42]),
		"no lifetime, an MKI of two octets' value",
	);
});

test("every suite is written and read back; a draft's name is understood and echoed", () => {
	for (const suite of SUITES) {
		const made = {
			tag: "7",
			suiteName: suite.name,
			key: new Uint8Array(suite.keyByteLength).fill(1),
			salt: new Uint8Array(suite.saltByteLength).fill(2),
		};
		const read = line(formatCryptoLine(made));
		equal([read.tag, read.suite, read.key, read.salt, read.mki], ["7", suite, made.key, made.salt, undefined]);
	}
	const draft = line(`2 AES_CM_256_HMAC_SHA1_80 inline:${toBase64(new Uint8Array(46))}`);
	equal([draft.suite.name, draft.suiteName], ["AES_256_CM_HMAC_SHA1_80", "AES_CM_256_HMAC_SHA1_80"]);
});

test("session parameters: what weakens is refused, hints and the optional are passed over (RFC 4568 section 6.3)", () => {
	const with_ = (parameter: string): string | undefined =>
		fault(`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY} ${parameter}`);
	for (const good of ["", "WSH=64", "WSH=1024", "KDR=0", "-X-VENDOR=1", "WSH=128 -Y"])
		equal(with_(good), undefined, good);
	for (const bad of ["UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", "UNAUTHENTICATED_SRTP", "WSH=64 UNENCRYPTED_SRTP"])
		equal(with_(bad), "it asks for voice that is not encrypted or not authenticated", bad);
	for (const bad of ["KDR=1", "WSH=63", "WSH=", "FEC_ORDER=FEC_SRTP", `FEC_KEY=inline:${RFC_KEY}`, "X"])
		equal(with_(bad), "it has a session parameter that this phone does not know", bad);
});

test("malformed lines are refused in words that hold nothing of them", () => {
	const cases: readonly (readonly [string, string])[] = [
		["", "its tag is no number"],
		[`x AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}`, "its tag is no number"],
		[`1234567890 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}`, "its tag is no number"],
		[`1 F8_128_HMAC_SHA1_80 inline:${RFC_KEY}`, "its crypto-suite is not one of this phone's"],
		["1 AES_CM_128_HMAC_SHA1_80", "its key is not inline"],
		[`1 AES_CM_128_HMAC_SHA1_80 uri:${RFC_KEY}`, "its key is not inline"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|1:4;inline:${RFC_KEY}|2:4`, "it has more than one key"],
		["1 AES_CM_128_HMAC_SHA1_80 inline:d0Rm*", "its key is not base64"],
		[
			"1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSo=",
			"its key has 29 octets, its crypto-suite asks for 30",
		],
		[`1 AEAD_AES_256_GCM inline:${RFC_KEY}`, "its key has 30 octets, its crypto-suite asks for 44"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|2^49`, "the lifetime of its key is out of range"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|0`, "the lifetime of its key is out of range"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|020`, "the lifetime of its key is out of range"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|2^20|1`, "its master key identifier cannot be used"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|1:0`, "its master key identifier cannot be used"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|1:129`, "its master key identifier cannot be used"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|256:1`, "its master key identifier cannot be used"],
		[`1 AES_CM_128_HMAC_SHA1_80 inline:${RFC_KEY}|2^20|1:4|x`, "its master key identifier cannot be used"],
	];
	for (const [value, reason] of cases) equal(fault(value), reason, value);
});

test("offer and answer: both ends hold the same two keys, the first line that both have is taken", () => {
	const alice = sdes();
	const bob = sdes(["AEAD_AES_256_GCM"], 100);
	const offer = alice.offer(false);
	equal(offer.length, 2);
	const answer = bob.answer(offer, false);
	ok(typeof answer === "string" && answer.startsWith("2 AEAD_AES_256_GCM inline:"));
	equal(bob.answer(offer, false), answer, "asked again, the same");
	equal(alice.judge(offer, [answer]), undefined);
	const a = alice.agreed(offer, [answer]);
	const b = bob.agreed([answer], offer);
	ok(a && b);
	equal([a.suite.name, a.send.key.length, a.send.salt.length], ["AEAD_AES_256_GCM", 32, 12]);
	equal([a.send.key, a.send.salt, a.receive.key], [b.receive.key, b.receive.salt, b.send.key]);
	equal(alice.offer(false), offer, "a later offer has the same keys, so that the ROC is kept");
	equal(bob.answer(offer, false), answer);
});

test("a peer with a new key is answered with a new key of ours", () => {
	const bob = sdes();
	const first = sdes(undefined, 50).offer(false);
	const answer = bob.answer(first, false);
	ok(typeof answer === "string");
	bob.agreed([answer], first);
	const second = sdes(undefined, 90).offer(false);
	const next = bob.answer(second, false);
	ok(typeof next === "string" && next !== answer, "new");
	equal(bob.answer(second, false), next);
	const keys = bob.agreed([next], second);
	ok(keys && !equalBytes(keys.send.key, line(answer).key));
});

test("keys that are asked for anew are others, and none stays behind", () => {
	const alice = sdes();
	const offer = alice.offer(false);
	const renewed = alice.offer(true);
	ok(renewed.every((value, i) => value !== offer[i]));
	equal(alice.offer(false), renewed);
	const bob = sdes(undefined, 100);
	const answer = bob.answer(offer, false);
	ok(typeof answer === "string");
	bob.agreed([answer], offer);
	const other = sdes(undefined, 200);
	const once = other.answer(offer, true);
	equal(other.answer(offer, true), once, "asked again, the same");
});

test("an answer that is not to be taken (RFC 4568 section 5.1.3)", () => {
	const alice = sdes();
	const offer = alice.offer(false);
	const key = toBase64(new Uint8Array(30).fill(9));
	const own = offer[0] ?? "";
	const cases: readonly (readonly [readonly string[], string])[] = [
		[[], "the answer brings no key for the audio"],
		[
			[`1 AES_CM_128_HMAC_SHA1_80 inline:${key}`, `2 AES_CM_128_HMAC_SHA1_80 inline:${key}`],
			"the answer brings more than one key for the audio",
		],
		[[`3 AES_CM_128_HMAC_SHA1_80 inline:${key}`], "the answer takes a key that was not offered"],
		[[`2 AES_CM_128_HMAC_SHA1_80 inline:${key}`], "the answer takes a key that was not offered"],
		[[`1 AES_CM_128_HMAC_SHA1_32 inline:${key}`], "the answer takes a key that was not offered"],
		[
			[`1 AES_CM_128_HMAC_SHA1_80 inline:${key.slice(4)}`],
			"the key of the answer cannot be used: its key has 27 octets, its crypto-suite asks for 30",
		],
		[
			[`1 AES_CM_128_HMAC_SHA1_80 inline:${key} UNENCRYPTED_SRTP`],
			"the key of the answer cannot be used: it asks for voice that is not encrypted or not authenticated",
		],
		[[own], "the answer gives this phone's own key back"],
	];
	for (const [theirs, reason] of cases) equal(alice.judge(offer, theirs), reason);
	equal(alice.judge(offer, [`1 AES_CM_128_HMAC_SHA1_80 inline:${key}`]), undefined);
	equal(alice.agreed(offer, [own]), undefined, "and never gives keys");
});

test("an offer without a line for us", () => {
	const answer = sdes(["AES_CM_128_HMAC_SHA1_80"]).answer([`1 AES_CM_128_HMAC_SHA1_32 inline:${RFC_KEY}`], false);
	equal(answer, { fault: "no key can be agreed for the audio: its crypto-suite is switched off in this phone" });
});

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((octet, i) => octet === b[i]);
}
