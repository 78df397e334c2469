/**
 * X25519 and X448 (RFC 7748) in TypeScript, by @noble/curves.
 * @module
 */
import "./noble-globals";
import { x448 } from "@noble/curves/ed448.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { x448PrivateKey, x25519PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

export const nobleX25519 = curve("X25519", x25519, 32, x25519PrivateKey);
export const nobleX448 = curve("X448", x448, 56, x448PrivateKey);

function curve(
	name: string,
	montgomery: typeof x25519,
	byteLength: number,
	privateKeyFrom: (random: RandomSource) => Uint8Array,
): KeyAgreement {
	return Object.freeze({
		name,
		publicKeyByteLength: byteLength,
		privateKeyByteLength: byteLength,
		sharedSecretByteLength: byteLength,

		generate(random: RandomSource): KeyPair {
			const privateKey = privateKeyFrom(random);
			// The ladder with the base point: the package's own public key first builds a table of an Edwards curve, which
			// costs thirty times as much and stays in the heap.
			return { publicKey: montgomery.scalarMult(privateKey, montgomery.GuBytes), privateKey };
		},

		agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
			if (privateKey.length !== byteLength) throw new RangeError(`privateKey: ${privateKey.length} bytes`);
			if (peerPublicKey.length !== byteLength) return undefined;
			try {
				return montgomery.scalarMult(privateKey, peerPublicKey);
			} catch {
				// Both lengths are right, so what is left to refuse is a point of low order (RFC 7748 sections 6.1, 6.2).
				return undefined;
			}
		},
	});
}
