/**
 * NIST P-256 in TypeScript, by @noble/curves. Points are x||y, 64 bytes (RFC 6189 section 5.1.5, RFC 5903 section 7).
 * @module
 */
import "./noble-globals";
import { p256 } from "@noble/curves/nist.js";
import { concat } from "bytes/concat";
import { p256PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

const UNCOMPRESSED = 0x04;

export const nobleP256: KeyAgreement = Object.freeze({
	name: "P-256",
	publicKeyByteLength: 64,
	privateKeyByteLength: 32,
	sharedSecretByteLength: 32,

	generate(random: RandomSource): KeyPair {
		const privateKey = p256PrivateKey(random);
		// A point equal to the base point but not the same object: the package keeps a table of 1,408 points for the base
		// point itself, and none for this one.
		const base = p256.Point.fromAffine(p256.Point.BASE.toAffine());
		return { publicKey: base.multiply(p256.Point.Fn.fromBytes(privateKey)).toBytes(false).slice(1), privateKey };
	},

	agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
		if (privateKey.length !== 32 || !p256.utils.isValidSecretKey(privateKey))
			throw new RangeError(`privateKey: ${privateKey.length} bytes, or outside 1..n-1`);
		if (peerPublicKey.length !== 64) return undefined;
		try {
			// Checks the coordinates and the curve equation: SP 800-56A's partial validation, and the cofactor is 1.
			return p256.getSharedSecret(privateKey, concat(Uint8Array.of(UNCOMPRESSED), peerPublicKey)).slice(1);
		} catch {
			return undefined;
		}
	},
});
