/**
 * a=fingerprint and a=setup of DTLS-SRTP (RFC 8122 section 5, RFC 4145 section 4): text to octets and back, and who of the
 * two ends begins.
 * @module
 */

import { fromHex, toHex } from "bytes/hex";

export interface Fingerprint {
	readonly hash: "sha-256" | "sha-384" | "sha-512";
	readonly bytes: Uint8Array;
}

export type DtlsRole = "client" | "server";

const BYTE_LENGTHS: readonly (readonly [Fingerprint["hash"], number])[] = Object.freeze([
	["sha-256", 32],
	["sha-384", 48],
	["sha-512", 64],
] as const);

/** The first of the values that names a hash of ours and is well formed; SHA-1 and MD5 name nobody any more. */
export function fingerprintOf(values: readonly string[]): Fingerprint | undefined {
	for (const value of values) {
		const [name = "", digits = "", ...rest] = value.split(" ").filter((word) => word !== "");
		const found = BYTE_LENGTHS.find(([hash]) => hash === name.toLowerCase());
		if (found === undefined || rest.length > 0) continue;
		const [hash, byteLength] = found;
		const pairs = digits.split(":");
		if (pairs.length !== byteLength || pairs.some((pair) => pair.length !== 2)) continue;
		const bytes = fromHex(pairs.join(""));
		if (bytes !== undefined) return { hash, bytes };
	}
	return undefined;
}

/** Of SHA-256, as RFC 8122 writes it: pairs of capital digits. */
export function formatFingerprint(sha256: Uint8Array): string {
	const digits = toHex(sha256).toUpperCase();
	const pairs: string[] = [];
	for (let i = 0; i < digits.length; i += 2) pairs.push(digits.slice(i, i + 2));
	return `sha-256 ${pairs.join(":")}`;
}

/**
 * What we answer to an offer's a=setup (RFC 5763 section 5: an answerer is active where it may be).
 * @param current our role in an association that stays; undefined: there is none
 */
export function setupAnswer(
	offered: string | undefined,
	current: DtlsRole | undefined,
): "active" | "passive" | undefined {
	switch (offered) {
		case undefined:
		case "actpass":
			return current === "server" ? "passive" : "active";
		case "passive":
			return "active";
		case "active":
			return "passive";
		default:
			return undefined;
	}
}

/** Our role, once both have said their word; undefined: the two do not fit. */
export function roleOf(ours: string | undefined, theirs: string | undefined): DtlsRole | undefined {
	if (ours === "active") return theirs === "active" ? undefined : "client";
	if (ours === "passive") return theirs === "passive" ? undefined : "server";
	if (theirs === "active") return "server";
	return theirs === "passive" ? "client" : undefined;
}
