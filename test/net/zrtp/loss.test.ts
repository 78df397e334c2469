/** Two engines over a bad network: always secure with one SAS, or ended by the RFC's own timeouts, never stuck. */
import { equal, ok, test } from "test/harness";
import type { NetemOptions } from "test/net/netem";
import { call } from "./call";
import { Endpoint } from "./endpoint";

const SEEDS = 50;

interface Tally {
	secure: number;
	timedOut: number;
	slowestMs: number;
}

/** One call for each seed; the second end starts up to half a second after the first. */
function calls(options: Omit<NetemOptions, "seed">): Tally {
	const tally: Tally = { secure: 0, timedOut: 0, slowestMs: 0 };
	for (let seed = 1; seed <= SEEDS; seed++) {
		const alice = new Endpoint("alice", { seed: 2 * seed });
		const bob = new Endpoint("bob", { seed: 2 * seed + 1 });
		const ms = call(alice, bob, { ...options, seed, secondStartsAt: (seed * 97) % 500 });
		const what = `seed ${seed}: ${alice.session.state.name} and ${bob.session.state.name}`;
		ok(alice.settled && bob.settled, `${what} after ${ms} ms`);
		if (alice.secureAt !== undefined && bob.secureAt !== undefined) {
			tally.secure++;
			tally.slowestMs = Math.max(tally.slowestMs, ms);
			ok(alice.sas && bob.sas && alice.sendKeys && bob.sendKeys);
			equal(alice.sas.text, bob.sas.text, what);
			ok(bob.accepts(alice.sendKeys) && alice.accepts(bob.sendKeys), what);
		} else {
			tally.timedOut++;
			for (const end of [alice, bob])
				for (const code of end.failures) ok(["timeout", "noPeer", "peerError"].includes(code), `${what}: ${code}`);
		}
		for (const end of [alice, bob])
			for (const code of end.warnings) ok(code === "errorIgnored" || code === "strangeSource", `${what}: ${code}`);
	}
	return tally;
}

test("no loss: every call secure within a few round trips", () => {
	const { secure, slowestMs } = calls({ delayMs: 20, jitterMs: 10 });
	equal(secure, SEEDS);
	ok(slowestMs < 800, `${slowestMs} ms`);
});

test("duplicates and reordering alone cost nothing", () => {
	equal(calls({ delayMs: 20, jitterMs: 200, duplicate: 0.3, reorder: 0.3 }).secure, SEEDS);
});

for (const [loss, atLeast] of [
	[0.1, SEEDS],
	[0.2, SEEDS],
	[0.5, SEEDS * 0.8],
] as const)
	test(`${loss * 100} % loss each way`, () => {
		const { secure, timedOut } = calls({ delayMs: 20, jitterMs: 30, loss, duplicate: 0.1, reorder: 0.1 });
		equal(secure + timedOut, SEEDS);
		ok(secure >= atLeast, `${secure} secure, ${timedOut} timed out`);
	});

test("nothing arrives: both ends say that there is no peer", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	const bob = new Endpoint("bob", { seed: 2 });
	const ms = call(alice, bob, { seed: 1, loss: 1 });
	equal([alice.failures, bob.failures], [["noPeer"], ["noPeer"]]);
	ok(ms < 4000, `${ms} ms`);
});

test("both commit at once: one gives way, and no time is lost (section 4.2)", () => {
	let contentions = 0;
	const roles = new Set<string>();
	for (let seed = 1; seed <= 20; seed++) {
		const alice = new Endpoint("alice", { seed: 2 * seed });
		const bob = new Endpoint("bob", { seed: 2 * seed + 1 });
		const commits = new Set<Endpoint>();
		const ms = call(alice, bob, {
			seed,
			delayMs: 20,
			tamper: (from, packet) => {
				if (from.session.state.name === "waitDHPart1") commits.add(from);
				return packet;
			},
		});
		if (commits.size === 2) contentions++;
		ok(alice.sas && bob.sas && alice.sendKeys);
		equal(alice.sas.text, bob.sas.text);
		ok(bob.accepts(alice.sendKeys));
		ok(ms <= 160, `${ms} ms is eight trips`);
		roles.add(alice.session.state.name === "secure" ? alice.session.state.role : "");
	}
	equal(contentions, 20);
	equal([...roles].sort(), ["initiator", "responder"], "either end gives way");
});

test("contention between different key agreements", () => {
	const alice = new Endpoint("alice", {
		seed: 2,
		suites: { ...new Endpoint("x", { seed: 1 }).config.suites, keyAgreements: ["EC25"] },
	});
	const bob = new Endpoint("bob", { seed: 3 });
	call(alice, bob, { seed: 1 });
	ok(alice.sas && bob.sas);
	equal(alice.sas.text, bob.sas.text);
	equal(alice.sas.keyAgreement, "EC25");
});
