/**
 * Responses that we send (RFC 3261 section 8.2.6). A request and a status enter from the verbs; bytes and the place they
 * go to leave to the server transaction.
 * @module
 */

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
	400: "Bad Request",
	404: "Not Found",
	405: "Method Not Allowed",
	408: "Request Timeout",
	415: "Unsupported Media Type",
	416: "Unsupported URI Scheme",
	420: "Bad Extension",
	480: "Temporarily Unavailable",
	481: "Call/Transaction Does Not Exist",
	482: "Loop Detected",
	486: "Busy Here",
	487: "Request Terminated",
	488: "Not Acceptable Here",
	491: "Request Pending",
	500: "Server Internal Error",
	501: "Not Implemented",
	503: "Service Unavailable",
	505: "Version Not Supported",
	513: "Message Too Large",
	603: "Decline",
});

/** The request with received and rport in its top Via, and where responses to it go (sections 18.2.1, 18.2.2). */
export function fromSource(request: Request, from: Destination): { request: Request; to: Destination } {
	const via = withSource(request.via, from);
	return { request: { ...request, via }, to: responseDestination(via) };
}

/** The packet. */
export function formatResponse(request: Request, parts: ResponseParts): Uint8Array {
	return build(request.headers, request.via, parts, tagOf(request.to) === undefined ? parts.toTag : undefined);
}

/** An answer to what could not be read, as far as its header allows; undefined when not even Via does. */
export function refuse(
	malformed: Malformed,
	from: Destination,
	toTag: string,
): { bytes: Uint8Array; to: Destination } | undefined {
	// An ACK is never answered (section 17.1).
	if (malformed.status === undefined || malformed.via === undefined || malformed.method === "ACK") return undefined;
	const { headers } = malformed;
	// Without these lines a response is as malformed as the request was (section 8.2.6.2).
	for (const name of ["from", "to", "call-id", "cseq"])
		if (!headers.some((entry) => entry.name === name)) return undefined;
	const via = withSource(malformed.via, from);
	const tagged = headers.some((entry) => entry.name === "to" && TAGGED.test(entry.value));
	const parts = { status: malformed.status, reason: phrase(malformed.status, malformed.reason) };
	return { bytes: build(headers, via, parts, tagged ? undefined : toTag), to: responseDestination(via) };
}

function build(headers: readonly Header[], top: Via, parts: ResponseParts, toTag: string | undefined): Uint8Array {
	const lines = [`SIP/2.0 ${parts.status} ${parts.reason ?? PHRASES[parts.status] ?? "Unknown"}`];
	let first = true;
	for (const { name, value } of headers) {
		if (name === "via") {
			const others = first ? (split(value, ",") ?? []).slice(1) : [value];
			if (first) lines.push(`Via: ${formatVia(top)}`);
			for (const other of others) lines.push(`Via: ${other}`);
			first = false;
		}
		if (name === "from") lines.push(`From: ${value}`);
		if (name === "to") lines.push(`To: ${value}${toTag === undefined ? "" : `;tag=${toTag}`}`);
		if (name === "call-id") lines.push(`Call-ID: ${value}`);
		if (name === "cseq") lines.push(`CSeq: ${value}`);
		// Section 8.2.6.1
		if (name === "timestamp" && parts.status === 100) lines.push(`Timestamp: ${value}`);
		// Section 12.1.1: in everything that makes a dialog, in the order of the request.
		if (name === "record-route" && parts.status > 100 && parts.status < 300) lines.push(`Record-Route: ${value}`);
	}
	for (const { name, value } of parts.headers ?? []) lines.push(`${name}: ${value}`);
	return withBody(lines, parts.body);
}

/** A phrase that says which part was wrong (section 21.4.1), in one line of plain ASCII. */
function phrase(status: number, reason: string): string {
	return `${PHRASES[status] ?? "Bad Request"} (${reason.replace(/[^ -~]/g, "?").slice(0, 80)})`;
}
