/**
 * One voice stream: RTP and RTCP on a pair of UDP ports, SRTP once there are keys, and the ZRTP packets that share the
 * media port. Voice goes between the network and hal/audio in C, on the media thread; what comes up here are ZRTP
 * packets for call/ to hand to the engine, and what goes down are addresses, keys and what the microphone may do.
 */
import type Audio from "hal/audio/audio";

export interface RTPOptions {
	/**
	 * Own numeric address, IPv4 or IPv6: the stream has no other family. A link-local one names its network behind a percent
	 * sign, fe80::1%eth0 (RFC 4007 section 11). Boards whose lwIP has no IPv6 refuse such addresses in words.
	 */
	readonly address: string;
	/** Even UDP port; RTCP takes the next one. 0: any free pair. */
	readonly port: number;
	/** Own synchronization source, a random 32-bit number; the same that ZRTP packets carry. */
	readonly ssrc: number;
	/** Microphone and speaker; more than one stream may share them. */
	readonly audio: Audio;
	/** ZRTP packets wait; one call for any number of them. count is how many wait now. */
	readonly onReadable?: (this: RTP, count: number) => void;
	readonly onEvent?: (this: RTP, event: RTPEvent) => void;
}

/**
 * - `authenticated`: the first packet with a good authentication tag under the present receive keys (RFC 6189 section
 *   4.6: the peer has its keys)
 * - `stun`: STUN datagrams wait, one event for any number of them
 * - `bye`: the peer's RTCP BYE
 */
export type RTPEvent = "authenticated" | "stun" | "bye";

/**
 * - `held`: nothing leaves until there are send keys, then silence
 * - `open`: voice
 * - `muted`: silence in place of voice
 */
export type MicrophoneMode = "held" | "open" | "muted";

export interface RTPCodec {
	readonly name: "PCMU" | "PCMA";
	/** 0 to 127. */
	readonly payloadType: number;
	/** 10 to 60 ms of voice in a packet. */
	readonly ptimeMs: number;
	/** Payload type for digits (RFC 4733); without it none are sent. */
	readonly telephoneEventPayloadType?: number;
}

/** SRTP master key and salt of one direction (RFC 6189 section 4.5.3, RFC 4568); the caller wipes them after the call. */
export interface RTPKeys {
	/** AES-128, AES-192 or AES-256 in counter mode; the key has 16, 24 or 32 bytes. */
	readonly cipher: "AES1" | "AES2" | "AES3";
	/** 32 or 80 bits of HMAC-SHA1, where SRTCP always has 80; or AES-GCM with 128 bits (RFC 7714), not for AES2. */
	readonly authTag: "HS32" | "HS80" | "GCM";
	readonly key: Uint8Array;
	/** 14 bytes; 12 for GCM. */
	readonly salt: Uint8Array;
	/** The identifier that each packet of the peer carries (RFC 3711 section 3.1), 1 to 32 bytes; what we send has none. */
	readonly mki?: Uint8Array | undefined;
}

/** A ZRTP packet as it stood in UDP, and who sent it where that is not the peer we are connected to. */
export interface RTPPacket extends ArrayBuffer {
	readonly address?: string;
	readonly port?: number;
}

/** A STUN datagram, who sent it, and which of our sockets it came to. */
export interface RTPStunPacket extends ArrayBuffer {
	readonly address: string;
	readonly port: number;
	/** 1 is RTP's socket, 2 is RTCP's (RFC 8445 section 4, component). */
	readonly component: 1 | 2;
}

/** Packets since the start, but for times in milliseconds. */
export interface RTPStatistics {
	/** RTP packets sent; accepted from the peer; missing in its sequence. */
	readonly sent: number;
	readonly received: number;
	readonly lost: number;
	/** Accepted, but too late to be heard; accepted twice; of no use to the jitter buffer. */
	readonly late: number;
	readonly duplicated: number;
	readonly refused: number;
	/** Dropped: authenticated before; tag wrong; another source than those bound to the keys. */
	readonly replayed: number;
	readonly rejected: number;
	readonly otherSource: number;
	/** Dropped: not from the peer's address. */
	readonly strangers: number;
	/** Dropped: in the clear where clear voice is not to be heard. */
	readonly clearDropped: number;
	readonly encryptedSent: number;
	readonly encryptedReceived: number;
	readonly clearSent: number;
	readonly clearReceived: number;
	readonly malformed: number;
	readonly unknownPayload: number;
	readonly stun: number;
	readonly dtls: number;
	/** ZRTP packets; dropped are those for which the queue had no room. */
	readonly zrtpReceived: number;
	readonly zrtpSent: number;
	readonly zrtpDropped: number;
	/** RTCP packets; dropped are the malformed, the unauthenticated and the clear ones. */
	readonly controlSent: number;
	readonly controlReceived: number;
	readonly controlDropped: number;
	readonly sendFailed: number;
	/** What the network does to arrival times (RFC 3550 section 6.4.1). */
	readonly jitterMs: number;
	/** What the jitter buffer holds, smoothed. */
	readonly bufferMs: number;
	/** Sound made up for packets that were not there, and left out to catch up. */
	readonly concealedMs: number;
	readonly shortenedMs: number;
	/** From the peer's reports. */
	readonly remoteLost: number;
	readonly remoteJitterMs: number;
	readonly roundTripMs: number;
}

