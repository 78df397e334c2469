/** More streams than one, and back to secure after GoClear (RFC 6189 sections 4.4.3, 4.7.2). */
import { concat } from "bytes/concat";
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { flip, forged, messageOf, packetOf, sentTypes, withMessage } from "test/unit/zrtp/exchange";
import { encodePacket } from "zrtp/packet";
import { type CallOptions, call } from "./call";
import { Endpoint, type EndpointOptions, SUITES } from "./endpoint";
import { type Ends, recorded, sameKeys, settle } from "./ends";

function first(options: Partial<EndpointOptions> = {}, seed = 1, network: Partial<CallOptions> = {}): Ends {
	const alice = new Endpoint("alice", { seed: 2 * seed, ...options });
	const bob = new Endpoint("bob", { seed: 2 * seed + 1, ...options });
	call(alice, bob, { seed, ...network });
	ok(alice.secureAt !== undefined && bob.secureAt !== undefined, "the first stream");
	return { alice, bob };
}

/** A second stream of the call that `ends` have; with caches of its own, which must stay empty. */
function added({ alice, bob }: Ends, seed: number, options: Partial<EndpointOptions> = {}): Ends {
	return {
		alice: new Endpoint("alice", { seed: 1000 + 2 * seed, joins: alice.session.association, ...options }),
		bob: new Endpoint("bob", { seed: 1001 + 2 * seed, joins: bob.session.association, ...options }),
	};
}

test("a second stream: Mult is offered, no DHPart, no SAS and no cache of its own, other keys", () => {
	const one = first();
	const { hello } = one.alice.session;
	ok(String.fromCharCode(...hello).includes("Mult"));
	const two = added(one, 1);
	const types = recorded(two, { secondStartsAt: 5 });
	sameKeys(two, "the second stream");
	ok(types.includes("Multistream") && !types.includes("DHPart1") && !types.includes("DHPart2"));
	for (const end of [two.alice, two.bob]) {
		equal(end.cache.size, 0);
		for (const action of ["loadSecrets", "saveSecrets", "showSas", "agree"]) ok(!end.history.includes(action), action);
		ok(end.history.includes("secure"));
	}
	ok(one.alice.sendKeys && two.alice.sendKeys);
	ok(toHex(one.alice.sendKeys.key) !== toHex(two.alice.sendKeys.key));
	equal(two.alice.sendKeys.cipher, one.alice.sendKeys.cipher);
});

test("AES-GCM as bzrtp names it: master salts of 12 octets, in the first stream and in an added one", () => {
	for (const [cipher, keyByteLength] of [
		["AES1", 16],
		["AES3", 32],
	] as const) {
		const one = first({ suites: { ...SUITES, ciphers: [cipher], authTags: ["GCM", "HS80"] } });
		sameKeys(one, cipher);
		const two = added(one, 1, { suites: { ...SUITES, ciphers: [cipher], authTags: ["GCM", "HS80"] } });
		call(two.alice, two.bob, { seed: 1 });
		sameKeys(two, `${cipher}, the second stream`);
		for (const { sendKeys } of [one.alice, two.alice]) {
			equal(sendKeys?.authTag, "GCM");
			equal([sendKeys?.key.length, sendKeys?.salt.length], [keyByteLength, 12]);
		}
		ok(String.fromCharCode(...one.alice.session.hello).includes("GCM HS80"), "four octets, as any code");
	}
});

test("streams beside each other, one after the other, and under loss", () => {
	for (let seed = 1; seed <= 40; seed++) {
		const one = first({}, seed);
		const keys = new Set<string>();
		for (let stream = 1; stream <= 3; stream++) {
			const next = added(one, 10 * seed + stream);
			call(next.alice, next.bob, {
				seed: seed + stream,
				delayMs: 20,
				jitterMs: 30,
				loss: 0.2,
				duplicate: 0.1,
				reorder: 0.1,
			});
			sameKeys(next, `seed ${seed}, stream ${stream}`);
			keys.add(toHex(next.alice.sendKeys?.key ?? new Uint8Array(0)));
		}
		equal(keys.size, 3);
	}
});

