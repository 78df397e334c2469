/**
 * The small grammar that SIP header values share (RFC 3261 section 25.1): tokens, quoted strings, lists, parameters.
 * Header values enter from parse.ts; their parts leave to uri.ts, address.ts, via.ts and digest.ts.
 * @module
 */

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const DIGITS = /^[0-9]+$/;
const UNQUOTED = /^[A-Za-z0-9\-.!%*_+`'~:[\]]+$/;
const HOST_PORT = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?:\s*:\s*([0-9]{1,5}))?$/;

/** One `;name=value`. The name is lower case; a value that was quoted has lost its quotes. */
export interface Param {
	readonly name: string;
	readonly value: string | undefined;
}

/** More parts than this in one value mean that nobody reasonable wrote it. */
const MAX_PARTS = 64;

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

/** True for a token: method names, parameter names, option tags. */
export function isToken(text: string): boolean {
	return TOKEN.test(text);
}

/** A decimal number of at most `digits` digits, or undefined. */
export function parseNumber(text: string | undefined, digits = 10): number | undefined {
	if (text === undefined || text.length > digits || !DIGITS.test(text)) return undefined;
	return Number(text);
}

/**
 * Splits at a separator that stands outside quotes and angle brackets. Undefined when a quote or a bracket stays open
 * or the parts are too many. Parts are trimmed and may be empty.
 */
export function split(text: string, separator: string): string[] | undefined {
	if (text.indexOf('"') < 0 && text.indexOf("<") < 0) {
		const plain = text.split(separator);
		return plain.length > MAX_PARTS ? undefined : plain.map((part) => part.trim());
	}
	const parts: string[] = [];
	// Parts are cut out whole: grown by a character at a time, a long one would be copied as often as it has characters.
	let begin = 0;
	let at = 0;
	let quoted = false;
	let escaped = false;
	let bracket = false;
	for (const character of text) {
		if (quoted) {
			if (escaped) escaped = false;
			else if (character === "\\") escaped = true;
			else if (character === '"') quoted = false;
		} else if (character === '"' && !bracket) quoted = true;
		else if (character === "<") bracket = true;
		else if (character === ">") bracket = false;
		else if (character === separator && !bracket) {
			if (parts.push(text.slice(begin, at).trim()) >= MAX_PARTS) return undefined;
			begin = at + 1;
		}
		at += character.length;
	}
	if (quoted || bracket) return undefined;
	parts.push(text.slice(begin).trim());
	return parts;
}

/** `"..."` without its quotes and escapes; other text as it is; undefined when the quotes do not match. */
export function unquote(text: string): string | undefined {
	if (!text.startsWith('"')) return text.indexOf('"') < 0 ? text : undefined;
	if (text.length < 2 || !text.endsWith('"')) return undefined;
	let result = "";
	let escaped = false;
	for (const character of text.slice(1, -1)) {
		if (escaped) {
			result += character;
			escaped = false;
		} else if (character === "\\") escaped = true;
		else if (character === '"') return undefined;
		else result += character;
	}
	return escaped ? undefined : result;
}

/** A quoted string; control characters become spaces, for a name that a person typed must not end the line. */
export function quote(text: string): string {
	let result = '"';
	for (const character of text) {
		if (character === '"' || character === "\\") result += `\\${character}`;
		else result += character < " " || character === "\x7f" ? " " : character;
	}
	return `${result}"`;
}

/** `a=1;b;c="x"` to parameters; undefined when one is empty, a name is no token or a quote stays open. */
export function parseParams(text: string): Param[] | undefined {
	const params: Param[] = [];
	const parts = split(text, ";");
	if (parts === undefined) return undefined;
	for (const part of parts) {
		const param = parseParam(part);
		if (param === undefined) return undefined;
		params.push(param);
	}
	return params;
}

/** `name` or `name=value` with optional white space around the sign. */
export function parseParam(text: string): Param | undefined {
	const sign = text.indexOf("=");
	const name = (sign < 0 ? text : text.slice(0, sign)).trim().toLowerCase();
	if (!isToken(name)) return undefined;
	if (sign < 0) return { name, value: undefined };
	const value = unquote(text.slice(sign + 1).trim());
	return value === undefined ? undefined : { name, value };
}

/** The first parameter of that name: its value, "" when it has none, undefined when it is absent. */
export function param(params: readonly Param[], name: string): string | undefined {
	for (const candidate of params) if (candidate.name === name) return candidate.value ?? "";
	return undefined;
}

/** `;a=1;b`, quoting what is no token and no address. */
export function formatParams(params: readonly Param[]): string {
	let text = "";
	for (const { name, value } of params) {
		if (value === undefined) text += `;${name}`;
		else text += UNQUOTED.test(value) ? `;${name}=${value}` : `;${name}=${quote(value)}`;
	}
	return text;
}

/** `host`, `host:port` or `[v6]:port`; undefined when it is none of these. The host keeps its brackets and turns lower case. */
export function parseHostPort(text: string): { host: string; port: number | undefined } | undefined {
	const match = HOST_PORT.exec(text);
	const host = match?.[1];
	if (host === undefined || host.length > 255) return undefined;
	const port = match?.[2] === undefined ? undefined : Number(match[2]);
	if (port !== undefined && (port < 1 || port > 65535)) return undefined;
	return { host: host.toLowerCase(), port };
}
