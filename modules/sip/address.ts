/**
 * name-addr and addr-spec (RFC 3261 section 20.10): From, To, Contact, Route, Record-Route. Header values enter from
 * parse.ts; the display name, the URI and the parameters leave to dialogs and to the screen.
 * @module
 */

import { formatParams, isToken, type Param, parseParams, quote, unquote } from "./syntax";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const NOT_WITHOUT_BRACKETS = /[,?]/;
const QUOTED_NAME = /^"(?:[^"\\]|\\.)*"/;
const NOT_IN_NAME = /[",;<>]/;
const ANY_URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/;

/** No screen of a phone shows more, and no person has a longer name on one. */
export const MAX_NAME_LENGTH = 128;

export interface Address {
	/** At most MAX_NAME_LENGTH characters: what is longer is cut, for it goes to the screen and into our own requests. */
	readonly displayName: string | undefined;
	/** Any scheme, as written. */
	readonly uri: string;
	/** Header parameters (tag, expires, q); never those of the URI. */
	readonly params: readonly Param[];
}

/** One value of From, To, Contact, Route or Record-Route; undefined when malformed. */
export function parseAddress(text: string): Address | undefined {
	const value = text.trim();
	const open = openBracket(value);
	if (open < 0) {
		// Without brackets every parameter belongs to the header (section 20.10); a comma or a question mark may not stand.
		const semicolon = value.indexOf(";");
		const uri = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
		if (!isUri(uri) || NOT_WITHOUT_BRACKETS.test(uri)) return undefined;
		const params = semicolon < 0 ? [] : parseParams(value.slice(semicolon + 1));
		return params === undefined ? undefined : { displayName: undefined, uri, params };
	}
	const close = value.indexOf(">", open);
	if (close < 0) return undefined;
	const uri = value.slice(open + 1, close);
	const displayName = parseDisplayName(value.slice(0, open).trim());
	const tail = value.slice(close + 1).trim();
	if (displayName === undefined || !isUri(uri) || (tail !== "" && !tail.startsWith(";"))) return undefined;
	const params = tail === "" ? [] : parseParams(tail.slice(1));
	return params === undefined
		? undefined
		: { displayName: displayName === "" ? undefined : bounded(displayName), uri, params };
}

/** `"Name" <uri>;params`. */
export function formatAddress(address: Address): string {
	const name = address.displayName === undefined ? "" : `${quote(address.displayName)} `;
	return `${name}<${address.uri}>${formatParams(address.params)}`;
}

/** The bracket that opens the URI, passing over a quoted display name. */
function openBracket(value: string): number {
	if (!value.startsWith('"')) return value.indexOf("<");
	const quoted = QUOTED_NAME.exec(value);
	return quoted === null ? -1 : value.indexOf("<", quoted[0].length);
}

function parseDisplayName(text: string): string | undefined {
	if (text.startsWith('"')) return unquote(text);
	// *(token LWS), but real phones also send UTF-8 here without quotes: let it pass, it is only shown.
	for (const word of text.split(/\s+/)) if (word !== "" && !isToken(word) && NOT_IN_NAME.test(word)) return undefined;
	return text;
}

/** Whole characters: half a pair of surrogates is none. */
function bounded(name: string): string {
	if (name.length <= MAX_NAME_LENGTH) return name;
	let short = "";
	let count = 0;
	for (const character of name) {
		if (count++ >= MAX_NAME_LENGTH) break;
		short += character;
	}
	return short;
}

function isUri(text: string): boolean {
	return ANY_URI.test(text) && text.length <= 512;
}