test("both ends commit at once: the lower nonce gives way (section 4.2)", () => {
	let contentions = 0;
	for (let seed = 1; seed <= 10; seed++) {
		const two = added(first({}, seed), seed);
		const commits = recorded(two, { delayMs: 20 }).filter((type) => type === "Multistream");
		if (commits.length > 1) contentions++;
		sameKeys(two, `seed ${seed}`);
	}
	equal(contentions, 10);
});

test("a second stream that is there before the first one is secure waits for it", () => {
	const one: Ends = { alice: new Endpoint("alice", { seed: 2 }), bob: new Endpoint("bob", { seed: 3 }) };
	const two = added(one, 1);
	for (const end of [two.alice, two.bob]) end.start(0);
	const pass = (now: number) => {
		for (const [from, to] of [
			[two.alice, two.bob],
			[two.bob, two.alice],
		] as const)
			for (const packet of from.take()) to.packet(now, packet);
	};
	for (let now = 0; now < 100; now += 10) pass(now);
	equal([two.alice.session.state.name, two.bob.session.state.name], ["discovery", "discovery"]);
	call(one.alice, one.bob, { seed: 1 });
	for (const end of [two.alice, two.bob]) end.feed({ type: "firstStreamSecure", now: 200 });
	for (let now = 200; now < 300; now += 10) pass(now);
	sameKeys(two, "the second stream");
});

test("the SAS flag and the owner's word belong to the first stream; the second says V, and hears it not (GNU ZRTP)", () => {
	const one = first();
	one.alice.feed({ type: "sasVerified", now: 1e5, verified: true });
	const two = added(one, 1);
	call(two.alice, two.bob, { seed: 1 });
	two.bob.feed({ type: "sasVerified", now: 1e5, verified: true });
	equal([two.bob.history.includes("saveSecrets"), two.bob.history.includes("showSas")], [false, false]);
	equal(one.bob.sas?.peerVerified, false);
	const { state } = two.bob.session;
	ok(state.name === "secure");
	equal(state.sas.verified, false, "alice's V says nothing of what bob's owner did");
});

test("Multistream where there is no first stream ends the exchange (section 4.4.3.1)", () => {
	const one = first();
	const alice = new Endpoint("alice", { seed: 1002, joins: one.alice.session.association });
	const bob = new Endpoint("bob", { seed: 1003 });
	call(alice, bob, { seed: 1, secondStartsAt: 5 });
	for (const end of [alice, bob])
		equal([end.sendKeys, end.receiveKeys, end.secureAt], [undefined, undefined, undefined]);
	ok([...alice.failures, ...bob.failures].includes("modeMismatch"));
});

test("a second stream from another ZID than the first one's", () => {
	const one = first();
	const two = added(one, 1);
	const mallory = new Endpoint("mallory", { seed: 77, joins: one.bob.session.association });
	call(two.alice, mallory, { seed: 1 });
	equal(two.alice.failures[0], "zidChanged");
	equal(two.alice.sendKeys, undefined);
});

test("streams of two calls between the same phones do not mix: no key without the ZRTPSess of this call", () => {
	const [one, other] = [first({}, 1), first({}, 2)];
	const alice = new Endpoint("alice", { seed: 1002, joins: one.alice.session.association });
	const bob = new Endpoint("bob", { seed: 1003, joins: other.bob.session.association });
	call(alice, bob, { seed: 1, secondStartsAt: 5 });
	for (const end of [alice, bob]) {
		equal([end.secureAt, end.sendKeys, end.receiveKeys], [undefined, undefined, undefined]);
		ok(end.failures.length > 0, "and says so");
	}
});

