/**
 * SHA-3 and HMAC over it in TypeScript, by @noble/hashes: ready to be composed into a provider whose library has none.
 * @module
 */
import { sha3_256, sha3_384 } from "@noble/hashes/sha3.js";
import { hash, mac } from "./noble-adapter";

export const nobleSha3 = Object.freeze({
	sha3_256: hash("SHA3-256", sha3_256),
	sha3_384: hash("SHA3-384", sha3_384),
	hmacSha3_256: mac("HMAC-SHA3-256", sha3_256),
	hmacSha3_384: mac("HMAC-SHA3-384", sha3_384),
});
