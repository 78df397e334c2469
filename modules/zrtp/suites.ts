/**
 * The algorithms of RFC 6189 section 5.1: from the code in a Hello or Commit to the provider's implementation and the
 * lengths that follow from it. negotiate.ts picks codes; kdf.ts, secrets.ts and the states use what is behind them.
 * test/vectors/ has tables for every row, run through every provider.
 */

import type { Cipher, Hash, KeyAgreement, Mac, Provider } from "crypto/types";
import { AEAD_SALT_BYTE_LENGTH, ALGORITHM_COUNT_MAXIMUM, SRTP_SALT_BYTE_LENGTH } from "./constants";
import type { AuthTagCode, CipherCode, HashCode, KeyAgreementCode, SasTypeCode, SuiteLists } from "./types";

interface KeyAgreementSuite {
	/** Length of pv in DHPart1 and DHPart2. */
	readonly publicKeyByteLength: number;
	/** Place in the order from fastest to slowest. */
	readonly rank: number;
	/** Goes with S384 or N384 and a long AES key where they are in common (section 5.1.5); X448 and EC52 like EC38. */
	readonly strong: boolean;
	/** Never goes with a shorter hash (section 5.1.5). */
	readonly needsStrongHash: boolean;
	/** The provider's primitive; undefined where the board has none. */
	readonly find: (provider: Provider) => KeyAgreement | undefined;
	/** The same, of a code that was negotiated. @throws Error where there is none: it must not have been offered */
	readonly of: (provider: Provider) => KeyAgreement;
}

/**
 * Section 5.1.5, from fastest to slowest by section 4.1.2, with the two curves that the RFC does not know put where
 * bzrtp and ZRTPCPP put them, so that both ends choose the same. X255 is the u coordinate of RFC 7748 as 32 octets,
 * least significant first, in pv and in DHResult; ZRTPCPP's E255 is the same under another name.
 */
export const KEY_AGREEMENTS = Object.freeze({
	DH2k: agreement("DH2k", 256, 0, false, (provider) => provider.dh2048),
	X255: agreement("X255", 32, 1, false, (provider) => provider.x25519),
	E255: agreement("E255", 32, 2, false, (provider) => provider.x25519),
	EC25: agreement("EC25", 64, 3, false, (provider) => provider.p256),
	X448: agreement("X448", 56, 4, true, (provider) => provider.x448),
	DH3k: agreement("DH3k", 384, 5, false, (provider) => provider.dh3072),
	EC38: agreement("EC38", 96, 6, true, (provider) => provider.p384),
	EC52: agreement("EC52", 132, 7, true, (provider) => provider.p521),
} as const satisfies Record<KeyAgreementCode, KeyAgreementSuite>);

function agreement(
	code: string,
	publicKeyByteLength: number,
	rank: number,
	strong: boolean,
	find: (provider: Provider) => KeyAgreement | undefined,
): KeyAgreementSuite {
	return Object.freeze({
		publicKeyByteLength,
		rank,
		strong,
		needsStrongHash: code === "EC38",
		find,
		of: (provider: Provider) => found(find(provider), provider, code),
	});
}

interface HashSuite {
	/** Whether its digest has 384 bits. */
	readonly strong: boolean;
	/** Whether the board has it. */
	readonly in: (provider: Provider) => boolean;
	/** @throws Error where the provider has none: it must not have been offered */
	readonly hash: (provider: Provider) => Hash;
	readonly mac: (provider: Provider) => Mac;
}

/** Section 5.1.2: the negotiated hash and the MAC built on it, HMAC with SHA-3 too (section 5.1.2.1). */
export const HASHES = Object.freeze({
	S256: hashing(
		"S256",
		false,
		(provider) => provider.sha256,
		(provider) => provider.hmacSha256,
	),
	S384: hashing(
		"S384",
		true,
		(provider) => provider.sha384,
		(provider) => provider.hmacSha384,
	),
	N256: hashing(
		"N256",
		false,
		(provider) => provider.sha3_256,
		(provider) => provider.hmacSha3_256,
	),
	N384: hashing(
		"N384",
		true,
		(provider) => provider.sha3_384,
		(provider) => provider.hmacSha3_384,
	),
} as const satisfies Record<HashCode, HashSuite>);

