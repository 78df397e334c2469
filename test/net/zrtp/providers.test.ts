import { nobleProvider } from "crypto/noble";
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
