/**
 * re-INVITE (RFC 3261 section 14), both ways, with glare. Before the call is answered the same wish goes by UPDATE.
 * @module
 */

import { incomingFor, limitOffer, openInvite } from "./accept";
import { hangUp } from "./bye";
import { type Call, type Change, learnPeer, sdpOf, stopChange } from "./call";
import { cancelInvite } from "./cancel";
import { CHANGE_LIMIT_MS, SDP_TYPE } from "./constants";
import type { Core } from "./core";
import { type Dialog, nextHop, refreshTarget, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { identify } from "./identity";
import { ackIn } from "./invite";
import type { Request, Response } from "./message";
import { raiseSession, sessionAgreed, sessionRequest, sessionTooSmall } from "./session";
import type { Timer } from "./timers";
import { agreedEarly, sendUpdate } from "./update";
import type { Destination } from "./uri";
import { failureStatus, failureWords, statusWords } from "./words";

/** The 491 at which a change is given up, and the caller told. */
const MAX_TRIES = 4;

/** Offers a change of the session. One at a time: a second is refused until the first is over. */
export function reinvite(core: Core, call: Call, sdp: string): void {
	const known = call.change;
	// After glare the description given before is void, and a fresh one is asked for when its time comes.
	if (known !== undefined && known.retry !== undefined) return;
	if (known?.exchange !== undefined) {
		core.act({ type: "reinviteFailed", call: call.id, status: 491, reason: "another change is under way" });
		return;
	}
	const early = call.dialog === undefined || call.incoming?.initial ? agreedEarly(call) : undefined;
	if (early === undefined && (call.dialog === undefined || call.incoming?.initial)) {
		core.act({ type: "reinviteFailed", call: call.id, status: 481, reason: "the call is not connected" });
		return;
	}
	if (early !== undefined && !call.peer.allows.includes("UPDATE")) {
		const reason = "the other side cannot change a call before it is answered";
		core.act({ type: "reinviteFailed", call: call.id, status: 405, reason });
		return;
	}
	const change = known ?? { tries: 0, exchange: undefined, retry: undefined, limit: undefined };
	call.change = change;
	const dialog = early ?? call.dialog;
	if (dialog === undefined) return;
	// Section 14.1, RFC 3311 section 5.1: not while an offer of the peer's is under way.
	if (call.offer !== undefined || (early === undefined && call.incoming !== undefined))
		voidChange(core, call, change, dialog);
	else if (early !== undefined) sendUpdate(core, call, early, { state: change, sdp });
	else attempt(core, call, change, dialog, sdp);
}

function attempt(core: Core, call: Call, change: Change, dialog: Dialog, sdp: string): void {
	const body = { contentType: SDP_TYPE, text: sdp };
	const to = nextHop(dialog);
	if (to === undefined) {
		changeFailed(core, call, 502, "the route of the call cannot be followed");
		return;
	}
	let ack: { bytes: Uint8Array; to: Destination } | undefined;
	const exchange = new Exchange(core, {
		account: call.account,
		credentials: new Credentials(),
		to,
		patient: true,
		make: (via, way) => {
			const headers = [core.contactHeader(call.account, way), ...core.capabilities(), ...sessionRequest(core, call)];
			return requestIn(dialog, "INVITE", ++dialog.localCseq, via, headers, body);
		},
		onResponse: (response) => {
			if (response.status < 200) {
				if (call.change === change) change.limit ??= limitChange(core, call, change, exchange);
				return;
			}
			change.limit?.cancel();
			change.limit = undefined;
			if (response.status >= 300) {
				if (call.change === change) refused(core, call, change, dialog, response, sdp);
				return;
			}
			// Section 13.2.2.4: every repeated 2xx gets the ACK again, even when the call has ended meanwhile.
			if (ack === undefined) {
				refreshTarget(dialog, response);
				ack = ackIn(core, call, dialog, exchange);
				if (ack !== undefined) core.send(ack.bytes, ack.to);
				if (call.change === change) answered(core, call, response, exchange.to);
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

/** A peer that says 100 and never more: the change is taken back (section 9.1), and the call goes on as it was. */
function limitChange(core: Core, call: Call, change: Change, exchange: Exchange): Timer {
	return core.timers.after(CHANGE_LIMIT_MS, () => {
		if (call.change !== change) return;
		cancelInvite(core, exchange);
		stopChange(core, call);
		changeFailed(core, call, 408, "the other side did not decide on the change in time");
	});
}

function answered(core: Core, call: Call, response: Response, from: Destination): void {
	call.change = undefined;
	learnPeer(call, response);
	identify(core, call, response, from);
	sessionAgreed(core, call, response);
	const sdp = sdpOf(response);
	if (sdp !== undefined) core.act({ type: "reinviteAnswered", call: call.id, sdp });
	else changeFailed(core, call, 488, "the change was accepted without a description of the media");
}

function refused(core: Core, call: Call, change: Change, dialog: Dialog, response: Response, sdp: string): void {
	change.exchange = undefined;
	if (response.status === 491) {
		metGlare(core, call, change, dialog);
		return;
	}
	if (raiseSession(call, response)) {
		attempt(core, call, change, dialog, sdp);
		return;
	}
	if (response.status === 481 || response.status === 408) {
		// Section 12.2.1.2: the peer has no such dialog any more.
		core.ended(call, response.status, statusWords(response.status, response.reason), "remote");
		hangUp(core, call);
		return;
	}
	changeFailed(core, call, response.status, statusWords(response.status, response.reason));
}

/** Our offer was answered 491. */
export function metGlare(core: Core, call: Call, change: Change, dialog: Dialog): void {
	if (++change.tries < MAX_TRIES) voidChange(core, call, change, dialog);
	else changeFailed(core, call, 491, statusWords(491, ""));
}

/**
 * Glare (section 14.1): the owner of the Call-ID waits 2.1 to 4 s, the other up to 2 s, so that one of them comes first.
 * The offer is void then, for what the peer changes meanwhile may have raised the o= version above it (RFC 3264
 * section 8): call/ is asked for a fresh one.
 */
function voidChange(core: Core, call: Call, change: Change, dialog: Dialog): void {
	change.exchange = undefined;
	const delayMs = dialog.ours ? 2100 + 10 * core.below(191) : 10 * core.below(201);
	change.retry = core.timers.after(Math.max(delayMs, 10), () => {
		if (call.change !== change) return;
		if (call.offer !== undefined || call.incoming?.initial === false) {
			voidChange(core, call, change, dialog);
			return;
		}
		change.retry = undefined;
		core.act({ type: "offerWanted", call: call.id, why: "glare" });
	});
}

/** What was agreed before stays. */
export function changeFailed(core: Core, call: Call, status: number, reason: string): void {
	call.change = undefined;
	core.act({ type: "reinviteFailed", call: call.id, status, reason });
}

/** The peer wants a change (section 14.2). The CSeq has been checked. */
export function receiveReinvite(core: Core, request: Request, to: Destination, call: Call, dialog: Dialog): void {
	const transaction = openInvite(core, call, request, to);
	const pending = call.incoming;
	if (call.offer !== undefined || (pending !== undefined && !pending.answered)) {
		const headers = [{ name: "Retry-After", value: String(core.below(11)) }];
		core.respond(transaction, { status: 500, headers });
		return;
	}
	// Glare: ours is on its way, or our 2xx still waits for its ACK, or the first INVITE is not answered.
	if (call.change?.exchange !== undefined || pending !== undefined || call.dialog !== dialog) {
		core.respond(transaction, { status: 491 });
		return;
	}
	const tooSmall = sessionTooSmall(request);
	if (call.reported || tooSmall !== undefined) {
		core.respond(transaction, tooSmall ?? { status: 481 });
		return;
	}
	identify(core, call, request, to);
	const incoming = incomingFor(transaction, request, dialog.localTag, false);
	call.incoming = incoming;
	limitOffer(core, call, incoming);
	core.act({ type: "offered", call: call.id, sdp: sdpOf(request), in: "INVITE" });
}
