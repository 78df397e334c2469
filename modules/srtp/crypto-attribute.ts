/**
 * One a=crypto line (RFC 4568 section 9): text to key material and back. call/ gives the values that stand in SDP; what is
 * no line for us is refused in words that hold nothing of the line. The key material is the caller's to wipe; the text
 * of a line cannot be wiped, and belongs in no log.
 * @module
 */

import { fromBase64, toBase64 } from "bytes/base64";
import { wipe } from "bytes/wipe";
import { type SrtpSuite, suiteNamed } from "./suites";

/** A master key identifier as it stands in each packet (section 6.1). */
export type Mki = Uint8Array;

/** What a line says, as far as we take it. */
export interface CryptoLine {
	/** 1 to 9 digits, as written: an answer echoes it. */
	readonly tag: string;
	/** As written: an answer echoes it, a draft's name too. */
	readonly suiteName: string;
	readonly suite: SrtpSuite;
	readonly key: Uint8Array;
	readonly salt: Uint8Array;
	/** The sender's packets carry it. */
	readonly mki: Mki | undefined;
}

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const TAG = /^[0-9]{1,9}$/;
const NUMBER = /^[1-9][0-9]{0,15}$/;
const MKI = /^([1-9][0-9]{0,15}):([1-9][0-9]{0,2})$/;
const WINDOW = /^WSH=([0-9]{2,5})$/;
const KEY_RATE_ZERO = "KDR=0";

const LIFETIME_MOST_BITS = 48;
/** libsrtp's limit and ours; the RFC allows 128. */
const MKI_MOST_BYTES = 32;
const WINDOW_LEAST = 64;

/** The line, or in plain words why it is none of ours. */
export function parseCryptoLine(value: string): CryptoLine | { readonly fault: string } {
	const [tag = "", suiteName = "", keyParams = "", ...parameters] = words(value);
	if (!TAG.test(tag)) return { fault: "its tag is no number" };
	const suite = suiteNamed(suiteName);
	if (suite === undefined) return { fault: "its crypto-suite is not one of this phone's" };
	for (const parameter of parameters) {
		const fault = faultOfParameter(parameter);
		if (fault !== undefined) return { fault };
	}
	if (keyParams.includes(";")) return { fault: "it has more than one key" };
	if (!keyParams.startsWith("inline:")) return { fault: "its key is not inline" };
	const [encoded = "", ...rest] = keyParams.slice("inline:".length).split("|");
	// The lifetime never has a colon, the MKI always has (section 6.1).
	const lifetime = rest[0]?.includes(":") === false ? rest.shift() : undefined;
	if (lifetime !== undefined && !isLifetime(lifetime)) return { fault: "the lifetime of its key is out of range" };
	const mkiText = rest.shift();
	const mki = mkiText === undefined ? undefined : mkiOf(mkiText);
	if (rest.length > 0 || (mkiText !== undefined && mki === undefined))
		return { fault: "its master key identifier cannot be used" };
	const material = fromBase64(encoded);
	if (material === undefined) return { fault: "its key is not base64" };
	if (material.length !== suite.keyByteLength + suite.saltByteLength) {
		const fault = `its key has ${material.length} octets, its crypto-suite asks for ${suite.keyByteLength + suite.saltByteLength}`;
		wipe(material);
		return { fault };
	}
	const key = material.slice(0, suite.keyByteLength);
	const salt = material.slice(suite.keyByteLength);
	wipe(material);
	return { tag, suiteName, suite, key, salt, mki };
}

/** Without lifetime (the default of RFC 3711 holds) and without MKI. */
export function formatCryptoLine(line: Pick<CryptoLine, "tag" | "suiteName" | "key" | "salt">): string {
	const material = new Uint8Array(line.key.length + line.salt.length);
	material.set(line.key);
	material.set(line.salt, line.key.length);
	const text = `${line.tag} ${line.suiteName} inline:${toBase64(material)}`;
	wipe(material);
	return text;
}

/** The tag and suite of a line whatever else stands in it; for telling which of our offers was taken. */
export function headOf(value: string): { readonly tag: string; readonly suiteName: string } {
	const [tag = "", suiteName = ""] = words(value);
	return { tag, suiteName };
}

function words(value: string): string[] {
	return value
		.split("\t")
		.join(" ")
		.split(" ")
		.filter((word) => word !== "");
}

/** Section 6.3: what weakens or changes the transform is refused, whatever is marked optional is passed over. */
function faultOfParameter(parameter: string): string | undefined {
	if (parameter.startsWith("-") || parameter === KEY_RATE_ZERO) return undefined;
	// Section 6.3.7: a hint to the receiver; the window here has 128 places.
	const window = WINDOW.exec(parameter);
	if (window !== null && Number(window[1]) >= WINDOW_LEAST) return undefined;
	if (parameter.startsWith("UNENCRYPTED_") || parameter === "UNAUTHENTICATED_SRTP")
		return "it asks for voice that is not encrypted or not authenticated";
	return "it has a session parameter that this phone does not know";
}

function isLifetime(text: string): boolean {
	const power = text.startsWith("2^");
	const digits = power ? text.slice(2) : text;
	return NUMBER.test(digits) && Number(digits) <= (power ? LIFETIME_MOST_BITS : 2 ** LIFETIME_MOST_BITS);
}

/** Big-endian, in as many octets as the line says. */
function mkiOf(text: string): Mki | undefined {
	const match = MKI.exec(text);
	const byteLength = Number(match?.[2] ?? 0);
	let value = Number(match?.[1] ?? 0);
	if (match === null || byteLength > MKI_MOST_BYTES || value > Number.MAX_SAFE_INTEGER) return undefined;
	const mki = new Uint8Array(byteLength);
	for (let i = byteLength - 1; i >= 0; i--) {
		mki[i] = value % 256;
		value = Math.floor(value / 256);
	}
	return value === 0 ? mki : undefined;
}
