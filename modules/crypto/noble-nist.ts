/**
 * NIST P-256, P-384 and P-521 in TypeScript, by @noble/curves. Points are x||y without a prefix (RFC 6189 section 5.1.5,
 * RFC 5903 section 7).
 * @module
 */
import "./noble-globals";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { concat } from "bytes/concat";
import { p256PrivateKey, p384PrivateKey, p521PrivateKey } from "./private-keys";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

const UNCOMPRESSED = 0x04;

export const nobleP256 = curve("P-256", p256, 32, p256PrivateKey);
export const nobleP384 = curve("P-384", p384, 48, p384PrivateKey);
export const nobleP521 = curve("P-521", p521, 66, p521PrivateKey);

function curve(
	name: string,
	nist: typeof p256,
	byteLength: number,
	privateKeyFrom: (random: RandomSource) => Uint8Array,
): KeyAgreement {
	return Object.freeze({
		name,
		publicKeyByteLength: 2 * byteLength,
		privateKeyByteLength: byteLength,
		sharedSecretByteLength: byteLength,

		generate(random: RandomSource): KeyPair {
			const privateKey = privateKeyFrom(random);
			// A point equal to the base point but not the same object: the package keeps a table of more than a thousand
			// points for the base point itself, and none for this one.
			const base = nist.Point.fromAffine(nist.Point.BASE.toAffine());
			return { publicKey: base.multiply(nist.Point.Fn.fromBytes(privateKey)).toBytes(false).slice(1), privateKey };
		},

		agree(privateKey: Uint8Array, peerPublicKey: Uint8Array): Uint8Array | undefined {
			if (privateKey.length !== byteLength || !nist.utils.isValidSecretKey(privateKey))
				throw new RangeError(`privateKey: ${privateKey.length} bytes, or outside 1..n-1`);
			if (peerPublicKey.length !== 2 * byteLength) return undefined;
			try {
				// Checks the coordinates and the curve equation: SP 800-56A's partial validation, and the cofactor is 1.
				return nist.getSharedSecret(privateKey, concat(Uint8Array.of(UNCOMPRESSED), peerPublicKey)).slice(1);
			} catch {
				return undefined;
			}
		},
	});
}
