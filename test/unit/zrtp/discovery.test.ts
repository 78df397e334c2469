import { equal, ok, test } from "test/harness";
import { Endpoint } from "test/net/zrtp/endpoint";
import { messageMac } from "zrtp/hash-chain";
import { encodeError } from "zrtp/messages/error";
import { encodeHello } from "zrtp/messages/hello";
import { encodeHelloAck } from "zrtp/messages/hello-ack";
import { encodePing } from "zrtp/messages/ping";
import { encodePacket } from "zrtp/packet";
import { flip, forged, fromSource, messageOf, only, packetOf, sentTypes, upTo, withMessage } from "./exchange";

/** Lets time pass until `until`, and returns when each packet went out. */
function sendTimes(end: Endpoint, until: number): number[] {
	const times: number[] = [];
	while (end.wakeAt !== undefined && end.wakeAt <= until) {
		const now = end.wakeAt;
		end.feed({ type: "tick", now });
		for (const _ of end.take()) times.push(now);
	}
	return times;
}

/** Another end's Hello, as its first packet. */
function helloOf(end: Endpoint): Uint8Array {
	end.start(0);
	return only(end);
}

test("Hello goes out by T1 and discovery ends when nobody answers (section 6)", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(1000);
	only(alice);
	const times = sendTimes(alice, 1e9).map((at) => at - 1000);
	const expected = [50, 150];
	while (expected.length < 20) expected.push((expected[expected.length - 1] ?? 0) + 200);
	equal(times, expected);
	equal(times[19], 3750);
	equal(alice.failures, ["noPeer"]);
	equal(alice.history, ["failed"]);
	equal(alice.wakeAt, undefined, "nothing goes on by itself");
});

test("the sequence starts in 1..0x0fff and counts every packet", () => {
	for (let seed = 0; seed < 50; seed++) {
		const alice = new Endpoint("alice", { seed });
		alice.start(0);
		alice.feed({ type: "tick", now: 50 });
		const [first, second] = alice.take().map((bytes) => packetOf(bytes).sequence);
		ok(first !== undefined && first >= 1 && first <= 0x0fff, `${first}`);
		equal(second, first + 1);
	}
});

test("retransmissions carry the same message (section 6)", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	alice.feed({ type: "tick", now: 50 });
	const [first, second] = alice.take().map((bytes) => packetOf(bytes).message);
	equal(first, second);
});

for (const [name, evidence] of [
	["a=zrtp-hash", (alice: Endpoint) => alice.feed({ type: "helloHash", now: 10, hash: new Uint8Array(32) })],
	[
		"a Ping",
		(alice: Endpoint) =>
			alice.packet(10, encodePacket({ sequence: 1, ssrc: 7, message: encodePing(new Uint8Array(8)) })),
	],
	["a Hello", (alice: Endpoint) => alice.packet(10, helloOf(new Endpoint("bob", { seed: 2 })))],
] as const)
	test(`${name} makes the retries last twelve seconds (section 6)`, () => {
		const alice = new Endpoint("alice", { seed: 1 });
		alice.start(0);
		evidence(alice);
		alice.take();
		const times = sendTimes(alice, 1e9);
		ok((times[times.length - 1] ?? 0) >= 11_800, `last at ${times[times.length - 1]}`);
		ok((times[times.length - 1] ?? 0) <= 12_000);
		equal(alice.failures, ["timeout"]);
	});

test("a HelloACK stops the Hello, and a Hello that never comes ends the wait", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	alice.take();
	alice.packet(5, encodePacket({ sequence: 1, ssrc: 7, message: encodeHelloAck() }));
	equal(sendTimes(alice, 1e9), []);
	equal(alice.failures, ["timeout"]);
});

test("a Hello that comes late starts discovery again, and goes on to a Commit", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	sendTimes(alice, 1e9);
	equal(alice.failures, ["noPeer"]);
	const bob = new Endpoint("bob", { seed: 2 });
	bob.start(60_000);
	alice.packet(60_000, only(bob));
	equal(sentTypes(alice), ["Hello", "HelloACK"]);
	ok(alice.wakeAt !== undefined, "retransmits again");
	bob.packet(60_001, encodePacket({ sequence: 1, ssrc: alice.config.ssrc, message: alice.session.hello }));
	alice.packet(60_002, only(bob));
	equal(sentTypes(alice), ["Commit"]);
});

test("a late Commit is accepted after the schedule has ended (section 6)", () => {
	const { responder, packet } = upTo("Commit");
	const other = new Endpoint("bob", { seed: 101 });
	other.start(0);
	other.take();
	other.packet(0, helloOf(new Endpoint("alice", { seed: 100 })));
	sendTimes(other, 1e9);
	equal(other.failures, ["timeout"]);
	equal(other.session.hello, responder.session.hello, "the same end as in the exchange");
	other.packet(40_000, packet);
	equal(sentTypes(other), ["DHPart1"]);
});

