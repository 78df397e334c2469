/**
 * Digest access authentication (RFC 7616, RFC 8760 for SIP, RFC 2617 servers without qop). A challenge and the password
 * enter from exchange.ts; the credentials of one request leave to its header. The password and what is made of it are
 * bytes, wiped here.
 * @module
 */

import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import type { Hash, Provider } from "crypto/types";
import { type Param, param, parseParam, quote, split } from "./syntax";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const DIGEST = /^Digest\s+(.*)$/i;
const ALGORITHM = /^(MD5|SHA-256)(-sess)?$/i;

export interface Challenge {
	readonly realm: string;
	readonly nonce: string;
	readonly opaque: string | undefined;
	/** As the server wrote it; undefined means MD5. */
	readonly algorithm: string | undefined;
	/** Whether the server offers qop=auth; without any qop it is an RFC 2069 server. */
	readonly qop: boolean;
	/** The nonce was too old, the password was right. */
	readonly stale: boolean;
}

/** Who answers, and for which request. */
export interface DigestInput {
	readonly username: string;
	readonly password: Uint8Array;
	readonly method: string;
	/** The Request-URI. */
	readonly uri: string;
	/** How often this nonce has been used, this time included. */
	readonly nonceCount: number;
	readonly cnonce: string;
}

/** One WWW-Authenticate or Proxy-Authenticate value; undefined when it is malformed or beyond us (other schemes, hashes, auth-int alone). */
export function parseChallenge(value: string): Challenge | undefined {
	const match = DIGEST.exec(value.trim());
	const parts = match?.[1] === undefined ? undefined : split(match[1], ",");
	if (parts === undefined) return undefined;
	const params: Param[] = [];
	for (const part of parts) {
		if (part === "") continue;
		const parsed = parseParam(part);
		if (parsed === undefined) return undefined;
		params.push(parsed);
	}
	const realm = param(params, "realm");
	const nonce = param(params, "nonce");
	const algorithm = param(params, "algorithm");
	const offered = param(params, "qop");
	if (realm === undefined || nonce === undefined || !isSupported(algorithm)) return undefined;
	const qop = offered?.split(",").some((entry) => entry.trim().toLowerCase() === "auth") ?? false;
	if (offered !== undefined && !qop) return undefined;
	return {
		realm,
		nonce,
		opaque: param(params, "opaque"),
		algorithm,
		qop,
		stale: param(params, "stale")?.toLowerCase() === "true",
	};
}

/** The value of Authorization or Proxy-Authorization (RFC 7616 section 3.4). */
export function credentials(provider: Provider, challenge: Challenge, input: DigestInput): string {
	const name = challenge.algorithm?.toUpperCase() ?? "MD5";
	const hash = name.startsWith("SHA-256") ? provider.sha256 : provider.md5;
	const count = input.nonceCount.toString(16).padStart(8, "0");
	const secret = hexDigest(hash, [utf8Encode(`${input.username}:${challenge.realm}:`), input.password]);
	// RFC 7616 section 3.4.2: with -sess the first hash is bound to this nonce and cnonce.
	const a1 = name.endsWith("-SESS")
		? hexDigest(hash, [secret, utf8Encode(`:${challenge.nonce}:${input.cnonce}`)])
		: secret;
	const a2 = hexDigest(hash, [utf8Encode(`${input.method}:${input.uri}`)]);
	const middle = challenge.qop ? `:${challenge.nonce}:${count}:${input.cnonce}:auth:` : `:${challenge.nonce}:`;
	const response = asciiOf(hexDigest(hash, [a1, utf8Encode(middle), a2]));
	wipe(secret, a1);
	const fields = [
		`username=${quote(input.username)}`,
		`realm=${quote(challenge.realm)}`,
		`nonce=${quote(challenge.nonce)}`,
		`uri=${quote(input.uri)}`,
		`response="${response}"`,
	];
	if (challenge.algorithm !== undefined) fields.push(`algorithm=${challenge.algorithm}`);
	if (challenge.opaque !== undefined) fields.push(`opaque=${quote(challenge.opaque)}`);
	if (challenge.qop) fields.push("qop=auth", `nc=${count}`);
	if (challenge.qop || name.endsWith("-SESS")) fields.push(`cnonce="${input.cnonce}"`);
	return `Digest ${fields.join(", ")}`;
}

function isSupported(algorithm: string | undefined): boolean {
	return algorithm === undefined || ALGORITHM.test(algorithm);
}

/** Lower-case hexadecimal digits of a digest as bytes; the digest itself is wiped. */
function hexDigest(hash: Hash, parts: readonly Uint8Array[]): Uint8Array {
	const digest = hash.digest(...parts);
	const digits = new Uint8Array(digest.length * 2);
	for (let i = 0; i < digest.length; i++) {
		const byte = digest[i] ?? 0;
		digits[2 * i] = hexDigit(byte >> 4);
		digits[2 * i + 1] = hexDigit(byte & 15);
	}
	wipe(digest);
	return digits;
}

function hexDigit(value: number): number {
	return value < 10 ? 0x30 + value : 0x61 + value - 10;
}

function asciiOf(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += String.fromCharCode(byte);
	return text;
}
