/**
 * X448 in C. A file of its own, like native-modp: not every board's library has the curve.
 * @module
 */
import { x448Agree, x448PublicKey } from "hal/crypto/x448";
import { x448PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

const BYTE_LENGTH = 56;

export const nativeX448: KeyAgreement = Object.freeze({
	name: "X448",
	publicKeyByteLength: BYTE_LENGTH,
	privateKeyByteLength: BYTE_LENGTH,
	sharedSecretByteLength: BYTE_LENGTH,

	generate(random: RandomSource): KeyPair {
		const pair = { publicKey: new Uint8Array(BYTE_LENGTH), privateKey: x448PrivateKey(random) };
		x448PublicKey(pair.publicKey, pair.privateKey);
		return pair;
	},

	agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
		if (peerPublicKey.length !== BYTE_LENGTH) return undefined;
		const sharedSecret = new Uint8Array(BYTE_LENGTH);
		return x448Agree(sharedSecret, privateKey, peerPublicKey) ? sharedSecret : undefined;
	},
});
