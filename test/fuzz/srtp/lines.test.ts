/** Mutated a=crypto, a=fingerprint and a=setup: nothing throws, what is taken has the lengths of its suite, reasons hold no key. */
import { formatCryptoLine, parseCryptoLine } from "srtp/crypto-attribute";
import { fingerprintOf, formatFingerprint, roleOf, setupAnswer } from "srtp/fingerprint";
import { Sdes } from "srtp/sdes";
import { SUITES } from "srtp/suites";
import { Mutator } from "test/fuzz/sip/mutate";
import { equal, ok, test } from "test/harness";

const bytes = (length: number, from: number): Uint8Array =>
	new Uint8Array(length).map((_, i) => (from + 29 * i) & 0xff);
const LINES: readonly string[] = [
	...SUITES.map((suite, i) =>
		formatCryptoLine({
			tag: String(i + 1),
			suiteName: suite.name,
			key: bytes(suite.keyByteLength, i),
			salt: bytes(suite.saltByteLength, i + 90),
		}),
	),
	"1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4 WSH=128 -X=1",
	"2 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;inline:QUJjZGVm|2^20|2:4 FEC_ORDER=FEC_SRTP",
];
const FINGERPRINTS: readonly string[] = [formatFingerprint(bytes(32, 7)), "sha-1 00:11:22", "SHA-512 AB:CD"];

test("twenty thousand mutated lines", () => {
	const mutator = new Mutator(11);
	let taken = 0;
	let matched = 0;
	for (let i = 0; i < 20_000; i++) {
		const value = mutator.mutate(mutator.pick(LINES));
		const line = parseCryptoLine(value);
		if ("fault" in line) {
			ok(line.fault.length < 100 && !/inline:|[A-Za-z0-9+/]{24}/.test(line.fault), line.fault);
			continue;
		}
		taken++;
		equal([line.key.length, line.salt.length], [line.suite.keyByteLength, line.suite.saltByteLength], value);
		ok(line.mki === undefined || (line.mki.length >= 1 && line.mki.length <= 32), value);
		const again = parseCryptoLine(formatCryptoLine(line));
		ok(!("fault" in again) && again.key.join() === line.key.join() && again.tag === line.tag, value);
	}
	ok(taken > 500 && taken < 19_000, `${taken} of 20000 taken`);
	for (let i = 0; i < 10_000; i++) {
		const found = fingerprintOf([
			mutator.mutate(mutator.pick(FINGERPRINTS)),
			mutator.mutate(mutator.pick(FINGERPRINTS)),
		]);
		if (found === undefined) continue;
		matched++;
		equal(found.bytes.length, { "sha-256": 32, "sha-384": 48, "sha-512": 64 }[found.hash]);
	}
	ok(matched > 100, `${matched} fingerprints`);
});

test("an agreement by mutated offers and answers: both keys are there and differ, or there is a reason", () => {
	const mutator = new Mutator(12);
	const outcomes = { agreed: 0, refused: 0 };
	for (let i = 0; i < 2000; i++) {
		let seed = i;
		const random = (length: number): Uint8Array => bytes(length, seed++);
		const suites = SUITES.map(({ name }) => name);
		const [alice, bob] = [new Sdes({ suites, random }), new Sdes({ suites, random })];
		const offer = alice.offer(false);
		const changed = offer.map((value) => (mutator.pick([true, false]) ? mutator.mutate(value) : value));
		const answer = bob.answer(changed, false);
		const line = typeof answer === "string" ? mutator.pick([answer, mutator.mutate(answer)]) : undefined;
		const fault = line === undefined ? "no answer" : alice.judge(offer, [line]);
		const keys = line === undefined || fault !== undefined ? undefined : alice.agreed(offer, [line]);
		outcomes[keys ? "agreed" : "refused"]++;
		if (keys) {
			equal(keys.send.key.length, keys.suite.keyByteLength);
			ok(keys.send.key.join() !== keys.receive.key.join());
		}
		alice.close();
		bob.close();
	}
	ok(outcomes.agreed > 300 && outcomes.refused > 100, JSON.stringify(outcomes));
});

test("who begins with DTLS, over every pair of words", () => {
	const words = ["active", "passive", "actpass", "holdconn", "", "x", undefined];
	for (const ours of words)
		for (const theirs of words) {
			const [a, b] = [roleOf(ours, theirs), roleOf(theirs, ours)];
			if (a !== undefined && b !== undefined) ok(a !== b, `${ours} ${theirs}: one of each`);
		}
	for (const offered of words)
		for (const current of ["client", "server", undefined] as const) {
			const answer = setupAnswer(offered, current);
			if (answer === undefined) continue;
			ok(roleOf(answer, offered === undefined ? "actpass" : offered) !== undefined, `${offered} ${answer}`);
		}
});