/**
 * Starts SRTP, which tests its ciphers first (some 20 ms on a desktop). The first stream does it where nobody did; an
 * idle phone does it ahead, so that no call waits for it.
 */
export function prepare(this: void): void {
	native("xs_rtp_prepare").call(this);
}

/** Whether this board's SRTP has AES-GCM; where SRTP was not started it starts it. */
export function hasGcm(this: void): boolean {
	return native("xs_rtp_has_gcm").call(this);
}

class RTP extends Native("xs_rtp_destructor") {
	/** @throws Error that names address and port where they cannot be used; RangeError for an odd port */
	constructor(options: RTPOptions) {
		super();
		native("xs_rtp_constructor").call(this, options);
	}
	/** Says BYE where it may, closes both ports. No callback afterwards. Safe to repeat; anything else then throws. */
	close(): void {
		native("xs_rtp_close").call(this);
	}
	/** Own RTP port. */
	get port(): number {
		return native("xs_rtp_get_port").call(this);
	}
	/**
	 * Where packets go and alone come from. Before the first call all packets are a stranger's. May be called again.
	 * @param address numeric, of the family of our own; a link-local one without its scope, which is ours
	 * @param rtcpPort 0 where the peer takes no RTCP; `port` where it has RTCP on the same (RFC 5761)
	 */
	connect(address: string, port: number, rtcpPort: number): void {
		native("xs_rtp_connect").call(this, address, port, rtcpPort);
	}
	/** Codec to send; PCMU, 20 ms at first. PCMU and PCMA are always understood. */
	codec(codec: RTPCodec): void {
		native("xs_rtp_codec").call(this, codec);
	}
	/** The oldest ZRTP or DTLS packet that waits. Nothing in it is checked but its first octets. */
	read(): RTPPacket | undefined {
		return native("xs_rtp_read").call(this);
	}
	/** Sends a ZRTP or DTLS packet to the peer's media port. @returns false where the system did not take it */
	write(packet: Uint8Array | ArrayBuffer): boolean {
		return native("xs_rtp_write").call(this, packet);
	}
	/**
	 * Takes effect between two packets. From then on everything sent is protected, or nothing in the clear is accepted.
	 * @throws RangeError for unknown codes and wrong lengths
	 */
	installKeys(direction: "send" | "receive", keys: RTPKeys): void {
		native("xs_rtp_install_keys").call(this, direction, keys);
	}
	/** Both directions. An open microphone is held again. */
	clearKeys(): void {
		native("xs_rtp_clear_keys").call(this);
	}
	/** Queues digits (0-9 * # A-D); they are sent as telephone-events. @returns false where the codec has no payload type for them */
	dtmf(digits: string): boolean {
		return native("xs_rtp_dtmf").call(this, digits);
	}
	/** At first `held`. */
	get microphone(): MicrophoneMode {
		return native("xs_rtp_get_microphone").call(this);
	}
	set microphone(mode: MicrophoneMode) {
		native("xs_rtp_set_microphone").call(this, mode);
	}
	/** At first `sendrecv`; from our side. */
	set direction(direction: "sendrecv" | "sendonly" | "recvonly" | "inactive") {
		native("xs_rtp_set_direction").call(this, direction);
	}
	/** At first true: neither RTP nor RTCP leaves without send keys. */
	set requireEncryption(required: boolean) {
		native("xs_rtp_set_require_encryption").call(this, required);
	}
	/** At first false. True: clear voice is heard while there are no receive keys. */
	set allowClearReceive(allowed: boolean) {
		native("xs_rtp_set_allow_clear_receive").call(this, allowed);
	}
	/**
	 * At first false. True: ZRTP packets of strangers come up too, with their address; and an authenticated SRTP packet
	 * from another address moves the peer there (symmetric RTP, RFC 4961, behind a NAT).
	 */
	set latching(latching: boolean) {
		native("xs_rtp_set_latching").call(this, latching);
	}
	/** Packets of the peer that were taken, RTP, RTCP and ZRTP: it moves as long as the peer is there. Counts modulo 2^32. */
	get heard(): number {
		return native("xs_rtp_get_heard").call(this);
	}
	/**
	 * At first false. True: the streams of this device that are so hear each other; each gets the microphone and the
	 * others' voices, never its own.
	 */
	set conference(joined: boolean) {
		native("xs_rtp_set_conference").call(this, joined);
	}
	/** At first false. True: STUN datagrams come up, whoever sent them; false: they are counted and dropped. */
	set stun(wanted: boolean) {
		native("xs_rtp_set_stun").call(this, wanted);
	}
	/** The oldest STUN datagram that waits. Nothing in it is checked but its first octets. */
	readStun(): RTPStunPacket | undefined {
		return native("xs_rtp_read_stun").call(this);
	}
	/** Sends a STUN message from one of our sockets. @throws RangeError for an address of another family @returns false where the system did not take it */
	writeStun(component: 1 | 2, message: Uint8Array, address: string, port: number): boolean {
		return native("xs_rtp_write_stun").call(this, component, message, address, port);
	}
	/** At first false. True: DTLS packets of the peer come up too, beside those of ZRTP (RFC 5764 section 5.1.2). */
	set dtls(expected: boolean) {
		native("xs_rtp_set_dtls").call(this, expected);
	}
	get statistics(): RTPStatistics {
		return native("xs_rtp_get_statistics").call(this);
	}
}

export default RTP;
