/** Keys of signalling beside those of ZRTP: what is said, what is installed when, and what never comes back. */
import { now } from "board/clock";
import { Keying, type KeyingStatus } from "call/keying";
import { type KeyingPolicy, planAnswer, planOffer } from "call/keying-policy";
import { DTLSIdentity } from "hal/dtls/dtls";
import { Log } from "log/log";
import type { MediaKeys } from "media/stream";
import { type KeyingLines, PLAIN } from "sdp/keying";
import { equal, ok, test } from "test/harness";

const POLICY: KeyingPolicy = {
	policy: "best-effort",
	offer: "sdes",
	suites: ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"],
	inClear: false,
};
const ZRTP_KEYS: MediaKeys = { cipher: "AES1", authTag: "HS80", key: new Uint8Array(16), salt: new Uint8Array(14) };

/** What the media stream was told, in order: each installation with the first octet of its key. */
class Stream {
	readonly told: string[] = [];
	/** What was written, and to whom it goes. */
	readonly sent: Uint8Array[] = [];
	dtls = false;
	expectDtls(): void {
		this.dtls = true;
	}
	write(bytes: Uint8Array): void {
		this.sent.push(bytes);
	}
	installKeys(direction: "send" | "receive", { key, authTag }: MediaKeys): void {
		this.told.push(`${direction} ${authTag} ${key[0]}`);
	}
	clearKeys(): void {
		this.told.push("clear");
	}
	/** What was told since the last time. */
	take(): string[] {
		return this.told.splice(0);
	}
}

interface End {
	readonly keying: Keying;
	readonly stream: Stream;
}

function end(first: number, policy: Partial<KeyingPolicy> = {}, protectedLeg = true): End {
	let next = first;
	const stream = new Stream();
	let identity: DTLSIdentity | undefined;
	const keying = new Keying({
		policy: { ...POLICY, ...policy },
		random: (byteLength) => new Uint8Array(byteLength).fill(next++),
		log: new Log({ now: () => 0 }).area("media"),
		stream,
		identity: () => {
			identity ??= new DTLSIdentity();
			return identity;
		},
		now,
		onChange: () => {},
	});
	keying.protectedLeg = protectedLeg;
	return { keying, stream };
}

/** One offer and its answer, in force at both ends. @returns the answer, or why there is none */
function agree(alice: End, bob: End): string | undefined {
	const offer = alice.keying.offer();
	const answer = bob.keying.answer(offer);
	if ("fault" in answer) return answer.fault;
	const fault = alice.keying.judge(offer, answer);
	if (fault !== undefined) return fault;
	bob.keying.connect({ profile: answer.protocol, keying: { ours: answer, theirs: offer } });
	alice.keying.connect({ profile: answer.protocol, keying: { ours: offer, theirs: answer } });
	return undefined;
}

function server({ keying }: End): [KeyingStatus["by"], KeyingStatus["server"]] {
	return [keying.status.by, keying.status.server];
}

const OFFERS: readonly (readonly [Partial<KeyingPolicy>, boolean, string])[] = [
	[{ policy: "off" }, true, "none"],
	[{}, true, "sdes RTP/AVP"],
	[{}, false, "none"],
	[{ inClear: true }, false, "sdes RTP/AVP"],
	[{ policy: "mandatory" }, true, "sdes RTP/SAVP"],
	[{ policy: "mandatory" }, false, "fault"],
	[{ policy: "mandatory", inClear: true }, false, "sdes RTP/SAVP"],
	[{ offer: "dtls" }, false, "dtls"],
	[{ offer: "dtls", policy: "mandatory" }, true, "dtls"],
	[{ offer: "dtls", policy: "off" }, true, "none"],
];

test("what is offered, row by row", () => {
	for (const [policy, protectedLeg, expected] of OFFERS) {
		const plan = planOffer({ policy: { ...POLICY, ...policy }, protectedLeg, inForce: "none" });
		const said = "fault" in plan ? "fault" : plan.keys === "sdes" ? `sdes ${plan.protocol}` : plan.keys;
		equal(said, expected, JSON.stringify([policy, protectedLeg]));
	}
});

const LINE = ["1 AES_CM_128_HMAC_SHA1_80 inline:x"];
const ANSWERS: readonly (readonly [Partial<KeyingPolicy>, boolean, Partial<KeyingLines>, string])[] = [
	[{ policy: "off" }, true, { crypto: LINE }, "none"],
	[{ policy: "off" }, true, { protocol: "RTP/SAVP", crypto: LINE }, "fault"],
	[{ policy: "off" }, true, { protocol: "UDP/TLS/RTP/SAVPF" }, "fault"],
	[{}, true, {}, "none"],
	[{}, true, { crypto: LINE }, "sdes"],
	[{}, false, { crypto: LINE }, "none"],
	[{ inClear: true }, false, { crypto: LINE }, "sdes"],
	[{}, true, { protocol: "RTP/SAVP", crypto: LINE }, "sdes"],
	[{}, false, { protocol: "RTP/SAVP", crypto: LINE }, "sdes"],
	[{}, false, { protocol: "UDP/TLS/RTP/SAVP" }, "dtls"],
	[{ policy: "mandatory" }, true, {}, "fault"],
	[{ policy: "mandatory" }, true, { crypto: LINE }, "sdes"],
	[{ policy: "mandatory" }, false, { crypto: LINE }, "fault"],
	[{ policy: "mandatory" }, false, { protocol: "RTP/SAVP", crypto: LINE }, "fault"],
	[{ policy: "mandatory", inClear: true }, false, { protocol: "RTP/SAVP", crypto: LINE }, "sdes"],
	[{ policy: "mandatory" }, false, { protocol: "UDP/TLS/RTP/SAVP" }, "dtls"],
];

test("what is answered, row by row", () => {
	for (const [policy, protectedLeg, theirs, expected] of ANSWERS) {
		const situation = { policy: { ...POLICY, ...policy }, protectedLeg, inForce: "none" } as const;
		const plan = planAnswer(situation, { ...PLAIN, ...theirs });
		equal("fault" in plan ? "fault" : plan.keys, expected, JSON.stringify([policy, protectedLeg, theirs]));
	}
});

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
