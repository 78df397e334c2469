/**
 * Native primitives: thin bindings over crypto.h. The crypto room alone imports them and makes a Provider out of them.
 * Results go into `out`, which has exactly the length of the result (RangeError otherwise). Up to 16 parts.
 * @module
 */
/** The algorithms of digest and hmac, in the order of crypto-hash.c. */
export const Digest = Object.freeze({ md5: 0, sha1: 1, sha256: 2, sha384: 3 });
/** The modes of aes. */
export const Mode = Object.freeze({ cfb: 0, ctr: 1 });
/** The curves of publicKey and agree, in the order of crypto-agreement.c. Points are x||y. */
export const Curve = Object.freeze({ p256: 0, p384: 1, p521: 2 });

/** Pieces of a message that digest and hmac take in one call. */
export const MAXIMUM_PARTS = 16;

/** Fills `out` with octets nobody can predict. @throws Error when the system has none */
export function entropy(this: void, out: Uint8Array): void {
	native("xs_crypto_entropy").call(this, out);
}

/** The digest of the parts, one after the other. */
export function digest(this: void, algorithm: number, out: Uint8Array, parts: readonly Uint8Array[]): void {
	native("xs_crypto_digest").call(this, algorithm, out, parts);
}

/** HMAC of the parts, not truncated. */
export function hmac(
	this: void,
	algorithm: number,
	out: Uint8Array,
	key: Uint8Array,
	parts: readonly Uint8Array[],
): void {
	native("xs_crypto_hmac").call(this, algorithm, out, key, parts);
}

/** AES with a key of 16, 24 or 32 bytes and an iv of 16; `out` is as long as `data` and is another array. */
export function aes(
	this: void,
	mode: number,
	encrypt: boolean,
	out: Uint8Array,
	key: Uint8Array,
	iv: Uint8Array,
	data: Uint8Array,
): void {
	native("xs_crypto_aes").call(this, mode, encrypt, out, key, iv, data);
}

/** The public value of a private key. @throws RangeError for a key outside 1..n-1 */
export function publicKey(this: void, curve: number, out: Uint8Array, privateKey: Uint8Array): void {
	native("xs_crypto_public_key").call(this, curve, out, privateKey);
}

/** The shared secret; false (and `out` all zero) when the peer's value must not be used. */
export function agree(
	this: void,
	curve: number,
	out: Uint8Array,
	privateKey: Uint8Array,
	peerPublicKey: Uint8Array,
): boolean {
	return native("xs_crypto_agree").call(this, curve, out, privateKey, peerPublicKey);
}
