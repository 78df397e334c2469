/** Two streams on loopback: what leaves, what is heard, what is refused, in the clear and under SRTP. */
import { now } from "board/clock";
import Audio from "hal/audio/audio";
import RTP from "hal/rtp/rtp";
import { equal, ok, test, throws } from "test/harness";
import { HOME, keys, Party, secure, sleep, until, withPair, zrtpPacket } from "test/unit/rtp/scene";

test("a held microphone sends nothing, not even reports", () =>
	withPair(async (alice, bob) => {
		bob.rtp.allowClearReceive = true;
		alice.rtp.requireEncryption = false;
		await sleep(300);
		equal(alice.statistics.sent, 0);
		equal(alice.statistics.controlSent, 0);
		equal(bob.statistics.received, 0);
		equal(alice.rtp.microphone, "held");
	}));

test("an open microphone sends nothing while encryption is required and there are no keys", () =>
	withPair(async (alice) => {
		alice.rtp.microphone = "open";
		await sleep(200);
		equal(alice.statistics.sent, 0);
	}));

test("clear voice flows where both ends allow it, 50 packets a second", () =>
	withPair(async (alice, bob) => {
		bob.rtp.allowClearReceive = true;
		alice.rtp.requireEncryption = false;
		alice.rtp.microphone = "open";
		const start = now();
		const before = alice.statistics.sent;
		await sleep(1000);
		const { sent, clearSent, encryptedSent } = alice.statistics;
		// Frames that a busy computer left out are counted, and are not made up for.
		const due = (now() - start) / 20;
		const { lateFrames } = alice.audio.statistics;
		ok(Math.abs(sent - before + lateFrames - due) <= 6, `${sent - before} packets, ${lateFrames} late, ${due} due`);
		equal(clearSent, sent);
		equal(encryptedSent, 0);
		await until("they have come", () => bob.statistics.clearReceived >= sent);
		equal(bob.statistics.lost, 0);
		equal(bob.statistics.encryptedReceived, 0);
	}));

test("clear voice is dropped and counted where it is not to be heard", () =>
	withPair(async (alice, bob) => {
		alice.rtp.requireEncryption = false;
		alice.rtp.microphone = "open";
		await until("clear packets were dropped", () => bob.statistics.clearDropped > 5);
		equal(bob.statistics.received, 0);
	}));

for (const cipher of ["AES1", "AES3"] as const)
	for (const authTag of ["HS32", "HS80"] as const)
		test(`${cipher} ${authTag}: voice both ways, encrypted, announced once`, () =>
			withPair(async (alice, bob) => {
				secure(alice, bob, keys(cipher, authTag, 1));
				secure(bob, alice, keys(cipher, authTag, 2));
				alice.rtp.microphone = "open";
				bob.rtp.microphone = "muted";
				await until("both heard", () => alice.statistics.received > 10 && bob.statistics.received > 10);
				equal(alice.events, ["authenticated"]);
				equal(bob.events, ["authenticated"]);
				for (const { statistics } of [alice, bob]) {
					equal(statistics.clearSent, 0);
					equal(statistics.clearReceived, 0);
					equal(statistics.rejected, 0);
					equal(statistics.encryptedReceived, statistics.received);
				}
			}));

test("the wrong key is rejected and changes nothing", () =>
	withPair(async (alice, bob) => {
		bob.rtp.installKeys("receive", keys("AES1", "HS32", 1));
		alice.rtp.installKeys("send", keys("AES1", "HS32", 9));
		alice.rtp.microphone = "open";
		await until("packets were rejected", () => bob.statistics.rejected > 5);
		equal(bob.statistics.received, 0);
		equal(bob.statistics.jitterMs, 0);
		equal(bob.events, []);
		// The right ones are accepted straight away, as if nothing had been.
		alice.rtp.installKeys("send", keys("AES1", "HS32", 1));
		await until("packets were accepted", () => bob.statistics.received > 5);
		equal(bob.events, ["authenticated"]);
	}));

test("once receive keys are on, a clear packet is dropped even where clear voice was allowed", () =>
	withPair(async (alice, bob) => {
		bob.rtp.allowClearReceive = true;
		alice.rtp.requireEncryption = false;
		alice.rtp.microphone = "open";
		await until("clear voice was heard", () => bob.statistics.clearReceived > 5);
		bob.rtp.installKeys("receive", keys("AES1", "HS80"));
		const before = bob.statistics.received;
		await until("packets were rejected", () => bob.statistics.rejected > 5);
		equal(bob.statistics.received, before);
	}));

