/** A stream on a network that loses, repeats, reorders, delays, forges and floods. */
import Audio from "hal/audio/audio";
import RTP from "hal/rtp/rtp";
import { equal, ok, test, throws } from "test/harness";
import { HOME, keys, Party, secure, sleep, until, withPair, zrtpPacket } from "test/unit/rtp/scene";
import { Shim } from "test/unit/rtp/shim";

function withShim(body: (alice: Party, bob: Party, shim: Shim) => Promise<void>, encrypted = true): Promise<void> {
	return withPair(async (alice, bob) => {
		const shim = new Shim(alice, bob);
		try {
			if (encrypted) secure(alice, bob, keys("AES1", "HS32"));
			else {
				bob.rtp.allowClearReceive = true;
				alice.rtp.requireEncryption = false;
			}
			alice.rtp.microphone = "open";
			await body(alice, bob, shim);
		} finally {
			shim.close();
		}
	});
}

test("lost packets are counted, and the sound goes on", () =>
	withShim(async (_alice, bob, shim) => {
		shim.fate = (_direction, index, bytes) => (index % 10 === 5 ? [] : [bytes]);
		await until("fifty packets came", () => bob.statistics.received >= 50);
		const { lost, received, concealedMs } = bob.statistics;
		ok(lost >= received / 10 && lost <= received / 8, `${lost} lost of ${received}`);
		ok(concealedMs >= 20 * (lost - 1), `${concealedMs} ms concealed`);
	}));

test("a repeated SRTP packet is a replay, also long after", () =>
	withShim(async (_alice, bob, shim) => {
		shim.fate = (_direction, _index, bytes) => [bytes, bytes];
		await until("twenty packets came", () => bob.statistics.received >= 20);
		shim.fate = (_direction, _index, bytes) => [bytes];
		const first = shim.seen[0];
		ok(first !== undefined);
		if (first) shim.inject(first.bytes, bob);
		await sleep(50);
		const { received, replayed, rejected, duplicated } = bob.statistics;
		ok(Math.abs(replayed - received) <= 25 && replayed >= 21, `${replayed} replayed of ${received}`);
		equal(rejected, 0);
		equal(duplicated, 0);
	}));

test("a repeated clear packet is heard once", () =>
	withShim(async (_alice, bob, shim) => {
		shim.fate = (_direction, _index, bytes) => [bytes, bytes];
		await until("twenty packets came", () => bob.statistics.received >= 40);
		const { duplicated, received, late } = bob.statistics;
		ok(Math.abs(duplicated - received / 2) <= 1, `${duplicated} repeated of ${received}`);
		equal(late, 0);
	}, false));

test("neighbours that change places are both heard", () =>
	withShim(async (_alice, bob, shim) => {
		let waiting: Uint8Array | undefined;
		shim.fate = (_direction, index, bytes) => {
			if (index < 5 || index % 4 === 0) {
				if (index >= 5) waiting = bytes;
				return index >= 5 ? [] : [bytes];
			}
			const both = waiting === undefined ? [bytes] : [bytes, waiting];
			waiting = undefined;
			return both;
		};
		await until("sixty packets came", () => bob.statistics.received >= 60);
		const { lost, late, rejected, replayed } = bob.statistics;
		ok(lost <= 1, `${lost} lost`);
		// The buffer may learn its delay from the first ones.
		ok(late <= 4, `${late} late`);
		equal(rejected + replayed, 0);
	}));

test("bursts instead of a steady stream make the buffer deeper, and little is lost", () =>
	withShim(async (_alice, bob, shim) => {
		let burst: Uint8Array[] = [];
		shim.fate = (_direction, _index, bytes) => {
			burst.push(bytes);
			if (burst.length < 4) return [];
			const now = burst;
			burst = [];
			return now;
		};
		await until("many came", () => bob.statistics.received >= 72);
		const { lost, late, bufferMs, jitterMs } = bob.statistics;
		ok(bufferMs > 25, `${bufferMs} ms deep`);
		ok(jitterMs > 5, `jitter ${jitterMs} ms`);
		ok(lost <= 3 && late <= 6, `${lost} lost, ${late} late`);
	}));

test("a forged bit is rejected", () =>
	withShim(async (_alice, bob, shim) => {
		shim.fate = (_direction, index, bytes) => {
			if (index % 2 === 0) return [bytes];
			const forged = bytes.slice();
			forged[20] = (forged[20] ?? 0) ^ 1;
			return [forged];
		};
		await until("some were rejected", () => bob.statistics.rejected >= 5);
		ok(bob.statistics.received >= 4);
	}));

test("what is cut short or is no media at all only moves a counter", () =>
	withShim(async (_alice, bob, shim) => {
		await until("voice came", () => bob.statistics.received > 3);
		const voice = shim.seen[0]?.bytes ?? new Uint8Array(0);
		for (let length = 1; length < 24; length++) shim.inject(voice.slice(0, length), bob);
		shim.inject(new Uint8Array([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]), bob);
		shim.inject(new Uint8Array([22, 254, 253, 0]), bob);
		shim.inject(new Uint8Array([0x10, 0, 0, 1, 0x5a, 0x52, 0x54, 0x51]), bob);
		shim.inject(new Uint8Array(3000).fill(0x80), bob);
		await until("all were counted", () => bob.statistics.malformed >= 9);
		const { stun, dtls, malformed, rejected, replayed } = bob.statistics;
		equal(stun, 1);
		equal(dtls, 1);
		equal(malformed + rejected + replayed, 23 + 2);
	}));

