/** What the stream tests share: two streams on loopback, keys, waiting for something to become true. */
import Audio, { type AudioOptions } from "hal/audio/audio";
import RTP, { type RTPEvent, type RTPKeys, type RTPStatistics } from "hal/rtp/rtp";
import Timer from "timer";

export const HOME = "127.0.0.1";

export class Party {
	readonly audio: Audio;
	readonly rtp: RTP;
	readonly events: RTPEvent[] = [];
	readonly packets: Uint8Array[] = [];
	readableCalls = 0;
	readonly address: string;

	constructor(ssrc: number, options: AudioOptions, address = HOME) {
		this.address = address;
		this.audio = new Audio(options);
		this.rtp = new RTP({
			address,
			port: 0,
			ssrc,
			audio: this.audio,
			onReadable: () => {
				this.readableCalls++;
				for (let packet = this.rtp.read(); packet; packet = this.rtp.read()) this.packets.push(new Uint8Array(packet));
			},
			onEvent: (event) => this.events.push(event),
		});
	}
	get statistics(): RTPStatistics {
		return this.rtp.statistics;
	}
	connect(other: Party): void {
		this.rtp.connect(other.address, other.rtp.port, other.rtp.port + 1);
	}
	close(): void {
		this.rtp.close();
		this.audio.close();
	}
}

/** Two streams that know each other, one humming and one silent; both are closed at the end. */
export async function withPair(
	body: (alice: Party, bob: Party) => Promise<void>,
	alice: AudioOptions = { microphone: { tone: 440 } },
	bob: AudioOptions = {},
	address = HOME,
): Promise<void> {
	const a = new Party(0xa11ce, alice, address);
	const b = new Party(0xb0b, bob, address);
	try {
		a.connect(b);
		b.connect(a);
		await body(a, b);
	} finally {
		a.close();
		b.close();
	}
}

export function keys(cipher: "AES1" | "AES3", authTag: "HS32" | "HS80", seed = 1): RTPKeys {
	const bytes = (length: number, from: number) => new Uint8Array(length).map((_, i) => (from + 7 * i) & 0xff);
	return { cipher, authTag, key: bytes(cipher === "AES1" ? 16 : 32, seed), salt: bytes(14, seed + 100) };
}

/** Same keys for what from sends and to receives. */
export function secure(from: Party, to: Party, material: RTPKeys): void {
	to.rtp.installKeys("receive", material);
	from.rtp.installKeys("send", material);
}

export function sleep(ms: number): Promise<void> {
	return new Promise((resolve) => Timer.set(() => resolve(), ms));
}

/** Resolves when it is so; rejects with what was waited for after 10 s: a busy computer is no failure. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
	for (let waited = 0; waited < 10_000; waited += 10) {
		if (isSo()) return;
		await sleep(10);
	}
	throw new Error(`waited in vain until ${what}`);
}

/** A ZRTP packet in its outer form: version, sequence, magic cookie, SSRC, a message of three words, a checksum left 0. */
export function zrtpPacket(sequence: number, byteLength = 28): Uint8Array {
	const packet = new Uint8Array(byteLength);
	packet[0] = 0x10;
	packet[2] = sequence >> 8;
	packet[3] = sequence & 0xff;
	packet.set([0x5a, 0x52, 0x54, 0x50], 4);
	return packet;
}