test("a held microphone under keys sends silence, encrypted", () =>
	withPair(async (alice, bob) => {
		secure(alice, bob, keys("AES1", "HS32"));
		await until("silence was received", () => bob.statistics.encryptedReceived > 5);
		equal(alice.statistics.clearSent, 0);
	}));

test("taking the keys away holds an open microphone", () =>
	withPair(async (alice, bob) => {
		secure(alice, bob, keys("AES1", "HS32"));
		alice.rtp.microphone = "open";
		alice.rtp.requireEncryption = false;
		await until("voice was received", () => bob.statistics.encryptedReceived > 5);
		alice.rtp.clearKeys();
		const { sent } = alice.statistics;
		await sleep(200);
		equal(alice.rtp.microphone, "held");
		equal(alice.statistics.sent, sent);
		equal(alice.statistics.clearSent, 0);
	}));

for (const address of [HOME, "::1"]) {
	const inFamily = (body: Parameters<typeof withPair>[0]): Promise<void> =>
		withPair(body, { microphone: { tone: 440 } }, {}, address);

	test(`who is not the peer is counted and not heard: ${address}`, () =>
		inFamily(async (alice, bob) => {
			const mallory = new Party(0xbad, { microphone: { tone: 1000 } }, address);
			try {
				bob.rtp.allowClearReceive = true;
				mallory.connect(bob);
				mallory.rtp.requireEncryption = false;
				mallory.rtp.microphone = "open";
				await until("the stranger was counted", () => bob.statistics.strangers > 5);
				equal(bob.statistics.received, 0);
				equal(alice.statistics.strangers, 0);
			} finally {
				mallory.close();
			}
		}));

	test(`latching follows an authenticated packet, and nothing else: ${address}`, () =>
		inFamily(async (alice, bob) => {
			const moved = new Party(0xa11ce + 1, { microphone: { tone: 440 } }, address);
			const mallory = new Party(0xbad, { microphone: { tone: 1000 } }, address);
			try {
				bob.rtp.latching = true;
				secure(alice, bob, keys("AES1", "HS80", 1));
				secure(bob, alice, keys("AES1", "HS80", 2));
				mallory.connect(bob);
				mallory.rtp.installKeys("send", keys("AES1", "HS80", 77));
				mallory.rtp.microphone = "open";
				await until("the stranger was rejected", () => bob.statistics.rejected > 5);
				equal(mallory.statistics.strangers, 0);
				mallory.rtp.close();
				moved.connect(bob);
				alice.rtp.close();
				moved.rtp.installKeys("receive", keys("AES1", "HS80", 2));
				moved.rtp.installKeys("send", keys("AES1", "HS80", 1));
				await until("the peer was followed", () => moved.statistics.encryptedReceived > 5);
			} finally {
				moved.close();
				mallory.close();
			}
		}));

	test(`ZRTP packets of a stranger tell who sent them where it may have moved: ${address}`, () =>
		inFamily(async (_alice, bob) => {
			const stranger = new Party(1, {}, address);
			let from: { address: string | undefined; port: number | undefined } | undefined;
			const audio = new Audio({});
			const listener = new RTP({
				address,
				port: 0,
				ssrc: 3,
				audio,
				onReadable() {
					const packet = this.read();
					from = packet && { address: packet.address, port: packet.port };
				},
			});
			try {
				listener.connect(address, bob.rtp.port, 0);
				listener.latching = true;
				stranger.rtp.connect(address, listener.port, 0);
				stranger.rtp.write(zrtpPacket(1));
				await until("it came", () => from !== undefined);
				equal(from, { address, port: stranger.rtp.port });
			} finally {
				listener.close();
				stranger.close();
				audio.close();
			}
		}));
}

test("a stream has the family of its own address, and says so", () => {
	const audio = new Audio({});
	const four = new RTP({ address: HOME, port: 0, ssrc: 1, audio });
	const six = new RTP({ address: "::1", port: 0, ssrc: 1, audio });
	try {
		throws(() => four.connect("::1", 5004, 5005), /: ::1 is not an IPv4 address/);
		throws(() => four.connect("::ffff:127.0.0.1", 5004, 5005), /is not an IPv4 address/);
		for (const wrong of [HOME, "::ffff:127.0.0.1", "::1%lo", "[::1]", "localhost", ""])
			throws(() => six.connect(wrong, 5004, 5005), /is not an IPv6 address/);
		throws(() => six.connect("1".repeat(80), 5004, 5005), RangeError);
		throws(
			() => new RTP({ address: "::1", port: six.port, ssrc: 1, audio }),
			new RegExp(`UDP port ${six.port} on ::1: the port is in use`),
		);
		throws(() => new RTP({ address: "fe80::1%none", port: 0, ssrc: 1, audio }), /no numeric IPv4 or IPv6 address/);
		six.connect("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", 5004, 5005);
	} finally {
		four.close();
		six.close();
		audio.close();
	}
});

