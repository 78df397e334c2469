/**
 * Key derivation (RFC 6189 sections 4.4.1.4 and 4.5). The Diffie-Hellman result and the matched secrets come in, s0 is
 * made, everything else is derived from it at once, and s0 is wiped before the function returns.
 */

import { concat } from "bytes/concat";
import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import { Writer } from "bytes/writer";
import type { Mac, Provider } from "crypto/types";
import { RETAINED_SECRET_BYTE_LENGTH, SASHASH_BYTE_LENGTH } from "./constants";
import { AUTH_TAGS, CIPHERS, HASHES } from "./suites";
import type { HashCode, Role, Suite } from "./types";

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

/** What section 4.5.3 derives from the s0 of every stream, by role. */
export interface StreamKeys {
	readonly srtpKeyI: Uint8Array;
	readonly srtpSaltI: Uint8Array;
	readonly srtpKeyR: Uint8Array;
	readonly srtpSaltR: Uint8Array;
	readonly macKeyI: Uint8Array;
	readonly macKeyR: Uint8Array;
	readonly zrtpKeyI: Uint8Array;
	readonly zrtpKeyR: Uint8Array;
}

/** What the first stream of a call derives besides (sections 4.5.2 and 4.6.1). */
export interface SessionKeys extends StreamKeys {
	readonly zrtpSess: Uint8Array;
	/** The next rs1. */
	readonly retainedSecret: Uint8Array;
	/** Not secret: it is shown. */
	readonly sashash: Uint8Array;
}

/** Both ZIDs and the total_hash of an exchange: the KDF_Context. */
export interface Context {
	readonly zidI: Uint8Array;
	readonly zidR: Uint8Array;
	readonly totalHash: Uint8Array;
}

/** DH mode: makes s0, derives all from it, and wipes s0 and `input.dhResult`. */
export function deriveKeys(provider: Provider, suite: Suite, input: S0Input): SessionKeys {
	try {
		return sessionKeys(provider, suite, computeS0(provider, suite, input), input);
	} finally {
		wipe(input.dhResult);
	}
}

/** Section 4.4.2.2: what a Preshared exchange starts from. The caller wipes it. */
export function presharedKey(
	provider: Provider,
	hash: HashCode,
	secrets: { readonly rs1: Uint8Array; readonly auxsecret?: Uint8Array; readonly pbxsecret?: Uint8Array },
): Uint8Array {
	const parts = [secrets.rs1, secrets.auxsecret, secrets.pbxsecret].flatMap(lengthAndValue);
	return HASHES[hash].hash(provider).digest(...parts);
}

/** Section 4.4.2.4. The caller wipes `preshared`. */
export function derivePreshared(
	provider: Provider,
	suite: StreamSuite,
	preshared: Uint8Array,
	context: Context,
): SessionKeys {
	return sessionKeys(provider, suite, subkey(provider, suite, preshared, "ZRTP PSK", context), context);
}

/** Section 4.4.3.2: keys of an added stream, or of a call that goes back to secure. ZRTPSess stays the caller's. */
export function deriveMultistream(
	provider: Provider,
	suite: StreamSuite,
	zrtpSess: Uint8Array,
	context: Context,
): StreamKeys {
	const s0 = subkey(provider, suite, zrtpSess, "ZRTP MSK", context);
	try {
		return streamKeys(provider, suite, s0, context);
	} finally {
		wipe(s0);
	}
}

/** Section 4.7.2.1: what takes the place of ZRTPSess after a GoClear. The caller wipes the old one. */
export function renewedZrtpSess(provider: Provider, hash: HashCode, zrtpSess: Uint8Array, zids: Zids): Uint8Array {
	const mac = HASHES[hash].mac(provider);
	return kdf(mac, zrtpSess, "New ZRTP Session", concat(zids.zidI, zids.zidR), mac.byteLength);
}

/** Section 7.3.1: the trusted MiTM key, 32 bytes. The caller wipes it. */
export function derivePbxsecret(provider: Provider, hash: HashCode, zrtpSess: Uint8Array, zids: Zids): Uint8Array {
	const mac = HASHES[hash].mac(provider);
	return kdf(mac, zrtpSess, "Trusted MiTM key", concat(zids.zidI, zids.zidR), RETAINED_SECRET_BYTE_LENGTH);
}

type Zids = Pick<Context, "zidI" | "zidR">;
/** The algorithms that a derivation needs. */
type StreamSuite = Pick<Suite, "hash" | "cipher" | "authTag">;

function subkey(
	provider: Provider,
	suite: StreamSuite,
	key: Uint8Array,
	label: string,
	{ zidI, zidR, totalHash }: Context,
): Uint8Array {
	const mac = HASHES[suite.hash].mac(provider);
	return kdf(mac, key, label, concat(zidI, zidR, totalHash), mac.byteLength);
}

/** Wipes s0. */
function sessionKeys(provider: Provider, suite: StreamSuite, s0: Uint8Array, input: Context): SessionKeys {
	const mac = HASHES[suite.hash].mac(provider);
	const context = concat(input.zidI, input.zidR, input.totalHash);
	try {
		return {
			...streamKeys(provider, suite, s0, input),
			zrtpSess: kdf(mac, s0, "ZRTP Session Key", context, mac.byteLength),
			retainedSecret: kdf(mac, s0, "retained secret", context, RETAINED_SECRET_BYTE_LENGTH),
			sashash: kdf(mac, s0, "SAS", context, SASHASH_BYTE_LENGTH),
		};
	} finally {
		wipe(s0);
	}
}

function streamKeys(provider: Provider, suite: StreamSuite, s0: Uint8Array, input: Context): StreamKeys {
	const mac = HASHES[suite.hash].mac(provider);
	const { keyByteLength } = CIPHERS[suite.cipher];
	const { saltByteLength } = AUTH_TAGS[suite.authTag];
	const context = concat(input.zidI, input.zidR, input.totalHash);
	const derive = (label: string, byteLength: number) => kdf(mac, s0, label, context, byteLength);
	return {
		srtpKeyI: derive("Initiator SRTP master key", keyByteLength),
		srtpSaltI: derive("Initiator SRTP master salt", saltByteLength),
		srtpKeyR: derive("Responder SRTP master key", keyByteLength),
		srtpSaltR: derive("Responder SRTP master salt", saltByteLength),
		macKeyI: derive("Initiator HMAC key", mac.byteLength),
		macKeyR: derive("Responder HMAC key", mac.byteLength),
		zrtpKeyI: derive("Initiator ZRTP key", keyByteLength),
		zrtpKeyR: derive("Responder ZRTP key", keyByteLength),
	};
}

function lengthAndValue(secret: Uint8Array | undefined): Uint8Array[] {
	return secret === undefined ? [u32(0)] : [u32(secret.length), secret];
}

function u32(value: number): Uint8Array {
	return new Writer(4).u32(value).finish();
}

/** What the Confirm messages of one role are encrypted and authenticated with (section 4.5.3). */
export function confirmKeys(
	keys: StreamKeys,
	sender: Role,
): { readonly macKey: Uint8Array; readonly zrtpKey: Uint8Array } {
	return sender === "initiator"
		? { macKey: keys.macKeyI, zrtpKey: keys.zrtpKeyI }
		: { macKey: keys.macKeyR, zrtpKey: keys.zrtpKeyR };
}
