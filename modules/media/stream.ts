/**
 * The control side of one voice stream: call/ opens it, tells it where the peer is, which codec was agreed and what the
 * microphone may do, and hands it keys; hal/rtp does the rest on its own thread. ZRTP and DTLS packets come up through
 * `onZrtp` and `onDtls`, and what becomes of the stream is written to the media log in words, never in bytes.
 */
import type Audio from "hal/audio/audio";
import RTP, { type MicrophoneMode, type RTPStatistics } from "hal/rtp/rtp";
import type { AreaLog } from "log/log";

export interface MediaStreamOptions {
	/** Own numeric address. The stream is of its family alone; an IPv6 one that is link-local has its scope: fe80::1%eth0. */
	readonly address: string;
	/** Even UDP port for RTP; 0: any free pair. */
	readonly port: number;
	/** Own SSRC, 32 bits; ZRTP packets carry the same. */
	readonly ssrc: number;
	readonly audio: Audio;
	readonly log: AreaLog;
	/** A whole ZRTP packet of the peer, checksum unchecked. */
	readonly onZrtp: (bytes: Uint8Array) => void;
	/** A STUN datagram and who sent it; none comes before `stun` is set. */
	readonly onStun?: (
		component: 1 | 2,
		bytes: Uint8Array,
		from: { readonly address: string; readonly port: number },
	) => void;
	/** A DTLS packet of the peer, nothing of it checked; none comes before `expectDtls`. */
	readonly onDtls?: (bytes: Uint8Array) => void;
	/** The first authenticated SRTP packet under the present receive keys. */
	readonly onSrtp: () => void;
	/** The peer's RTCP BYE. */
	readonly onBye?: () => void;
	/** The peer may be behind a NAT: follow its authenticated packets (RFC 4961). Default false. */
	readonly latching?: boolean;
}

/** Where the peer expects media. */
export interface MediaPeer {
	/** Numeric, of our own family, without a scope. 0.0.0.0 and :: are a peer on hold (RFC 2543): nothing is sent. */
	readonly address: string;
	readonly port: number;
	/** 0: the peer takes no RTCP. */
	readonly rtcpPort: number;
}

export interface MediaCodec {
	readonly name: "PCMU" | "PCMA";
	readonly payloadType: number;
	readonly ptimeMs: number;
}

/** SRTP master key and salt of one direction, as ZRTP (RFC 6189 section 4.5.3), SDES or DTLS give them. */
export interface MediaKeys {
	readonly cipher: string;
	readonly authTag: string;
	readonly key: Uint8Array;
	readonly salt: Uint8Array;
	/** The peer's packets carry it (RFC 3711 section 3.1). */
	readonly mki?: Uint8Array | undefined;
}

export type MediaDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** ptime that hal/rtp packs; what a peer asks for beyond it is brought to the nearest. */
const PTIME_LEAST_MS = 10;
const PTIME_MOST_MS = 60;

const STUN_AT_ONCE = 64;

export class MediaStream {
	readonly #rtp: RTP;
	readonly #log: AreaLog;
	readonly #onZrtp: (bytes: Uint8Array) => void;
	readonly #onDtls: ((bytes: Uint8Array) => void) | undefined;
	#codec: MediaCodec = { name: "PCMU", payloadType: 0, ptimeMs: 20 };
	#telephoneEventPayloadType: number | undefined;
	#direction: MediaDirection = "sendrecv";
	#heldByAddress = false;
	#peer = "";
	#microphone: MicrophoneMode = "held";
	#clearAllowed = false;
	#final: RTPStatistics | undefined;

