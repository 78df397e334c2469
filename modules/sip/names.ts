/**
 * Names of header fields (RFC 3261 sections 7.3.1 and 7.3.3): as somebody wrote them, to the one form by which this room
 * knows them, lower case and long.
 * @module
 */

import { isToken } from "./syntax";

/** Spellings that nearly every message has, and the compact forms of section 7.3.3 and of the extensions a phone meets. */
const SPELLINGS: readonly (readonly [name: string, ...spellings: readonly string[]])[] = Object.freeze([
	["accept", "Accept"],
	["accept-contact", "a"],
	["allow", "Allow"],
	["allow-events", "u"],
	["authorization", "Authorization"],
	["call-id", "Call-ID", "i"],
	["contact", "Contact", "m"],
	["content-disposition", "Content-Disposition"],
	["content-encoding", "e"],
	["content-length", "Content-Length", "l"],
	["content-type", "Content-Type", "c"],
	["cseq", "CSeq"],
	["event", "Event", "o"],
	["expires", "Expires"],
	["from", "From", "f"],
	["max-forwards", "Max-Forwards"],
	["proxy-authenticate", "Proxy-Authenticate"],
	["proxy-authorization", "Proxy-Authorization"],
	["record-route", "Record-Route"],
	["refer-to", "r"],
	["referred-by", "b"],
	["reject-contact", "j"],
	["require", "Require"],
	["route", "Route"],
	["server", "Server"],
	["session-expires", "x"],
	["subject", "s"],
	["supported", "Supported", "k"],
	["to", "To", "t"],
	["user-agent", "User-Agent"],
	["via", "Via", "v"],
	["www-authenticate", "WWW-Authenticate"],
]);

/** A Map, not an object: "constructor" is a name like any other, and a peer's words do not become property keys. */
const NAMES: ReadonlyMap<string, string> = Object.freeze(
	new Map(SPELLINGS.flatMap(([name, ...spellings]) => spellings.map((spelling): [string, string] => [spelling, name]))),
);

/** The long name in lower case; undefined when the text is no header name. White space around it is passed over. */
export function longName(written: string): string | undefined {
	const known = NAMES.get(written);
	if (known !== undefined) return known;
	const name = written.trim().toLowerCase();
	return isToken(name) ? (NAMES.get(name) ?? name) : undefined;
}
