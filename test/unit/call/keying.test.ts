/** Keys of signalling beside those of ZRTP: what is said, what is installed when, and what never comes back. */
import { type KeyingLines, PLAIN } from "sdp/keying";
import { equal, ok, test } from "test/harness";
import { agree, end, server, ZRTP_KEYS } from "./keying-rig";

test("SDES inside TLS: both ends install the same two keys, and a re-INVITE that changes nothing installs none", () => {
	const [alice, bob] = [end(10), end(100)];
	equal(agree(alice, bob), undefined);
	equal(
		[alice.stream.take(), bob.stream.take()],
		[
			["send HS80 10", "receive HS80 100"],
			["send HS80 100", "receive HS80 10"],
		],
	);
	equal(
		[server(alice), server(bob)],
		[
			["sdes", "on"],
			["sdes", "on"],
		],
	);
	equal(agree(alice, bob), undefined);
	equal(agree(bob, alice), undefined, "the other way round");
	// Bob's offer lists every suite; the one in use has the keys in use.
	equal([alice.stream.take(), bob.stream.take()], [[], []]);
});

test("a peer that comes with a new key is followed, and gets a new one", () => {
	const [alice, bob, carol] = [end(10), end(100), end(200)];
	agree(alice, bob);
	bob.stream.take();
	equal(agree(carol, bob), undefined);
	const [send = "", receive] = bob.stream.take();
	ok(send.startsWith("send HS80") && send !== "send HS80 100", send);
	equal(receive, "receive HS80 200");
});

test("signalling that everybody can read: an offer over SAVP is taken, and what its keys are worth is said", () => {
	const [alice, bob] = [end(10, { policy: "mandatory" }), end(100, {}, false)];
	equal(agree(alice, bob), undefined);
	equal(
		[server(alice), server(bob)],
		[
			["sdes", "on"],
			["sdes", "exposed"],
		],
	);
});

test("best effort meets a phone without keys: the call goes on; mandatory does not", () => {
	const without = end(100, { policy: "off" });
	const alice = end(10);
	equal(agree(alice, without), undefined);
	equal([server(alice), alice.stream.take()], [["none", "none"], []]);
	equal(agree(end(10, { policy: "mandatory" }), without), "the audio is offered over RTP/SAVP alone");
	equal(
		agree(without, end(10, { policy: "mandatory" })),
		"the audio is offered without keys, and this phone asks for them",
	);
});

test("ZRTP takes over in each direction when it says so; SDES of the same description does not come between", () => {
	const [alice, bob] = [end(10), end(100)];
	agree(alice, bob);
	alice.stream.take();
	equal(alice.keying.zrtpReceives, false, "an SDES packet is no Conf2ACK");
	alice.keying.installKeys("receive", ZRTP_KEYS);
	equal(alice.keying.zrtpReceives, true);
	alice.keying.installKeys("send", ZRTP_KEYS);
	equal(alice.stream.take(), ["receive HS80 0", "send HS80 0"]);
	// Hold: offers carry fresh keys, and nothing of them reaches the stream.
	equal(agree(alice, bob), undefined);
	equal(alice.stream.take(), []);
});

test("ZRTP that failed while it took over leaves the call with SDES", () => {
	const [alice, bob] = [end(10), end(100)];
	agree(alice, bob);
	alice.stream.take();
	alice.keying.installKeys("receive", ZRTP_KEYS);
	alice.keying.clearKeys();
	equal(alice.stream.take(), ["receive HS80 0", "clear", "send HS80 10", "receive HS80 100"]);
	equal(server(alice), ["sdes", "on"]);
});

test("keys that ZRTP replaced never come back; a new description brings new ones", () => {
	const [alice, bob] = [end(10), end(100)];
	agree(alice, bob);
	for (const direction of ["receive", "send"] as const) alice.keying.installKeys(direction, ZRTP_KEYS);
	alice.stream.take();
	alice.keying.clearKeys();
	equal([alice.stream.take(), server(alice)], [["clear"], ["sdes", "failed"]]);
	equal(agree(alice, bob), undefined);
	const [send = "", receive = ""] = alice.stream.take();
	ok(send.startsWith("send") && send !== "send HS80 10", send);
	ok(receive.startsWith("receive"), receive);
	equal(server(alice), ["sdes", "on"]);
});

test("a call that loses its keys says so until it has them again", () => {
	const [alice, bob] = [end(10), end(100)];
	agree(alice, bob);
	alice.stream.take();
	equal(alice.keying.status.lost, false);
	alice.keying.connect({ profile: "RTP/AVP" });
	equal([alice.stream.take(), server(alice), alice.keying.status.lost], [["clear"], ["none", "none"], true]);
	equal(agree(alice, bob), undefined);
	equal([server(alice), alice.keying.status.lost], [["sdes", "on"], false]);
});

test("a key whose packet index is lost is never on again, though the peer comes with its own one as before", () => {
	const [alice, bob] = [end(10), end(100)];
	const offer = alice.keying.offer();
	const take = (): string[] => {
		const answer = bob.keying.answer(offer);
		if ("fault" in answer) throw new Error(answer.fault);
		bob.keying.connect({ profile: answer.protocol, keying: { ours: answer, theirs: offer } });
		return bob.stream.take();
	};
	const sendKeys = [take()[0]];
	// Without keys in between, then with DTLS, then with an offer of bob's own.
	bob.keying.connect({ profile: "RTP/AVP" });
	equal(bob.stream.take(), ["clear"]);
	sendKeys.push(take()[0]);
	const dtls = end(200, { offer: "dtls" }).keying.offer();
	const answer = bob.keying.answer(dtls);
	if ("fault" in answer) throw new Error(answer.fault);
	bob.keying.connect({ profile: answer.protocol, keying: { ours: answer, theirs: dtls }, remotePort: 9 });
	bob.stream.take();
	sendKeys.push(take()[0]);
	bob.keying.connect({ profile: "RTP/AVP" });
	agree(bob, end(300));
	sendKeys.push(bob.stream.take().find((told) => told.startsWith("send")));
	equal(new Set(sendKeys).size, 4, sendKeys.join(", "));
});

test("hostile answers change nothing", () => {
	const alice = end(10, { policy: "mandatory" });
	const offer = alice.keying.offer();
	const [own = ""] = offer.crypto;
	const cases: readonly (readonly [Partial<KeyingLines>, string])[] = [
		[{}, "the answer brings no key for the audio"],
		[{ crypto: [own] }, "the answer gives this phone's own key back"],
		[{ crypto: [own.replace("1 ", "9 ")] }, "the answer takes a key that was not offered"],
		[
			{ crypto: [own.slice(0, -4)] },
			"the key of the answer cannot be used: its key has 27 octets, its crypto-suite asks for 30",
		],
		[{ protocol: "RTP/AVP", crypto: [own] }, "the audio is answered over RTP/AVP"],
		[{ protocol: "UDP/TLS/RTP/SAVP" }, "the audio is answered over UDP/TLS/RTP/SAVP"],
	];
	for (const [answer, reason] of cases)
		equal(alice.keying.judge(offer, { ...PLAIN, protocol: "RTP/SAVP", ...answer }), reason);
	equal([alice.stream.take(), server(alice)], [[], ["none", "none"]]);
});
