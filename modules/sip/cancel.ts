/**
 * CANCEL (RFC 3261 section 9), both ways, with its races.
 * @module
 */

import { type Call, forget, stopIncoming } from "./call";
import { CANCELLED_MS } from "./constants";
import type { Core } from "./core";
import type { Exchange } from "./exchange";
import { InviteServer } from "./invite-server";
import type { Request } from "./message";
import { NonInviteClient } from "./non-invite-client";
import type { NonInviteServer } from "./non-invite-server";
import { answeredElsewhere } from "./reason";
import { cancelFor } from "./request";
import { serverKey } from "./transaction";
import type { Destination } from "./uri";

/** Gives up an outgoing call that has no final response yet. */
export function cancel(core: Core, call: Call): void {
	const outgoing = call.outgoing;
	if (outgoing === undefined || outgoing.cancel !== "no") return;
	outgoing.exchange.abandoned = true;
	outgoing.cancel = "wanted";
	if (outgoing.exchange.state === "locating") {
		// Nothing has been sent yet.
		outgoing.exchange.stop();
		forget(core, call);
		return;
	}
	// Section 9.1: not before a provisional response, or CANCEL could overtake the INVITE.
	if (outgoing.exchange.state === "proceeding") sendCancel(core, call);
}

/** The provisional response is here: CANCEL goes the way the INVITE went, as a transaction of its own. */
export function sendCancel(core: Core, call: Call): void {
	const outgoing = call.outgoing;
	if (outgoing === undefined) return;
	outgoing.cancel = "sent";
	const { exchange } = outgoing;
	cancelInvite(core, exchange);
	outgoing.limit?.cancel();
	// Section 9.1: an RFC 2543 callee may never send 487; 64*T1 later the INVITE counts as cancelled.
	outgoing.limit = core.timers.after(CANCELLED_MS, () => {
		exchange.stop();
		forget(core, call);
	});
}

/** CANCEL for an INVITE or re-INVITE that is proceeding; what answers the INVITE decides. */
export function cancelInvite(core: Core, exchange: Exchange): void {
	const nothing = (): void => {};
	const user = { onResponse: nothing, onFailure: nothing };
	const transaction = new NonInviteClient(core, cancelFor(exchange.request), exchange.to, user);
	core.clients.set(transaction.key, transaction);
	transaction.start();
}

/** Section 9.2 */
export function receiveCancel(core: Core, transaction: NonInviteServer, request: Request): void {
	const target = core.servers.get(serverKey(request, "INVITE"));
	// Section 22.1: nobody can be asked for a password here, so only the hop that sent the INVITE may take it back. A
	// stranger's CANCEL leaves nothing behind that would stand in the way of the caller's, which has the same branch.
	if (target instanceof InviteServer && !sameHop(target.to, transaction.to)) {
		core.respond(transaction, { status: 481, toTag: core.tag() });
		transaction.stop();
		return;
	}
	if (!(target instanceof InviteServer)) {
		core.respond(transaction, { status: 481, toTag: core.tag() });
		return;
	}
	const call = [...core.calls].find((candidate) => candidate.incoming?.transaction === target);
	const incoming = call?.incoming;
	core.respond(transaction, { status: 200, toTag: incoming?.tag ?? core.tag() });
	// Too late when a final response is out: then CANCEL changes nothing.
	if (call === undefined || incoming === undefined || !target.pending) return;
	core.respond(target, { status: 487, toTag: incoming.tag });
	if (incoming.initial) {
		const elsewhere = answeredElsewhere(request);
		const words = elsewhere ? "answered on another phone" : "the caller hung up";
		core.ended(call, 487, words, "remote", elsewhere ? { elsewhere } : {});
		forget(core, call);
	} else {
		core.warn("the other party took back its change of the call");
		stopIncoming(call);
		core.act({ type: "offerWithdrawn", call: call.id });
	}
}

/** By another connection of the same hop, too, but not by less than the TLS that the INVITE came over. */
function sameHop(invite: Destination, cancel: Destination): boolean {
	return invite.address === cancel.address && (invite.transport !== "tls" || cancel.transport === "tls");
}
