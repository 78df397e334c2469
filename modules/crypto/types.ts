/**
 * One interface for each primitive. The protocol rooms are given a Provider and never ask whose it is: noble
 * (TypeScript), native (mbedTLS in hal/crypto) or a composition of the two. Which one is board data.
 * Wrong lengths of our own arguments throw RangeError, wrong kinds TypeError; what a peer sent never throws.
 * @module
 */

/** Fresh random octets that nobody can predict: the HAL's entropy, or a seeded generator in a test. */
export type RandomSource = (byteLength: number) => Uint8Array;

/** A hash function. */
export interface Hash {
	readonly name: string;
	/** Length of the digest. */
	readonly byteLength: number;
	/** Length of the block that HMAC pads to. */
	readonly blockByteLength: number;
	/** The digest of the parts, one after the other. */
	digest(...parts: readonly Uint8Array[]): Uint8Array;
}

/** HMAC (RFC 2104) over one of the hashes, not truncated. */
export interface Mac {
	readonly name: string;
	/** Length of the whole tag. */
	readonly byteLength: number;
	/** The tag of the parts, one after the other. A key of any length. */
	compute(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
}

/** AES with a 16, 24 or 32 byte key and a 16 byte iv in a mode that needs no padding; the output is as long as the input. */
export interface Cipher {
	readonly name: string;
	encrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
	decrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
}

/** One side's secret and public value. Whoever uses privateKey last wipes it. */
export interface KeyPair {
	readonly publicKey: Uint8Array;
	readonly privateKey: Uint8Array;
}

/** A Diffie-Hellman key agreement, in the encodings that ZRTP puts on the wire (RFC 6189 section 5.1.5). */
export interface KeyAgreement {
	readonly name: string;
	readonly publicKeyByteLength: number;
	/** Length of the private keys that generate makes for AES-128. */
	readonly privateKeyByteLength: number;
	readonly sharedSecretByteLength: number;
	/**
	 * A fresh pair. `cipherKeyByteLength` (16, 24 or 32, default 16) is what the secret will key: the MODP groups make
	 * their exponent twice as long (RFC 6189 section 5.1.5), the curves have one length and do not ask.
	 */
	generate(random: RandomSource, cipherKeyByteLength?: number): KeyPair;
	/**
	 * The shared secret, or undefined when the peer's value must not be used: a wrong length, 1 or p-1 or outside the
	 * range, off the curve, of low order. @throws RangeError when privateKey is not one that generate makes
	 */
	agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined;
}

/**
 * Everything the protocol rooms need. What is optional is absent on a board that has no room or no code for it; the
 * rooms then neither offer nor accept it.
 */
export interface Provider {
	readonly name: string;
	readonly md5: Hash;
	readonly sha1: Hash;
	readonly sha256: Hash;
	readonly sha384: Hash;
	/** SHA-512/256 (FIPS 180-4), for SIP digest (RFC 8760) alone. */
	readonly sha512_256?: Hash;
	readonly hmacSha1: Mac;
	readonly hmacSha256: Mac;
	readonly hmacSha384: Mac;
	/** AES in cipher feedback mode with 128-bit feedback (RFC 6189 section 5.7, NIST SP 800-38A). */
	readonly aesCfb: Cipher;
	/** AES in counter mode, the whole iv counting (NIST SP 800-38A). */
	readonly aesCtr: Cipher;
	/** X25519 (RFC 7748): publicKey 32 bytes, sharedSecret 32 bytes. */
	readonly x25519: KeyAgreement;
	/** NIST P-256: publicKey x||y 64 bytes without a prefix, sharedSecret x 32 bytes. */
	readonly p256: KeyAgreement;
	/** The 3072-bit MODP group of RFC 3526, g = 2: publicKey and sharedSecret 384 bytes. */
	readonly dh3072: KeyAgreement;
	/** SHA3-256 and SHA3-384 (FIPS 202), and HMAC over each; a board has both of a length or neither. */
	readonly sha3_256?: Hash;
	readonly sha3_384?: Hash;
	readonly hmacSha3_256?: Mac;
	readonly hmacSha3_384?: Mac;
	/** X448 (RFC 7748): publicKey and sharedSecret 56 bytes. */
	readonly x448?: KeyAgreement;
	/** NIST P-384: publicKey x||y 96 bytes, sharedSecret x 48 bytes. */
	readonly p384?: KeyAgreement;
	/** NIST P-521: publicKey x||y 132 bytes, sharedSecret x 66 bytes. */
	readonly p521?: KeyAgreement;
	/** The 2048-bit MODP group of RFC 3526, g = 2: publicKey and sharedSecret 256 bytes. */
	readonly dh2048?: KeyAgreement;
}
