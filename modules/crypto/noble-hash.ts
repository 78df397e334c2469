/**
 * Hashes and HMAC in TypeScript, by @noble/hashes.
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384 } from "@noble/hashes/sha2.js";
import { sha3_256, sha3_384 } from "@noble/hashes/sha3.js";
import type { Hash, Mac } from "./types";

type Function = typeof sha256 | typeof sha384 | typeof sha3_256 | typeof sha1 | typeof md5;

export const nobleMd5 = hash("MD5", md5);
export const nobleSha1 = hash("SHA-1", sha1);
export const nobleSha256 = hash("SHA-256", sha256);
export const nobleSha384 = hash("SHA-384", sha384);
export const nobleSha3_256 = hash("SHA3-256", sha3_256);
export const nobleSha3_384 = hash("SHA3-384", sha3_384);
export const nobleHmacSha1 = mac("HMAC-SHA-1", sha1);
export const nobleHmacSha256 = mac("HMAC-SHA-256", sha256);
export const nobleHmacSha384 = mac("HMAC-SHA-384", sha384);
export const nobleHmacSha3_256 = mac("HMAC-SHA3-256", sha3_256);
export const nobleHmacSha3_384 = mac("HMAC-SHA3-384", sha3_384);

function hash(name: string, f: Function): Hash {
	return Object.freeze({
		name,
		byteLength: f.outputLen,
		blockByteLength: f.blockLen,
		digest(...parts: readonly Uint8Array[]): Uint8Array {
			const state = f.create();
			for (const part of parts) state.update(part);
			// Also wipes the state and its buffer of the last block.
			return state.digest();
		},
	});
}

function mac(name: string, f: Function): Mac {
	return Object.freeze({
		name,
		byteLength: f.outputLen,
		compute(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
			const state = hmac.create(f, key);
			for (const part of parts) state.update(part);
			return state.digest();
		},
	});
}
