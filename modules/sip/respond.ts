/**
 * Responses that we send (RFC 3261 section 8.2.6). A request and a status enter from the verbs; bytes and the place they
 * go to leave to the server transaction.
 * @module
 */

import type { Answerable } from "./kept";
import { type Header, type Malformed, type Request, tagOf } from "./message";
import { type Body, withBody } from "./request";
import { split } from "./syntax";
import type { Destination } from "./uri";
import { formatVia, responseDestination, type Via, withSource } from "./via";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const TAGGED = /;\s*tag\s*=/i;

/** Everything of a response that the request does not decide. */
export interface ResponseParts {
	readonly status: number;
	/** Without it, the phrase of the RFC. */
	readonly reason?: string;
	/** To tag to add when the request has none; 100 goes without. */
	readonly toTag?: string;
	readonly headers?: readonly Header[];
	readonly body?: Body;
}

/** Reason phrases (section 21); the person is told words.ts instead. */
const PHRASES: Readonly<Record<number, string>> = Object.freeze({
	100: "Trying",
	180: "Ringing",
	183: "Session Progress",
	200: "OK",
	202: "Accepted",
	302: "Moved Temporarily",
	400: "Bad Request",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	406: "Not Acceptable",
	408: "Request Timeout",
	414: "Request-URI Too Long",
	415: "Unsupported Media Type",
	416: "Unsupported URI Scheme",
	420: "Bad Extension",
	422: "Session Interval Too Small",
	480: "Temporarily Unavailable",
	481: "Call/Transaction Does Not Exist",
	482: "Loop Detected",
	486: "Busy Here",
	487: "Request Terminated",
	488: "Not Acceptable Here",
	489: "Bad Event",
	491: "Request Pending",
	500: "Server Internal Error",
	501: "Not Implemented",
	503: "Service Unavailable",
	504: "Server Time-out",
	505: "Version Not Supported",
	513: "Message Too Large",
	603: "Decline",
});

/** The request with received and rport in its top Via, and where responses to it go (sections 18.2.1, 18.2.2). */
export function fromSource(request: Request, from: Destination): { request: Request; to: Destination } {
	const via = withSource(request.via, from);
	return { request: { ...request, via }, to: responseDestination(via, from) };
}

/** The packet. */
export function formatResponse(request: Answerable, parts: ResponseParts): Uint8Array {
	return build(request.headers, request.via, parts, tagOf(request.to) === undefined ? parts.toTag : undefined);
}

/**
 * An answer to what could not be read, as far as its header allows: it goes back to where the request came from, and
 * repeats the lines it has (RFC 4475 section 3.3.1 wants a 400 even without From, To and Call-ID). Undefined when not
 * even a Via or a CSeq says that somebody waits for it.
 */
export function refuse(
	malformed: Malformed,
	from: Destination,
	toTag: string,
): { bytes: Uint8Array; to: Destination } | undefined {
	// An ACK is never answered (section 17.1).
	if (malformed.status === undefined || malformed.method === "ACK") return undefined;
	const { headers } = malformed;
	for (const name of ["via", "cseq"]) if (!headers.some((entry) => entry.name === name)) return undefined;
	const via = malformed.via === undefined ? undefined : withSource(malformed.via, from);
	const tagged = headers.some((entry) => entry.name === "to" && TAGGED.test(entry.value));
	const parts = { status: malformed.status, reason: phrase(malformed.status, malformed.reason) };
	const bytes = build(headers, via, parts, tagged ? undefined : toTag);
	return { bytes, to: via === undefined ? from : responseDestination(via, from) };
}

/** Headers that a response has once, however often a broken request had them. */
const ECHOED: Readonly<Record<string, string>> = Object.freeze({
	from: "From",
	to: "To",
	"call-id": "Call-ID",
	cseq: "CSeq",
	// Section 8.2.6.1 asks for it in 100; in the others it does no harm, and tells the round trip as well.
	timestamp: "Timestamp",
});
const ECHOED_NAMES: readonly string[] = Object.freeze(Object.keys(ECHOED));

/** @param top the first Via, with its source; undefined when it is to be repeated as it stands */
function build(
	headers: readonly Header[],
	top: Via | undefined,
	parts: ResponseParts,
	toTag: string | undefined,
): Uint8Array {
	let head = `SIP/2.0 ${parts.status} ${parts.reason ?? PHRASES[parts.status] ?? "Unknown"}\r\n`;
	let pending = top;
	const echoed = new Set<string>();
	for (const { name, value } of headers) {
		if (name === "via") {
			if (pending === undefined) {
				head += `Via: ${value}\r\n`;
				continue;
			}
			head += `Via: ${formatVia(pending)}\r\n`;
			pending = undefined;
			// Empty elements of a list mean nothing (section 7.3.1), and each would become a line.
			for (const other of (split(value, ",") ?? []).slice(1)) if (other !== "") head += `Via: ${other}\r\n`;
		} else if (name === "record-route") {
			// Section 12.1.1: in everything that makes a dialog, in the order of the request.
			if (parts.status > 100 && parts.status < 300) head += `Record-Route: ${value}\r\n`;
		} else if (ECHOED_NAMES.includes(name) && !echoed.has(name)) {
			echoed.add(name);
			head += `${ECHOED[name]}: ${value}${name === "to" && toTag !== undefined ? `;tag=${toTag}` : ""}\r\n`;
		}
	}
	for (const { name, value } of parts.headers ?? []) head += `${name}: ${value}\r\n`;
	return withBody(head, parts.body);
}

/** A phrase that says which part was wrong (section 21.4.1), in one line of plain ASCII. */
function phrase(status: number, reason: string): string {
	return `${PHRASES[status] ?? "Bad Request"} (${reason.replace(/[^ -~]/g, "?").slice(0, 80)})`;
}
