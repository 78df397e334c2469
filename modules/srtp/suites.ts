/**
 * The crypto-suites of a=crypto: name to SRTP transform and lengths. crypto-attribute.ts looks names up here; hal/rtp knows
 * the transforms by the codes beside them, which are ZRTP's (RFC 6189 sections 5.1.3, 5.1.4) and GCM.
 * @module
 */

export interface SrtpSuite {
	/** The name that we write. */
	readonly name: SuiteName;
	readonly cipher: "AES1" | "AES3";
	readonly authTag: "HS32" | "HS80" | "GCM";
	readonly keyByteLength: number;
	readonly saltByteLength: number;
}

export type SuiteName =
	| "AES_CM_128_HMAC_SHA1_80"
	| "AES_CM_128_HMAC_SHA1_32"
	| "AES_256_CM_HMAC_SHA1_80"
	| "AES_256_CM_HMAC_SHA1_32"
	| "AEAD_AES_128_GCM"
	| "AEAD_AES_256_GCM";

const suite = (
	name: SuiteName,
	cipher: SrtpSuite["cipher"],
	authTag: SrtpSuite["authTag"],
	keyByteLength: number,
	saltByteLength: number,
): SrtpSuite => Object.freeze({ name, cipher, authTag, keyByteLength, saltByteLength });

export const SUITES: readonly SrtpSuite[] = Object.freeze([
	// RFC 4568 section 6.2.
	suite("AES_CM_128_HMAC_SHA1_80", "AES1", "HS80", 16, 14),
	suite("AES_CM_128_HMAC_SHA1_32", "AES1", "HS32", 16, 14),
	// RFC 6188 section 4. Not AES-192: libsrtp 2.5 derives its session keys by AES-256 over key and salt run together, and
	// no peer that keeps to the RFC could decrypt a word.
	suite("AES_256_CM_HMAC_SHA1_80", "AES3", "HS80", 32, 14),
	suite("AES_256_CM_HMAC_SHA1_32", "AES3", "HS32", 32, 14),
	// RFC 7714 section 12: the tag has 16 octets, the salt 12.
	suite("AEAD_AES_128_GCM", "AES1", "GCM", 16, 12),
	suite("AEAD_AES_256_GCM", "AES3", "GCM", 32, 12),
]);

/** Of the draft that became RFC 6188; linphone and others write them to this day. */
const DRAFT_NAMES: Readonly<Record<string, SuiteName>> = Object.freeze({
	AES_CM_256_HMAC_SHA1_80: "AES_256_CM_HMAC_SHA1_80",
	AES_CM_256_HMAC_SHA1_32: "AES_256_CM_HMAC_SHA1_32",
});

/** The suite that a peer's name means; undefined: not one of ours (F8 and NULL ciphers among them). */
export function suiteNamed(name: string): SrtpSuite | undefined {
	const wanted = DRAFT_NAMES[name] ?? name;
	return SUITES.find((candidate) => candidate.name === wanted);
}
