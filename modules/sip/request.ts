/**
 * Requests that we send (RFC 3261 section 8.1.1). The verbs and dialogs describe one; the transaction keeps it to
 * build ACK and CANCEL from; the bytes leave to the shell.
 * @module
 */

import { concat } from "bytes/concat";
import { utf8Encode } from "bytes/text";
import type { Header } from "./message";
import { formatVia, parseVia, type Via } from "./via";

/** All that tells one request from another; names in `headers` as they are to be written. */
export interface OutgoingRequest {
	readonly method: string;
	readonly uri: string;
	readonly via: Via;
	/** Values of Route, in order. */
	readonly routes: readonly string[];
	/** Whole values of From and To, tags and all. */
	readonly from: string;
	readonly to: string;
	readonly callId: string;
	readonly cseq: number;
	/** Contact, Expires, Authorization ...: everything that is not in the fields above or about the body. */
	readonly headers: readonly Header[];
	readonly body: Body | undefined;
}

export interface Body {
	readonly contentType: string;
	readonly text: string;
}

const MAX_FORWARDS = 70;

/** The packet. */
export function formatRequest(request: OutgoingRequest): Uint8Array {
	return withBody(formatHead(request), request.body);
}

/** Start line and header lines, but for those about the body. */
export function formatHead(request: OutgoingRequest): string {
	let head = `${request.method} ${request.uri} SIP/2.0\r\nVia: ${formatVia(request.via)}\r\n`;
	for (const route of request.routes) head += `Route: ${route}\r\n`;
	head += `Max-Forwards: ${MAX_FORWARDS}\r\nFrom: ${request.from}\r\nTo: ${request.to}\r\nCall-ID: ${request.callId}\r\n`;
	head += `CSeq: ${request.cseq} ${request.method}\r\n`;
	for (const { name, value } of request.headers) head += `${name}: ${value}\r\n`;
	return head;
}

/**
 * The request of a head that formatHead wrote: a transaction keeps this one text in place of a dozen of strings and
 * objects, and reads it when an answer comes. @throws for any other text
 */
export function readHead(head: string): OutgoingRequest {
	const [first = "", ...lines] = head.split("\r\n");
	const [method = "", uri = ""] = first.split(" ");
	const values = new Map<string, string>();
	const routes: string[] = [];
	const headers: Header[] = [];
	for (const line of lines) {
		const colon = line.indexOf(": ");
		if (colon < 0) continue;
		const name = line.slice(0, colon);
		const value = line.slice(colon + 2);
		if (name === "Route") routes.push(value);
		else if (OWN.includes(name) && !values.has(name)) values.set(name, value);
		else headers.push({ name, value });
	}
	const via = parseVia(values.get("Via") ?? "");
	if (via === undefined) throw new Error("no request of ours");
	return {
		method,
		uri,
		via,
		routes,
		from: values.get("From") ?? "",
		to: values.get("To") ?? "",
		callId: values.get("Call-ID") ?? "",
		cseq: Number.parseInt(values.get("CSeq") ?? "", 10),
		headers,
		body: undefined,
	};
}

const OWN: readonly string[] = Object.freeze(["Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq"]);

/**
 * What is kept of a head once nothing is sent again: enough for ACK, CANCEL and the dialog, and the credentials that the
 * ACK for a 2xx repeats (section 13.2.2.4).
 */
export function keptHead(head: string): string {
	const request = readHead(head);
	return formatHead({ ...request, headers: request.headers.filter(isCredentials) });
}

export function isCredentials(entry: Header): boolean {
	return entry.name === "Authorization" || entry.name === "Proxy-Authorization";
}

/** ACK for a final response other than 2xx (section 17.1.1.3). @param to the To value of that response */
export function ackFor(invite: OutgoingRequest, to: string): OutgoingRequest {
	return { ...invite, method: "ACK", to, headers: [], body: undefined };
}

/** CANCEL for an INVITE that is still pending (section 9.1): the same branch, no Require, no credentials. */
export function cancelFor(invite: OutgoingRequest): OutgoingRequest {
	return { ...invite, method: "CANCEL", headers: [], body: undefined };
}

/** Start line and header lines, each with its CRLF; then the body with its type and length. */
export function withBody(head: string, body: Body | undefined): Uint8Array {
	if (body === undefined) return utf8Encode(`${head}Content-Length: 0\r\n\r\n`);
	const whole = `${head}Content-Type: ${body.contentType}\r\nContent-Length: `;
	const bytes = utf8Encode(`${whole}${body.text.length}\r\n\r\n${body.text}`);
	// As many octets as characters: plain ASCII, as nearly always, and the length was right.
	const { length } = String(body.text.length);
	if (bytes.length === whole.length + length + 4 + body.text.length) return bytes;
	const content = utf8Encode(body.text);
	return concat(utf8Encode(`${whole}${content.length}\r\n\r\n`), content);
}
