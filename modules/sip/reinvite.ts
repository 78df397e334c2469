/**
 * re-INVITE (RFC 3261 section 14), both ways, with glare.
 * @module
 */

import { incomingFor, limitOffer, openInvite } from "./accept";
import { hangUp } from "./bye";
import { type Call, type Change, sdpOf } from "./call";
import { SDP_TYPE } from "./constants";
import type { Core } from "./core";
import { type Dialog, nextHop, refreshTarget, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { ackIn } from "./invite";
import type { Request, Response } from "./message";
import type { Destination } from "./uri";
import { failureStatus, failureWords, statusWords } from "./words";

/** 491 answered by waiting this often; then the caller is told. */
const MAX_TRIES = 4;

/** Offers a change of the session. One at a time: a second is refused until the first is over. */
export function reinvite(core: Core, call: Call, sdp: string): void {
	if (call.dialog === undefined || call.incoming?.initial || call.change !== undefined) {
		const status = call.change === undefined ? 481 : 491;
		const reason = call.change === undefined ? "the call is not connected" : "another change is under way";
		core.act({ type: "reinviteFailed", call: call.id, status, reason });
		return;
	}
	call.change = { sdp, tries: 0, exchange: undefined, retry: undefined };
	attempt(core, call, call.change, call.dialog);
}

function attempt(core: Core, call: Call, change: Change, dialog: Dialog): void {
	// Section 14.1: not while an INVITE of the peer's is under way.
	if (call.incoming !== undefined) {
		waitThenTry(core, call, change, dialog);
		return;
	}
	const body = { contentType: SDP_TYPE, text: change.sdp };
	const to = nextHop(dialog);
	if (to === undefined) {
		fail(core, call, 502, "the route of the call cannot be followed");
		return;
	}
	change.tries++;
	let ack: { bytes: Uint8Array; to: Destination } | undefined;
	const exchange = new Exchange(core, {
		account: call.account,
		credentials: new Credentials(),
		to,
		make: (via, way) => {
			const headers = [core.contactHeader(call.account, way), ...core.capabilities()];
			return requestIn(dialog, "INVITE", ++dialog.localCseq, via, headers, body);
		},
		onResponse: (response) => {
			if (response.status < 200) return;
			if (response.status >= 300) {
				if (call.change === change) refused(core, call, change, dialog, response);
				return;
			}
			// Section 13.2.2.4: every repeated 2xx gets the ACK again, even when the call has ended meanwhile.
			if (ack === undefined) {
				refreshTarget(dialog, response);
				ack = ackIn(core, dialog, exchange);
				if (ack !== undefined) core.send(ack.bytes, ack.to);
				if (call.change === change) answered(core, call, response);
			} else core.send(ack.bytes, ack.to);
		},
		onFailure: (failure) => {
			if (call.change !== change) return;
			// Section 14.1: no answer to a re-INVITE ends the dialog.
			core.ended(call, failureStatus(failure), failureWords(failure, to), "timeout");
			hangUp(core, call);
		},
	});
	change.exchange = exchange;
	exchange.start();
}

function answered(core: Core, call: Call, response: Response): void {
	call.change = undefined;
	const sdp = sdpOf(response);
	if (sdp !== undefined) core.act({ type: "reinviteAnswered", call: call.id, sdp });
	else fail(core, call, 488, "the change was accepted without a description of the media");
}

function refused(core: Core, call: Call, change: Change, dialog: Dialog, response: Response): void {
	change.exchange = undefined;
	if (response.status === 491 && change.tries < MAX_TRIES) {
		waitThenTry(core, call, change, dialog);
		return;
	}
	if (response.status === 481 || response.status === 408) {
		// Section 12.2.1.2: the peer has no such dialog any more.
		core.ended(call, response.status, statusWords(response.status, response.reason), "remote");
		hangUp(core, call);
		return;
	}
	fail(core, call, response.status, statusWords(response.status, response.reason));
}

/** Section 14.1: the owner of the Call-ID waits 2.1 to 4 s, the other up to 2 s, so that one of them comes first. */
function waitThenTry(core: Core, call: Call, change: Change, dialog: Dialog): void {
	const delayMs = dialog.ours ? 2100 + 10 * core.below(191) : 10 * core.below(201);
	change.retry = core.timers.after(Math.max(delayMs, 10), () => {
		if (call.change === change) attempt(core, call, change, dialog);
	});
}

function fail(core: Core, call: Call, status: number, reason: string): void {
	call.change = undefined;
	core.act({ type: "reinviteFailed", call: call.id, status, reason });
}

/** The peer wants a change (section 14.2). The CSeq has been checked. */
export function receiveReinvite(core: Core, request: Request, to: Destination, call: Call, dialog: Dialog): void {
	const transaction = openInvite(core, call, request, to);
	const pending = call.incoming;
	if (pending !== undefined && !pending.answered) {
		const headers = [{ name: "Retry-After", value: String(core.below(11)) }];
		core.respond(transaction, { status: 500, headers });
		return;
	}
	// Glare: ours is on its way, or our 2xx still waits for its ACK, or the first INVITE is not answered.
	if (call.change?.exchange !== undefined || pending !== undefined || call.dialog !== dialog) {
		core.respond(transaction, { status: 491 });
		return;
	}
	if (call.reported) {
		core.respond(transaction, { status: 481 });
		return;
	}
	const incoming = incomingFor(transaction, request, dialog.localTag, false);
	call.incoming = incoming;
	limitOffer(core, call, incoming);
	core.act({ type: "offered", call: call.id, sdp: sdpOf(request), in: "INVITE" });
}
