/**
 * 3xx, both ways (RFC 3261 sections 8.1.3.4 and 21.3): the places that a redirecting server names are tried in order, and a
 * call that comes in is sent elsewhere.
 * @module
 */

import { reject } from "./accept";
import { parseAddress } from "./address";
import { type Call, forget } from "./call";
import { MAX_CONTACTS, MAX_REDIRECTS } from "./constants";
import type { Core } from "./core";
import { headerList, type Response } from "./message";
import { param } from "./syntax";
import { parseUri } from "./uri";

/** Where one call has been, and where it may go yet. */
export interface Targets {
	readonly visited: Set<string>;
	queue: string[];
	redirects: number;
}

/**
 * The next place after a final response other than 2xx, or undefined: it is the end. Nobody is asked twice (section
 * 8.1.3.4), and a 6xx is final for all (section 21.6).
 */
export function nextTarget(targets: Targets, response: Response): string | undefined {
	// 305 and 380 name no place to call.
	const moved = [300, 301, 302].includes(response.status);
	if (moved && targets.redirects < MAX_REDIRECTS) {
		targets.redirects++;
		targets.queue = contacts(response).filter((uri) => !targets.visited.has(uri));
	}
	const next = targets.redirects > 0 && response.status < 600 ? targets.queue.shift() : undefined;
	if (next !== undefined) targets.visited.add(next);
	return next;
}

/** The SIP contacts by their q, the first as written before the others (section 20.10). */
function contacts(response: Response): string[] {
	const found: { readonly uri: string; readonly q: number }[] = [];
	for (const value of headerList(response, "contact").slice(0, MAX_CONTACTS)) {
		const address = parseAddress(value);
		if (address === undefined || parseUri(address.uri) === undefined) continue;
		const question = address.uri.indexOf("?");
		const q = Number(param(address.params, "q") ?? "1");
		found.push({
			uri: question < 0 ? address.uri : address.uri.slice(0, question),
			q: q >= 0 && q <= 1 ? q : 0,
		});
	}
	return found.sort((a, b) => b.q - a.q).map(({ uri }) => uri);
}

/** Call forwarding: 302 (section 21.3.3). @throws RangeError for a target that is no SIP URI */
export function redirect(core: Core, call: Call, target: string): void {
	if (parseUri(target) === undefined) throw new RangeError(`not a SIP address: ${target}`);
	if (call.incoming?.initial !== true || !call.incoming.transaction.pending) return;
	reject(core, call, 302, undefined, [{ name: "Contact", value: `<${target}>` }]);
	core.ended(call, 302, `sent on to ${target}`, "local");
	forget(core, call);
}
