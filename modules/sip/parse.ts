/**
 * Packets to messages (RFC 3261 sections 7 and 25). A datagram enters from the agent; a Request, a Response or the
 * reason why it is neither leaves. Everything is bounded: nothing a peer sends makes this throw or grow.
 * @module
 */

import { Reader } from "bytes/reader";
import { latin1Decode, utf8Decode } from "bytes/text";
import { type Address, parseAddress } from "./address";
import { type Header, header, type Malformed, type Message } from "./message";
import { isToken, parseNumber, split } from "./syntax";
import { parseVia, type Via } from "./via";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
// An alternative, not an optional group: from a group that may be left out and holds what it begins with, the engine
// needs exponential time to come back (scripts/checks/words.ts).
const STATUS_LINE = /^SIP\/2\.0 ([1-6][0-9][0-9])( .*|)$/i;
const REQUEST_LINE = /^(\S+) (\S+) (\S+)$/;
const OTHER_VERSION = /^SIP\/[0-9]+\.[0-9]+$/i;
const SPACE = /\s/;
const CSEQ = /^([0-9]{1,10})\s+(\S+)$/;

/** A whole message; more is not believed. A large INVITE of a real phone has about 4,000 bytes. */
export const MAX_MESSAGE_BYTE_LENGTH = 16384;
const MAX_HEADERS = 100;
const MAX_LINE_BYTE_LENGTH = 4096;
/** Values of one kind of header that lines may carry; proxies on the way are rarely more than five. */
const MAX_VALUES = 40;

const CR = 13;
const LF = 10;

/** RFC 3261 section 7.3.3 and the compact forms of the extensions a phone meets. */
const COMPACT: Readonly<Record<string, string>> = Object.freeze({
	a: "accept-contact",
	b: "referred-by",
	c: "content-type",
	e: "content-encoding",
	f: "from",
	i: "call-id",
	j: "reject-contact",
	k: "supported",
	l: "content-length",
	m: "contact",
	o: "event",
	r: "refer-to",
	s: "subject",
	t: "to",
	u: "allow-events",
	v: "via",
	x: "session-expires",
});

/** Headers that may stand only once (section 7.3.1); twice is a message that two readers would understand differently. */
const SINGLE: readonly string[] = Object.freeze(["from", "to", "call-id", "cseq", "content-length", "content-type"]);

type StartLine =
	| { readonly type: "request"; readonly method: string; readonly uri: string }
	| { readonly type: "response"; readonly status: number; readonly reason: string };

/** A datagram that carries no message at all: the CRLF of a NAT keep-alive (RFC 5626 section 4.4.1) or nothing. */
export function isKeepAlive(bytes: Uint8Array): boolean {
	if (bytes.length > 4) return false;
	return bytes.every((byte) => byte === CR || byte === LF || byte === 0);
}

/** One datagram, one message. */
export function parse(bytes: Uint8Array): Message | Malformed {
	if (bytes.length > MAX_MESSAGE_BYTE_LENGTH) return hopeless(`${bytes.length} bytes are too many for one message`);
	const reader = new Reader(bytes);
	let first = readLine(reader);
	// Empty lines before the start line are passed over (section 7.5).
	while (first !== undefined && first.length === 0 && reader.remaining > 0) first = readLine(reader);
	if (first === undefined) return hopeless("the first line does not end");
	if (first.length > MAX_LINE_BYTE_LENGTH) return hopeless("the first line is too long");
	if (first.indexOf(CR) >= 0) return hopeless("the first line has a bare CR");
	const start = parseStartLine(decode(first));
	if (typeof start === "string") return hopeless(start);
	const malformed = (reason: string, headers: readonly Header[], status = 400): Malformed => ({
		type: "malformed",
		reason,
		status: start.type === "request" ? status : undefined,
		method: start.type === "request" ? start.method : undefined,
		via: topVia(headers),
		headers,
	});

	const headers: Header[] = [];
	const fault = readHeaders(reader, headers);
	if (fault !== undefined) return malformed(fault, headers, fault === TOO_MANY ? 513 : 400);
	if (start.type === "request" && start.uri === VERSION_FAULT) return malformed("not SIP/2.0", headers, 505);
	const core = readCore(headers);
	if (typeof core === "string") return malformed(core, headers);
	if (start.type === "request" && core.method !== start.method)
		return malformed(`CSeq is for ${core.method}, the request is ${start.method}`, headers);

	// Section 18.3: what comes after the body is discarded; a body cut short is an error.
	const lengthText = header({ headers }, "content-length");
	const byteLength = lengthText === undefined ? reader.remaining : parseNumber(lengthText, 9);
	if (byteLength === undefined) return malformed("Content-Length is no length", headers);
	if (byteLength > reader.remaining)
		return malformed(`Content-Length says ${byteLength}, ${reader.remaining} bytes came`, headers);
	const message = { headers, ...core, body: reader.bytes(byteLength) };
	if (start.type === "response") return { type: "response", status: start.status, reason: start.reason, ...message };
	const maxForwards = header({ headers }, "max-forwards");
	if (maxForwards !== undefined && (parseNumber(maxForwards, 3) ?? 256) > 255)
		return malformed("Max-Forwards is not 0 to 255", headers);
	return { type: "request", uri: start.uri, ...message };
}

