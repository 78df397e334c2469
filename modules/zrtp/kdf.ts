/**
 * Key derivation (RFC 6189 sections 4.4.1.4 and 4.5). The Diffie-Hellman result and the matched secrets come in, s0 is
 * made, everything else is derived from it at once, and s0 is wiped before the function returns.
 */

import { concat } from "bytes/concat";
import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import { Writer } from "bytes/writer";
import type { Mac, Provider } from "crypto/types";
import { RETAINED_SECRET_BYTE_LENGTH, SASHASH_BYTE_LENGTH, SRTP_SALT_BYTE_LENGTH } from "./constants";
import { CIPHERS, HASHES } from "./suites";
import type { Suite } from "./types";

/** Section 4.5.1: one HMAC over counter, label, zero octet, context and the length in bits, cut to `byteLength`. */
export function kdf(mac: Mac, key: Uint8Array, label: string, context: Uint8Array, byteLength: number): Uint8Array {
	if (byteLength > mac.byteLength) throw new RangeError(`kdf: ${byteLength} bytes from ${mac.name}`);
	const whole = mac.compute(key, u32(1), utf8Encode(label), new Uint8Array(1), context, u32(byteLength * 8));
	const derived = whole.slice(0, byteLength);
	wipe(whole);
	return derived;
}

/** The secrets that both ends turned out to share (section 4.3); absent: null. */
export interface SharedSecrets {
	readonly s1?: Uint8Array;
	/** auxsecret */
	readonly s2?: Uint8Array;
	/** pbxsecret */
	readonly s3?: Uint8Array;
}

export interface S0Input {
	/** Wiped by deriveKeys. */
	readonly dhResult: Uint8Array;
	readonly zidI: Uint8Array;
	readonly zidR: Uint8Array;
	readonly totalHash: Uint8Array;
	readonly shared: SharedSecrets;
}

/** Section 4.4.1.4. The caller wipes the result and dhResult. */
export function computeS0(provider: Provider, suite: Suite, input: S0Input): Uint8Array {
	const { dhResult, zidI, zidR, totalHash, shared } = input;
	return HASHES[suite.hash]
		.hash(provider)
		.digest(
			u32(1),
			dhResult,
			utf8Encode("ZRTP-HMAC-KDF"),
			zidI,
			zidR,
			totalHash,
			...lengthAndValue(shared.s1),
			...lengthAndValue(shared.s2),
			...lengthAndValue(shared.s3),
		);
}

/** Everything that section 4.5 and 4.6.1 derive from s0 for the first stream of a call, by role. */
export interface SessionKeys {
	readonly srtpKeyI: Uint8Array;
	readonly srtpSaltI: Uint8Array;
	readonly srtpKeyR: Uint8Array;
	readonly srtpSaltR: Uint8Array;
	readonly macKeyI: Uint8Array;
	readonly macKeyR: Uint8Array;
	readonly zrtpKeyI: Uint8Array;
	readonly zrtpKeyR: Uint8Array;
	/** The next rs1. */
	readonly retainedSecret: Uint8Array;
	/** Not secret: it is shown. */
	readonly sashash: Uint8Array;
}

/** Makes s0, derives all from it, and wipes s0 and `input.dhResult`. */
export function deriveKeys(provider: Provider, suite: Suite, input: S0Input): SessionKeys {
	const mac = HASHES[suite.hash].mac(provider);
	const keyByteLength = CIPHERS[suite.cipher].keyByteLength;
	const s0 = computeS0(provider, suite, input);
	const context = concat(input.zidI, input.zidR, input.totalHash);
	const derive = (label: string, byteLength: number) => kdf(mac, s0, label, context, byteLength);
	try {
		return {
			srtpKeyI: derive("Initiator SRTP master key", keyByteLength),
			srtpSaltI: derive("Initiator SRTP master salt", SRTP_SALT_BYTE_LENGTH),
			srtpKeyR: derive("Responder SRTP master key", keyByteLength),
			srtpSaltR: derive("Responder SRTP master salt", SRTP_SALT_BYTE_LENGTH),
			macKeyI: derive("Initiator HMAC key", mac.byteLength),
			macKeyR: derive("Responder HMAC key", mac.byteLength),
			zrtpKeyI: derive("Initiator ZRTP key", keyByteLength),
			zrtpKeyR: derive("Responder ZRTP key", keyByteLength),
			retainedSecret: derive("retained secret", RETAINED_SECRET_BYTE_LENGTH),
			sashash: derive("SAS", SASHASH_BYTE_LENGTH),
		};
	} finally {
		wipe(s0, input.dhResult);
	}
}

function lengthAndValue(secret: Uint8Array | undefined): Uint8Array[] {
	return secret === undefined ? [u32(0)] : [u32(secret.length), secret];
}

function u32(value: number): Uint8Array {
	return new Writer(4).u32(value).finish();
}
