/** DTLS-SRTP between two ends: roles, the certificate that was announced, hostile descriptions, ZRTP above it. */
import { PLAIN } from "sdp/keying";
import { equal, ok, test } from "test/harness";
import { agree, type End, end, server, ZRTP_KEYS } from "./keying-rig";

const DTLS = { offer: "dtls" } as const;

/** The network: what one end writes the other gets, until nobody writes. */
function carry(alice: End, bob: End, change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): void {
	for (let moved = true; moved; ) {
		moved = false;
		for (const [from, to] of [
			[alice, bob],
			[bob, alice],
		] as const)
			for (const bytes of from.stream.sent.splice(0)) {
				moved = true;
				to.keying.receiveDtls(change(bytes));
			}
	}
}

test("DTLS-SRTP: offered with actpass, answered with active, and both ends install what the handshake gave", () => {
	const [alice, bob] = [end(10, DTLS), end(100)];
	const offer = alice.keying.offer();
	equal(
		[offer.protocol, offer.setup, offer.fingerprints.length, offer.crypto.length],
		["UDP/TLS/RTP/SAVP", "actpass", 1, 0],
	);
	ok(alice.stream.dtls, "packets may come before the answer");
	const answer = bob.keying.answer(offer);
	ok(!("fault" in answer));
	equal([answer.protocol, answer.setup], ["UDP/TLS/RTP/SAVP", "active"]);
	equal(agree(alice, bob), undefined);
	equal(
		[server(alice), server(bob)],
		[
			["dtls", "agreeing"],
			["dtls", "agreeing"],
		],
	);
	equal([alice.stream.take(), bob.stream.take()], [[], []], "no key before the handshake");
	carry(alice, bob);
	equal(
		[server(alice), server(bob)],
		[
			["dtls", "on"],
			["dtls", "on"],
		],
	);
	const told = alice.stream.take().map((line) => line.replace(/\d+$/, ""));
	equal(told, ["send HS80 ", "receive HS80 "]);
	bob.stream.take();
	// Hold: the association stays, and each end its role.
	equal(agree(alice, bob), undefined);
	equal(agree(bob, alice), undefined);
	equal([alice.stream.take(), bob.stream.take(), server(alice)], [[], [], ["dtls", "on"]]);
	alice.keying.close();
	bob.keying.close();
});

test("DTLS-SRTP with a certificate that was not announced: no key is installed, and the call says why", () => {
	const [alice, bob, mallory] = [end(10, DTLS), end(100), end(200)];
	const offer = alice.keying.offer();
	const answer = bob.keying.answer(offer);
	ok(!("fault" in answer));
	alice.keying.connect({ profile: offer.protocol, keying: { ours: offer, theirs: answer } });
	// Mallory answers in the media path in Bob's place, with a certificate of its own.
	const own = mallory.keying.answer(offer);
	ok(!("fault" in own));
	mallory.keying.connect({ profile: offer.protocol, keying: { ours: own, theirs: offer } });
	carry(alice, mallory);
	equal(server(alice), ["dtls", "failed"]);
	equal(alice.keying.status.reason, "the other end's certificate is not the one that signalling announced");
	equal(alice.stream.take(), []);
	for (const each of [alice, bob, mallory]) each.keying.close();
});

test("hostile descriptions of DTLS-SRTP are refused in words", () => {
	const [alice, bob] = [end(10, DTLS), end(100)];
	const offer = alice.keying.offer();
	const [good = ""] = offer.fingerprints;
	for (const fingerprint of [
		"",
		"sha-256 00",
		"sha-1 00:11",
		good.slice(0, -1),
		good.replace("sha-256", "md5"),
		`${good}:00`,
	]) {
		const answer = bob.keying.answer({ ...offer, fingerprints: [fingerprint] });
		equal(
			"fault" in answer && answer.fault,
			"the audio is offered with no fingerprint that can be checked",
			fingerprint,
		);
		equal(
			alice.keying.judge(offer, { ...offer, setup: "active", fingerprints: [fingerprint] }),
			"the answer brings no fingerprint that can be checked",
		);
	}
	for (const setup of ["actpass", "holdconn", "x", undefined])
		equal(alice.keying.judge(offer, { ...offer, setup }), "the answer leaves open who begins with DTLS", setup);
	const held = bob.keying.answer({ ...offer, setup: "holdconn" });
	equal("fault" in held && held.fault, "the offer leaves open who begins with DTLS");
	equal(alice.keying.judge(offer, { ...PLAIN, protocol: "RTP/AVP" }), "the audio is answered over RTP/AVP");
	alice.keying.close();
});

test("ZRTP inside DTLS-SRTP: it takes over, and its end leaves no key of the server's", () => {
	const [alice, bob] = [end(10, DTLS), end(100)];
	agree(alice, bob);
	carry(alice, bob);
	alice.stream.take();
	for (const direction of ["receive", "send"] as const) alice.keying.installKeys(direction, ZRTP_KEYS);
	alice.keying.clearKeys();
	equal(
		[alice.stream.take(), server(alice)],
		[
			["receive HS80 0", "send HS80 0", "clear"],
			["dtls", "failed"],
		],
	);
	alice.keying.close();
	bob.keying.close();
});
