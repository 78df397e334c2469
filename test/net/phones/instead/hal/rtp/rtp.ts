/**
 * hal/rtp on the network of the world a test is in: ZRTP packets go as they are, of voice and reports only whose keys they
 * have, a few a second. What may leave and what is heard follows hal/rtp/rtp.ts.
 */

import { toHex } from "bytes/hex";
import type { MicrophoneMode, RTPKeys, RTPOptions, RTPPacket, RTPStatistics, RTPStunPacket } from "hal/rtp/rtp";
import { worldNow } from "test/net/phones/stage";
import type { Packet, PhoneWorld, Place, Wait } from "test/net/phones/world";

export type { MicrophoneMode, RTPStatistics } from "hal/rtp/rtp";

/** Instead of 20 ms: what is counted is whether anything gets through. */
const VOICE_MS = 500;
/** RTCP. */
const REPORT_MS = 5000;

export function prepare(this: void): void {}

export function hasGcm(this: void): boolean {
	return true;
}

type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

const NO_STATISTICS: RTPStatistics = Object.freeze({
	sent: 0,
	received: 0,
	lost: 0,
	late: 0,
	duplicated: 0,
	refused: 0,
	replayed: 0,
	rejected: 0,
	otherSource: 0,
	strangers: 0,
	clearDropped: 0,
	encryptedSent: 0,
	encryptedReceived: 0,
	clearSent: 0,
	clearReceived: 0,
	malformed: 0,
	unknownPayload: 0,
	stun: 0,
	dtls: 0,
	zrtpReceived: 0,
	zrtpSent: 0,
	zrtpDropped: 0,
	controlSent: 0,
	controlReceived: 0,
	controlDropped: 0,
	sendFailed: 0,
	jitterMs: 0,
	bufferMs: 0,
	concealedMs: 0,
	shortenedMs: 0,
	remoteLost: 0,
	remoteJitterMs: 0,
	roundTripMs: 0,
});

export default class RTP {
	readonly port: number;
	heard = 0;
	microphone: MicrophoneMode = "held";
	direction: Direction = "sendrecv";
	requireEncryption = true;
	allowClearReceive = false;
	latching = false;
	conference = false;
	stun = false;
	dtls = false;
	readonly #options: RTPOptions;
	readonly #world: PhoneWorld;
	readonly #queue: RTPPacket[] = [];
	readonly #counts: { -readonly [K in keyof RTPStatistics]: RTPStatistics[K] } = { ...NO_STATISTICS };
	#peer: Place | undefined;
	#sendKey: string | undefined;
	#receiveKey: string | undefined;
	#authenticated = false;
	#voice: Wait | undefined;
	#report: Wait | undefined;
	#closed = false;

	constructor(options: RTPOptions) {
		this.#options = options;
		this.#world = worldNow();
		this.port = this.#world.bind(options.address, options.port, {
			receive: (packet, from) => this.#receive(packet, from),
		});
	}

	get statistics(): RTPStatistics {
		return { ...this.#counts };
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#world.free(this.#options.address, this.port);
		for (const wait of [this.#voice, this.#report]) if (wait) this.#world.cancel(wait);
	}

	connect(address: string, port: number, _rtcpPort: number): void {
		this.#peer = { address, port };
		this.#voice ??= this.#world.after(VOICE_MS, () => this.#speak());
		this.#report ??= this.#world.after(REPORT_MS, () => this.#tell());
	}

	codec(): void {}

	read(): RTPPacket | undefined {
		return this.#queue.shift();
	}

	write(packet: Uint8Array | ArrayBuffer): boolean {
		if (this.#peer === undefined || !this.#world.hasRoute) return false;
		this.#counts.zrtpSent++;
		this.#send({ bytes: new Uint8Array(packet).slice() });
		return true;
	}

	installKeys(direction: "send" | "receive", { key, salt }: RTPKeys): void {
		const name = `${toHex(key)}${toHex(salt)}`;
		if (direction === "send") this.#sendKey = name;
		else {
			this.#receiveKey = name;
			this.#authenticated = false;
		}
	}

	clearKeys(): void {
		this.#sendKey = undefined;
		this.#receiveKey = undefined;
		if (this.microphone === "open") this.microphone = "held";
	}

	dtmf(): boolean {
		return true;
	}

	readStun(): RTPStunPacket | undefined {
		return undefined;
	}

	writeStun(): boolean {
		return false;
	}

	/** `held`: nothing leaves without keys, then silence. */
	#speak(): void {
		this.#voice = this.#world.after(VOICE_MS, () => this.#speak());
		const sends = this.direction === "sendrecv" || this.direction === "sendonly";
		const clear = this.#sendKey === undefined;
		if (!sends || (clear && (this.requireEncryption || this.microphone === "held"))) return;
		this.#counts.sent++;
		if (clear) this.#counts.clearSent++;
		else this.#counts.encryptedSent++;
		this.#send({ voice: this.#sendKey, report: false, spoken: this.microphone === "open" });
	}

	#tell(): void {
		this.#report = this.#world.after(REPORT_MS, () => this.#tell());
		if (this.#sendKey === undefined && this.requireEncryption) return;
		this.#send({ voice: this.#sendKey, report: true, spoken: false });
	}

	#send(packet: Packet): void {
		const { address } = this.#options;
		if (this.#peer !== undefined) this.#world.send(packet, { address, port: this.port }, this.#peer);
	}

	#receive(packet: Packet, from: Place): void {
		const peer = this.#peer;
		if (this.#closed || from.address !== peer?.address || from.port !== peer.port) return;
		if ("bytes" in packet) {
			this.heard++;
			this.#counts.zrtpReceived++;
			this.#queue.push(packet.bytes.slice().buffer);
			this.#options.onReadable?.call(this as never, this.#queue.length);
			return;
		}
		const { voice, report } = packet;
		if (voice !== this.#receiveKey) {
			if (voice === undefined) this.#counts.clearDropped++;
			else this.#counts.rejected++;
			return;
		}
		if (voice === undefined && !this.allowClearReceive) return;
		this.heard++;
		if (!report) {
			this.#counts.received++;
			if (packet.spoken) this.#world.heard(this.#options.address);
			if (voice === undefined) this.#counts.clearReceived++;
			else this.#counts.encryptedReceived++;
		}
		if (voice === undefined || this.#authenticated) return;
		this.#authenticated = true;
		this.#options.onEvent?.call(this as never, "authenticated");
	}
}
