/**
 * A SIP message as the rooms around it see it (RFC 3261 section 7). parse.ts makes these from packets; the
 * transactions, dialogs and verbs read them; respond.ts answers them.
 * @module
 */

import type { Address } from "./address";
import { param, split } from "./syntax";
import type { Destination } from "./uri";
import type { Via } from "./via";

/** One header field: the name in lower case and in its long form, the value unfolded and trimmed. */
export interface Header {
	readonly name: string;
	readonly value: string;
}

/** What every well-formed message has (section 8.1.1), taken apart. */
interface Common {
	readonly headers: readonly Header[];
	/** The top Via. */
	readonly via: Via;
	readonly from: Address;
	readonly to: Address;
	readonly callId: string;
	readonly cseq: number;
	/** The method of CSeq: in a request the method itself, in a response that of the request it answers. */
	readonly method: string;
	readonly body: Uint8Array;
}

export interface Request extends Common {
	readonly type: "request";
	/** The Request-URI as written. */
	readonly uri: string;
}

export interface Response extends Common {
	readonly type: "response";
	/** 100..699 */
	readonly status: number;
	readonly reason: string;
	/** Where it came from; undefined until receive.ts has said so. */
	readonly source?: Destination;
}

export type Message = Request | Response;

/** Anything with header fields. */
export interface Lines {
	readonly headers: readonly Header[];
}

/** What could not be read, and as much of it as an answer needs (section 8.2.6 wants Via, From, To, Call-ID, CSeq back). */
export interface Malformed {
	readonly type: "malformed";
	/** Plain words: which part is wrong. */
	readonly reason: string;
	/** The answer the RFC asks for: 400, 505 for another version, 513 for too much. Undefined: a response, or hopeless. */
	readonly status: number | undefined;
	readonly method: string | undefined;
	readonly via: Via | undefined;
	readonly headers: readonly Header[];
}

/** The first value of a header (name in lower case), or undefined. */
export function header(message: Lines, name: string): string | undefined {
	for (const candidate of message.headers) if (candidate.name === name) return candidate.value;
	return undefined;
}

/** Every element of a comma-separated header, over all its lines, in order (section 7.3.1). A malformed line gives nothing. */
export function headerList(message: Lines, name: string): string[] {
	const values: string[] = [];
	for (const candidate of message.headers)
		if (candidate.name === name)
			for (const value of split(candidate.value, ",") ?? []) if (value !== "") values.push(value);
	return values;
}

/** The lines of a header as they stand, for values that have commas of their own (challenges). */
export function headerLines(message: Lines, name: string): string[] {
	const values: string[] = [];
	for (const candidate of message.headers) if (candidate.name === name) values.push(candidate.value);
	return values;
}

/** The tag of From or To; undefined when it has none (RFC 2543 peers, requests outside a dialog). */
export function tagOf(address: Address): string | undefined {
	return param(address.params, "tag");
}
