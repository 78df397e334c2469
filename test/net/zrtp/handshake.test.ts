import { equal, ok, test } from "test/harness";
import { call } from "./call";
import { Endpoint } from "./endpoint";

test("two engines agree keys and show the same SAS", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	const bob = new Endpoint("bob", { seed: 2 });
	const ms = call(alice, bob, { seed: 1 });
	equal([alice.failures, bob.failures], [[], []]);
	ok(alice.sas && bob.sas && alice.sendKeys && bob.sendKeys);
	equal(alice.sas.text, bob.sas.text);
	equal(alice.sas.keyAgreement, "X255");
	ok(bob.accepts(alice.sendKeys), "bob hears alice");
	ok(alice.accepts(bob.sendKeys), "alice hears bob");
	ok(ms < 100, `${ms} ms`);
});
