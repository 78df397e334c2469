/**
 * The whole provider in TypeScript: the reference that the native one is held equal to, and the one that runs anywhere.
 * A board that needs only a part of it composes that part (crypto/compose) and never loads the rest.
 * @module
 */
import { modp2048, modp3072 } from "./modp";
import { nobleAesCfb, nobleAesCtr } from "./noble-cipher";
import {
	nobleHmacSha1,
	nobleHmacSha256,
	nobleHmacSha384,
	nobleMd5,
	nobleSha1,
	nobleSha256,
	nobleSha384,
	nobleSha512_256,
} from "./noble-hash";
import { nobleX448, nobleX25519 } from "./noble-montgomery";
import { nobleP256, nobleP384, nobleP521 } from "./noble-nist";
import { nobleSha3 } from "./noble-sha3";
import type { Provider } from "./types";

export const nobleProvider: Required<Provider> = Object.freeze({
	name: "noble",
	md5: nobleMd5,
	sha1: nobleSha1,
	sha256: nobleSha256,
	sha384: nobleSha384,
	sha512_256: nobleSha512_256,
	hmacSha1: nobleHmacSha1,
	hmacSha256: nobleHmacSha256,
	hmacSha384: nobleHmacSha384,
	aesCfb: nobleAesCfb,
	aesCtr: nobleAesCtr,
	x25519: nobleX25519,
	p256: nobleP256,
	dh3072: modp3072,
	...nobleSha3,
	x448: nobleX448,
	p384: nobleP384,
	p521: nobleP521,
	dh2048: modp2048,
});
