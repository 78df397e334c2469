/** Reports, digits and packet lengths. */
import { equal, ok, test, throws } from "test/harness";
import { keys, secure, sleep, until, withPair } from "test/unit/rtp/scene";
import { Shim } from "test/unit/rtp/shim";

test("reports go both ways, encrypted, and tell loss, jitter and round trip", () =>
	withPair(async (alice, bob) => {
		secure(alice, bob, keys("AES3", "HS32", 1));
		secure(bob, alice, keys("AES3", "HS32", 2));
		alice.rtp.microphone = "open";
		// The first after 2.5 s, the next 2.5 to 7.5 s later.
		await until("both had one", () => alice.statistics.controlReceived > 0 && bob.statistics.controlReceived > 0);
		for (const { statistics } of [alice, bob]) {
			equal(statistics.controlSent, 1);
			equal(statistics.controlReceived, 1);
			equal(statistics.controlDropped, 0);
		}
		equal(alice.statistics.remoteLost, 0);
		bob.rtp.close();
		await until("the peer said good-bye", () => alice.events.includes("bye"));
		equal(alice.statistics.controlReceived, 2);
	}));

test("reports under the wrong key, and clear ones once keys are on, are dropped", () =>
	withPair(async (alice, bob) => {
		bob.rtp.allowClearReceive = true;
		bob.rtp.installKeys("receive", keys("AES1", "HS32", 1));
		alice.rtp.requireEncryption = false;
		alice.rtp.microphone = "open";
		await sleep(100);
		alice.rtp.close();
		await until("it was dropped", () => bob.statistics.controlDropped === 1);
		equal(bob.events, []);
	}));

test("digits are telephone-events: one timestamp, growing duration, three ends, under the voice's keys", () =>
	withPair(async (alice, bob) => {
		const shim = new Shim(alice, bob);
		try {
			bob.rtp.allowClearReceive = true;
			alice.rtp.requireEncryption = false;
			equal(alice.rtp.dtmf("1"), false);
			alice.rtp.codec({ name: "PCMA", payloadType: 8, ptimeMs: 20, telephoneEventPayloadType: 101 });
			bob.rtp.codec({ name: "PCMA", payloadType: 8, ptimeMs: 20, telephoneEventPayloadType: 101 });
			throws(() => alice.rtp.dtmf("x"), RangeError);
			alice.rtp.microphone = "open";
			ok(alice.rtp.dtmf("5#"));
			const seen = () => shim.seen.map(({ bytes }) => bytes).filter((bytes) => ((bytes[1] ?? 0) & 0x7f) === 101);
			await until("both digits went by", () => seen().length >= 16);
			await sleep(100);
			const events = seen();
			const digits = [5, 11].map((code) => events.filter((bytes) => bytes[12] === code));
			for (const packets of digits) {
				equal(packets.length, 8);
				equal(new Set(packets.map((bytes) => bytes.slice(4, 8).join())).size, 1);
				equal(
					packets.map((bytes) => ((bytes[14] ?? 0) << 8) | (bytes[15] ?? 0)),
					[160, 320, 480, 640, 800, 800, 800, 800],
				);
				equal(
					packets.map((bytes) => (bytes[13] ?? 0) >> 7),
					[0, 0, 0, 0, 0, 1, 1, 1],
				);
				equal(
					packets.map((bytes) => (bytes[1] ?? 0) >> 7),
					[1, 0, 0, 0, 0, 0, 0, 0],
				);
			}
			equal(bob.statistics.unknownPayload, 0);
			equal(bob.statistics.lost, 0);
		} finally {
			shim.close();
		}
	}));

for (const ptimeMs of [10, 20, 30, 60])
	test(`${ptimeMs} ms in a packet: length, timestamps and pace`, () =>
		withPair(async (alice, bob) => {
			const shim = new Shim(alice, bob);
			try {
				bob.rtp.allowClearReceive = true;
				alice.rtp.requireEncryption = false;
				alice.rtp.codec({ name: "PCMU", payloadType: 0, ptimeMs });
				alice.rtp.microphone = "open";
				const { frames } = alice.audio.statistics;
				await until("some went by", () => alice.audio.statistics.frames >= frames + 30);
				const packets = shim.seen.map(({ bytes }) => bytes);
				const due = ((alice.audio.statistics.frames - frames) * 20) / ptimeMs;
				ok(Math.abs(packets.length - due) <= 5, `${packets.length} packets, ${due} due`);
				equal(new Set(packets.map((bytes) => bytes.length)), new Set([12 + 8 * ptimeMs]));
				const timestamp = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint32(4);
				let before: Uint8Array | undefined;
				for (const bytes of packets) {
					if (before) equal((timestamp(bytes) - timestamp(before)) >>> 0, 8 * ptimeMs);
					before = bytes;
				}
				await until("they have come", () => bob.statistics.received >= packets.length);
				equal(bob.statistics.refused + bob.statistics.malformed, 0);
			} finally {
				shim.close();
			}
		}));
