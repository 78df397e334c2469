/**
 * Native DH3k: bindings of bignum/crypto-modp3072.c, apart from crypto.ts because not every board can have it.
 * @module
 */
/** 2^privateKey mod p into `out`, 384 bytes; privateKey has 32. */
export function modp3072PublicKey(this: void, out: Uint8Array, privateKey: Uint8Array): void {
	native("xs_crypto_modp3072_public_key").call(this, out, privateKey);
}

/** peerPublicKey^privateKey mod p; false (and `out` all zero) when the peer's value is not in 2..p-2. */
export function modp3072Agree(this: void, out: Uint8Array, privateKey: Uint8Array, peerPublicKey: Uint8Array): boolean {
	return native("xs_crypto_modp3072_agree").call(this, out, privateKey, peerPublicKey);
}
