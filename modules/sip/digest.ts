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
const SESSION = /-sess$/i;

/** The hashes of RFC 8760 section 2.1, the best first. */
const HASHES: readonly { readonly name: string; readonly of: (provider: Provider) => Hash | undefined }[] =
	Object.freeze([
		{ name: "SHA-512-256", of: (provider) => provider.sha512_256 },
		{ name: "SHA-256", of: (provider) => provider.sha256 },
		{ name: "MD5", of: (provider) => provider.md5 },
	]);

export interface Challenge {
	readonly realm: string;
	readonly nonce: string;
	readonly opaque: string | undefined;
	/** As the server wrote it; undefined means MD5. */
	readonly algorithm: string | undefined;
	/** What is done of the server's offer: auth where it is there; without any it is an RFC 2069 server. */
	readonly qop: "auth" | "auth-int" | undefined;
	/** The nonce was too old, the password was right. */
	readonly stale: boolean;
	/** The username is to be hashed (RFC 7616 section 3.4.4). */
	readonly userhash: boolean;
	/** Place of the hash among those that we can do: the higher the better. */
	readonly strength: number;
}

/** Who answers, and for which request. */
export interface DigestInput {
	readonly username: string;
	readonly password: Uint8Array;
	readonly method: string;
	/** The Request-URI. */
	readonly uri: string;
	/** The body as it is sent: part of the answer for auth-int. */
	readonly body: Uint8Array;
	/** How often this nonce has been used, this time included. */
	readonly nonceCount: number;
	readonly cnonce: string;
}

/** One WWW-Authenticate or Proxy-Authenticate value; undefined when it is malformed or beyond us (other schemes, hashes, qops). */
export function parseChallenge(provider: Provider, value: string): Challenge | undefined {
	const match = DIGEST.exec(value.trim());
	const params = match?.[1] === undefined ? undefined : parseFields(match[1]);
	if (params === undefined) return undefined;
	const realm = param(params, "realm");
	const nonce = param(params, "nonce");
	const algorithm = param(params, "algorithm");
	const strength = strengthOf(provider, algorithm);
	if (realm === undefined || nonce === undefined || strength === undefined) return undefined;
	const offered = param(params, "qop");
	const qop = choose(offered);
	if (offered !== undefined && qop === undefined) return undefined;
	return {
		realm,
		nonce,
		opaque: param(params, "opaque"),
		algorithm,
		qop,
		stale: param(params, "stale")?.toLowerCase() === "true",
		userhash: param(params, "userhash")?.toLowerCase() === "true",
		strength,
	};
}

/** The nonce that a server names for the next request (RFC 7616 section 3.5), from Authentication-Info. */
export function nextNonce(value: string): string | undefined {
	const nonce = param(parseFields(value) ?? [], "nextnonce");
	return nonce === "" ? undefined : nonce;
}

/** The value of Authorization or Proxy-Authorization (RFC 7616 section 3.4). */
export function credentials(provider: Provider, challenge: Challenge, input: DigestInput): string {
	const hash = hashOf(provider, challenge.algorithm) ?? provider.md5;
	const session = SESSION.test(challenge.algorithm ?? "");
	const count = input.nonceCount.toString(16).padStart(8, "0");
	const secret = hexDigest(hash, [utf8Encode(`${input.username}:${challenge.realm}:`), input.password]);
	// RFC 7616 section 3.4.2: with -sess the first hash is bound to this nonce and cnonce.
	const a1 = session ? hexDigest(hash, [secret, utf8Encode(`:${challenge.nonce}:${input.cnonce}`)]) : secret;
	const request = utf8Encode(`${input.method}:${input.uri}`);
	// RFC 7616 section 3.4.3: with auth-int the answer holds for this body alone.
	const a2 =
		challenge.qop === "auth-int"
			? hexDigest(hash, [request, utf8Encode(":"), hexDigest(hash, [input.body])])
			: hexDigest(hash, [request]);
	const middle =
		challenge.qop === undefined
			? `:${challenge.nonce}:`
			: `:${challenge.nonce}:${count}:${input.cnonce}:${challenge.qop}:`;
	const response = asciiOf(hexDigest(hash, [a1, utf8Encode(middle), a2]));
	wipe(secret, a1);
	const username = challenge.userhash
		? asciiOf(hexDigest(hash, [utf8Encode(`${input.username}:${challenge.realm}`)]))
		: input.username;
	const fields = [
		`username=${quote(username)}`,
		`realm=${quote(challenge.realm)}`,
		`nonce=${quote(challenge.nonce)}`,
		`uri=${quote(input.uri)}`,
		`response="${response}"`,
	];
	if (challenge.algorithm !== undefined) fields.push(`algorithm=${challenge.algorithm}`);
	if (challenge.opaque !== undefined) fields.push(`opaque=${quote(challenge.opaque)}`);
	if (challenge.qop !== undefined) fields.push(`qop=${challenge.qop}`, `nc=${count}`);
	if (challenge.qop !== undefined || session) fields.push(`cnonce="${input.cnonce}"`);
	if (challenge.userhash) fields.push("userhash=true");
	return `Digest ${fields.join(", ")}`;
}

function parseFields(text: string): Param[] | undefined {
	const params: Param[] = [];
	for (const part of split(text, ",") ?? [""]) {
		if (part === "") continue;
		const parsed = parseParam(part);
		if (parsed === undefined) return undefined;
		params.push(parsed);
	}
	return params;
}

/** auth before auth-int: proxies on the way change bodies, and the answer would no longer hold. */
function choose(offered: string | undefined): "auth" | "auth-int" | undefined {
	const names = offered?.split(",").map((entry) => entry.trim().toLowerCase()) ?? [];
	if (names.includes("auth")) return "auth";
	return names.includes("auth-int") ? "auth-int" : undefined;
}

/** With -sess or without. */
function hashOf(provider: Provider, algorithm: string | undefined): Hash | undefined {
	const name = (algorithm ?? "MD5").replace(SESSION, "").toUpperCase();
	return HASHES.find((hash) => hash.name === name)?.of(provider);
}

function strengthOf(provider: Provider, algorithm: string | undefined): number | undefined {
	const name = (algorithm ?? "MD5").replace(SESSION, "").toUpperCase();
	const place = HASHES.findIndex((hash) => hash.name === name && hash.of(provider) !== undefined);
	return place < 0 ? undefined : HASHES.length - place;
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
