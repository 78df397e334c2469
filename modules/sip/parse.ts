/**
 * Packets to messages (RFC 3261 sections 7 and 25). A datagram enters from the agent; a Request, a Response or the
 * reason why it is neither leaves. Everything is bounded: nothing a peer sends makes this throw or grow.
 * @module
 */

import { Reader } from "bytes/reader";
import { asciiDecode, latin1Decode, utf8Decode } from "bytes/text";
import { type Address, parseAddress } from "./address";
import { KNOWN_METHODS, METHODS } from "./constants";
import type { Header, Malformed, Message } from "./message";
import { longName } from "./names";
import { isToken, parseNumber, split } from "./syntax";
import { parseVia, type Via } from "./via";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
// An alternative, not an optional group: from a group that may be left out and holds what it begins with, the engine
// needs exponential time to come back (scripts/checks/words.ts).
const STATUS_LINE = /^SIP\/2\.0 ([1-6][0-9][0-9])( .*|)$/i;
const OTHER_VERSION = /^SIP\/[0-9]+\.[0-9]+$/i;
const SPACE = /\s/;
const CSEQ = /^([0-9]{1,10})\s+(\S+)$/;

/** A whole message; more is not believed. A large INVITE of a real phone has about 4,000 bytes. */
export const MAX_MESSAGE_BYTE_LENGTH = 16384;
const MAX_HEADERS = 100;
/** Lines of the head, folded ones counted one by one. */
const MAX_LINES = 500;
const MAX_LINE_BYTE_LENGTH = 4096;
/** Values of one kind of header that lines may carry; proxies on the way are rarely more than five. */
const MAX_VALUES = 40;
const MAX_METHOD_LENGTH = 64;

const TAB = 9;
const LF = 10;
const CR = 13;
const BLANK = 32;

type StartLine =
	| {
			readonly type: "request";
			readonly method: string;
			readonly uri: string;
			/** The line can be read so far that a response can say what is wrong with it. */
			readonly fault?: { readonly status: number; readonly reason: string };
	  }
	| { readonly type: "response"; readonly status: number; readonly reason: string };

/** A datagram that carries no message at all: the CRLF of a NAT keep-alive (RFC 5626 section 4.4.1) or nothing. */
export function isKeepAlive(bytes: Uint8Array): boolean {
	if (bytes.length > 4) return false;
	return bytes.every((byte) => byte === CR || byte === LF || byte === 0);
}

/** One datagram, one message. */
export function parse(bytes: Uint8Array): Message | Malformed {
	if (bytes.length > MAX_MESSAGE_BYTE_LENGTH) return hopeless(`${bytes.length} bytes are too many for one message`);
	const head = readHead(bytes);
	const first = head.lines[0];
	if (first === undefined || (!head.whole && head.lines.length < 2)) return hopeless("the first line does not end");
	if (first.length > MAX_LINE_BYTE_LENGTH) return hopeless("the first line is too long");
	if (first.indexOf("\r") >= 0) return hopeless("the first line has a bare CR");
	const start = parseStartLine(first);
	if (typeof start === "string") return hopeless(start);

	const fields = new Fields();
	const malformed = (reason: string, status = 400): Malformed => ({
		type: "malformed",
		reason,
		status: start.type === "request" ? status : undefined,
		method: start.type === "request" ? start.method : undefined,
		via: topVia(fields.via),
		headers: fields.headers,
	});
	const fault = readHeaders(head, fields);
	if (fault !== undefined) return malformed(fault, fault === TOO_MANY ? 513 : 400);
	if (start.type === "request" && start.fault !== undefined) return malformed(start.fault.reason, start.fault.status);
	const core = readCore(fields);
	if (typeof core === "string") return malformed(core);
	if (start.type === "request" && core.method !== start.method)
		// RFC 4475 section 3.1.2.18: a method that nobody knows is refused for that.
		return malformed(
			`CSeq is for ${core.method}, the request is ${start.method}`,
			KNOWN_METHODS.includes(start.method) || METHODS.includes(start.method) ? 400 : 501,
		);

	// Section 18.3: what comes after the body is discarded; a body cut short is an error.
	const reader = new Reader(bytes);
	reader.offset = head.byteLength;
	const byteLength = fields.contentLength === undefined ? reader.remaining : parseNumber(fields.contentLength, 9);
	if (byteLength === undefined) return malformed("Content-Length is no length");
	if (byteLength > reader.remaining)
		return malformed(`Content-Length says ${byteLength}, ${reader.remaining} bytes came`);
	const { headers } = fields;
	const { via, from, to, callId, cseq, method } = core;
	const body = reader.bytes(byteLength);
	if (start.type === "response") {
		const { status, reason } = start;
		return { type: "response", status, reason, headers, via, from, to, callId, cseq, method, body };
	}
	const { maxForwards } = fields;
	if (maxForwards !== undefined && (parseNumber(maxForwards) ?? 256) > 255)
		return malformed("Max-Forwards is not 0 to 255");
	return { type: "request", uri: start.uri, headers, via, from, to, callId, cseq, method, body };
}

