/**
 * SIP URIs (RFC 3261 section 19.1). Text enters from requests, Contact and Route values and from what a person dials;
 * the place to send to leaves to core.ts.
 * @module
 */

import { type Param, param, parseHostPort, parseParams } from "./syntax";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const NOT_IN_URI = /[\s<>"]/;

export interface Uri {
	readonly scheme: "sip" | "sips";
	/** The user part as written, escapes and all; undefined when there is none. */
	readonly user: string | undefined;
	/** Lower case; an IPv6 address keeps its brackets. */
	readonly host: string;
	readonly port: number | undefined;
	readonly params: readonly Param[];
	/** `?name=value&...` without the question mark. */
	readonly headers: string | undefined;
}

/** What carries a message (RFC 3261 section 18). */
export type Transport = "udp" | "tcp" | "tls";

/** Where a message goes: an address or a host name that the shell resolves. */
export interface Destination {
	readonly address: string;
	readonly port: number;
	/** Absent: UDP. */
	readonly transport?: Transport | undefined;
}

/** RFC 3261 section 19.1.2 */
export const DEFAULT_PORT = 5060;

/** Longer ones are not read; a Request-URI is answered with 414. */
export const MAX_URI_LENGTH = 512;

/** Scheme of any URI in lower case, or undefined when the text does not begin with one. */
export function schemeOf(text: string): string | undefined {
	return SCHEME.exec(text)?.[1]?.toLowerCase();
}

/** A sip: or sips: URI; undefined when it is another scheme or malformed. */
export function parseUri(text: string): Uri | undefined {
	if (text.length > MAX_URI_LENGTH || NOT_IN_URI.test(text) || hasControl(text)) return undefined;
	const scheme = schemeOf(text);
	if (scheme !== "sip" && scheme !== "sips") return undefined;
	let rest = text.slice(scheme.length + 1);
	let user: string | undefined;
	const at = rest.lastIndexOf("@");
	if (at >= 0) {
		user = rest.slice(0, at);
		rest = rest.slice(at + 1);
		// An unescaped @ in the user part is malformed (section 19.1.2 lists what may stand there).
		if (user === "" || user.indexOf("@") >= 0) return undefined;
		const password = user.indexOf(":");
		if (password >= 0) user = user.slice(0, password);
	}
	const question = rest.indexOf("?");
	const headers = question < 0 ? undefined : rest.slice(question + 1);
	if (question >= 0) rest = rest.slice(0, question);
	const semicolon = rest.indexOf(";");
	const params = semicolon < 0 ? [] : parseParams(rest.slice(semicolon + 1));
	const hostPort = parseHostPort(semicolon < 0 ? rest : rest.slice(0, semicolon));
	if (hostPort === undefined || params === undefined) return undefined;
	return { scheme, user, host: hostPort.host, port: hostPort.port, params, headers };
}

/** Host and port that a URI leads to over UDP; maddr overrides the host (section 19.1.1). IPv6 loses its brackets. */
export function destinationOf(uri: Uri): Destination {
	const maddr = param(uri.params, "maddr");
	return { address: bare(maddr !== undefined && maddr !== "" ? maddr : uri.host), port: uri.port ?? DEFAULT_PORT };
}

/** An address without the brackets of an IPv6 reference. */
export function bare(host: string): string {
	return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** An address as it stands in a URI: IPv6 in brackets. */
export function bracketed(address: string): string {
	return address.indexOf(":") >= 0 && !address.startsWith("[") ? `[${address}]` : address;
}

/**
 * Whether two URIs name the same contact (section 19.1.4, as far as a phone needs it: scheme, user, host, port and
 * the parameters that always take part).
 */
export function sameUri(a: Uri, b: Uri): boolean {
	if (a.scheme !== b.scheme || a.user !== b.user || a.host !== b.host || a.port !== b.port) return false;
	return ["user", "ttl", "method", "maddr"].every((name) => param(a.params, name) === param(b.params, name));
}

function hasControl(text: string): boolean {
	for (const character of text) if (character < " " || character === "\x7f") return true;
	return false;
}
