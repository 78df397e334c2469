/**
 * Private keys out of random octets, the same for every provider: the same random source makes the same pair whoever
 * computes the public value.
 * @module
 */
import { compare } from "bytes/compare";
import { fromHex } from "bytes/hex";
import { wipe } from "bytes/wipe";
import type { RandomSource } from "./types";

const P256_ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/** What X25519 takes: any 32 octets; the ladder itself sets the bits of RFC 7748 section 5. */
export function x25519PrivateKey(random: RandomSource): Uint8Array {
	return take(random, 32);
}

/** A number of 1..n-1, 32 bytes: drawn again while it is outside (NIST SP 800-56A, FIPS 186-4 B.4.2), about once in 2^32. */
export function p256PrivateKey(random: RandomSource): Uint8Array {
	const order = fromHex(P256_ORDER) ?? new Uint8Array(32);
	const zero = new Uint8Array(32);
	for (;;) {
		const key = take(random, 32);
		if (compare(key, zero) > 0 && compare(key, order) < 0) return key;
		wipe(key);
	}
}

/**
 * The DH3k exponent, 32 bytes. RFC 6189 section 5.1.5: twice the length of the AES key, so 256 bits for AES-128. It
 * stays 256 with AES-256 too: the group itself is worth about 128 bits, which a longer exponent does not raise. The top
 * bit is set, so that every exponent has the same length and none is 0 or 1.
 */
export function modp3072PrivateKey(random: RandomSource): Uint8Array {
	const key = take(random, 32);
	key[0] = (key[0] ?? 0) | 0x80;
	return key;
}

function take(random: RandomSource, byteLength: number): Uint8Array {
	const bytes = random(byteLength);
	if (bytes.length !== byteLength) throw new RangeError(`random source: ${bytes.length} of ${byteLength} bytes`);
	return bytes;
}