function hashing(
	code: string,
	strong: boolean,
	findHash: (provider: Provider) => Hash | undefined,
	findMac: (provider: Provider) => Mac | undefined,
): HashSuite {
	return Object.freeze({
		strong,
		in: (provider: Provider) => findHash(provider) !== undefined && findMac(provider) !== undefined,
		hash: (provider: Provider) => found(findHash(provider), provider, code),
		mac: (provider: Provider) => found(findMac(provider), provider, code),
	});
}

function found<T>(primitive: T | undefined, { name }: Provider, code: string): T {
	if (primitive === undefined) throw new Error(`crypto provider "${name}" has no ${code}`);
	return primitive;
}

interface CipherSuite {
	readonly keyByteLength: number;
	/** Cipher feedback mode, for the Confirm messages. */
	readonly cfb: (provider: Provider) => Cipher;
}

/** Section 5.1.3. */
export const CIPHERS = Object.freeze({
	AES1: Object.freeze({ keyByteLength: 16, cfb: (provider: Provider) => provider.aesCfb }),
	AES2: Object.freeze({ keyByteLength: 24, cfb: (provider: Provider) => provider.aesCfb }),
	AES3: Object.freeze({ keyByteLength: 32, cfb: (provider: Provider) => provider.aesCfb }),
} as const satisfies Record<CipherCode, CipherSuite>);

/**
 * Section 5.1.4, and bzrtp's "GCM ", which makes the cipher one with AEAD (RFC 7714): then the SRTP master salts have 12
 * octets instead of the 14 of section 4.5.3, and there is no AES-192.
 */
export const AUTH_TAGS = Object.freeze({
	HS32: Object.freeze({ tagBitLength: 32, saltByteLength: SRTP_SALT_BYTE_LENGTH }),
	HS80: Object.freeze({ tagBitLength: 80, saltByteLength: SRTP_SALT_BYTE_LENGTH }),
	GCM: Object.freeze({ tagBitLength: 128, saltByteLength: AEAD_SALT_BYTE_LENGTH }),
} as const satisfies Record<AuthTagCode, { readonly tagBitLength: number; readonly saltByteLength: number }>);

/** Whether a cipher has this tag. */
export function goTogether(cipher: CipherCode, authTag: AuthTagCode): boolean {
	return authTag !== "GCM" || cipher !== "AES2";
}

/** Section 5.1.6; "B32" is "B32 " on the wire. */
export const SAS_TYPES = Object.freeze({
	B32: Object.freeze({ bitLength: 20 }),
	B256: Object.freeze({ bitLength: 16 }),
} as const satisfies Record<SasTypeCode, { readonly bitLength: number }>);

/** What every endpoint has, listed or not (sections 5.1.2 to 5.1.6, 5.2). */
export const MANDATORY = Object.freeze({
	keyAgreements: Object.freeze(["DH3k"] as const),
	hashes: Object.freeze(["S256"] as const),
	ciphers: Object.freeze(["AES1"] as const),
	authTags: Object.freeze(["HS32", "HS80"] as const),
	sasTypes: Object.freeze(["B32"] as const),
});

/** A Hello has room for seven (section 5.2), and Multistream and Preshared stand there too. */
const KEY_AGREEMENT_COUNT_MAXIMUM = ALGORITHM_COUNT_MAXIMUM - 2;

/** The lists without what the board's provider does not have: what may be offered and accepted. */
export function available(provider: Provider, lists: SuiteLists): SuiteLists {
	return {
		...lists,
		keyAgreements: lists.keyAgreements
			.filter((code) => KEY_AGREEMENTS[code].find(provider) !== undefined)
			.slice(0, KEY_AGREEMENT_COUNT_MAXIMUM),
		hashes: lists.hashes.filter((code) => HASHES[code].in(provider)),
	};
}

/** SHA-256 and its HMAC serve wherever nothing has been negotiated yet: the hash chain, its MACs, a=zrtp-hash (section 5.1.2.2). */
export function implicitHash(provider: Provider): Hash {
	return provider.sha256;
}
export function implicitMac(provider: Provider): Mac {
	return provider.hmacSha256;
}