const TOO_MANY = "too many header fields";

function parseStartLine(line: string): StartLine | string {
	const status = line.charCodeAt(3) === SLASH ? STATUS_LINE.exec(line) : null;
	if (status !== null) return { type: "response", status: Number(status[1]), reason: (status[2] ?? "").slice(1) };
	const first = line.indexOf(" ");
	const last = line.lastIndexOf(" ");
	const method = line.slice(0, Math.max(first, 0));
	if (first === last || !isMethod(method)) return "the first line is neither a request nor a status";
	const uri = line.slice(first + 1, last);
	const version = line.slice(last + 1);
	if (version === "SIP/2.0" || version.toUpperCase() === "SIP/2.0") {
		if (!SPACE.test(uri)) return { type: "request", method, uri };
		return { type: "request", method, uri: "", fault: { status: 400, reason: "the Request-URI has white space" } };
	}
	if (OTHER_VERSION.test(version))
		return { type: "request", method, uri, fault: { status: 505, reason: "not SIP/2.0" } };
	if (version === "" && line.trimEnd().toUpperCase().endsWith(" SIP/2.0"))
		return { type: "request", method, uri, fault: { status: 400, reason: "the first line ends with white space" } };
	return "the first line does not end with SIP/2.0";
}

function isMethod(text: string): boolean {
	return text.length <= MAX_METHOD_LENGTH && isToken(text);
}

const SLASH = 47;

interface Head {
	/** Without their line ends. */
	readonly lines: readonly string[];
	/** Where the body begins. */
	readonly byteLength: number;
	/** The empty line that ends the header was found. */
	readonly whole: boolean;
}

/** Everything up to the empty line. Lines end with CRLF, or with the bare LF that some send. */
function readHead(bytes: Uint8Array): Head {
	let begin = 0;
	// Empty lines before the start line are passed over (section 7.5).
	while (bytes[begin] === LF || (bytes[begin] === CR && bytes[begin + 1] === LF)) begin++;
	let clean = true;
	let end = -1;
	let byteLength = bytes.length;
	for (let at = bytes.indexOf(LF, begin); at >= 0; at = bytes.indexOf(LF, at + 1)) {
		if (bytes[at - 1] !== CR) clean = false;
		const empty = bytes[at + 1] === LF ? 2 : bytes[at + 1] === CR && bytes[at + 2] === LF ? 3 : 0;
		end = at;
		if (empty === 0) continue;
		byteLength = at + empty;
		if (empty === 2) clean = false;
		return { lines: readLines(bytes.subarray(begin, at), clean), byteLength, whole: true };
	}
	// Only lines that have ended count.
	const lines = end < 0 ? [] : readLines(bytes.subarray(begin, end), clean);
	return { lines: end < 0 ? lines : [...lines, ""].slice(0, MAX_LINES + 1), byteLength, whole: false };
}

/** @param bytes without the last LF. @param clean every LF has its CR */
function readLines(bytes: Uint8Array, clean: boolean): string[] {
	// The last line's CR is still there, since its LF is not.
	const text = asciiDecode(bytes[bytes.length - 1] === CR ? bytes.subarray(0, -1) : bytes);
	if (text !== undefined && clean) return text.split("\r\n", MAX_LINES + 1);
	const lines: string[] = [];
	let begin = 0;
	while (begin <= bytes.length && lines.length <= MAX_LINES) {
		const found = bytes.indexOf(LF, begin);
		const next = found < 0 ? bytes.length : found;
		const end = next > begin && bytes[next - 1] === CR ? next - 1 : next;
		lines.push(decode(bytes.subarray(begin, end)));
		begin = next + 1;
	}
	return lines;
}

/** What one pass over the header lines finds: all of them, and the values that every message is judged by. */
class Fields {
	readonly headers: Header[] = [];
	via: string | undefined;
	from: string | undefined;
	to: string | undefined;
	callId: string | undefined;
	cseq: string | undefined;
	contentLength: string | undefined;
	contentType: string | undefined;
	maxForwards: string | undefined;
	vias = 0;
	/** The first that stands twice and may not. */
	twice: string | undefined;