	/** @throws {Error} that names address and port when they cannot be used */
	constructor(options: MediaStreamOptions) {
		this.#log = options.log;
		this.#onZrtp = options.onZrtp;
		this.#onDtls = options.onDtls;
		this.#rtp = new RTP({
			address: options.address,
			port: options.port,
			ssrc: options.ssrc,
			audio: options.audio,
			onReadable: (count) => this.#read(count),
			onEvent: (event) => {
				if (event === "stun") {
					this.#readStun(options);
					return;
				}
				this.#log.debug(event === "bye" ? "RTCP BYE from the peer" : "first authenticated SRTP packet");
				if (event === "bye") options.onBye?.();
				else options.onSrtp();
			},
		});
		if (options.latching === true) this.#rtp.latching = true;
		this.#log.debug(`RTP on ${placeOf(options.address, this.#rtp.port)}`);
	}

	/** Own RTP port; RTCP is on the next one. */
	get port(): number {
		return this.#rtp.port;
	}

	/** May be repeated when the peer moves. @throws {RangeError} for an address of another family, or a port out of range */
	connect(peer: MediaPeer): void {
		this.#heldByAddress = peer.address === "0.0.0.0" || peer.address === "::";
		if (!this.#heldByAddress) this.#rtp.connect(peer.address, peer.port, peer.rtcpPort);
		this.#applyDirection();
		const text = placeOf(peer.address, peer.port);
		if (text !== this.#peer) this.#log.debug(`media peer ${text}, RTCP port ${peer.rtcpPort}`);
		this.#peer = text;
	}

	codec(codec: MediaCodec): void {
		this.#codec = codec;
		this.#applyCodec();
		this.#log.debug(`codec ${codec.name}, payload type ${codec.payloadType}, ${codec.ptimeMs} ms`);
	}

	/** Payload type that offer and answer agreed on for digits (RFC 4733); undefined: none. */
	telephoneEvent(payloadType: number | undefined): void {
		this.#telephoneEventPayloadType = payloadType;
		this.#applyCodec();
	}

	/** Sends a digit: 0-9 * # A-D. Returns false where the peer takes none. */
	dtmf(digit: string): boolean {
		return this.#final === undefined && this.#rtp.dtmf(digit);
	}

	/** From our side; sendrecv at first. */
	set direction(direction: MediaDirection) {
		this.#direction = direction;
		this.#applyDirection();
	}

	get microphone(): MicrophoneMode {
		return this.#microphone;
	}
	/** `held` at first: nothing leaves before there are keys. */
	set microphone(mode: MicrophoneMode) {
		this.#rtp.microphone = mode;
		if (mode !== this.#microphone) this.#log.debug(`microphone ${mode}`);
		this.#microphone = mode;
	}

	get allowClearReceive(): boolean {
		return this.#clearAllowed;
	}
	/**
	 * False at first. True: this call may be in the clear. Clear voice is heard while there are no receive keys, and an
	 * open microphone is sent while there are no send keys; otherwise neither ever is.
	 */
	set allowClearReceive(allowed: boolean) {
		this.#rtp.requireEncryption = !allowed;
		this.#rtp.allowClearReceive = allowed;
		if (allowed !== this.#clearAllowed) this.#log.debug(`voice in the clear is ${allowed ? "" : "not "}allowed`);
		this.#clearAllowed = allowed;
	}

	/** DTLS packets come up from now on: a handshake begins. */
	expectDtls(): void {
		if (this.#final === undefined) this.#rtp.dtls = true;
	}

	/** A whole ZRTP or DTLS packet to the peer. Nothing happens after close. */
	write(bytes: Uint8Array): void {
		if (this.#final !== undefined) return;
		if (!this.#rtp.write(bytes)) this.#log.debug("a packet of the key agreement could not be sent");
	}

	/** STUN datagrams come up from now on, whoever sent them. */
	set stun(wanted: boolean) {
		if (this.#final === undefined) this.#rtp.stun = wanted;
	}

	/** From the socket of a component: 1 is RTP's, 2 is RTCP's. Nothing happens after close. */
	sendStun(component: 1 | 2, bytes: Uint8Array, to: { readonly address: string; readonly port: number }): void {
		if (this.#final === undefined) this.#rtp.writeStun(component, bytes, to.address, to.port);
	}

	/** Takes effect between two packets. The caller wipes the keys. @throws {RangeError} for a suite that is not SRTP's here */
	installKeys(direction: "send" | "receive", keys: MediaKeys): void {
		if (this.#final !== undefined) return;
		const { cipher, authTag, key, salt, mki } = keys;
		if (cipher !== "AES1" && cipher !== "AES2" && cipher !== "AES3") throw new RangeError(`no SRTP cipher ${cipher}`);
		if (authTag !== "HS32" && authTag !== "HS80" && authTag !== "GCM")
			throw new RangeError(`no SRTP authentication tag ${authTag}`);
		this.#rtp.installKeys(direction, { cipher, authTag, key, salt, mki });
		this.#log.info(`${direction} keys on: ${cipher} ${authTag}`);
	}

	/** Both directions; an open microphone is held again. */
	clearKeys(): void {
		if (this.#final !== undefined) return;
		this.#rtp.clearKeys();
		this.#microphone = this.#rtp.microphone;
		this.#log.info("keys off");
	}

	/** Packets of the peer that were taken: it moves as long as the peer is there. 0 after close. */
	get heard(): number {
		return this.#final === undefined ? this.#rtp.heard : 0;
	}

	/** Joined streams of one phone hear each other; at first it is not. */
	set conference(joined: boolean) {
		if (this.#final === undefined) this.#rtp.conference = joined;
	}

	/** Counted since the start; the last figures after close. */
	get statistics(): RTPStatistics {
		return this.#final ?? this.#rtp.statistics;
	}

	/** Safe to repeat. No callback afterwards. */
	close(): void {
		if (this.#final !== undefined) return;
		const final = this.#rtp.statistics;
		this.#final = final;
		this.#rtp.close();
		this.#log.info(
			`stream closed: ${final.sent} sent, ${final.received} received, ${final.lost} lost, ${final.rejected} rejected`,
		);
	}

	/** At most as many as one ring holds, or a flood would keep keys and timers from their turn. */
	#readStun({ onStun }: MediaStreamOptions): void {
		for (let i = 0; i < STUN_AT_ONCE && this.#final === undefined; i++) {
			const packet = this.#rtp.readStun();
			if (packet === undefined) return;
			const { component, address, port } = packet;
			onStun?.(component, new Uint8Array(packet), { address, port });
		}
	}

	/** No more than were there: what came meanwhile waits its turn, or a flood would keep keys and timers from theirs. */
	#read(count: number): void {
		// The stream may be closed by what a packet brings about.
		for (let i = 0; i < count && this.#final === undefined; i++) {
			const packet = this.#rtp.read();
			if (packet === undefined) return;
			const bytes = new Uint8Array(packet);
			// RFC 7983 section 7; a ZRTP packet begins with 16.
			if ((bytes[0] ?? 0) >= 20) this.#onDtls?.(bytes);
			else this.#onZrtp(bytes);
		}
	}

	#applyCodec(): void {
		const { name, payloadType, ptimeMs } = this.#codec;
		const telephoneEventPayloadType = this.#telephoneEventPayloadType;
		this.#rtp.codec({
			name,
			payloadType,
			ptimeMs: Math.min(Math.max(ptimeMs, PTIME_LEAST_MS), PTIME_MOST_MS),
			...(telephoneEventPayloadType !== undefined && { telephoneEventPayloadType }),
		});
	}

	#applyDirection(): void {
		this.#rtp.direction = this.#heldByAddress ? "inactive" : this.#direction;
	}
}

function placeOf(address: string, port: number): string {
	return address.indexOf(":") < 0 ? `${address}:${port}` : `[${address}]:${port}`;
}