test("our own Hello coming back is nobody's", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	const hello = only(alice);
	const before = alice.session.state;
	alice.packet(1, hello);
	equal(alice.take(), []);
	ok(alice.session.state === before);
});

test("another end with our ZID ends the exchange with Error 0x90", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	const twin = new Endpoint("twin", { seed: 2, zid: alice.zid });
	alice.start(0);
	alice.take();
	alice.packet(1, helloOf(twin));
	equal(alice.failures, ["equalZids"]);
	const error = alice.take().map(messageOf)[1];
	equal(error?.type === "Error" && error.code, 0x90);
});

test("another end with our SSRC ends the exchange with Error 0x91 (section 4.1)", () => {
	const alice = new Endpoint("alice", { seed: 1, ssrc: 77 });
	alice.start(0);
	alice.take();
	alice.packet(1, helloOf(new Endpoint("bob", { seed: 2, ssrc: 77 })));
	equal(alice.failures, ["ssrcCollision"]);
	const error = alice.take().map(messageOf)[1];
	equal(error?.type === "Error" && error.code, 0x91);
});

/** A Hello of another version, well signed. */
function helloOfVersion(version: string): Uint8Array {
	const bob = new Endpoint("bob", { seed: 2 });
	const { provider, suites } = bob.config;
	const { chain } = bob.session;
	const message = encodeHello({ version, clientId: "other", h3: chain.h3, zid: bob.zid, ...suites }, (bytes) =>
		messageMac(provider, chain.h2, bytes),
	);
	return encodePacket({ sequence: 1, ssrc: 9, message });
}

test("a Hello of a higher version is not taken, and ours go on (section 4.1.1)", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	alice.take();
	alice.packet(1, helloOfVersion("2.00"));
	equal(sentTypes(alice), ["HelloACK"]);
	equal(alice.warnings, ["unsupportedVersion"]);
	ok(sendTimes(alice, 1000).length > 3);
	alice.packet(1001, helloOf(new Endpoint("carol", { seed: 3 })));
	equal(alice.history.includes("loadSecrets"), true, "the right one is still welcome");
});

test("a Hello of a lower version is answered with Error 0x30 and not taken", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	alice.take();
	alice.packet(1, helloOfVersion("1.00"));
	const error = alice.take().map(messageOf)[1];
	equal(error?.type === "Error" && error.code, 0x30);
	sendTimes(alice, 1e9);
	equal(alice.failures, ["unsupportedVersion"]);
});

test("the last character of a version does not count (section 4.1.1)", () => {
	for (const version of ["1.10", "1.11", "1.1a", "1.1 "]) {
		const alice = new Endpoint("alice", { seed: 1 });
		alice.start(0);
		alice.packet(1, helloOfVersion(version));
		equal(alice.history, ["loadSecrets"], version);
	}
});

test("the announced Hello is taken at once, before or after the announcement", () => {
	for (const early of [true, false]) {
		const bob = new Endpoint("bob", { seed: 2 });
		const alice = new Endpoint("alice", { seed: 1, ...(early ? { peerHelloHash: bob.session.helloHash } : {}) });
		alice.start(0);
		alice.packet(1, helloOf(bob));
		if (!early) alice.feed({ type: "helloHash", now: 2, hash: bob.session.helloHash });
		equal(alice.warnings, []);
		equal(alice.history, ["loadSecrets"]);
	}
});

test("a Hello that contradicts the announcement is held back, and the right one wins", () => {
	const bob = new Endpoint("bob", { seed: 2 });
	const mallory = new Endpoint("mallory", { seed: 3 });
	const alice = new Endpoint("alice", { seed: 1, peerHelloHash: bob.session.helloHash });
	alice.start(0);
	alice.packet(1, helloOf(mallory));
	equal(alice.history, [], "not taken");
	alice.packet(2, helloOf(bob));
	sendTimes(alice, 5000);
	equal(alice.warnings, []);
	const { state } = alice.session;
	equal(state.name === "discovery" && state.peer?.hello.zid, bob.zid);
});

test("a Hello that contradicts the announcement is taken with a warning when no other comes (section 8.1)", () => {
	const bob = new Endpoint("bob", { seed: 2 });
	const alice = new Endpoint("alice", { seed: 1, peerHelloHash: new Uint8Array(32) });
	alice.start(0);
	alice.packet(1, helloOf(bob));
	equal(alice.warnings, []);
	sendTimes(alice, 1200);
	equal(alice.warnings, ["helloHashMismatch"]);
	equal(alice.history, ["warn", "loadSecrets"]);
});

