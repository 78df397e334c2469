/**
 * What stays of a request that is not answered yet: the lines that a response repeats (RFC 3261 section 8.2.6) and those
 * that the answer of a verb depends on, as one text. Requests enter from the server transactions; respond.ts, accept.ts
 * and update.ts read the lines again. The parsed INVITE with its body takes several times the room, and a phone may ring
 * for minutes.
 * @module
 */

import { type Address, parseAddress } from "./address";
import type { Header, Request } from "./message";
import { split } from "./syntax";
import { formatVia, type Via } from "./via";

/** What a response is made from, and what accept.ts and update.ts read of the request they answer. */
export interface Answerable {
	readonly headers: readonly Header[];
	/** The top Via with its source; undefined where the first line has it already. */
	readonly via: Via | undefined;
	readonly to: Address;
}

const KEPT: readonly string[] = Object.freeze([
	"via",
	"record-route",
	"from",
	"to",
	"call-id",
	"cseq",
	"timestamp",
	// For the answer: who may be called by what (sections 12.2.2, 20.5, 20.37), RFC 3262, RFC 4028.
	"contact",
	"allow",
	"supported",
	"require",
	"session-expires",
	"min-se",
]);

const NOBODY: Address = Object.freeze({ displayName: undefined, uri: "", params: Object.freeze([]) });

/** One line for each value kept, `name:value`; no value has a line end in it (parse.ts). */
export function keep(request: Request): string {
	let text = "";
	let first = true;
	for (const { name, value } of request.headers) {
		if (!KEPT.includes(name)) continue;
		if (name === "via" && first) {
			first = false;
			text += `via:${formatVia(request.via)}\n`;
			// Empty elements of a list mean nothing (section 7.3.1).
			for (const other of (split(value, ",") ?? []).slice(1)) if (other !== "") text += `via:${other}\n`;
		} else text += `${name}:${value}\n`;
	}
	return text;
}

/** @param kept from keep(); empty gives nothing at all */
export function readKept(kept: string): Answerable {
	const headers: Header[] = [];
	let to: Address | undefined;
	for (const line of kept.split("\n")) {
		const colon = line.indexOf(":");
		if (colon < 0) continue;
		const name = line.slice(0, colon);
		const value = line.slice(colon + 1);
		headers.push({ name, value });
		if (name === "to") to = parseAddress(value);
	}
	return { headers, via: undefined, to: to ?? NOBODY };
}
