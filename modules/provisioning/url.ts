/**
 * The URLs a config may come from. Text comes from the command line, from settings or from a server's Location field;
 * the parts go to fetch.ts.
 * @module
 */

export interface HttpUrl {
	readonly scheme: "http" | "https";
	/** Name or numeric address, without the brackets of IPv6. */
	readonly host: string;
	/** 1..65535. */
	readonly port: number;
	/** With its query, at least "/". */
	readonly path: string;
	/** Host and port as the Host field and messages have them. */
	readonly authority: string;
	/** The whole again, without a fragment. */
	readonly text: string;
}

/** Longest URL. */
const URL_MAXIMUM = 1024;
const DEFAULT_PORT = Object.freeze({ http: 80, https: 443 });

/** The parts of an absolute URL, or why it is none, in words that do not repeat a password. */
export function parseUrl(text: string): HttpUrl | { readonly error: string } {
	if (text.length > URL_MAXIMUM) return { error: `a URL of ${text.length} characters is too long` };
	if (!/^[\x21-\x7e]+$/.test(text)) return { error: "a URL has neither spaces nor letters outside ASCII" };
	const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/.exec(text);
	if (match === null) return { error: `"${text}" is not of the form http://host/path` };
	const [, rawScheme = "", authority = "", rest = ""] = match;
	const scheme = rawScheme.toLowerCase();
	if (authority.includes("@")) return { error: "a name and password in the URL are not supported" };
	if (scheme !== "http" && scheme !== "https")
		return { error: `"${text}" begins neither with http:// nor with https://` };
	const place = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(authority);
	const host = place?.[1] ?? place?.[2];
	const port = place?.[3] === undefined ? DEFAULT_PORT[scheme] : Number(place[3]);
	if (host === undefined || port < 1 || port > 65535) return { error: `"${text}" has no valid host and port` };
	const path = rest.startsWith("/") ? rest : `/${rest}`;
	return { scheme, host, port, path, authority, text: `${scheme}://${authority}${path}` };
}

/** A Location field, which may be relative, as an absolute URL (RFC 3986 section 5.2, without its dot segments). */
export function redirected(from: HttpUrl, location: string): string {
	if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(location)) return location;
	if (location.startsWith("//")) return `${from.scheme}:${location}`;
	const origin = `${from.scheme}://${from.authority}`;
	if (location.startsWith("/")) return origin + location;
	const [path = "/"] = from.path.split("?");
	if (location.startsWith("?")) return origin + path + location;
	return origin + path.slice(0, path.lastIndexOf("/") + 1) + location;
}

/** "{mac}" in a URL becomes the device's own, so that one URL serves a fleet. */
export function withMac(url: string, mac: string | undefined): string {
	return mac === undefined ? url : url.split("{mac}").join(mac);
}
