/**
 * Native SHA-3: bindings of sha3/crypto-sha3.c, apart from crypto.ts so that a board can leave it out. Up to 16 parts.
 * @module
 */
/** SHA3-256 or SHA3-384 (FIPS 202) of the parts, by the length of `out`: 32 or 48 bytes. */
export function sha3(this: void, out: Uint8Array, parts: readonly Uint8Array[]): void {
	native("xs_crypto_sha3").call(this, out, parts);
}

/** HMAC (RFC 2104, FIPS 198-1) over the SHA-3 of `out`'s length; a key of any length. */
export function hmacSha3(this: void, out: Uint8Array, key: Uint8Array, parts: readonly Uint8Array[]): void {
	native("xs_crypto_hmac_sha3").call(this, out, key, parts);
}
