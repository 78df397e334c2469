/**
 * The algorithms of RFC 6189 section 5.1: from the code in a Hello or Commit to the provider's implementation and the
 * lengths that follow from it. negotiate.ts picks codes; kdf.ts, secrets.ts and the states use what is behind them.
 * test/vectors/ has tables for every row, run through every provider.
 */

import type { Cipher, Hash, KeyAgreement, Mac, Provider } from "crypto/types";
import type { AuthTagCode, CipherCode, HashCode, KeyAgreementCode, SasTypeCode } from "./types";

interface KeyAgreementSuite {
	/** Length of pv in DHPart1 and DHPart2. */
	readonly publicKeyByteLength: number;
	/** Place in the order from fastest to slowest (section 4.1.2, X25519 put before all of them). */
	readonly rank: number;
	readonly of: (provider: Provider) => KeyAgreement;
}

/** Section 5.1.5. X255 has the form of the others with a 32 byte pv, as bzrtp puts it. */
export const KEY_AGREEMENTS = Object.freeze({
	X255: Object.freeze({ publicKeyByteLength: 32, rank: 0, of: (provider: Provider) => provider.x25519 }),
	EC25: Object.freeze({ publicKeyByteLength: 64, rank: 1, of: (provider: Provider) => provider.p256 }),
	DH3k: Object.freeze({ publicKeyByteLength: 384, rank: 2, of: (provider: Provider) => provider.dh3072 }),
} as const satisfies Record<KeyAgreementCode, KeyAgreementSuite>);

interface HashSuite {
	readonly hash: (provider: Provider) => Hash;
	readonly mac: (provider: Provider) => Mac;
}

/** Section 5.1.2: the negotiated hash and the MAC built on it. */
export const HASHES = Object.freeze({
	S256: Object.freeze({
		hash: (provider: Provider) => provider.sha256,
		mac: (provider: Provider) => provider.hmacSha256,
	}),
	S384: Object.freeze({
		hash: (provider: Provider) => provider.sha384,
		mac: (provider: Provider) => provider.hmacSha384,
	}),
} as const satisfies Record<HashCode, HashSuite>);

interface CipherSuite {
	readonly keyByteLength: number;
	/** Cipher feedback mode, for the Confirm messages. */
	readonly cfb: (provider: Provider) => Cipher;
}

/** Section 5.1.3. */
export const CIPHERS = Object.freeze({
	AES1: Object.freeze({ keyByteLength: 16, cfb: (provider: Provider) => provider.aesCfb }),
	AES3: Object.freeze({ keyByteLength: 32, cfb: (provider: Provider) => provider.aesCfb }),
} as const satisfies Record<CipherCode, CipherSuite>);

/** Section 5.1.4: the length of the SRTP authentication tag. */
export const AUTH_TAGS = Object.freeze({
	HS32: Object.freeze({ tagBitLength: 32 }),
	HS80: Object.freeze({ tagBitLength: 80 }),
} as const satisfies Record<AuthTagCode, { readonly tagBitLength: number }>);

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

/** SHA-256 and its HMAC serve wherever nothing has been negotiated yet: the hash chain, its MACs, a=zrtp-hash (section 5.1.2.2). */
export function implicitHash(provider: Provider): Hash {
	return provider.sha256;
}
export function implicitMac(provider: Provider): Mac {
	return provider.hmacSha256;
}
