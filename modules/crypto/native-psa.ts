/**
 * Everything the PSA Crypto API has, as primitives: all that every Provider has but X25519 and DH3k, and two more curves.
 * @module
 */
import { wipe } from "bytes/wipe";
import { aes, agree, Curve, Digest, digest, hmac, Mode, publicKey } from "hal/crypto/crypto";
import { within } from "./native-parts";
import { p256PrivateKey, p384PrivateKey, p521PrivateKey } from "./private-keys";
import type { Cipher, Hash, KeyAgreement, KeyPair, Mac, Provider, RandomSource } from "./types";

const md5 = hashOf("MD5", Digest.md5, 16, 64);
const sha1 = hashOf("SHA-1", Digest.sha1, 20, 64);
const sha256 = hashOf("SHA-256", Digest.sha256, 32, 64);
const sha384 = hashOf("SHA-384", Digest.sha384, 48, 128);

export const nativePrimitives: Omit<Provider, "name" | "x25519" | "dh3072"> &
	Required<Pick<Provider, "p384" | "p521">> = Object.freeze({
	md5,
	sha1,
	sha256,
	sha384,
	hmacSha1: macOf("HMAC-SHA-1", Digest.sha1, sha1),
	hmacSha256: macOf("HMAC-SHA-256", Digest.sha256, sha256),
	hmacSha384: macOf("HMAC-SHA-384", Digest.sha384, sha384),
	aesCfb: cipherOf("AES-CFB", Mode.cfb),
	aesCtr: cipherOf("AES-CTR", Mode.ctr),
	p256: curveOf("P-256", Curve.p256, 32, 64, p256PrivateKey),
	p384: curveOf("P-384", Curve.p384, 48, 96, p384PrivateKey),
	p521: curveOf("P-521", Curve.p521, 66, 132, p521PrivateKey),
});

function hashOf(name: string, algorithm: number, byteLength: number, blockByteLength: number): Hash {
	return Object.freeze({
		name,
		byteLength,
		blockByteLength,
		digest(...parts: readonly Uint8Array[]): Uint8Array {
			const out = new Uint8Array(byteLength);
			within(parts, (some) => digest(algorithm, out, some));
			return out;
		},
	});
}

function macOf(name: string, algorithm: number, hash: Hash): Mac {
	return Object.freeze({
		name,
		byteLength: hash.byteLength,
		compute(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
			const out = new Uint8Array(hash.byteLength);
			// RFC 2104: a key longer than a block stands for its digest. Libraries limit what they take.
			const short = key.length > hash.blockByteLength ? hash.digest(key) : key;
			within(parts, (some) => hmac(algorithm, out, short, some));
			if (short !== key) wipe(short);
			return out;
		},
	});
}

function cipherOf(name: string, mode: number): Cipher {
	const run = (encrypt: boolean, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array => {
		const out = new Uint8Array(data.length);
		aes(mode, encrypt, out, key, iv, data);
		return out;
	};
	return Object.freeze({
		name,
		encrypt: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => run(true, key, iv, data),
		decrypt: (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => run(false, key, iv, data),
	});
}

function curveOf(
	name: string,
	curve: number,
	byteLength: number,
	publicKeyByteLength: number,
	privateKeyFrom: (random: RandomSource) => Uint8Array,
): KeyAgreement {
	return Object.freeze({
		name,
		publicKeyByteLength,
		privateKeyByteLength: byteLength,
		sharedSecretByteLength: byteLength,
		generate(random: RandomSource): KeyPair {
			const pair = { publicKey: new Uint8Array(publicKeyByteLength), privateKey: privateKeyFrom(random) };
			publicKey(curve, pair.publicKey, pair.privateKey);
			return pair;
		},
		agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
			if (peerPublicKey.length !== publicKeyByteLength) return undefined;
			const sharedSecret = new Uint8Array(byteLength);
			return agree(curve, sharedSecret, privateKey, peerPublicKey) ? sharedSecret : undefined;
		},
	});
}
