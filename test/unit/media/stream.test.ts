/** The control side: what call/ sees of a stream, what the log is told, and what happens at the edges. */
import Audio from "hal/audio/audio";
import { type Entry, Log } from "log/log";
import { MediaStream } from "media/stream";
import { equal, ok, test, throws } from "test/harness";
import { HOME, keys, sleep, until, zrtpPacket } from "test/unit/rtp/scene";

class End {
	readonly audio = new Audio({ microphone: { tone: 440 } });
	readonly entries: Entry[] = [];
	readonly zrtp: Uint8Array[] = [];
	readonly stream: MediaStream;
	srtp = 0;
	bye = 0;

	readonly address: string;

	constructor(ssrc: number, onZrtp?: (end: End) => void, address = HOME) {
		this.address = address;
		const log = new Log({ now: () => 0, levels: { media: "trace" }, onEntry: (entry) => this.entries.push(entry) });
		this.stream = new MediaStream({
			address,
			port: 0,
			ssrc,
			audio: this.audio,
			log: log.area("media"),
			onZrtp: (bytes) => {
				this.zrtp.push(bytes);
				onZrtp?.(this);
			},
			onSrtp: () => this.srtp++,
			onBye: () => this.bye++,
		});
	}
	connect(other: End): void {
		this.stream.connect({ address: other.address, port: other.stream.port, rtcpPort: other.stream.port + 1 });
	}
	close(): void {
		this.stream.close();
		this.audio.close();
	}
}

async function withEnds(
	body: (alice: End, bob: End) => Promise<void>,
	onZrtp?: (end: End) => void,
	address = HOME,
): Promise<void> {
	const alice = new End(1, undefined, address);
	const bob = new End(2, onZrtp, address);
	try {
		alice.connect(bob);
		bob.connect(alice);
		await body(alice, bob);
	} finally {
		alice.close();
		bob.close();
	}
}

test("held, then keys, then voice both ways; the log says so and has no key", () =>
	withEnds(async (alice, bob) => {
		alice.stream.microphone = "held";
		await sleep(100);
		equal(alice.stream.statistics.sent, 0);
		const material = keys("AES1", "HS80");
		for (const direction of ["send", "receive"] as const) {
			alice.stream.installKeys(direction, material);
			bob.stream.installKeys(direction, material);
		}
		alice.stream.microphone = "open";
		bob.stream.microphone = "open";
		await until("both heard", () => alice.srtp === 1 && bob.srtp === 1 && bob.stream.statistics.received > 10);
		equal(alice.stream.statistics.clearSent + bob.stream.statistics.clearSent, 0);
		alice.close();
		await until("the peer said good-bye", () => bob.bye === 1);
		const text = alice.entries.map((entry) => entry.text).join("\n");
		ok(/send keys on: AES1 HS80/.test(text) && /microphone open/.test(text) && /stream closed: \d+ sent/.test(text));
		ok(!/[0-9a-f]{16}/i.test(text), "no long hexadecimal number");
		ok(alice.stream.statistics.sent > 10, "the last figures stay");
	}));

test("a call in the clear is in the clear both ways only where it is allowed", () =>
	withEnds(async (alice, bob) => {
		for (const { stream } of [alice, bob]) stream.microphone = "open";
		await sleep(100);
		equal(alice.stream.statistics.sent + bob.stream.statistics.sent, 0);
		for (const { stream } of [alice, bob]) stream.allowClearReceive = true;
		await until(
			"both heard",
			() => alice.stream.statistics.clearReceived > 5 && bob.stream.statistics.clearReceived > 5,
		);
		alice.stream.allowClearReceive = false;
		const { sent, received } = alice.stream.statistics;
		await sleep(100);
		equal(alice.stream.statistics.sent, sent);
		equal(alice.stream.statistics.received, received);
	}));

for (const [home, hold] of [
	[HOME, "0.0.0.0"],
	["::1", "::"],
] as const)
	test(`a peer on hold by the address ${hold} gets nothing, and everything again afterwards`, () =>
		withEnds(
			async (alice, bob) => {
				alice.stream.allowClearReceive = true;
				alice.stream.microphone = "open";
				alice.stream.connect({ address: hold, port: 9, rtcpPort: 0 });
				await sleep(60);
				const { sent } = alice.stream.statistics;
				await sleep(100);
				equal(alice.stream.statistics.sent, sent);
				alice.connect(bob);
				await until("it sends again", () => alice.stream.statistics.sent > sent + 3);
				alice.stream.direction = "recvonly";
				await sleep(60);
				const paused = alice.stream.statistics.sent;
				await sleep(100);
				equal(alice.stream.statistics.sent, paused);
			},
			undefined,
			home,
		));

test("ZRTP packets pass both ways; closing on the first one ends it", () =>
	withEnds(
		async (alice, bob) => {
			alice.stream.write(zrtpPacket(1));
			alice.stream.write(zrtpPacket(2));
			await until("one came", () => bob.zrtp.length === 1);
			await sleep(50);
			equal(bob.zrtp, [zrtpPacket(1)]);
			bob.stream.write(zrtpPacket(3));
			bob.stream.clearKeys();
			bob.stream.installKeys("send", keys("AES1", "HS32"));
			equal(bob.stream.dtmf("1"), false);
			bob.stream.close();
			equal(alice.zrtp, []);
		},
		(end) => end.stream.close(),
	));

test("digits need a payload type; a packet time beyond ours is brought within", () =>
	withEnds(async (alice) => {
		equal(alice.stream.dtmf("1"), false);
		alice.stream.telephoneEvent(101);
		equal(alice.stream.dtmf("1"), true);
		alice.stream.codec({ name: "PCMA", payloadType: 8, ptimeMs: 200 });
		equal(alice.stream.dtmf("2"), true);
		alice.stream.telephoneEvent(undefined);
		equal(alice.stream.dtmf("3"), false);
	}));

test("a suite that SRTP does not have is refused", () =>
	withEnds(async (alice) => {
		const material = keys("AES1", "HS32");
		throws(() => alice.stream.installKeys("send", { ...material, cipher: "2FS1" }), RangeError);
		throws(() => alice.stream.installKeys("send", { ...material, authTag: "SK64" }), RangeError);
	}));
