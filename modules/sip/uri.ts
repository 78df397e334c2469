/**
 * SIP URIs (RFC 3261 section 19.1). Text enters from requests, Contact and Route values and from what a person dials;
 * the place to send to leaves to core.ts.
 * @module
 */

import { type Param, param, parseHostPort, parseParams } from "./syntax";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const NOT_IN_URI = /[\s<>"]/;
const NUMERIC = /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/;

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
	/** The domain that the other end's certificate must be for (RFC 5922 section 4); absent: the address. */
	readonly name?: string | undefined;
	/** Where a response goes when the connection that its request came by has gone (section 18.2.2). */
	readonly otherwise?: Destination | undefined;
}

/** Where to go, as a URI or the settings say it, before its servers have been looked for (RFC 3263). */
export interface Place {
	/** Name or numeric address. */
	readonly address: string;
	readonly port?: number | undefined;
	/** Absent: whatever the domain offers. */
	readonly transport?: Transport | undefined;
	/** Over TLS and nothing else. */
	readonly sips?: boolean | undefined;
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

/**
 * The place that a URI leads to; maddr overrides the host (section 19.1.1), sips: means TLS (26.2.2). IPv6 loses its
 * brackets. A transport that this phone has not counts as none: see transportFault.
 */
export function placeOf(uri: Uri): Place {
	const maddr = param(uri.params, "maddr");
	const sips = uri.scheme === "sips";
	return {
		address: bare(maddr !== undefined && maddr !== "" ? maddr : uri.host),
		port: uri.port,
		// Section 26.2.2: in a sips: URI "transport=tcp" means TLS over TCP.
		transport: sips ? "tls" : transportOf(uri),
		...(sips && { sips }),
	};
}

function transportOf(uri: Uri): Transport | undefined {
	const text = param(uri.params, "transport")?.toLowerCase();
	return text === "udp" || text === "tcp" || text === "tls" ? text : undefined;
}

/** Why a URI cannot be followed for its transport; undefined when it can. */
export function transportFault(uri: Uri): string | undefined {
	const text = param(uri.params, "transport")?.toLowerCase();
	if (text === undefined || transportOf(uri) !== undefined) return undefined;
	return `this phone speaks SIP over UDP, TCP and TLS, not over ${text.replace(/[^ -~]/g, "?").slice(0, 20)}`;
}

/** The port of a transport where none is given (section 19.1.2). */
export function portOf(transport: Transport | undefined): number {
	return transport === "tls" ? 5061 : DEFAULT_PORT;
}

/** Whether messages arrive or the connection says that they do not (section 17): nothing is repeated then. */
export function isReliable(to: Destination): boolean {
	return to.transport === "tcp" || to.transport === "tls";
}

/** IPv4 or IPv6 in numbers, with or without brackets. */
export function isNumeric(address: string): boolean {
	return address.indexOf(":") >= 0 || NUMERIC.test(address);
}

/**
 * Whether a numeric address can be one party's: not the unspecified one, which leads back to whoever sends to it, nor one of
 * many listeners (RFC 1122 section 3.2.1.3, RFC 4291 sections 2.5.2 and 2.7).
 */
export function isUnicast(address: string): boolean {
	if (address.indexOf(":") < 0) {
		const first = Number(address.slice(0, Math.max(address.indexOf("."), 0)));
		return first > 0 && first < 224;
	}
	const text = address.toLowerCase();
	// Another way to write an IPv4 address, which is not needed to reach it.
	if (text.startsWith("ff") || text.startsWith("::ffff:")) return false;
	for (const character of text) if (character !== ":" && character !== "0") return true;
	return false;
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
