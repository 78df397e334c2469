/**
 * DTLS-SRTP (RFC 5764): a handshake over the media path that ends in SRTP keys. It has no socket and no clock: call/ gives
 * it packets and the time, sends what it gives back, and has it check the peer's certificate against the fingerprint of
 * the signalling.
 */

/** This phone's certificate: a P-256 key and the certificate signed with it, made anew by the constructor. */
export class DTLSIdentity extends Native("xs_dtls_identity_destructor") {
	constructor() {
		super();
		native("xs_dtls_identity_constructor").call(this);
	}
	/** SHA-256 of the certificate, 32 bytes. */
	get fingerprint(): ArrayBuffer {
		return native("xs_dtls_identity_get_fingerprint").call(this);
	}
	/** Handshakes that use it go on. Safe to repeat; anything else then throws. */
	close(): void {
		native("xs_dtls_identity_close").call(this);
	}
}

export interface DTLSOptions {
	readonly identity: DTLSIdentity;
	/** `client` begins (a=setup:active). */
	readonly role: "client" | "server";
	/** Hash of the fingerprint. */
	readonly hash: "sha-256" | "sha-384" | "sha-512";
	/** Of the peer's certificate: 32, 48 or 64 bytes. */
	readonly fingerprint: Uint8Array;
	/** Address and port of the peer in any form: cookies are bound to it. */
	readonly peer: string;
}

export type DTLSState = "handshaking" | "connected" | "failed";

/** SRTP keys of one direction. */
export interface DTLSKeys {
	/** 16 bytes. */
	readonly key: ArrayBuffer;
	/** 14 bytes. */
	readonly salt: ArrayBuffer;
}

class DTLS extends Native("xs_dtls_destructor") {
	/** @throws RangeError for a fingerprint of the wrong length */
	constructor(options: DTLSOptions) {
		super();
		native("xs_dtls_constructor").call(this, options);
	}
	/** Safe to repeat; anything else then throws. */
	close(): void {
		native("xs_dtls_close").call(this);
	}
	/** Takes a packet, if there is one, and does what is due by then. @param nowMs monotonic */
	step(nowMs: number, packet: Uint8Array | undefined): DTLSState {
		return native("xs_dtls_step").call(this, nowMs, packet);
	}
	/** The next packet to send. */
	read(): ArrayBuffer | undefined {
		return native("xs_dtls_read").call(this);
	}
	/** When to step without a packet; undefined: no need. */
	get wakeAtMs(): number | undefined {
		return native("xs_dtls_get_wake_at").call(this);
	}
	/** Why it failed, in plain words. */
	get reason(): string {
		return native("xs_dtls_get_reason").call(this);
	}
	/** `HS80` or `HS32`, with AES-128. @throws Error before it is connected */
	get authTag(): "HS80" | "HS32" {
		return native("xs_dtls_get_auth_tag").call(this);
	}
	/** A new copy each time, for the caller to wipe. @throws Error before it is connected */
	keys(direction: "send" | "receive"): DTLSKeys {
		return native("xs_dtls_keys").call(this, direction);
	}
}

export default DTLS;
