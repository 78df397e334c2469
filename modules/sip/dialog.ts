/**
 * Dialogs (RFC 3261 section 12): the state two phones share about their call. Responses and requests that found one
 * enter from invite.ts and accept.ts; requests inside it leave from here.
 * @module
 */

import { type Address, formatAddress, parseAddress } from "./address";
import { type Header, header, headerList, type Lines, type Request, type Response, tagOf } from "./message";
import type { Body, OutgoingRequest } from "./request";
import { param } from "./syntax";
import { type Destination, type Place, parseUri, placeOf } from "./uri";
import { branchOf, MAGIC_COOKIE, type Via } from "./via";

export interface Dialog {
	readonly callId: string;
	readonly localTag: string;
	/** "" when an RFC 2543 peer has none. */
	readonly remoteTag: string;
	/** Whole values of From and To as we write them. */
	readonly local: string;
	readonly remote: string;
	/** We made the Call-ID: decides who waits longer after glare (section 14.1). */
	readonly ours: boolean;
	/** CSeq of our last request. */
	localCseq: number;
	/** CSeq of the peer's last request; undefined before the first. */
	remoteCseq: number | undefined;
	/** Route values in the order of our requests. */
	routes: readonly string[];
	/** The peer's Contact URI. */
	target: string;
	/** Where the message that made it came from (origin.ts); undefined where that is not known. */
	readonly hop: Destination | undefined;
}

/** Dialog of a UAC from a 1xx or 2xx to its INVITE (section 12.1.2); undefined without a usable target. */
export function fromResponse(invite: OutgoingRequest, response: Response): Dialog | undefined {
	// The route set is the Record-Route in reverse: the proxy nearest to us stands last.
	const routes = headerList(response, "record-route").reverse();
	const target = contactOf(response) ?? invite.uri;
	if (!isRoutable(routes, target)) return undefined;
	return {
		callId: invite.callId,
		localTag: tagOf(response.from) ?? "",
		remoteTag: tagOf(response.to) ?? "",
		local: invite.from,
		remote: formatAddress(response.to),
		ours: true,
		localCseq: invite.cseq,
		remoteCseq: undefined,
		routes,
		target,
		hop: response.source,
	};
}

/**
 * Dialog of a UAS from an INVITE (section 12.1.1); undefined without a usable Contact, which it must have (8.1.1.8).
 * RFC 2543 left Contact to the caller's choice: requests then go to the address in From (RFC 4475 section 3.4.1).
 * @param hop where it came from
 */
export function fromRequest(request: Request, localTag: string, hop: Destination): Dialog | undefined {
	const routes = headerList(request, "record-route");
	const old = branchOf(request.via)?.startsWith(MAGIC_COOKIE) !== true && header(request, "contact") === undefined;
	const target = old ? request.from.uri : contactOf(request);
	if (target === undefined || !isRoutable(routes, target)) return undefined;
	return {
		callId: request.callId,
		localTag,
		remoteTag: tagOf(request.from) ?? "",
		local: formatAddress(withTag(request.to, localTag)),
		remote: formatAddress(request.from),
		ours: false,
		localCseq: 0,
		remoteCseq: request.cseq,
		routes,
		target,
		hop,
	};
}

/** Target refresh (sections 12.2.1.2, 12.2.2): a re-INVITE or its 2xx may move the peer, never the route set. */
export function refreshTarget(dialog: Dialog, message: Lines): void {
	const target = contactOf(message);
	if (target !== undefined && parseUri(target) !== undefined) dialog.target = target;
}

/** Whether a request from the peer belongs to this dialog (section 12.2.2). */
export function matches(dialog: Dialog, request: Request): boolean {
	return (
		dialog.callId === request.callId &&
		dialog.localTag === tagOf(request.to) &&
		dialog.remoteTag === (tagOf(request.from) ?? "")
	);
}

/**
 * A request inside the dialog (section 12.2.1.1). ACK takes the number of the INVITE it acknowledges; for any other
 * method the caller counts localCseq up first.
 */
export function requestIn(
	dialog: Dialog,
	method: string,
	cseq: number,
	via: Via,
	headers: readonly Header[],
	body: Body | undefined,
): OutgoingRequest {
	let uri = dialog.target;
	let routes = dialog.routes;
	const first = routes[0];
	if (first !== undefined && !isLoose(first)) {
		// A strict router of RFC 2543: its URI is the Request-URI, and the target goes last.
		uri = parseAddress(first)?.uri ?? uri;
		const question = uri.indexOf("?");
		if (question >= 0) uri = uri.slice(0, question);
		routes = [...routes.slice(1), `<${dialog.target}>`];
	}
	return {
		method,
		uri,
		via,
		routes,
		from: dialog.local,
		to: dialog.remote,
		callId: dialog.callId,
		cseq,
		headers,
		body,
	};
}

/** Where requests of the dialog go (section 8.1.2): to the first route, loose or strict, else to the target. */
export function nextHop(dialog: Dialog): Place | undefined {
	const first = dialog.routes[0];
	const uri = parseUri(first === undefined ? dialog.target : (parseAddress(first)?.uri ?? ""));
	return uri === undefined ? undefined : placeOf(uri);
}

/** The URI of the first Contact; undefined when it is missing, malformed or `*`. */
export function contactOf(message: Lines): string | undefined {
	const value = headerList(message, "contact")[0];
	const uri = value === undefined ? undefined : parseAddress(value)?.uri;
	return uri !== undefined && parseUri(uri) !== undefined ? uri : undefined;
}

/** The address with the tag, unless it already has one. */
export function withTag(address: Address, tag: string): Address {
	if (tagOf(address) !== undefined) return address;
	return { ...address, params: [...address.params, { name: "tag", value: tag }] };
}

function isLoose(route: string): boolean {
	const uri = parseUri(parseAddress(route)?.uri ?? "");
	return uri !== undefined && param(uri.params, "lr") !== undefined;
}

/** Every route and the target must be something we can send to. */
function isRoutable(routes: readonly string[], target: string): boolean {
	if (parseUri(target) === undefined) return false;
	return routes.every((route) => parseUri(parseAddress(route)?.uri ?? "") !== undefined);
}
