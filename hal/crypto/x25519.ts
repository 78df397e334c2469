/**
 * Native X25519: bindings of x25519/crypto-x25519.c. All arrays have 32 bytes.
 * @module
 */
/** The u coordinate of privateKey times the base point into `out`. */
export function x25519PublicKey(this: void, out: Uint8Array, privateKey: Uint8Array): void {
	native("xs_crypto_x25519_public_key").call(this, out, privateKey);
}

/** The shared secret; false (and `out` all zero) when the peer's point has a low order. */
export function x25519Agree(this: void, out: Uint8Array, privateKey: Uint8Array, peerPublicKey: Uint8Array): boolean {
	return native("xs_crypto_x25519_agree").call(this, out, privateKey, peerPublicKey);
}
