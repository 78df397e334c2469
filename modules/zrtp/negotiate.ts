/**
 * What two Hellos have in common (RFC 6189 section 4.1.2), and whether a Commit keeps to it. Pure functions: lists of
 * codes come in, a Suite or the kind that failed goes out.
 */

import type { HelloLists } from "./messages/hello";
import { AUTH_TAGS, CIPHERS, HASHES, KEY_AGREEMENTS, MANDATORY, SAS_TYPES } from "./suites";
import type { FailCode, KeyAgreementCode, Suite, SuiteLists } from "./types";

/** One code of each kind as it stands in a Commit, spaces removed. */
export type CodeSet = { readonly [K in keyof Suite]: string };

/** The suite to commit to: the key agreement by section 4.1.2, everything else by our own preference. */
export function choose(own: SuiteLists, peer: HelloLists): Suite {
	return {
		keyAgreement: chooseKeyAgreement(own.keyAgreements, peer.keyAgreements),
		hash: first(own.hashes, peer.hashes, MANDATORY.hashes),
		cipher: first(own.ciphers, peer.ciphers, MANDATORY.ciphers),
		authTag: first(own.authTags, peer.authTags, MANDATORY.authTags),
		sasType: first(own.sasTypes, peer.sasTypes, MANDATORY.sasTypes),
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
	if (authTag === undefined) return "authTagNotSupported";
	const keyAgreement = allowed(codes.keyAgreement, own.keyAgreements, KEY_AGREEMENTS, MANDATORY.keyAgreements);
	if (keyAgreement === undefined) return "keyAgreementNotSupported";
	const sasType = allowed(codes.sasType, own.sasTypes, SAS_TYPES, MANDATORY.sasTypes);
	if (sasType === undefined) return "sasTypeNotSupported";
	return { keyAgreement, hash, cipher, authTag, sasType };
}

function first<C extends string>(own: readonly C[], peer: readonly string[], mandatory: readonly [C, ...C[]]): C {
	const theirs = withMandatory(peer, mandatory);
	return withMandatory(own, mandatory).find((code) => theirs.includes(code)) ?? mandatory[0];
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
