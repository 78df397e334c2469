/**
 * Private keys out of random octets, the same for every provider: the same random source makes the same pair whoever
 * computes the public value.
 * @module
 */
import { compare } from "bytes/compare";
import { fromHex } from "bytes/hex";
import { wipe } from "bytes/wipe";
import type { RandomSource } from "./types";

/** What X25519 takes: any 32 octets; the ladder itself sets the bits of RFC 7748 section 5. */
export function x25519PrivateKey(random: RandomSource): Uint8Array {
	return take(random, 32);
}

/** What X448 takes: any 56 octets, as with X25519. */
export function x448PrivateKey(random: RandomSource): Uint8Array {
	return take(random, 56);
}

export function p256PrivateKey(random: RandomSource): Uint8Array {
	return belowOrder(random, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 0xff);
}

export function p384PrivateKey(random: RandomSource): Uint8Array {
	return belowOrder(
		random,
		"ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
		0xff,
	);
}

/** 521 bits are 65 bytes and one bit. */
export function p521PrivateKey(random: RandomSource): Uint8Array {
	return belowOrder(
		random,
		"01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa" +
			"51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
		0x01,
	);
}

/**
 * A number of 1..n-1 as long as the order n: drawn again while it is outside (NIST SP 800-56A, FIPS 186-4 B.4.2), about
 * once in 2^32 or less.
 */
function belowOrder(random: RandomSource, orderHex: string, topMask: number): Uint8Array {
	const order = fromHex(orderHex);
	if (order === undefined) throw new Error("not hexadecimal");
	const zero = new Uint8Array(order.length);
	for (;;) {
		const key = take(random, order.length);
		key[0] = (key[0] ?? 0) & topMask;
		if (compare(key, zero) > 0 && compare(key, order) < 0) return key;
		wipe(key);
	}
}

/**
 * The exponent of DH2k and DH3k, twice as long as the cipher's key (RFC 6189 section 5.1.5): 32 bytes for AES-128, 48
 * and 64 for longer keys. The top bit is set, so that every exponent of a length has the same length and none is 0 or 1.
 */
export function modpPrivateKey(random: RandomSource, cipherKeyByteLength = 16): Uint8Array {
	if (cipherKeyByteLength !== 16 && cipherKeyByteLength !== 24 && cipherKeyByteLength !== 32)
		throw new RangeError(`cipherKeyByteLength: ${cipherKeyByteLength}`);
	const key = take(random, 2 * cipherKeyByteLength);
	key[0] = (key[0] ?? 0) | 0x80;
	return key;
}

/** @throws RangeError for a length that modpPrivateKey never makes */
export function checkModpPrivateKey(privateKey: Uint8Array): void {
	if (privateKey.length !== 32 && privateKey.length !== 48 && privateKey.length !== 64)
		throw new RangeError(`privateKey: ${privateKey.length} bytes`);
}

function take(random: RandomSource, byteLength: number): Uint8Array {
	const bytes = random(byteLength);
	if (bytes.length !== byteLength) throw new RangeError(`random source: ${bytes.length} of ${byteLength} bytes`);
	return bytes;
}
