/**
 * BYE (RFC 3261 section 15), both ways.
 * @module
 */

import { type Call, forget, stop } from "./call";
import { cancel } from "./cancel";
import type { Core } from "./core";
import { type Dialog, nextHop, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import type { NonInviteServer } from "./non-invite-server";

/** Sends BYE and forgets the call when it is answered or nobody answers (section 15.1.1). */
export function hangUp(core: Core, call: Call): void {
	const { incoming } = call;
	if (incoming?.initial && incoming.transaction.pending) {
		// Section 15: a callee that has not answered says so to the INVITE; there is no BYE yet.
		forget(core, call);
		return;
	}
	stop(core, call);
	const dialog = call.dialog;
	if (dialog === undefined) {
		// Not answered yet: what was said on an early dialog ends the INVITE (section 15).
		if (call.outgoing === undefined) forget(core, call);
		else cancel(core, call);
	} else sendBye(core, call, dialog, () => forget(core, call));
}

/** A BYE in any dialog, also one that nobody wanted (a second fork). */
export function sendBye(core: Core, call: Call, dialog: Dialog, onDone: () => void): void {
	const to = nextHop(dialog);
	if (to === undefined) {
		onDone();
		return;
	}
	const headers = [{ name: "User-Agent", value: core.config.userAgent }];
	new Exchange(core, {
		account: call.account,
		credentials: new Credentials(),
		to,
		patient: true,
		make: (via) => requestIn(dialog, "BYE", ++dialog.localCseq, via, headers, undefined),
		onResponse: (response) => {
			if (response.status >= 200) onDone();
		},
		onFailure: onDone,
	}).start();
}

/** Section 15.1.2: the session ends whatever state it is in. */
export function receiveBye(core: Core, transaction: NonInviteServer, call: Call, dialog: Dialog): void {
	core.respond(transaction, { status: 200 });
	if (call.dialog !== dialog) {
		// A callee may not say BYE in an early dialog; if it does, that branch of the fork is over, not the call.
		call.outgoing?.early.delete(dialog.remoteTag);
		return;
	}
	const pending = call.incoming;
	// The INVITE that is still open gets its answer too.
	if (pending?.transaction.pending) core.respond(pending.transaction, { status: 487, toTag: pending.tag });
	core.ended(
		call,
		200,
		pending?.initial && !pending.answered ? "the caller hung up" : "the other party hung up",
		"remote",
	);
	forget(core, call);
}
