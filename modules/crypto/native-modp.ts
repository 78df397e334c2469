/**
 * DH2k and DH3k in C. A file of its own, for a board whose library hides its bignum module composes crypto/modp instead.
 * @module
 */
import { Modp, modpAgree, modpPublicKey } from "hal/crypto/modp";
import { modpPrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

export const nativeModp2048 = groupOf("DH2k", Modp.modp2048, 256);
export const nativeModp3072 = groupOf("DH3k", Modp.modp3072, 384);

function groupOf(name: string, group: number, byteLength: number): KeyAgreement {
	return Object.freeze({
		name,
		publicKeyByteLength: byteLength,
		privateKeyByteLength: 32,
		sharedSecretByteLength: byteLength,

		generate(random: RandomSource, cipherKeyByteLength?: number): KeyPair {
			const privateKey = modpPrivateKey(random, cipherKeyByteLength);
			const publicKey = new Uint8Array(byteLength);
			modpPublicKey(group, publicKey, privateKey);
			return { publicKey, privateKey };
		},

		agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
			if (peerPublicKey.length !== byteLength) return undefined;
			const sharedSecret = new Uint8Array(byteLength);
			return modpAgree(group, sharedSecret, privateKey, peerPublicKey) ? sharedSecret : undefined;
		},
	});
}
