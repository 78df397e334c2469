import { compose } from "crypto/compose";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import { equal, ok, test, throws } from "test/harness";
import { SUITES } from "test/net/zrtp/endpoint";
import { createSession } from "zrtp/engine";
import { readFrame } from "zrtp/messages/frame";
import { decodeHello } from "zrtp/messages/hello";
import { accept, choose, chooseKeyAgreement } from "zrtp/negotiate";
import { available, CIPHERS, HASHES, KEY_AGREEMENTS } from "zrtp/suites";
import type { HashCode, KeyAgreementCode, SuiteLists } from "zrtp/types";

const KEY_AGREEMENT_CODES = Object.keys(KEY_AGREEMENTS) as KeyAgreementCode[];
const EVERYTHING: SuiteLists = {
	...SUITES,
	keyAgreements: KEY_AGREEMENT_CODES,
	hashes: ["S256", "S384", "N256", "N384"],
	ciphers: ["AES1", "AES2", "AES3"],
};
/** What every provider has, and nothing else. */
const { sha3_256: _a, sha3_384: _b, x448: _c, p384: _d, p521: _e, dh2048: _f, ...least } = nobleProvider;
const small = compose("small", least);

test("the lengths of pv are those of table 5 and of the providers", () => {
	const words = { DH2k: 64, X255: 8, E255: 8, EC25: 16, X448: 14, DH3k: 96, EC38: 24, EC52: 33 } as const;
	for (const code of KEY_AGREEMENT_CODES) {
		equal(KEY_AGREEMENTS[code].publicKeyByteLength, 4 * words[code], code);
		for (const provider of [nobleProvider, nativeProvider])
			equal(KEY_AGREEMENTS[code].of(provider).publicKeyByteLength, 4 * words[code], code);
	}
	equal(KEY_AGREEMENTS.E255.of(nativeProvider), KEY_AGREEMENTS.X255.of(nativeProvider), "one curve, two names");
});

test("the order is that of section 4.1.2", () => {
	const order = ["DH2k", "EC25", "DH3k", "EC38", "EC52"] as const;
	for (const [i, slower] of order.slice(1).entries())
		ok(KEY_AGREEMENTS[order[i] ?? "DH2k"].rank < KEY_AGREEMENTS[slower].rank, slower);
	equal(new Set(KEY_AGREEMENT_CODES.map((code) => KEY_AGREEMENTS[code].rank)).size, KEY_AGREEMENT_CODES.length);
});

test("the RFC's own example, its lists in full", () => {
	const alice = ["DH2k", "DH3k", "EC25"] as const;
	const bob = ["EC38", "EC25", "DH3k"] as const;
	equal(chooseKeyAgreement(alice, bob), "EC25");
	equal(chooseKeyAgreement(bob, alice), "EC25");
});

test("any two lists lead both ends to one key agreement", () => {
	for (const a of KEY_AGREEMENT_CODES)
		for (const b of KEY_AGREEMENT_CODES)
			for (const c of KEY_AGREEMENT_CODES) {
				const one = { ...EVERYTHING, keyAgreements: [...new Set([a, b, c])] };
				const other = { ...EVERYTHING, keyAgreements: [...new Set([c, b, a])] };
				equal(choose(one, other).keyAgreement, choose(other, one).keyAgreement, `${a} ${b} ${c}`);
			}
});

test("a strong curve goes with a hash of 384 bits and the longest key (section 5.1.5)", () => {
	for (const code of ["EC38", "EC52", "X448"] as const) {
		const lists = { ...EVERYTHING, keyAgreements: [code] };
		equal(choose(lists, lists), { ...choose(lists, lists), keyAgreement: code, hash: "S384", cipher: "AES3" });
		equal(choose(lists, { ...lists, hashes: ["N384"] }).hash, "N384");
		equal(choose(lists, { ...lists, ciphers: ["AES2"] }).cipher, "AES2");
		equal(choose(lists, { ...lists, ciphers: [] }).cipher, "AES1", "only SHOULD");
		const { keyAgreement } = choose(lists, { ...lists, hashes: ["S256", "N256"] });
		equal(keyAgreement, code === "EC38" ? "DH3k" : code, "no such hash in common: MUST for EC38 alone");
	}
	const light = { ...EVERYTHING, keyAgreements: ["DH2k"] as const, ciphers: ["AES3", "AES1"] as const };
	equal(choose(light, light).cipher, "AES1", "DH2k with AES-128");
	equal(
		choose({ ...EVERYTHING, ciphers: ["AES3"] }, EVERYTHING).cipher,
		"AES1",
		"X255 leaves the choice; DH2k came first",
	);
});

test("a Commit of EC38 without a hash of 384 bits is refused", () => {
	const codes = { hash: "S384", cipher: "AES1", authTag: "HS80", keyAgreement: "EC38", sasType: "B32" };
	equal(accept(EVERYTHING, codes), codes);
	equal(accept(EVERYTHING, { ...codes, hash: "N384" }), { ...codes, hash: "N384" });
	for (const hash of ["S256", "N256"] as HashCode[]) equal(accept(EVERYTHING, { ...codes, hash }), "hashNotSupported");
});

test("what a board lacks is neither offered nor accepted", () => {
	const lists = available(small, EVERYTHING);
	equal(lists.keyAgreements, ["X255", "E255", "EC25", "DH3k"]);
	equal(lists.hashes, ["S256", "S384"]);
	equal(available(nobleProvider, EVERYTHING).hashes, EVERYTHING.hashes);
	throws(() => KEY_AGREEMENTS.X448.of(small), /crypto provider "small" has no X448/);
	throws(() => HASHES.N256.hash(small), /no N256/);

	const random = (byteLength: number) => new Uint8Array(byteLength).fill(7);
	const config = { provider: small, random, zid: random(12), clientId: "small", ssrc: 1, suites: EVERYTHING };
	const session = createSession(config);
	const frame = readFrame(session.hello);
	const hello = frame && decodeHello(frame);
	ok(hello);
	for (const code of ["DH2k", "X448", "EC38", "EC52"]) ok(!hello.keyAgreements.includes(code), code);
	equal(hello.hashes, ["S256", "S384"]);
	equal(
		accept(session.config.suites, {
			hash: "N256",
			cipher: "AES1",
			authTag: "HS80",
			keyAgreement: "X255",
			sasType: "B32",
		}),
		"hashNotSupported",
	);
});

test("a Hello has room for the modes beside the key agreements", () => {
	equal(available(nobleProvider, EVERYTHING).keyAgreements.length, 5);
	equal(
		Object.values(CIPHERS).map(({ keyByteLength }) => keyByteLength),
		[16, 24, 32],
	);
});

test("GCM is chosen and accepted with AES-128 and AES-256 alone", () => {
	const lists = { ...EVERYTHING, keyAgreements: ["X255"] as const, authTags: ["GCM", "HS80"] as const };
	for (const [cipher, authTag] of [
		["AES1", "GCM"],
		["AES2", "HS80"],
		["AES3", "GCM"],
	] as const) {
		const both = { ...lists, ciphers: [cipher] };
		equal([choose(both, both).cipher, choose(both, both).authTag], [cipher, authTag]);
		const codes = { hash: "S256", cipher, authTag: "GCM", keyAgreement: "X255", sasType: "B32" };
		equal(accept(lists, codes), authTag === "GCM" ? codes : "authTagNotSupported");
	}
	equal(choose(lists, { ...lists, authTags: ["HS32"] }).authTag, "HS80", "GCM with those alone that name it");
});
