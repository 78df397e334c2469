/**
 * An active attacker on the path of one exchange: what each end shows, and that it has no voice key in common with him
 * that it did not announce (RFC 6189 sections 4.4.1.1, 8.1, 9, 11, 15).
 */
import { equal as equalBytes } from "bytes/equal";
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { seeded, seededBytes } from "test/net/seeded";
import { type CallOptions, call } from "test/net/zrtp/call";
import { type Cache, Endpoint, type EndpointOptions } from "test/net/zrtp/endpoint";
import { forged, messageOf, upTo, withMessage } from "test/unit/zrtp/exchange";
import { messageMac } from "zrtp/hash-chain";
import { encodeDhPart } from "zrtp/messages/dh-part";
import { encodeError } from "zrtp/messages/error";
import type { MessageType } from "zrtp/messages/frame";
import { encodeHello } from "zrtp/messages/hello";
import { encodePacket } from "zrtp/packet";
import { LOUD, shown, WARNED } from "./shown";

type Tamper = NonNullable<CallOptions["tamper"]>;

/** One call of two honest phones with somebody on the line. */
function attacked(
	tamper: Tamper,
	options: { a?: Partial<EndpointOptions>; b?: Partial<EndpointOptions>; seed?: number } = {},
) {
	const seed = options.seed ?? 1;
	const alice = new Endpoint("alice", { seed: 2 * seed, ...options.a });
	const bob = new Endpoint("bob", { seed: 2 * seed + 1, ...options.b });
	call(alice, bob, { seed, tamper });
	return [alice, bob] as const;
}

function noKeys(ends: readonly Endpoint[], why: string): void {
	for (const end of ends) {
		equal([end.sendKeys, end.receiveKeys, end.secureAt], [undefined, undefined, undefined], `${why}: ${end.name}`);
		equal(shown(end), WARNED, `${why}: ${end.name}, ${end.failures.join()}`);
	}
}

const only =
	(type: MessageType, change: (packet: Uint8Array) => Uint8Array): Tamper =>
	(_from, packet) =>
		messageOf(packet).type === type ? change(packet) : packet;

const pair = (seed: number) => new Endpoint("mallory", { seed }).config.provider.x25519.generate(seededBytes(seed));

test("swapped DH values: no keys, both warn, microphones held", () => {
	const { publicKey } = pair(7);
	for (const types of [["DHPart1"], ["DHPart2"], ["DHPart1", "DHPart2"]]) {
		const swap: Tamper = (_from, packet) =>
			types.includes(messageOf(packet).type)
				? forged(packet, (message) => message.set(publicKey, message.length - 8 - publicKey.length))
				: packet;
		noKeys(attacked(swap), types.join());
	}
});

/** Mallory in full: an engine towards each end, under the other one's name and ZID. */
function between(caches: { a?: Cache; b?: Cache; mallory?: Cache } = {}, seed = 50, hashes = false) {
	const own = caches.mallory ?? new Map();
	const cacheOf = (cache: Cache | undefined) => (cache ? { cache } : {});
	const alice = new Endpoint("alice", { seed, ...cacheOf(caches.a) });
	const bob = new Endpoint("bob", { seed: seed + 1, ...cacheOf(caches.b) });
	if (hashes) {
		alice.feed({ type: "helloHash", now: 0, hash: bob.session.helloHash });
		bob.feed({ type: "helloHash", now: 0, hash: alice.session.helloHash });
	}
	call(alice, new Endpoint("bob", { seed: seed + 2, cache: own }), { seed });
	call(new Endpoint("alice", { seed: seed + 3, cache: own }), bob, { seed });
	return [alice, bob] as const;
}

test("a man in the middle of a first call: never verified, the words differ, and the owner's word ends it", () => {
	for (let seed = 1; seed <= 40; seed++) {
		const [alice, bob] = between({}, 1000 * seed);
		ok(alice.sas && bob.sas);
		ok(alice.sas.text !== bob.sas.text, "two SAS");
		equal(
			[shown(alice), shown(bob)],
			[
				{ lock: "closed", microphone: "open" },
				{ lock: "closed", microphone: "open" },
			],
		);
		alice.feed({ type: "sasMismatch", now: 1e5 });
		equal(shown(alice, true), LOUD);
		equal(alice.cache.size, 0, "his secret is not kept");
	}
});

test("a man in the middle against an announced Hello (a=zrtp-hash): both warn at once", () => {
	const [alice, bob] = between({}, 50, true);
	equal([shown(alice), shown(bob)], [LOUD, LOUD]);
	equal([alice.warnings, bob.warnings], [["helloHashMismatch"], ["helloHashMismatch"]]);
});

/** Two who have talked and compared before. */
function friends(): { a: Cache; b: Cache } {
	const [a, b]: [Cache, Cache] = [new Map(), new Map()];
	const [alice, bob] = attacked((_from, packet) => packet, { a: { cache: a }, b: { cache: b }, seed: 400 });
	for (const end of [alice, bob]) end.feed({ type: "sasVerified", now: 1e5, verified: true });
	return { a, b };
}

test("a man in the middle of a later call, ZID theft included: both warn, and their caches stay with each other", () => {
	const { a, b } = friends();
	const [before, beforeB] = [[...a.values()][0], [...b.values()][0]];
	const ends = between({ a, b });
	for (const end of ends) {
		equal(shown(end), LOUD);
		equal([end.retained, end.sas?.verified], ["mismatch", false]);
	}
	equal([[...a.values()][0], [...b.values()][0]], [before, beforeB]);
	const [alice, bob] = attacked((_from, packet) => packet, { a: { cache: a }, b: { cache: b }, seed: 500 });
	equal([alice.retained, bob.retained], ["match", "match"]);
	equal([shown(alice).lock, shown(bob).lock], ["verified", "verified"]);
});