test("ZRTP packets come up whole, in order and in few calls", () =>
	withShim(async (alice, bob, shim) => {
		for (let i = 1; i <= 10; i++) ok(alice.rtp.write(zrtpPacket(i, 28 + 4 * i)));
		await until("all came up", () => bob.packets.length === 10);
		equal(
			bob.packets.map((packet) => packet.length),
			[32, 36, 40, 44, 48, 52, 56, 60, 64, 68],
		);
		equal(bob.packets[6], zrtpPacket(7, 56));
		ok(bob.readableCalls <= 10);
		equal(bob.statistics.zrtpReceived, 10);
		equal(alice.statistics.zrtpSent, 10);
		// And alike below the largest that fits, and no more above it.
		shim.inject(zrtpPacket(11, 1472), bob);
		shim.inject(zrtpPacket(12, 1476), bob);
		await until("both were seen", () => bob.statistics.zrtpReceived === 12);
		await sleep(30);
		equal(bob.packets.length, 11);
		equal(bob.statistics.zrtpDropped, 1);
	}));

test("a flood of ZRTP packets fills the queue, is counted, and costs the voice nothing", () =>
	withShim(async (_alice, bob, shim) => {
		await until("voice came", () => bob.statistics.received > 10);
		const { received } = bob.statistics;
		for (let i = 0; i < 1000; i++) shim.inject(zrtpPacket(i, 1400), bob);
		// The VM was busy sending all the while: whatever came meanwhile had to wait in the queue.
		ok(bob.statistics.zrtpDropped > 0, "some found the queue full");
		ok(bob.packets.length <= 10);
		await until("voice went on", () => bob.statistics.received >= received + 10);
	}));

test("after close no callback comes, whatever is under way", () =>
	withShim(async (alice, bob) => {
		await until("voice came", () => bob.statistics.received > 3);
		const before = bob.packets.length;
		for (let i = 1; i <= 5; i++) alice.rtp.write(zrtpPacket(i));
		bob.rtp.close();
		alice.rtp.write(zrtpPacket(6));
		await sleep(100);
		equal(bob.packets.length, before);
		equal(bob.events, ["authenticated"]);
	}));

test("a stream may be closed inside its own callback", async () => {
	const audio = new Audio({});
	let closed = 0;
	let callsAfterwards = 0;
	const one = new RTP({ address: HOME, port: 0, ssrc: 1, audio });
	const other: RTP = new RTP({
		address: HOME,
		port: 0,
		ssrc: 2,
		audio,
		onReadable: () => {
			callsAfterwards += closed;
			closed = 1;
			other.close();
		},
		onEvent: () => {
			callsAfterwards += closed;
		},
	});
	one.connect(HOME, other.port, other.port + 1);
	other.connect(HOME, one.port, one.port + 1);
	one.installKeys("send", keys("AES1", "HS32"));
	other.installKeys("receive", keys("AES1", "HS32"));
	one.write(zrtpPacket(1));
	one.write(zrtpPacket(2));
	await sleep(100);
	equal(closed, 1);
	equal(callsAfterwards, 0);
	one.close();
	audio.close();
});

test("ZRTP packets that come before connect are kept for the peer, and a stranger's are not handed up", async () => {
	const parties = [0xa11ce, 0xb0b, 0xbad].map((ssrc) => new Party(ssrc, {}));
	const [alice, bob, stranger] = parties;
	try {
		ok(alice && bob && stranger);
		alice.connect(bob);
		stranger.connect(bob);
		stranger.rtp.write(zrtpPacket(99));
		alice.rtp.write(zrtpPacket(1));
		alice.rtp.write(zrtpPacket(2));
		await sleep(100);
		equal(bob.packets.length, 0, "nobody is known yet");
		bob.connect(alice);
		await until("they come up", () => bob.packets.length === 2);
		equal(bob.packets[0], zrtpPacket(1));
		equal(bob.packets[1], zrtpPacket(2));
		equal(bob.statistics.zrtpReceived, 2);
		equal(bob.statistics.strangers, 1);
	} finally {
		for (const party of parties) party.close();
	}
});

test("DTLS packets come up where a handshake is expected, and from the peer alone", () =>
	withPair(async (alice, bob) => {
		const record = new Uint8Array(40);
		record.set([22, 254, 253]);
		ok(alice.rtp.write(record));
		await until("it was counted", () => bob.statistics.dtls === 1);
		equal(bob.packets.length, 0);
		bob.rtp.dtls = true;
		alice.rtp.write(record);
		await until("it came up", () => bob.packets.length === 1);
		equal(bob.packets[0], record);
		const stranger = new Party(1, {});
		try {
			stranger.rtp.connect(HOME, bob.rtp.port, 0);
			stranger.rtp.write(record);
			await until("a stranger's was counted", () => bob.statistics.dtls === 3);
			equal(bob.packets.length, 1);
		} finally {
			stranger.close();
		}
		throws(() => alice.rtp.write(new Uint8Array([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])), RangeError);
	}));

test("the first encrypted packet leaves with the keys, before the clock's next tick", () =>
	withPair(async (alice, bob) => {
		const material = keys("AES1", "HS80");
		bob.rtp.installKeys("receive", material);
		alice.rtp.installKeys("send", material);
		ok(alice.statistics.encryptedSent >= 1);
		await until("it has come", () => bob.events.includes("authenticated"));
	}));
