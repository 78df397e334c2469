/**
 * What the four transactions share (RFC 3261 section 17): the ground they stand on, who listens to them and how a
 * packet finds its transaction.
 * @module
 */

import type { Answerable } from "./kept";
import { type Request, type Response, tagOf } from "./message";
import type { OutgoingRequest } from "./request";
import { param } from "./syntax";
import type { Timers } from "./timers";
import type { Destination } from "./uri";
import { branchOf, formatVia, MAGIC_COOKIE } from "./via";

/** Given to each transaction: time, the way out, and where it signs off when it is over. */
export interface Ground {
	readonly timers: Timers;
	send(bytes: Uint8Array, to: Destination): void;
	/** Calls back when there is a connection, or with why there is none. */
	connect(to: Destination, onDone: (error: string | undefined) => void): void;
	clientEnded(key: string): void;
	serverEnded(key: string): void;
}

/** Why no response came. */
export type Failure = { readonly type: "timeout" } | { readonly type: "transport"; readonly error: string };

/** The transaction user of a client transaction. */
export interface ClientUser {
	/** A datagram that could not leave is one that was lost: the timers decide. */
	readonly patient?: boolean | undefined;
	onResponse(response: Response): void;
	onFailure(failure: Failure): void;
}

/** A client transaction as the agent keeps it. */
export interface ClientTransaction {
	readonly key: string;
	readonly to: Destination;
	/** What was sent, as far as it is kept. */
	readonly request: OutgoingRequest;
	receive(response: Response): void;
	/** The transport could not deliver (section 17.1.4). */
	sendFailed(error: string): void;
	/** The connection that it went by has gone. */
	flowLost(error: string): void;
	/** The network is back: what nobody may have heard is said again. */
	resume(): void;
	/** Forgets it at once, telling nobody. */
	stop(): void;
}

/** A server transaction as the agent keeps it. */
export interface ServerTransaction {
	readonly key: string;
	/** What is left of the request to answer it from, read anew each time; nothing once the final response is out. */
	read(): Answerable;
	/** See mergeKey. */
	readonly merge: string | undefined;
	/** Where responses go. */
	readonly to: Destination;
	/** A retransmission of the request, or the ACK for an INVITE. @param from where it came from, this time */
	receive(request: Request, from: Destination): void;
	/** @param status of the response whose packet this is */
	respond(status: number, bytes: Uint8Array): void;
	/** Its connection has gone, or the network has come back: what the other end may not have heard is said again. */
	resume(): void;
	/** It is there only to answer repeats of a request that led to nothing more. */
	readonly over: boolean;
	/** Ends it without a word. */
	stop(): void;
}

/** Section 8.2.2.2: the same for a request that came by two ways; undefined inside a dialog. */
export function mergeKey(request: Request): string | undefined {
	if (tagOf(request.to) !== undefined) return undefined;
	return `${request.cseq} ${request.method} ${request.callId} ${tagOf(request.from) ?? ""}`;
}

/** Section 17.1.3: branch of the top Via and the method in CSeq. */
export function clientKey(branch: string, method: string): string {
	return `${branch}|${method}`;
}

/**
 * Section 17.2.3: branch, sent-by and method, an ACK counting as INVITE; for RFC 2543 peers, without the cookie, the
 * fields listed there. @param method overrides the request's own: CANCEL looks for the INVITE it cancels (section 9.2)
 */
export function serverKey(request: Request, method = request.method): string {
	const kind = method === "ACK" ? "INVITE" : method;
	const branch = branchOf(request.via);
	// The cookie alone identifies nothing (RFC 4475 section 3.2.1).
	if (branch?.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length)
		return `${branch}|${request.via.host}:${request.via.port ?? ""}|${kind}`;
	// The To tag of an ACK is that of our response, which the INVITE did not have: it cannot be part of that key.
	const toTag = kind === "INVITE" ? "" : (tagOf(request.to) ?? "");
	const via = formatVia({ ...request.via, params: request.via.params.filter((entry) => entry.name !== "received") });
	return [kind, request.uri, toTag, param(request.from.params, "tag") ?? "", request.callId, request.cseq, via].join(
		"|",
	);
}