const TOO_MANY = "too many header fields";
/** Stands where the Request-URI would: the line is a request of another SIP version. No URI has a space. */
const VERSION_FAULT = " version";

function parseStartLine(line: string): StartLine | string {
	const status = STATUS_LINE.exec(line);
	if (status !== null) return { type: "response", status: Number(status[1]), reason: (status[2] ?? "").slice(1) };
	const request = REQUEST_LINE.exec(line);
	const method = request?.[1];
	const uri = request?.[2];
	if (request === null || method === undefined || uri === undefined || !isToken(method) || method.length > 32)
		return "the first line is neither a request nor a status";
	const version = request[3] ?? "";
	if (version.toUpperCase() === "SIP/2.0") return { type: "request", method, uri };
	return OTHER_VERSION.test(version)
		? { type: "request", method, uri: VERSION_FAULT }
		: "the first line does not end with SIP/2.0";
}

/** Fills `headers` up to the empty line; returns what is wrong. */
function readHeaders(reader: Reader, headers: Header[]): string | undefined {
	let name: string | undefined;
	let value = "";
	for (;;) {
		const line = readLine(reader);
		if (line === undefined) return "the header does not end";
		if (line.length > MAX_LINE_BYTE_LENGTH) return "a header line is too long";
		// A CR inside a line would be a line end to another reader, and our responses echo these values.
		if (line.indexOf(CR) >= 0) return "a header line has a bare CR";
		const text = decode(line);
		if (text.startsWith(" ") || text.startsWith("\t")) {
			// Folding (section 7.3.1): the line goes on with the value above.
			if (name === undefined) return "the first header line is folded";
			value += ` ${text.trim()}`;
			if (value.length > MAX_LINE_BYTE_LENGTH) return "a header line is too long";
			continue;
		}
		if (name !== undefined) {
			if (headers.length >= MAX_HEADERS) return TOO_MANY;
			headers.push({ name, value: value.trim() });
		}
		if (text === "") return undefined;
		const colon = text.indexOf(":");
		const written = text.slice(0, Math.max(colon, 0)).trim().toLowerCase();
		if (colon < 0 || !isToken(written)) return "a header line has no name";
		name = COMPACT[written] ?? written;
		value = text.slice(colon + 1).trim();
	}
}

/** The fields that no message may lack (section 8.1.1), or the first fault among them. */
function readCore(
	headers: readonly Header[],
): { via: Via; from: Address; to: Address; callId: string; cseq: number; method: string } | string {
	for (const name of SINGLE)
		if (headers.filter((entry) => entry.name === name).length > 1) return `${name} stands more than once`;
	if (headers.filter((entry) => entry.name === "via").length > MAX_VALUES) return TOO_MANY;
	const via = topVia(headers);
	if (via === undefined) return "Via is missing or malformed";
	const from = parseAddress(header({ headers }, "from") ?? "");
	if (from === undefined) return "From is missing or malformed";
	const to = parseAddress(header({ headers }, "to") ?? "");
	if (to === undefined) return "To is missing or malformed";
	const callId = header({ headers }, "call-id") ?? "";
	if (callId === "" || SPACE.test(callId) || callId.length > 256) return "Call-ID is missing or malformed";
	const match = CSEQ.exec(header({ headers }, "cseq") ?? "");
	const cseq = parseNumber(match?.[1]);
	const method = match?.[2];
	// Section 8.1.1.5: the sequence number is less than 2^31; up to 2^32-1 is seen and harms nobody.
	if (cseq === undefined || cseq > 0xffffffff || method === undefined || !isToken(method))
		return "CSeq is missing or malformed";
	return { via, from, to, callId, cseq, method };
}

function topVia(headers: readonly Header[]): Via | undefined {
	const line = header({ headers }, "via");
	const value = line === undefined ? undefined : split(line, ",")?.[0];
	return value === undefined ? undefined : parseVia(value);
}

/** The bytes up to the next line end (CRLF, or the bare LF that some send), which is passed over. */
function readLine(reader: Reader): Uint8Array | undefined {
	const rest = reader.remaining;
	const start = reader.offset;
	const view = reader.view(rest);
	const end = view.indexOf(LF);
	if (end < 0) return undefined;
	reader.offset = start + end + 1;
	return view.subarray(0, end > 0 && view[end - 1] === CR ? end - 1 : end);
}

/** Header text is UTF-8 (section 7.3.1); what is not is shown as ISO 8859-1 rather than refused. */
function decode(line: Uint8Array): string {
	return utf8Decode(line) ?? latin1Decode(line);
}

function hopeless(reason: string): Malformed {
	return { type: "malformed", reason, status: undefined, method: undefined, via: undefined, headers: [] };
}