test("an announcement that comes after a Hello and contradicts it gives the right one a chance", () => {
	for (const comes of [true, false]) {
		const [bob, mallory] = [new Endpoint("bob", { seed: 2 }), new Endpoint("mallory", { seed: 3 })];
		const alice = new Endpoint("alice", { seed: 1 });
		alice.start(0);
		alice.packet(1, helloOf(mallory));
		alice.feed({ type: "helloHash", now: 2, hash: bob.session.helloHash });
		if (comes) alice.packet(3, encodePacket({ sequence: 1, ssrc: bob.config.ssrc, message: bob.session.hello }));
		sendTimes(alice, 3000);
		const { state } = alice.session;
		equal(state.name === "discovery" && state.peer?.hello.zid, comes ? bob.zid : mallory.zid);
		equal(alice.warnings, comes ? [] : ["helloHashMismatch"]);
	}
});

test("an announcement that comes after the Commit and contradicts the Hello is a warning", () => {
	const { initiator, responder } = upTo("DHPart2");
	responder.feed({ type: "helloHash", now: 2, hash: initiator.session.helloHash });
	equal(responder.warnings, []);
	responder.feed({ type: "helloHash", now: 2, hash: new Uint8Array(32) });
	equal(responder.warnings, ["helloHashMismatch"]);
});

test("a Hello that comes before our start is taken at it", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.packet(0, helloOf(new Endpoint("bob", { seed: 2 })));
	equal([alice.take(), alice.wakeAt], [[], undefined], "nothing is sent before the start");
	alice.start(500);
	equal(sentTypes(alice), ["Hello", "HelloACK"]);
	equal(alice.history, ["loadSecrets"]);
});

test("the peer's first Hello hurries an unanswered Hello of ours, once", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	const hello = helloOf(new Endpoint("bob", { seed: 2 }));
	sendTimes(alice, 400);
	alice.packet(400, hello);
	alice.take();
	equal(alice.wakeAt, 410);
	equal(sendTimes(alice, 420), [410]);
	alice.packet(430, hello);
	ok((alice.wakeAt ?? 0) >= 600, "back on T1");
});

test("the hash of our Hello is what the peer finds over what it receives", () => {
	const bob = new Endpoint("bob", { seed: 2 });
	const { message } = packetOf(helloOf(bob));
	equal(bob.config.provider.sha256.digest(message), bob.session.helloHash);
});

test("a second, different Hello changes nothing", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	const hello = helloOf(new Endpoint("bob", { seed: 2 }));
	alice.packet(1, hello);
	alice.take();
	const before = alice.session.state;
	alice.packet(
		2,
		forged(hello, (message) => flip(message, -1)),
	);
	alice.packet(2, helloOf(new Endpoint("carol", { seed: 3 })));
	ok(alice.session.state === before);
	equal(alice.take(), []);
	equal(alice.warnings, ["unexpectedHello"]);
	alice.packet(3, hello);
	equal(sentTypes(alice), ["HelloACK"], "the first one is acknowledged again");
});

test("messages from another SSRC than the Hello's are not heard", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	const bob = new Endpoint("bob", { seed: 2 });
	alice.start(0);
	const hello = helloOf(bob);
	alice.packet(1, hello);
	alice.take();
	const ack = withMessage(hello, encodeHelloAck());
	alice.packet(2, fromSource(ack, bob.config.ssrc ^ 1));
	equal(alice.take(), []);
	equal(alice.warnings, ["strangeSource"]);
	alice.packet(3, ack);
	equal(sentTypes(alice), ["Commit"]);
});

test("an Error from a stranger is acknowledged and ends nothing; the peer's does", () => {
	const alice = new Endpoint("alice", { seed: 1 });
	alice.start(0);
	alice.take();
	const hello = helloOf(new Endpoint("bob", { seed: 2 }));
	const error = withMessage(hello, encodeError(0x30));
	alice.packet(1, error);
	equal(sentTypes(alice), ["ErrorACK"]);
	equal(alice.failures, []);
	alice.packet(2, hello);
	alice.take();
	alice.packet(3, error);
	equal(alice.failures, ["peerError"]);
	equal(alice.peerErrorCode, 0x30);
	equal(sentTypes(alice), ["ErrorACK"], "and no Error of ours");
});

test("Ping is answered in every state but stopped (section 5.16)", () => {
	const { initiator } = upTo("DHPart1");
	const ping = encodePacket({ sequence: 5, ssrc: 0xabcd, message: encodePing(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)) });
	const idle = new Endpoint("carol", { seed: 9 });
	for (const end of [idle, initiator]) {
		const before = end.session.state;
		end.packet(1, ping);
		const ack = messageOf(only(end));
		ok(ack.type === "PingACK");
		equal(ack.endpointHash, end.zid.slice(0, 8));
		equal(ack.pingEndpointHash, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
		equal(ack.pingSsrc, 0xabcd);
		ok(end.session.state === before);
	}
	initiator.feed({ type: "stop", now: 2 });
	initiator.packet(3, ping);
	equal(initiator.take(), []);
});

test("commits only when the cache has answered", () => {
	const { initiator } = upTo("Commit");
	equal(initiator.history, ["loadSecrets", "securing"]);
});
