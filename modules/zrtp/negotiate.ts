/**
 * What two Hellos have in common (RFC 6189 section 4.1.2), and whether a Commit keeps to it. Pure functions: lists of
 * codes come in, a Suite or the kind that failed goes out.
 */

import type { HelloLists } from "./messages/hello";
import { AUTH_TAGS, CIPHERS, goTogether, HASHES, KEY_AGREEMENTS, MANDATORY, SAS_TYPES } from "./suites";
import type { CipherCode, FailCode, HashCode, KeyAgreementCode, Suite, SuiteLists } from "./types";

/** One code of each kind as it stands in a Commit, spaces removed. */
export type CodeSet = { readonly [K in keyof Suite]: string };

/**
 * The suite to commit to: the key agreement by section 4.1.2, a hash and a key length that go with it by section 5.1.5.
 * The hash is the one that the peer names first: bzrtp as responder takes the IDs of its retained secrets by its own first
 * choice, and any other would look like a mismatch. Everything else is by our own preference.
 */
export function choose(own: SuiteLists, peer: HelloLists): Suite {
	const hashes = commonByPeer(own.hashes, peer.hashes);
	const usable = (code: string): boolean => {
		const key = known(code, KEY_AGREEMENTS);
		return key === undefined || !KEY_AGREEMENTS[key].needsStrongHash || hashes.some((hash) => HASHES[hash].strong);
	};
	const keyAgreement = chooseKeyAgreement(own.keyAgreements.filter(usable), peer.keyAgreements);
	const cipher = cipherFor(keyAgreement, common(own.ciphers, peer.ciphers, MANDATORY.ciphers));
	const authTags = common(own.authTags, peer.authTags, MANDATORY.authTags).filter((tag) => goTogether(cipher, tag));
	return {
		keyAgreement,
		hash: hashFor(keyAgreement, hashes),
		cipher,
		authTag: authTags[0] ?? MANDATORY.authTags[0],
		sasType: common(own.sasTypes, peer.sasTypes, MANDATORY.sasTypes)[0] ?? MANDATORY.sasTypes[0],
	};
}

/** Both ends arrive at the same one without a word: of the two first choices in common, the faster. */
export function chooseKeyAgreement(own: readonly KeyAgreementCode[], peer: readonly string[]): KeyAgreementCode {
	const ours = withMandatory(own, MANDATORY.keyAgreements);
	const theirs = withMandatory(peer, MANDATORY.keyAgreements);
	const ourFirst = ours.find((code) => theirs.includes(code)) ?? "DH3k";
	const theirFirst = theirs.map((code) => known(code, KEY_AGREEMENTS)).find((code) => code && ours.includes(code));
	if (theirFirst === undefined) return ourFirst;
	return KEY_AGREEMENTS[theirFirst].rank < KEY_AGREEMENTS[ourFirst].rank ? theirFirst : ourFirst;
}

/** The codes of a received Commit as a Suite, or why not: each must be one that we offered or that is mandatory. */
export function accept(own: SuiteLists, codes: CodeSet): Suite | FailCode {
	const hash = allowed(codes.hash, own.hashes, HASHES, MANDATORY.hashes);
	if (hash === undefined) return "hashNotSupported";
	const cipher = allowed(codes.cipher, own.ciphers, CIPHERS, MANDATORY.ciphers);
	if (cipher === undefined) return "cipherNotSupported";
	const authTag = allowed(codes.authTag, own.authTags, AUTH_TAGS, MANDATORY.authTags);
	if (authTag === undefined || !goTogether(cipher, authTag)) return "authTagNotSupported";
	const keyAgreement = allowed(codes.keyAgreement, own.keyAgreements, KEY_AGREEMENTS, MANDATORY.keyAgreements);
	if (keyAgreement === undefined) return "keyAgreementNotSupported";
	if (KEY_AGREEMENTS[keyAgreement].needsStrongHash && !HASHES[hash].strong) return "hashNotSupported";
	const sasType = allowed(codes.sasType, own.sasTypes, SAS_TYPES, MANDATORY.sasTypes);
	if (sasType === undefined) return "sasTypeNotSupported";
	return { keyAgreement, hash, cipher, authTag, sasType };
}

function hashFor(keyAgreement: KeyAgreementCode, hashes: readonly HashCode[]): HashCode {
	const strong = KEY_AGREEMENTS[keyAgreement].strong ? hashes.find((code) => HASHES[code].strong) : undefined;
	return strong ?? hashes[0] ?? MANDATORY.hashes[0];
}

/**
 * Section 5.1.5: with the strong curves AES-256, or else AES-192; with DH2k AES-128, which everybody has. Where a choice
 * is left, it is ours.
 */
function cipherFor(keyAgreement: KeyAgreementCode, ciphers: readonly CipherCode[]): CipherCode {
	const wanted: readonly CipherCode[] =
		keyAgreement === "DH2k" ? ["AES1"] : KEY_AGREEMENTS[keyAgreement].strong ? ["AES3", "AES2"] : [];
	return wanted.find((code) => ciphers.includes(code)) ?? ciphers[0] ?? MANDATORY.ciphers[0];
}

/** What both have, best liked by us first, what is mandatory included. */
function common<C extends string>(own: readonly C[], peer: readonly string[], mandatory: readonly C[]): readonly C[] {
	const theirs = withMandatory(peer, mandatory);
	return withMandatory(own, mandatory).filter((code) => theirs.includes(code));
}

/** The same for hashes, best liked by the peer first. */
function commonByPeer(own: readonly HashCode[], peer: readonly string[]): readonly HashCode[] {
	const ours = withMandatory(own, MANDATORY.hashes);
	return withMandatory(peer, MANDATORY.hashes)
		.map((code) => known(code, HASHES))
		.filter((code): code is HashCode => code !== undefined && ours.includes(code));
}

function allowed<C extends string>(
	code: string,
	own: readonly C[],
	table: Readonly<Record<C, unknown>>,
	mandatory: readonly C[],
): C | undefined {
	const found = known(code, table);
	return found !== undefined && (own.includes(found) || mandatory.includes(found)) ? found : undefined;
}

/** The code as a key of the table, if it is one. */
function known<C extends string>(code: string, table: Readonly<Record<C, unknown>>): C | undefined {
	return (Object.keys(table) as C[]).find((key) => key === code);
}

/** A mandatory algorithm that is not listed stands at the end of the list (section 5.2). */
function withMandatory<C extends string>(list: readonly C[], mandatory: readonly C[]): readonly C[] {
	return [...list, ...mandatory.filter((code) => !list.includes(code))];
}