test("the ports of a stream cannot be had twice, and the error names them", () =>
	withPair(async (alice) => {
		const { port } = alice.rtp;
		equal(port % 2, 0);
		const again = () => new RTP({ address: HOME, port, ssrc: 1, audio: alice.audio });
		throws(again, new RegExp(`UDP port ${port} on 127\\.0\\.0\\.1: the port is in use`));
		throws(() => new RTP({ address: "192.0.2.1", port: 40000, ssrc: 1, audio: alice.audio }), /192\.0\.2\.1/);
		throws(() => new RTP({ address: "nowhere", port: 0, ssrc: 1, audio: alice.audio }), /nowhere/);
		throws(() => new RTP({ address: HOME, port: 4001, ssrc: 1, audio: alice.audio }), RangeError);
		throws(() => new RTP({ address: HOME, port: 0, ssrc: 1, audio: {} as Audio }), Error);
	}));

test("close twice, and nothing but close afterwards", async () => {
	const audio = new Audio({});
	const rtp = new RTP({ address: HOME, port: 0, ssrc: 1, audio });
	const { port } = rtp;
	rtp.close();
	rtp.close();
	throws(() => rtp.statistics, /closed/);
	throws(() => rtp.write(new Uint8Array(28)), /closed/);
	const again = new RTP({ address: HOME, port, ssrc: 1, audio });
	audio.close();
	audio.close();
	throws(() => audio.play("dial"), /closed/);
	throws(() => new RTP({ address: HOME, port: 0, ssrc: 1, audio }), /closed/);
	again.close();
});

test("a stream outlives the voice device's object, in silence", () =>
	withPair(async (alice, bob) => {
		secure(alice, bob, keys("AES1", "HS32"));
		alice.rtp.microphone = "open";
		alice.audio.close();
		await until("silence was received", () => bob.statistics.encryptedReceived > 5);
	}));

test("keys and options that make no sense are refused and change nothing", () =>
	withPair(async (alice) => {
		const good = keys("AES1", "HS32");
		throws(() => alice.rtp.installKeys("send", { ...good, key: new Uint8Array(15) }), RangeError);
		throws(() => alice.rtp.installKeys("send", { ...good, salt: new Uint8Array(12) }), RangeError);
		throws(() => alice.rtp.installKeys("send", { ...good, cipher: "AES2" as "AES1" }), RangeError);
		throws(() => alice.rtp.installKeys("send", { ...good, authTag: "GCM" }), RangeError);
		const counter = { ...good, authTag: "GCM", salt: new Uint8Array(12) } as const;
		throws(() => alice.rtp.installKeys("send", { ...counter, cipher: "AES2", key: new Uint8Array(24) }), RangeError);
		throws(() => alice.rtp.installKeys("send", { ...good, mki: new Uint8Array(0) }), RangeError);
		throws(() => alice.rtp.installKeys("send", { ...good, mki: new Uint8Array(33) }), RangeError);
		throws(() => alice.rtp.installKeys("send", { ...good, authTag: "SK32" as "HS32" }), RangeError);
		throws(() => alice.rtp.installKeys("both" as "send", good), RangeError);
		throws(() => alice.rtp.connect("localhost", 1, 1), RangeError);
		throws(() => alice.rtp.connect(HOME, 0, 1), RangeError);
		throws(() => alice.rtp.codec({ name: "PCMU", payloadType: 128, ptimeMs: 20 }), RangeError);
		throws(() => alice.rtp.codec({ name: "PCMU", payloadType: 0, ptimeMs: 5 }), RangeError);
		throws(() => alice.rtp.codec({ name: "G729" as "PCMU", payloadType: 18, ptimeMs: 20 }), RangeError);
		throws(() => alice.rtp.write(new Uint8Array(28)), RangeError);
		await sleep(100);
		equal(alice.statistics.sent, 0);
	}));