test("a nonce that was there before ends the exchange with Error 0x80 (section 4.4.3.1)", () => {
	const one = first();
	const two = added(one, 1);
	const commits = new Map<Endpoint, Uint8Array>();
	call(two.alice, two.bob, {
		seed: 1,
		tamper: (from, packet) => {
			if (messageOf(packet).type === "Commit") commits.set(from, packet);
			return packet;
		},
	});
	const { state } = two.alice.session;
	ok(state.name === "secure");
	const receiver = state.role === "initiator" ? "bob" : "alice";
	const commit = commits.get(state.role === "initiator" ? two.alice : two.bob);
	ok(commit);
	// The same stream again, from the same seeds: the attacker plays the caller's packets back.
	const again = new Endpoint(receiver, {
		seed: receiver === "bob" ? 1003 : 1002,
		joins: one[receiver].session.association,
	});
	const sender = receiver === "bob" ? two.alice : two.bob;
	again.start(0);
	again.packet(0, encodePacket({ sequence: 1, ssrc: sender.config.ssrc, message: sender.session.hello }));
	again.take();
	again.packet(1, commit);
	equal(again.failures, ["nonceReuse"]);
	const error = again
		.take()
		.map(messageOf)
		.find(({ type }) => type === "Error");
	equal(error?.type === "Error" && error.code, 0x80);
});

test("an altered Multistream Commit or Confirm brings no keys", () => {
	for (const type of ["Commit", "Confirm1", "Confirm2"] as const)
		for (const offset of [20, 50, 80, -1]) {
			const two = added(first(), 1);
			call(two.alice, two.bob, {
				seed: 1,
				secondStartsAt: 5,
				tamper: (_from, packet) =>
					messageOf(packet).type === type
						? forged(packet, (message) => flip(message, offset < 0 ? offset : Math.min(offset, message.length - 2)))
						: packet,
			});
			ok(two.alice.secureAt === undefined || two.bob.secureAt === undefined, `${type} at ${offset}`);
			ok(two.alice.sendKeys === undefined || two.bob.sendKeys === undefined, `${type} at ${offset}`);
		}
});

test("the end of the first stream's session ends what streams are keyed from", () => {
	const one = first();
	one.alice.feed({ type: "stop", now: 1e5 });
	equal(one.alice.session.association.facts, undefined);
	const alice = added(one, 1).alice;
	alice.start(0);
	equal(sentTypes(alice), ["Hello"]);
});

test("an added stream that fails leaves the first one's key alone", () => {
	const one = first();
	const two = added(one, 1);
	call(two.alice, two.bob, { seed: 1, loss: 1 });
	ok(one.alice.session.association.facts && one.bob.session.association.facts);
	sameKeys(one, "the first stream");
	const three = added(one, 2);
	call(three.alice, three.bob, { seed: 2 });
	sameKeys(three, "the third stream");
});

test("back to secure after GoClear by Multistream, again and again, with other keys each time (section 4.7.2)", () => {
	const ends = first({ allowClear: true });
	const text = ends.alice.sas?.text;
	const keys = new Set<string>();
	let now = 1e5;
	for (let round = 0; round < 4; round++) {
		const [leaves, returns] = round % 2 === 0 ? [ends.alice, ends.bob] : [ends.bob, ends.bob];
		leaves.feed({ type: "clear", now });
		now = settle(ends, now);
		equal([ends.alice.session.state.name, ends.bob.session.state.name], ["cleared", "cleared"]);
		equal([ends.alice.sendKeys, ends.bob.receiveKeys], [undefined, undefined]);
		returns.feed({ type: "goSecure", now });
		const [commit] = returns.outbox;
		ok(commit);
		const message = messageOf(commit);
		equal(message.type === "Commit" && message.mode, "Multistream");
		now = settle(ends, now);
		sameKeys(ends, `round ${round}`);
		keys.add(toHex(ends.alice.sendKeys?.key ?? new Uint8Array(0)));
		equal(ends.alice.sas?.text, text, "one SAS for the whole call");
		equal(ends.alice.history.slice(-1), ["secure"]);
	}
	equal(keys.size, 4);
});

test("after a GoClear ZRTPSess is another one at both ends, and the old one is wiped (section 4.7.2.1)", () => {
	const ends = first({ allowClear: true });
	const old = ends.alice.session.association.facts?.zrtpSess;
	ok(old);
	const before = toHex(old);
	ends.alice.feed({ type: "clear", now: 1e5 });
	settle(ends, 1e5);
	const [a, b] = [ends.alice, ends.bob].map((end) => end.session.association.facts?.zrtpSess);
	ok(a && b);
	equal(toHex(a), toHex(b));
	ok(toHex(a) !== before);
	equal(old, new Uint8Array(old.length));
});

