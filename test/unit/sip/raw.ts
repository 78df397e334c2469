/** Raw SIP messages for tests: lines to bytes. */

import { utf8Encode } from "bytes/text";

/** Lines with CRLF, then the empty line and the body. */
export function raw(lines: readonly string[], body = ""): Uint8Array {
	return utf8Encode(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/** An INVITE with everything a request needs (RFC 3261 section 8.1.1); lines of the same header name replace its own. */
export function request(method: string, changes: readonly string[] = [], body = ""): Uint8Array {
	const lines = [
		"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnashds8;rport",
		"Max-Forwards: 70",
		"From: Alice <sip:alice@atlanta.example.com>;tag=1928301774",
		"To: Bob <sip:bob@biloxi.example.com>",
		"Call-ID: a84b4c76e66710@pc33.atlanta.example.com",
		`CSeq: 314159 ${method}`,
		"Contact: <sip:alice@192.0.2.1>",
		...(body === "" ? [] : ["Content-Type: application/sdp"]),
		`Content-Length: ${utf8Encode(body).length}`,
	];
	const nameOf = (line: string): string => line.slice(0, line.indexOf(":")).toLowerCase();
	const changed = changes.map(nameOf);
	const kept = lines.filter((line) => !changed.includes(nameOf(line)));
	// A change without a value takes the line away.
	return raw([`${method} sip:bob@192.0.2.4 SIP/2.0`, ...kept, ...changes.filter((line) => !line.endsWith(":"))], body);
}
