/**
 * Requests that we send (RFC 3261 section 8.1.1). The verbs and dialogs describe one; the transaction keeps it to
 * build ACK and CANCEL from; the bytes leave to the shell.
 * @module
 */

import { concat } from "bytes/concat";
import { utf8Encode } from "bytes/text";
import type { Header } from "./message";
import { formatVia, type Via } from "./via";

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
	const lines = [
		`${request.method} ${request.uri} SIP/2.0`,
		`Via: ${formatVia(request.via)}`,
		...request.routes.map((route) => `Route: ${route}`),
		`Max-Forwards: ${MAX_FORWARDS}`,
		`From: ${request.from}`,
		`To: ${request.to}`,
		`Call-ID: ${request.callId}`,
		`CSeq: ${request.cseq} ${request.method}`,
		...request.headers.map((entry) => `${entry.name}: ${entry.value}`),
	];
	return withBody(lines, request.body);
}

/** ACK for a final response other than 2xx (section 17.1.1.3). @param to the To value of that response */
export function ackFor(invite: OutgoingRequest, to: string): OutgoingRequest {
	return { ...invite, method: "ACK", to, headers: [], body: undefined };
}

/** CANCEL for an INVITE that is still pending (section 9.1): the same branch, no Require, no credentials. */
export function cancelFor(invite: OutgoingRequest): OutgoingRequest {
	return { ...invite, method: "CANCEL", headers: [], body: undefined };
}

/** Start line and header lines, then the body with its type and length. */
export function withBody(lines: readonly string[], body: Body | undefined): Uint8Array {
	const content = utf8Encode(body?.text ?? "");
	const type = body === undefined ? "" : `Content-Type: ${body.contentType}\r\n`;
	return concat(utf8Encode(`${lines.join("\r\n")}\r\n${type}Content-Length: ${content.length}\r\n\r\n`), content);
}
