/**
 * Native DH2k and DH3k: bindings of bignum/crypto-modp.c, apart from crypto.ts because not every board can have it.
 * A private key has 32, 48 or 64 bytes, and public values and secrets the length of the group's prime.
 * @module
 */
/** The groups, in the order of crypto-modp.c: RFC 3526 sections 3 (256 bytes) and 4 (384 bytes). */
export const Modp = Object.freeze({ modp2048: 0, modp3072: 1 });

/** 2^privateKey mod p into `out`. */
export function modpPublicKey(this: void, group: number, out: Uint8Array, privateKey: Uint8Array): void {
	native("xs_crypto_modp_public_key").call(this, group, out, privateKey);
}

/** peerPublicKey^privateKey mod p; false (and `out` all zero) when the peer's value is not in 2..p-2. */
export function modpAgree(
	this: void,
	group: number,
	out: Uint8Array,
	privateKey: Uint8Array,
	peerPublicKey: Uint8Array,
): boolean {
	return native("xs_crypto_modp_agree").call(this, group, out, privateKey, peerPublicKey);
}
