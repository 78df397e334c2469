/**
 * Native X448: bindings of bignum/crypto-x448.c, apart from crypto.ts because not every board can have it. All arrays
 * have 56 bytes.
 * @module
 */
/** The u coordinate of privateKey times the base point into `out`. */
export function x448PublicKey(this: void, out: Uint8Array, privateKey: Uint8Array): void {
	native("xs_crypto_x448_public_key").call(this, out, privateKey);
}

/** The shared secret; false (and `out` all zero) when the peer's point has a low order. */
export function x448Agree(this: void, out: Uint8Array, privateKey: Uint8Array, peerPublicKey: Uint8Array): boolean {
	return native("xs_crypto_x448_agree").call(this, out, privateKey, peerPublicKey);
}
