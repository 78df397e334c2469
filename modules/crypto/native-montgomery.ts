/**
 * X25519 in C, and how a curve of its kind is bound; native-x448 is the other one.
 * @module
 */
import { x25519Agree, x25519PublicKey } from "hal/crypto/x25519";
import { x25519PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

export const nativeX25519 = montgomery("X25519", 32, x25519PrivateKey, x25519PublicKey, x25519Agree);

/** A curve of RFC 7748, all of whose values have one length. */
export function montgomery(
	name: string,
	byteLength: number,
	privateKeyFrom: (random: RandomSource) => Uint8Array,
	publicKey: (out: Uint8Array, privateKey: Uint8Array) => void,
	agree: (out: Uint8Array, privateKey: Uint8Array, peerPublicKey: Uint8Array) => boolean,
): KeyAgreement {
	return Object.freeze({
		name,
		publicKeyByteLength: byteLength,
		privateKeyByteLength: byteLength,
		sharedSecretByteLength: byteLength,

		generate(random: RandomSource): KeyPair {
			const pair = { publicKey: new Uint8Array(byteLength), privateKey: privateKeyFrom(random) };
			publicKey(pair.publicKey, pair.privateKey);
			return pair;
		},

		agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
			if (peerPublicKey.length !== byteLength) return undefined;
			const sharedSecret = new Uint8Array(byteLength);
			return agree(sharedSecret, privateKey, peerPublicKey) ? sharedSecret : undefined;
		},
	});
}
