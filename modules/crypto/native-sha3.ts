/**
 * SHA-3 and HMAC over it, in C. A file of its own, for a board that leaves them out.
 * @module
 */
import { hmacSha3, sha3 } from "hal/crypto/sha3";
import { within } from "./native-parts";
import type { Hash, Mac, Provider } from "./types";

export const nativeSha3: Required<Pick<Provider, "sha3_256" | "sha3_384" | "hmacSha3_256" | "hmacSha3_384">> =
	Object.freeze({
		sha3_256: hashOf("SHA3-256", 32, 136),
		sha3_384: hashOf("SHA3-384", 48, 104),
		hmacSha3_256: macOf("HMAC-SHA3-256", 32),
		hmacSha3_384: macOf("HMAC-SHA3-384", 48),
	});

function hashOf(name: string, byteLength: number, blockByteLength: number): Hash {
	return Object.freeze({
		name,
		byteLength,
		blockByteLength,
		digest(...parts: readonly Uint8Array[]): Uint8Array {
			const out = new Uint8Array(byteLength);
			within(parts, (some) => sha3(out, some));
			return out;
		},
	});
}

function macOf(name: string, byteLength: number): Mac {
	return Object.freeze({
		name,
		byteLength,
		compute(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
			const out = new Uint8Array(byteLength);
			within(parts, (some) => hmacSha3(out, key, some));
			return out;
		},
	});
}
