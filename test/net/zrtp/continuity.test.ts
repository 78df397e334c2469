/** One call after another: retained secrets that match, are lost, are tampered with, expire (RFC 6189 sections 4.3, 4.6.1, 4.9). */
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { type CallOptions, call } from "./call";
import { type Cache, Endpoint, type EndpointOptions } from "./endpoint";

/** Two people who call each other; what they keep lives as long as this. */
class Pair {
	readonly aliceCache: Cache = new Map();
	readonly bobCache: Cache = new Map();
	#seed: number;

	constructor(seed: number) {
		this.#seed = seed;
	}

	call(
		alice: Partial<EndpointOptions> = {},
		bob: Partial<EndpointOptions> = {},
		network: Partial<CallOptions> = {},
	): readonly [Endpoint, Endpoint] {
		this.#seed += 2;
		const a = new Endpoint("alice", { seed: this.#seed, cache: this.aliceCache, ...alice });
		const b = new Endpoint("bob", { seed: this.#seed + 1, cache: this.bobCache, ...bob });
		call(a, b, { seed: this.#seed, ...network });
		return [a, b];
	}
}

const statuses = (ends: readonly [Endpoint, Endpoint]) => ends.map((end) => end.retained);
const record = (cache: Cache) => [...cache.values()][0];
const verify = (ends: readonly Endpoint[]) => {
	for (const end of ends) end.feed({ type: "sasVerified", now: 1e6, verified: true });
};

test("a new peer is none, the same peer again a match, and the old rs1 becomes rs2", () => {
	for (let seed = 10; seed < 60; seed += 10) {
		const pair = new Pair(seed);
		equal(statuses(pair.call()), ["none", "none"]);
		const first = record(pair.aliceCache);
		ok(first?.rs1);
		equal(first.rs1, record(pair.bobCache)?.rs1);
		equal(first.rs2, undefined);
		const ends = pair.call();
		equal(statuses(ends), ["match", "match"]);
		equal(
			ends.map((end) => end.warnings),
			[[], []],
		);
		equal(record(pair.aliceCache)?.rs2, first.rs1);
		equal(record(pair.aliceCache)?.rs1, record(pair.bobCache)?.rs1);
		ok(toHex(record(pair.aliceCache)?.rs1 ?? first.rs1) !== toHex(first.rs1));
		equal(statuses(pair.call()), ["match", "match"]);
	}
});

test("the owner's word lasts as long as the line is unbroken, and each end learns the other's (section 7.1)", () => {
	const pair = new Pair(1);
	const [alice] = pair.call();
	verify([alice]);
	const [alice2, bob2] = pair.call();
	equal([alice2.sas?.verified, alice2.sas?.peerVerified], [true, false]);
	equal([bob2.sas?.verified, bob2.sas?.peerVerified], [false, true]);
	verify([bob2]);
	const [alice3, bob3] = pair.call();
	equal([alice3.sas?.verified, bob3.sas?.verified], [true, true]);
	equal([alice3.sas?.peerVerified, bob3.sas?.peerVerified], [true, true]);
});

test("one end lost its cache: a mismatch where a secret is held, none where it is not", () => {
	const pair = new Pair(1);
	verify(pair.call());
	pair.bobCache.clear();
	const kept = record(pair.aliceCache);
	const ends = pair.call();
	equal(statuses(ends), ["mismatch", "none"]);
	equal(
		ends.map((end) => end.warnings),
		[["secretMismatch"], []],
	);
	equal(
		ends.map((end) => end.sas?.verified),
		[false, false],
	);
	equal(record(pair.aliceCache), kept, "nothing is stored until the SAS has been compared (section 4.6.1.1)");
	// It goes on until somebody compares.
	equal(statuses(pair.call()), ["mismatch", "mismatch"]);
	const again = pair.call();
	equal(statuses(again), ["mismatch", "mismatch"]);
	verify(again);
	equal(record(pair.aliceCache)?.verified, true);
	const healed = pair.call();
	equal(statuses(healed), ["match", "match"]);
	equal(
		healed.map((end) => end.sas?.verified),
		[true, true],
	);
});

test("a secret that was tampered with is a mismatch at both ends", () => {
	const pair = new Pair(1);
	pair.call();
	const [key, held] = [...pair.aliceCache.entries()][0] ?? [];
	ok(key && held?.rs1);
	const rs1 = held.rs1.slice();
	rs1[7] = (rs1[7] ?? 0) ^ 1;
	pair.aliceCache.set(key, { ...held, rs1 });
	const ends = pair.call();
	equal(statuses(ends), ["mismatch", "mismatch"]);
	ok(ends[0].sas && ends[1].sas);
	equal(ends[0].sas.text, ends[1].sas.text, "the call is secure all the same");
});

test("SAS that differ after a mismatch leave the true peer's line as it was", () => {
	const pair = new Pair(1);
	verify(pair.call());
	const kept = record(pair.aliceCache);
	const stolen = new Map(pair.bobCache);
	pair.bobCache.clear();
	const [alice] = pair.call();
	alice.feed({ type: "sasMismatch", now: 1 });
	equal(record(pair.aliceCache), kept);
	for (const [zid, entry] of stolen) pair.bobCache.set(zid, entry);
	equal(statuses(pair.call()), ["match", "match"]);
});

test("a call cut between the two updates is recovered by rs2 (section 4.6.1)", () => {
	for (let seed = 0; seed < 20; seed++) {
		const pair = new Pair(100 * seed);
		pair.call();
		// The responder stores on Confirm2; neither Conf2ACK nor media ever reaches the initiator.
		pair.call(
			{},
			{},
			{
				tamper: (from, packet) => (from.secureAt === undefined ? packet : undefined),
				mediaEveryMs: 1e9,
			},
		);
		const after = pair.call();
		equal(statuses(after), ["match", "match"], `seed ${seed}`);
		equal(
			after.map((end) => end.warnings),
			[[], []],
		);
	}
});

test("the shorter cache expiry of the two is kept (section 4.9)", () => {
	const pair = new Pair(1);
	pair.call({ cacheExpirySec: 86_400 }, {});
	equal([record(pair.aliceCache)?.lifetimeSec, record(pair.bobCache)?.lifetimeSec], [86_400, 86_400]);
	pair.call();
	equal([record(pair.aliceCache)?.lifetimeSec, record(pair.bobCache)?.lifetimeSec], [undefined, undefined]);
});

test("a peer that keeps nothing: no entry is made, an existing one expires without alarm", () => {
	const pair = new Pair(1);
	pair.call({}, { cacheExpirySec: 0 });
	equal([pair.aliceCache.size, pair.bobCache.size], [0, 0]);
	verify(pair.call());
	pair.call({}, { cacheExpirySec: 0 });
	equal(record(pair.aliceCache)?.lifetimeSec, 0);
	pair.bobCache.clear();
	const ends = pair.call();
	equal(statuses(ends), ["none", "none"]);
	equal(
		ends.map((end) => end.warnings),
		[[], []],
	);
});

test("a man in the middle with keys of his own: two SAS, and a mismatch at both ends once they have met", () => {
	const pair = new Pair(1);
	verify(pair.call());
	const mallory: Cache = new Map();
	const [alice, left] = [
		new Endpoint("alice", { seed: 901, cache: pair.aliceCache }),
		new Endpoint("bob", { seed: 902, cache: mallory }),
	];
	call(alice, left, { seed: 9 });
	const [right, bob] = [
		new Endpoint("alice", { seed: 903, cache: mallory }),
		new Endpoint("bob", { seed: 904, cache: pair.bobCache }),
	];
	call(right, bob, { seed: 10 });
	equal([alice.retained, bob.retained], ["mismatch", "mismatch"]);
	ok(alice.sas && bob.sas && alice.sas.text !== bob.sas.text);
	equal([alice.sas.verified, bob.sas.verified], [false, false]);
});

/** What one end holds now, to be put back later. */
const copyOf = (cache: Cache) => new Map([...cache].map(([zid, entry]) => [zid, { ...entry }]));
const restore = (cache: Cache, copy: Cache) => {
	cache.clear();
	for (const [zid, entry] of copy) cache.set(zid, entry);
};

test("a memory that is one call old recovers by rs2 without a word, in either role and at either end", () => {
	for (const which of ["aliceCache", "bobCache"] as const)
		for (let seed = 0; seed < 10; seed++) {
			const pair = new Pair(300 + 20 * seed);
			verify(pair.call());
			const old = copyOf(pair[which]);
			pair.call();
			restore(pair[which], old);
			const ends = pair.call();
			equal(statuses(ends), ["match", "match"], `${which} ${seed}`);
			equal(
				ends.map((end) => end.warnings),
				[[], []],
			);
			equal(statuses(pair.call()), ["match", "match"]);
		}
});

test("a memory that is two calls old is a mismatch at both ends, and goes on from where the owners compare", () => {
	const pair = new Pair(500);
	pair.call();
	const old = copyOf(pair.bobCache);
	pair.call();
	pair.call();
	restore(pair.bobCache, old);
	const ends = pair.call();
	equal(statuses(ends), ["mismatch", "mismatch"]);
	verify(ends);
	equal(statuses(pair.call()), ["match", "match"]);
});

test("only one owner compares after a mismatch: the other one warns again, and the line is mended from both sides", () => {
	const pair = new Pair(520);
	verify(pair.call());
	pair.bobCache.clear();
	const [alice] = pair.call();
	equal(alice.retained, "mismatch");
	verify([alice]);
	const ends = pair.call();
	equal(statuses(ends), ["match", "match"], "bob, who was new, kept the secret of that call");
	equal(ends[0].sas?.verified, true);
	equal(ends[1].sas?.verified, false);
});

test("what has expired may still match, and not matching is no event (section 4.9)", () => {
	const pair = new Pair(540);
	verify(pair.call());
	for (const cache of [pair.aliceCache, pair.bobCache])
		for (const [zid, entry] of cache) cache.set(zid, { ...entry, expired: true });
	equal(statuses(pair.call()), ["match", "match"]);
	for (const [zid, entry] of pair.aliceCache) pair.aliceCache.set(zid, { ...entry, expired: true });
	pair.bobCache.clear();
	const ends = pair.call();
	equal(statuses(ends), ["none", "none"]);
	equal(
		ends.map((end) => end.warnings),
		[[], []],
	);
});

test("the word taken back is taken back for the calls that follow, and the secrets go on (section 7.1)", () => {
	const pair = new Pair(560);
	const first = pair.call();
	verify(first);
	const [alice] = pair.call();
	equal(alice.sas?.verified, true);
	alice.feed({ type: "sasVerified", now: 1e6, verified: false });
	const next = pair.call();
	equal(statuses(next), ["match", "match"]);
	equal(
		next.map((end) => end.sas?.verified),
		[false, true],
	);
	verify([next[0]]);
	equal(
		pair.call().map((end) => end.sas?.verified),
		[true, true],
	);
});

test("a cache that forgets in every third call at either end never cries wolf at the end that forgot", () => {
	const pair = new Pair(600);
	for (let n = 1; n <= 24; n++) {
		const forgets = n % 3 === 0 ? (n % 2 === 0 ? pair.aliceCache : pair.bobCache) : undefined;
		forgets?.clear();
		const ends = pair.call();
		for (const [end, cache] of [
			[ends[0], pair.aliceCache],
			[ends[1], pair.bobCache],
		] as const)
			if (cache === forgets) equal([end.retained, end.warnings], ["none", []], `call ${n}`);
		if (ends.some(({ retained }) => retained === "mismatch")) verify(ends);
		equal(ends[0].sas?.text, ends[1].sas?.text);
	}
});
