import { compose } from "crypto/compose";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import { nobleSha3 } from "crypto/noble-sha3";
import { equal, ok, test } from "test/harness";
import { call } from "./call";
import { Endpoint, SUITES } from "./endpoint";

for (const keyAgreement of ["X255", "EC25", "DH3k"] as const)
	for (const sasType of ["B32", "B256"] as const)
		test(`every provider agrees with the other over ${keyAgreement} and ${sasType}`, () => {
			const suites = { ...SUITES, keyAgreements: [keyAgreement], sasTypes: [sasType] };
			const alice = new Endpoint("alice", { seed: 3, suites });
			const bob = new Endpoint("bob", { seed: 4, suites, provider: nobleProvider });
			call(alice, bob, { seed: 1 });
			ok(alice.sas && bob.sas && alice.sendKeys);
			equal(alice.sas.text, bob.sas.text);
			equal(alice.sas.sasType, sasType);
			equal(alice.sas.keyAgreement, keyAgreement);
			ok(bob.accepts(alice.sendKeys));
		});

const STRONG = ["X448", "EC38", "EC52"];
for (const keyAgreement of ["DH2k", "E255", "X448", "EC38", "EC52"] as const)
	for (const hash of ["S384", "N384"] as const)
		test(`every provider agrees with the other over ${keyAgreement} and ${hash}`, () => {
			const suites = { ...SUITES, keyAgreements: [keyAgreement], hashes: [hash], ciphers: ["AES3", "AES1"] as const };
			const provider = compose("native with SHA-3", nativeProvider, nobleSha3);
			const alice = new Endpoint("alice", { seed: 5, suites, provider });
			const bob = new Endpoint("bob", { seed: 6, suites, provider: nobleProvider });
			call(alice, bob, { seed: 1 });
			ok(alice.sas && bob.sas && alice.sendKeys && bob.sendKeys);
			equal(alice.sas.text, bob.sas.text);
			equal([alice.sas.keyAgreement, alice.sas.hash], [keyAgreement, hash]);
			equal(alice.sas.cipher, STRONG.includes(keyAgreement) || keyAgreement === "E255" ? "AES3" : "AES1");
			equal(alice.sendKeys.key.length, alice.sas.cipher === "AES3" ? 32 : 16);
			ok(bob.accepts(alice.sendKeys) && alice.accepts(bob.sendKeys));
		});

for (const cipher of ["AES1", "AES2", "AES3"] as const)
	test(`DH3k with ${cipher}: keys and exponents are as long as it asks`, () => {
		const suites = { ...SUITES, keyAgreements: ["DH3k"] as const, ciphers: [cipher] };
		const exponents: number[] = [];
		const dh3072 = {
			...nativeProvider.dh3072,
			agree(privateKey: Uint8Array, peer: Uint8Array) {
				exponents.push(privateKey.length);
				return nativeProvider.dh3072.agree(privateKey, peer);
			},
		};
		const provider = compose("watched", { dh3072 }, nativeProvider);
		const alice = new Endpoint("alice", { seed: 7, suites, provider });
		const bob = new Endpoint("bob", { seed: 8, suites, provider });
		call(alice, bob, { seed: 1 });
		ok(alice.sas && bob.sas && alice.sendKeys);
		equal(alice.sas.cipher, cipher);
		const byteLength = { AES1: 16, AES2: 24, AES3: 32 }[cipher];
		equal(alice.sendKeys.key.length, byteLength);
		equal(exponents, [2 * byteLength, 2 * byteLength]);
	});
