/**
 * What a request must pass before a verb sees it (RFC 3261 sections 8.2 and 12.2.2). A well-formed request enters from
 * receive.ts; nothing, or the answer that the RFC asks for, goes back there.
 * @module
 */

import { bodyFault } from "./accept";
import { parseAddress } from "./address";
import { callIdOf, findDialog } from "./call";
import { SDP_TYPE, SUPPORTED } from "./constants";
import type { Core } from "./core";
import { type Header, header, headerList, type Request, tagOf } from "./message";
import { type Destination, MAX_URI_LENGTH, parseUri, schemeOf } from "./uri";

/** Methods that are done here; the others are refused for what they are, whatever else is in them (section 8.2.1). */
const OFFERED_METHODS: readonly string[] = Object.freeze([
	"INVITE",
	"OPTIONS",
	"BYE",
	"PRACK",
	"UPDATE",
	"INFO",
	"REFER",
	"NOTIFY",
]);
/** Methods that mean nothing outside a dialog. */
const INSIDE_METHODS: readonly string[] = Object.freeze(["BYE", "PRACK", "UPDATE", "INFO"]);

/** The answer to a request that is not carried out. */
export interface Fault {
	readonly status: number;
	readonly headers?: readonly Header[];
	readonly reason?: string;
}

/**
 * The checks of section 8.2 in their order, then those of 12.2.2; CANCEL passes them all (section 9.2).
 * @param from where the request came from
 */
export function requestFault(core: Core, request: Request, inside: boolean, from: Destination): Fault | undefined {
	if (request.method === "CANCEL") return undefined;
	const malformed = syntaxFault(request);
	if (malformed !== undefined) return malformed;
	if (OFFERED_METHODS.includes(request.method)) {
		// Section 8.2.2.1; a sips: URI means TLS on the last hop too (section 26.2.2).
		const scheme = schemeOf(request.uri);
		if (scheme !== "sip" && !(scheme === "sips" && from.transport === "tls")) return { status: 416 };
		// Section 8.2.2.3; Proxy-Require is not for us.
		const required = headerList(request, "require").filter((tag) => !SUPPORTED.includes(tag.toLowerCase()));
		if (required.length > 0) return { status: 420, headers: [{ name: "Unsupported", value: required.join(", ") }] };
	}
	if (tagOf(request.to) !== undefined) {
		// Section 12.2.2; a BYE outside every dialog too (15.1.2).
		// A NOTIFY finds the dialog of its subscription by itself (RFC 6665 section 4.1.3).
		if (!inside && request.method !== "NOTIFY") return { status: 481 };
	} else {
		if (core.isMerged(request) || isKnown(core, request)) return { status: 482 };
		if (INSIDE_METHODS.includes(request.method)) return { status: 481 };
		// Nobody but the other party of a call can ask for another one.
		if (request.method === "REFER") return { status: 403 };
	}
	if (request.method === "UPDATE" || request.method === "PRACK") {
		if (bodyFault(request) !== undefined) return { status: 415, headers: [{ name: "Accept", value: SDP_TYPE }] };
	}
	if (request.method === "INVITE") {
		const fault = bodyFault(request);
		if (fault === "type") return { status: 415, headers: [{ name: "Accept", value: SDP_TYPE }] };
		if (fault === "encoding") return { status: 415, headers: [{ name: "Accept-Encoding", value: "identity" }] };
		// Section 20.1: the answer to an INVITE is a session description; whoever takes none cannot be answered.
		if (!acceptsSdp(request)) return { status: 406 };
	}
	const dialog = inside ? findDialog(core, request)?.dialog : undefined;
	// Section 12.2.2: out of order.
	if (dialog?.remoteCseq !== undefined && request.cseq < dialog.remoteCseq) return { status: 500 };
	return undefined;
}

/**
 * An INVITE that is here already (section 8.2.2.2), although nothing is left of its transaction; or one of ours that came
 * back, by whatever way (section 16.3). Between two accounts of this phone it may.
 */
function isKnown(core: Core, request: Request): boolean {
	if (request.method !== "INVITE") return false;
	for (const call of core.calls) {
		const { dialog } = call;
		if (callIdOf(call) !== request.callId) continue;
		if (dialog?.ours === false) {
			if (dialog.remoteTag === tagOf(request.from) && request.cseq <= (dialog.remoteCseq ?? 0)) return true;
		} else if ((core.accountFor(request) ?? call.account) === call.account) return true;
	}
	return false;
}

/** What the grammar forbids beyond what parse.ts needs to read a message at all (section 21.4.1, RFC 4475 section 3.1.2). */
function syntaxFault(request: Request): Fault | undefined {
	const scheme = schemeOf(request.uri);
	if (scheme === undefined) return { status: 400, reason: "Bad Request (the Request-URI is none)" };
	if (scheme === "sip" || scheme === "sips") {
		if (request.uri.length > MAX_URI_LENGTH) return { status: 414 };
		const uri = parseUri(request.uri);
		// Section 19.1.1: a Request-URI has no header fields.
		if (uri === undefined || uri.headers !== undefined)
			return { status: 400, reason: "Bad Request (the Request-URI is malformed)" };
	}
	for (const value of headerList(request, "contact"))
		if (value !== "*" && parseAddress(value) === undefined)
			return { status: 400, reason: "Bad Request (Contact is malformed)" };
	return undefined;
}

/** Without the header every type is taken; with it, only those named (section 20.1). */
function acceptsSdp(request: Request): boolean {
	if (header(request, "accept") === undefined) return true;
	return headerList(request, "accept").some((range) =>
		["*/*", "application/*", SDP_TYPE].includes(range.split(";")[0]?.trim().toLowerCase() ?? ""),
	);
}
