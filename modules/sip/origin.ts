/**
 * Who may speak inside a call. RFC 3261 section 12.2.2 asks for the Call-ID and both tags, and nothing else; whoever has
 * seen one message of a call knows those. So a request is also looked at for where it comes from: the way of the dialog,
 * or the account's own servers. Requests enter from receive.ts, notify.ts and replaces.ts; whether to believe them goes
 * back.
 * @module
 */

import { parseAddress } from "./address";
import { type Call, sdpOf } from "./call";
import type { Core } from "./core";
import type { Dialog } from "./dialog";
import type { Request } from "./message";
import { refreshProbe } from "./refresh";
import type { Account } from "./types";
import { bare, type Destination, type Place, parseUri, placeOf } from "./uri";
import { registrarOf } from "./way";

/** Another question whether a call still stands is not asked so soon. */
const PROBE_AGAIN_MS = 10000;

/**
 * Whether a request comes from where the dialog's messages went or came from until now, from a hop of its route, from the
 * other end, or from the account's own servers; ports do not count, for each connection has another. What began over TLS
 * does not go on over less, which anybody could send.
 */
export function isOnTheWay(core: Core, account: Account | undefined, dialog: Dialog, from: Destination): boolean {
	if (dialog.hop?.transport === "tls" && from.transport !== "tls") return false;
	if (dialog.hop === undefined || dialog.hop.address === from.address) return true;
	if (core.trusts(account, from)) return true;
	for (const route of dialog.routes) if (leadsTo(core, parseAddress(route)?.uri, from)) return true;
	if (leadsTo(core, dialog.target, from)) return true;
	return account !== undefined && registersAt(core, account, from);
}

/** Whether a new request comes by none of the accounts' own servers, although there are some. */
export function isStranger(core: Core, from: Destination): boolean {
	const { accounts } = core.config;
	if (!accounts.some((account) => account.registrar !== undefined || account.outboundProxy !== undefined)) return false;
	return !accounts.some((account) => core.trusts(account, from) || registersAt(core, account, from));
}

/**
 * A request inside a call that does not come by its way: true when it may pass all the same, since nothing is decided by
 * it. Else it has been refused, and nothing of it is kept.
 */
export function passesFromElsewhere(
	core: Core,
	request: Request,
	call: Call,
	dialog: Dialog,
	from: Destination,
): boolean {
	const { method } = request;
	// A caller behind a NAT whose proxy has left the dialog confirms from an address that nobody has seen yet.
	const { incoming } = call;
	// Where our offer waits for an answer, one that has none ends the call.
	const asksNothing = method === "PRACK" ? incoming?.reliable?.sdp !== "offer" : incoming?.offered || incoming?.agreed;
	if ((method === "PRACK" || method === "ACK") && asksNothing && sdpOf(request) === undefined) return true;
	core.warn(`${method} inside a call refused: ${from.address} is not on its way`);
	if (method === "ACK") return false;
	core.respondStateless(request, { status: 403, reason: "Forbidden (not on the way of this call)" }, from);
	// Somebody who has really moved considers the call over whatever we answer (section 15.1.1): the other end is asked.
	if (method === "BYE" && call.dialog === dialog) probe(core, call);
	return false;
}

/** Asks the other end whether the call still stands; 481, or no answer, ends it (section 12.2.1.2). */
function probe(core: Core, call: Call): void {
	const { now } = core.timers;
	if (call.probedAt !== undefined && now - call.probedAt < PROBE_AGAIN_MS) return;
	call.probedAt = now;
	refreshProbe(core, call);
}

function leadsTo(core: Core, text: string | undefined, from: Destination): boolean {
	const uri = text === undefined ? undefined : parseUri(text);
	return uri !== undefined && isAt(core, placeOf(uri), from);
}

/** At any of the addresses that the registrar has, as far as is known. */
function registersAt(core: Core, account: Account, from: Destination): boolean {
	const registrar = registrarOf(account);
	return registrar !== undefined && isAt(core, registrar, from);
}

/** Whether that place has the address, as far as is known without asking. */
function isAt(core: Core, place: Place, from: Destination): boolean {
	return bare(place.address).toLowerCase() === from.address || core.locator.hadAddress(place, from.address);
}
