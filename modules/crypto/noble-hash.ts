/**
 * MD5, SHA-1 and SHA-2 and HMAC over them in TypeScript, by @noble/hashes.
 * @module
 */
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha384, sha512_256 } from "@noble/hashes/sha2.js";
import { hash, mac } from "./noble-adapter";

export const nobleMd5 = hash("MD5", md5);
export const nobleSha1 = hash("SHA-1", sha1);
export const nobleSha256 = hash("SHA-256", sha256);
export const nobleSha384 = hash("SHA-384", sha384);
export const nobleSha512_256 = hash("SHA-512/256", sha512_256);
export const nobleHmacSha1 = mac("HMAC-SHA-1", sha1);
export const nobleHmacSha256 = mac("HMAC-SHA-256", sha256);
export const nobleHmacSha384 = mac("HMAC-SHA-384", sha384);
