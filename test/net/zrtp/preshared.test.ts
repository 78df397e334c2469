/** Keys from the secret of an earlier call, without Diffie-Hellman (RFC 6189 section 4.4.2). */
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { call } from "./call";
import { type Cache, Endpoint, type EndpointOptions } from "./endpoint";
import { type Ends, recorded, sameKeys, settle } from "./ends";

const PRESHARED = { preshared: true };

/** Calls of one pair of phones: two by DH so that rs1 and rs2 are there, compared by both owners. */
function acquainted(options: Partial<EndpointOptions> = {}): { readonly a: Cache; readonly b: Cache } {
	const [a, b]: [Cache, Cache] = [new Map(), new Map()];
	for (const seed of [1, 2]) {
		const alice = new Endpoint("alice", { seed: 2 * seed, cache: a, ...options });
		const bob = new Endpoint("bob", { seed: 2 * seed + 1, cache: b, ...options });
		call(alice, bob, { seed });
		for (const end of [alice, bob]) end.feed({ type: "sasVerified", now: 1e5, verified: true });
	}
	return { a, b };
}

function preshared(
	caches: { readonly a: Cache; readonly b: Cache },
	seed: number,
	b: Partial<EndpointOptions> = PRESHARED,
): Ends {
	return {
		alice: new Endpoint("alice", { seed: 2 * seed, cache: caches.a, ...PRESHARED }),
		bob: new Endpoint("bob", { seed: 2 * seed + 1, cache: caches.b, ...b }),
	};
}

test("Preshared: no DHPart, a SAS that is equal, a match, the verified flag kept, the secret moved on", () => {
	const caches = acquainted();
	for (let seed = 10; seed < 20; seed++) {
		const before = [...caches.a.values()][0];
		const ends = preshared(caches, seed);
		const types = recorded(ends, { secondStartsAt: seed % 2 === 0 ? 5 : 0 });
		sameKeys(ends, `seed ${seed}`);
		ok(types.includes("Preshared") && !types.includes("DHPart1"), types.join());
		ok(ends.alice.sas && ends.bob.sas);
		equal(ends.alice.sas.text, ends.bob.sas.text);
		equal([ends.alice.sas.keyAgreement, ends.alice.sas.verified, ends.alice.retained], ["Prsh", true, "match"]);
		const [a, b] = [[...caches.a.values()][0], [...caches.b.values()][0]];
		equal([a?.rs1, a?.rs2], [b?.rs1, b?.rs2]);
		ok(toHex(a?.rs1 ?? new Uint8Array(0)) !== toHex(before?.rs1 ?? new Uint8Array(0)), "a new rs1");
		equal(a?.rs2, before?.rs2, "the old rs1 is not kept (section 4.6.1)");
	}
});

test("Preshared is not used with a stranger, an unverified peer, or one that does not offer it", () => {
	const cases: readonly [string, { a: Cache; b: Cache }, Partial<EndpointOptions>][] = [
		["a stranger", { a: new Map(), b: new Map() }, PRESHARED],
		["not offered", acquainted(), {}],
	];
	for (const [why, caches, bob] of cases) {
		const ends = preshared(caches, 5, bob);
		const types = recorded(ends, {});
		ok(!types.includes("Preshared") && types.includes("DHPart1"), why);
		sameKeys(ends, why);
	}
	const unverified = acquainted();
	for (const cache of [unverified.a, unverified.b])
		for (const [zid, record] of cache) cache.set(zid, { ...record, verified: false });
	ok(!recorded(preshared(unverified, 6), {}).includes("Preshared"), "unverified");
});

test("Preshared with a peer that lost its cache: its DH Commit takes over (section 4.4.2.3)", () => {
	for (let seed = 10; seed < 20; seed++) {
		const caches = acquainted();
		caches.b.clear();
		const ends = preshared(caches, seed);
		recorded(ends, { secondStartsAt: 5 });
		sameKeys(ends, `seed ${seed}`);
		equal([ends.alice.retained, ends.bob.retained], ["mismatch", "none"]);
		equal([ends.alice.warnings, ends.bob.warnings], [["secretMismatch"], []]);
	}
});

test("a Preshared call that broke between the two updates is mended by rs2, without a warning", () => {
	const caches = acquainted();
	const broken = preshared(caches, 10);
	call(broken.alice, broken.bob, {
		seed: 1,
		secondStartsAt: 5,
		tamper: (from, packet) => (from.secureAt === undefined ? packet : undefined),
		mediaEveryMs: 1e9,
	});
	const ends = preshared(caches, 11);
	call(ends.alice, ends.bob, { seed: 3, secondStartsAt: 5 });
	sameKeys(ends, "the call after it");
	equal([ends.alice.retained, ends.bob.retained, ends.alice.warnings, ends.bob.warnings], ["match", "match", [], []]);
});

test("Preshared with an auxsecret at one end or both: the sets of section 4.4.2.3, or DH where none fits", () => {
	const auxsecret = new Uint8Array(16).fill(5);
	for (const [a, b, mode] of [
		[auxsecret, auxsecret, "Preshared"],
		[undefined, auxsecret, "Preshared"],
		[auxsecret, undefined, "DH"],
	] as const)
		for (let seed = 30; seed < 34; seed++) {
			const caches = acquainted();
			const alice = new Endpoint("alice", {
				seed: 2 * seed,
				cache: caches.a,
				...PRESHARED,
				...(a && { auxsecret: a }),
			});
			const bob = new Endpoint("bob", {
				seed: 2 * seed + 1,
				cache: caches.b,
				...PRESHARED,
				...(b && { auxsecret: b }),
			});
			alice.start(0);
			bob.start(0);
			// The HelloACK comes to alice alone, so that she is the one who commits.
			const [hello, helloB] = [alice.take()[0], bob.take()[0]];
			ok(hello && helloB);
			bob.packet(0, hello);
			alice.packet(0, helloB);
			alice.take();
			settle({ alice, bob }, 1);
			sameKeys({ alice, bob }, `${mode} ${seed}`);
			ok(alice.sas && bob.sas);
			equal(alice.sas.text, bob.sas.text);
			equal(alice.sas.keyAgreement === "Prsh" ? "Preshared" : "DH", mode);
			equal([alice.retained, bob.retained], ["match", "match"]);
		}
});

test("both send a Preshared Commit: the phone's stands against the PBX's, whatever the nonces (section 4.2)", () => {
	let contentions = 0;
	for (let seed = 40; seed < 60; seed++) {
		const { alice, bob } = preshared(acquainted(), seed, { ...PRESHARED, mitm: true });
		const types: string[] = recorded({ alice, bob }, { delayMs: 20 }).filter(
			(type) => type === "Preshared",
		) as string[];
		sameKeys({ alice, bob }, `seed ${seed}`);
		if (types.length < 2) continue;
		contentions++;
		const { state } = alice.session;
		ok(state.name === "secure");
		equal(state.role, "initiator", `seed ${seed}`);
	}
	ok(contentions > 10, `${contentions} contentions`);
});

test("Preshared exchanges under loss", () => {
	for (let seed = 1; seed <= 20; seed++) {
		const ends = preshared(acquainted(), 50 + seed);
		call(ends.alice, ends.bob, { seed, delayMs: 20, jitterMs: 30, loss: 0.2, duplicate: 0.1, reorder: 0.1 });
		sameKeys(ends, `seed ${seed}`);
		equal(ends.alice.sas?.text, ends.bob.sas?.text);
	}
});