	add(name: string, value: string): void {
		this.headers.push({ name, value });
		switch (name) {
			case "via":
				this.vias++;
				this.via ??= value;
				return;
			case "from":
				this.from = this.#once(this.from, name, value);
				return;
			case "to":
				this.to = this.#once(this.to, name, value);
				return;
			case "call-id":
				this.callId = this.#once(this.callId, name, value);
				return;
			case "cseq":
				this.cseq = this.#once(this.cseq, name, value);
				return;
			case "content-length":
				this.contentLength = this.#once(this.contentLength, name, value);
				return;
			case "content-type":
				this.contentType = this.#once(this.contentType, name, value);
				return;
			case "max-forwards":
				this.maxForwards = this.#once(this.maxForwards, name, value);
		}
	}

	/** Section 7.3.1: twice is a message that two readers would understand differently. */
	#once(before: string | undefined, name: string, value: string): string {
		if (before === undefined) return value;
		this.twice ??= name;
		return before;
	}
}

/** Returns what is wrong. */
function readHeaders({ lines, whole }: Head, fields: Fields): string | undefined {
	// Without the empty line the last one is the end of what came, no line of its own.
	const count = whole ? lines.length : lines.length - 1;
	for (let i = 1; i < count; ) {
		const line = lines[i++] ?? "";
		if (line.length > MAX_LINE_BYTE_LENGTH) return "a header line is too long";
		// A CR inside a line would be a line end to another reader, and our responses echo these values.
		if (line.indexOf("\r") >= 0) return "a header line has a bare CR";
		if (isFolded(line)) return "the first header line is folded";
		if (fields.headers.length >= MAX_HEADERS || lines.length > MAX_LINES) return TOO_MANY;
		const colon = line.indexOf(":");
		const name = colon <= 0 ? undefined : longName(line.slice(0, colon));
		if (name === undefined) return "a header line has no name";
		let value = line.slice(colon + 1).trim();
		// Folding (section 7.3.1): the line goes on with the value above.
		for (let next = lines[i]; i < count && next !== undefined && isFolded(next); next = lines[++i]) {
			if (next.indexOf("\r") >= 0) return "a header line has a bare CR";
			value = value === "" ? next.trim() : `${value} ${next.trim()}`;
			if (value.length > MAX_LINE_BYTE_LENGTH) return "a header line is too long";
		}
		fields.add(name, value);
	}
	return whole ? undefined : "the header does not end";
}

function isFolded(line: string): boolean {
	const first = line.charCodeAt(0);
	return first === BLANK || first === TAB;
}

interface CoreFields {
	readonly via: Via;
	readonly from: Address;
	readonly to: Address;
	readonly callId: string;
	readonly cseq: number;
	readonly method: string;
}

/** The fields that no message may lack (section 8.1.1), or the first fault among them. */
function readCore(fields: Fields): CoreFields | string {
	if (fields.twice !== undefined) return `${fields.twice} stands more than once`;
	if (fields.vias > MAX_VALUES) return TOO_MANY;
	const via = topVia(fields.via);
	if (via === undefined) return "Via is missing or malformed";
	const from = parseAddress(fields.from ?? "");
	if (from === undefined) return "From is missing or malformed";
	const to = parseAddress(fields.to ?? "");
	if (to === undefined) return "To is missing or malformed";
	const callId = fields.callId ?? "";
	if (callId === "" || SPACE.test(callId) || callId.length > 256) return "Call-ID is missing or malformed";
	const match = CSEQ.exec(fields.cseq ?? "");
	const cseq = parseNumber(match?.[1]);
	const method = match?.[2];
	// Section 8.1.1.5: the sequence number is less than 2^31; up to 2^32-1 is seen and harms nobody.
	if (cseq === undefined || cseq > 0xffffffff || method === undefined || !isMethod(method))
		return "CSeq is missing or malformed";
	return { via, from, to, callId, cseq, method };
}

function topVia(line: string | undefined): Via | undefined {
	if (line === undefined) return undefined;
	const value = line.indexOf(",") < 0 ? line : split(line, ",")?.[0];
	return value === undefined ? undefined : parseVia(value);
}

/** Header text is UTF-8 (section 7.3.1); what is not is shown as ISO 8859-1 rather than refused. */
function decode(line: Uint8Array): string {
	return utf8Decode(line) ?? latin1Decode(line);
}

function hopeless(reason: string): Malformed {
	return { type: "malformed", reason, status: undefined, method: undefined, via: undefined, headers: [] };
}
