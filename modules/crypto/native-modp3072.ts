/**
 * DH3k in C. A file of its own, for a board whose library hides its bignum module composes crypto/modp3072 instead.
 * @module
 */
import { modp3072Agree, modp3072PublicKey } from "hal/crypto/modp3072";
import { modp3072PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

const BYTE_LENGTH = 384;

export const nativeModp3072: KeyAgreement = Object.freeze({
	name: "DH3k",
	publicKeyByteLength: BYTE_LENGTH,
	privateKeyByteLength: 32,
	sharedSecretByteLength: BYTE_LENGTH,

	generate(random: RandomSource): KeyPair {
		const privateKey = modp3072PrivateKey(random);
		const publicKey = new Uint8Array(BYTE_LENGTH);
		modp3072PublicKey(publicKey, privateKey);
		return { publicKey, privateKey };
	},

	agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
		if (peerPublicKey.length !== BYTE_LENGTH) return undefined;
		const sharedSecret = new Uint8Array(BYTE_LENGTH);
		return modp3072Agree(sharedSecret, privateKey, peerPublicKey) ? sharedSecret : undefined;
	},
});