test("the owner's word after the way back still goes into the cache", () => {
	const ends = first({ allowClear: true });
	ends.alice.feed({ type: "clear", now: 1e5 });
	let now = settle(ends, 1e5);
	ends.alice.feed({ type: "goSecure", now });
	now = settle(ends, now);
	ends.alice.feed({ type: "sasVerified", now, verified: true });
	const record = ends.alice.cache.get(toHex(ends.bob.zid));
	equal(record?.verified, true);
	equal(
		toHex(record?.rs1 ?? new Uint8Array(0)),
		toHex(ends.bob.cache.get(toHex(ends.alice.zid))?.rs1 ?? new Uint8Array(1)),
	);
});

test("a peer whose session key went another way after GoClear (bzrtp): a whole exchange mends it, never silence", () => {
	const ends = first({ allowClear: true });
	ends.alice.feed({ type: "clear", now: 1e5 });
	let now = settle(ends, 1e5);
	const { facts } = ends.bob.session.association;
	ok(facts);
	ends.bob.session.association.open({ ...facts, zrtpSess: new Uint8Array(32).fill(1) });
	ends.alice.feed({ type: "goSecure", now });
	for (let n = 0; n < 40 && (ends.alice.secureAt ?? 0) < 1e5; n++) now = settle(ends, now) + 500;
	equal([ends.alice.session.state.name, ends.bob.session.state.name], ["secure", "secure"]);
	sameKeys(ends, "mended");
	equal(ends.alice.sas?.text, ends.bob.sas?.text);
	equal([ends.alice.retained, ends.bob.retained], ["match", "match"]);
	ok(now - 1e5 < 25_000, `${now - 1e5} ms`);
});

test("the nonces of an exchange are sixteen octets of its own", () => {
	const nonces = new Set<string>();
	for (let seed = 1; seed <= 10; seed++) {
		const two = added(first({}, seed), seed);
		call(two.alice, two.bob, {
			seed,
			tamper: (_from, packet) => {
				const message = messageOf(packet);
				if (message.type === "Commit" && message.mode === "Multistream") nonces.add(toHex(message.nonce));
				ok(packetOf(packet).message.length > 0);
				return packet;
			},
		});
	}
	ok(nonces.size >= 10);
});

test("back to secure: a Commit that does not continue the peer's Hello ends and diverts nothing (section 9)", () => {
	const ends = first({ allowClear: true });
	ends.alice.feed({ type: "clear", now: 1e5 });
	const now = settle(ends, 1e5);
	ends.bob.feed({ type: "goSecure", now });
	const [theirs] = ends.bob.take();
	ends.alice.feed({ type: "goSecure", now });
	const before = ends.alice.session.state;
	equal(before.name, "waitDirectConfirm1");
	ok(theirs);
	// Bob's Commit, but for its H2 and, in each, what it says of the mode.
	for (const mode of ["Mult", "DH3k", "Prsh"]) {
		const forgery = forged(theirs, (message) => {
			flip(message, 12);
			for (let n = 0; n < 4; n++) message[68 + n] = mode.charCodeAt(n);
		});
		// The three forms have lengths of their own (section 5.4).
		const { message } = packetOf(forgery);
		const tail = { Mult: 0, DH3k: 16, Prsh: 8 }[mode] ?? 0;
		const longer = concat(message, new Uint8Array(tail));
		longer[3] = longer.length / 4;
		equal(messageOf(withMessage(forgery, longer)).type, "Commit");
		ends.alice.packet(now, withMessage(forgery, longer));
		ok(ends.alice.session.state === before, mode);
	}
	equal([ends.alice.failures, ends.alice.warnings], [[], ["hashChain"]]);
	ends.alice.packet(now, theirs);
	settle(ends, now);
	sameKeys(ends, "afterwards");
});
