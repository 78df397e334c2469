/**
 * X25519 (RFC 7748) in TypeScript, by @noble/curves.
 * @module
 */
import "./noble-globals";
import { x25519 } from "@noble/curves/ed25519.js";
import { x25519PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

export const nobleX25519: KeyAgreement = Object.freeze({
	name: "X25519",
	publicKeyByteLength: 32,
	privateKeyByteLength: 32,
	sharedSecretByteLength: 32,

	generate(random: RandomSource): KeyPair {
		const privateKey = x25519PrivateKey(random);
		// The ladder with the base point: the package's own public key first builds a table of an Edwards curve, which
		// costs thirty times as much and stays in the heap.
		return { publicKey: x25519.scalarMult(privateKey, x25519.GuBytes), privateKey };
	},

	agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
		if (privateKey.length !== 32) throw new RangeError(`privateKey: ${privateKey.length} bytes`);
		if (peerPublicKey.length !== 32) return undefined;
		try {
			return x25519.scalarMult(privateKey, peerPublicKey);
		} catch {
			// Both lengths are right, so what is left to refuse is a point of low order (RFC 7748 section 6.1).
			return undefined;
		}
	},
});