test("a man who was there from the first call is found out when he leaves (section 15)", () => {
	const [a, b, mallory]: [Cache, Cache, Cache] = [new Map(), new Map(), new Map()];
	between({ a, b, mallory }, 50);
	const still = between({ a, b, mallory }, 60);
	equal(
		still.map(({ retained }) => retained),
		["match", "match"],
	);
	equal(
		still.map((end) => shown(end).lock),
		["closed", "closed"],
		"but never verified",
	);
	const [alice, bob] = attacked((_from, packet) => packet, { a: { cache: a }, b: { cache: b }, seed: 500 });
	equal([shown(alice), shown(bob)], [LOUD, LOUD]);
});

test("guessing a SAS against the hash commitment: another DHPart2 than promised ends it, each time", () => {
	for (let n = 0; n < 100; n++) {
		const flight = upTo("DHPart2", { seed: 100 });
		const { initiator, responder } = flight;
		const part = messageOf(flight.packet);
		ok(part.type === "DHPart2");
		// Mallory is the initiator, knows his own H0 and the responder's value, and has looked for a pair that suits him.
		const { h0 } = initiator.session.chain;
		const message = encodeDhPart("DHPart2", { ...part, pv: pair(3000 + n).publicKey }, (bytes) =>
			messageMac(initiator.config.provider, h0, bytes),
		);
		responder.packet(1, withMessage(flight.packet, message));
		equal(responder.failures, ["hvi"]);
		equal(shown(responder), WARNED);
	}
});

test("bid-down: a Hello that offers less than its sender did is found out, and nobody has keys", () => {
	const weaker: Tamper = (_from, packet) => {
		const message = messageOf(packet);
		if (message.type !== "Hello") return packet;
		const bytes = encodeHello({ ...message, keyAgreements: ["DH3k"], authTags: ["HS32"] }, () =>
			message.bytes.slice(-8),
		);
		return withMessage(packet, bytes);
	};
	const ends = attacked(weaker);
	for (const end of ends) equal([end.sendKeys, end.secureAt, shown(end).microphone], [undefined, undefined, "held"]);
	ok(ends.some(({ failures }) => failures.includes("helloMac")));
	noKeys(ends, "bid-down");
});

test("bid-down of the Commit: other algorithms than the initiator chose bring no keys", () => {
	const ends = attacked(only("Commit", (packet) => forged(packet, (message) => message.set([0x33, 0x32], 66))));
	noKeys(ends, "Commit");
});

test("an old Hello, Commit and DHPart2 played back get an answer, and nothing more", () => {
	const old: Uint8Array[] = [];
	attacked((from, packet) => {
		if (from.name === "alice") old.push(packet);
		return packet;
	});
	const bob = new Endpoint("bob", { seed: 99 });
	bob.start(0);
	for (const packet of old) bob.packet(10, packet);
	while (bob.wakeAt !== undefined && bob.failures.length === 0) {
		const now = bob.wakeAt;
		bob.feed({ type: "tick", now });
		for (const packet of old) bob.packet(now, packet);
	}
	noKeys([bob], "replay");
});

test("the cache-mismatch trick: IDs of secrets altered on the way bring no keys, not a call with a shrug", () => {
	for (const type of ["DHPart1", "DHPart2"] as const) {
		const { a, b } = friends();
		const [before] = a.values();
		const ends = attacked(
			only(type, (packet) => forged(packet, (message) => message.fill(0x5a, 44, 76))),
			{
				a: { cache: a },
				b: { cache: b },
			},
		);
		noKeys(ends, type);
		equal([...a.values()][0], before, "the cache is as it was");
	}
});

test("a forged Error ends an exchange with a warning, never a secure call", () => {
	for (const type of ["Commit", "DHPart1", "DHPart2", "Confirm1"] as const) {
		const ends = attacked(only(type, (packet) => withMessage(packet, encodeError(0xb0))));
		noKeys(ends, type);
	}
	const [alice, bob] = attacked((_from, packet) => packet);
	for (const code of [0x10, 0x20, 0x61, 0xb0, 0x100])
		alice.packet(1e5, encodePacket({ sequence: 9, ssrc: bob.config.ssrc, message: encodeError(code) }));
	equal(shown(alice), { lock: "closed", microphone: "open" });
	ok(alice.sendKeys && bob.accepts(alice.sendKeys));
});

test("any octet of any message altered: keys that differ, or none, and never silently", () => {
	const random = seeded(11);
	const types = ["Hello", "Commit", "DHPart1", "DHPart2", "Confirm1", "Confirm2"] as const;
	for (let n = 0; n < 240; n++) {
		const type = types[n % types.length] ?? "Hello";
		const [alice, bob] = attacked(
			only(type, (packet) =>
				forged(packet, (message) => {
					const at = 12 + Math.floor(random() * (message.length - 12));
					message[at] = (message[at] ?? 0) ^ (1 << Math.floor(random() * 8));
				}),
			),
			{ seed: 600 + n },
		);
		for (const end of [alice, bob]) {
			if (end.secureAt !== undefined) {
				// Only the last packets may have got through before.
				ok(alice.sas && bob.sas && alice.sas.text === bob.sas.text, `${type} ${n}`);
				continue;
			}
			ok(shown(end).microphone === "held", `${type} ${n}: ${end.name} ${end.failures.join()}`);
		}
		const keys = [alice.sendKeys?.key, bob.receiveKeys?.key];
		if (keys[0] && keys[1])
			ok(equalBytes(keys[0], keys[1]), `${type} ${n}: ${keys.map((key) => key && toHex(key).length)}`);
	}
});
