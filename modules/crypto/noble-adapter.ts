/**
 * What @noble/hashes has, in the form of crypto/types. Loads none of the hashes itself.
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import type { CHash } from "@noble/hashes/utils.js";
import type { Hash, Mac } from "./types";

type NobleHash = CHash;

/** One of the package's hashes as ours. */
export function hash(name: string, f: NobleHash): Hash {
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

/** HMAC over one of them. */
export function mac(name: string, f: NobleHash): Mac {
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
