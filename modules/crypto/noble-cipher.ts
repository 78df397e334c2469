/**
 * AES in TypeScript, by @noble/ciphers. Its tables cost about 1.3 MB of heap where they are not preloaded, and a table
 * look-up takes a time that depends on the key where there is a cache: the native one is better on both counts.
 * @module
 */
import { cfb, ctr } from "@noble/ciphers/aes.js";
import type { Cipher } from "./types";

export const nobleAesCfb = cipher("AES-CFB", cfb);
export const nobleAesCtr = cipher("AES-CTR", ctr);

function cipher(name: string, mode: typeof cfb | typeof ctr): Cipher {
	return Object.freeze({
		name,
		encrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
			check(key, iv);
			return mode(key, iv).encrypt(data);
		},
		decrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
			check(key, iv);
			return mode(key, iv).decrypt(data);
		},
	});
}

function check(key: Uint8Array, iv: Uint8Array): void {
	if (key.length !== 16 && key.length !== 24 && key.length !== 32) throw new RangeError(`key: ${key.length} bytes`);
	if (iv.length !== 16) throw new RangeError(`iv: ${iv.length} bytes`);
}
