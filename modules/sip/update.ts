/**
 * UPDATE (RFC 3311), both ways: a new offer before the call is answered, and the refresh of a session.
 * @module
 */

import { hangUp } from "./bye";
import { type Call, type Change, type Early, learnPeer, type Offer, sdpOf } from "./call";
import { SDP_TYPE, UPDATE_LIMIT_MS } from "./constants";
import type { Core } from "./core";
import { type Dialog, nextHop, refreshTarget, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { identify } from "./identity";
import type { Request, Response } from "./message";
import type { NonInviteServer } from "./non-invite-server";
import { changeFailed, metGlare } from "./reinvite";
import { raiseSession, sessionAgreed, sessionRequest, sessionResponse, sessionTooSmall } from "./session";
import type { Destination } from "./uri";
import { failureStatus, failureWords, statusWords } from "./words";

/** The early dialog whose offer and answer are done, so that UPDATE may carry the next offer (section 5.1). */
export function agreedEarly(call: Call): Dialog | undefined {
	if (call.incoming?.initial) return call.incoming.agreed && !call.incoming.answered ? call.dialog : undefined;
	const agreed: Early[] = [];
	for (const early of call.outgoing?.early.values() ?? []) if (early.agreed) agreed.push(early);
	// With two forks nobody can say whose media an offer would be about.
	return agreed.length === 1 && call.outgoing?.cancel === "no" ? agreed[0]?.dialog : undefined;
}

/** @param change the offer it carries; undefined: a refresh without any */
export function sendUpdate(
	core: Core,
	call: Call,
	dialog: Dialog,
	change: { readonly state: Change; readonly sdp: string } | undefined,
): void {
	const to = nextHop(dialog);
	if (to === undefined) {
		if (change !== undefined) changeFailed(core, call, 502, "the route of the call cannot be followed");
		return;
	}
	const body = change === undefined ? undefined : { contentType: SDP_TYPE, text: change.sdp };
	const exchange = new Exchange(core, {
		account: call.account,
		credentials: new Credentials(),
		to,
		patient: true,
		make: (via, way) => {
			const headers = [core.contactHeader(call.account, way), ...core.capabilities(), ...sessionRequest(core, call)];
			return requestIn(dialog, "UPDATE", ++dialog.localCseq, via, headers, body);
		},
		onResponse: (response) => {
			if (response.status < 200 || call.reported) return;
			if (change !== undefined && call.change !== change.state) return;
			if (response.status < 300) updated(core, call, dialog, response, exchange.to, change !== undefined);
			else refused(core, call, dialog, response, change);
		},
		onFailure: (failure) => {
			if (call.reported || (change !== undefined && call.change !== change.state)) return;
			// RFC 3261 section 12.2.1.2: no answer inside a dialog ends it.
			core.ended(call, failureStatus(failure), failureWords(failure, to), "timeout");
			hangUp(core, call);
		},
	});
	if (change !== undefined) change.state.exchange = exchange;
	exchange.start();
}

function updated(
	core: Core,
	call: Call,
	dialog: Dialog,
	response: Response,
	from: Destination,
	offered: boolean,
): void {
	refreshTarget(dialog, response);
	learnPeer(call, response);
	identify(core, call, response, from);
	if (call.dialog === dialog) sessionAgreed(core, call, response);
	if (!offered) return;
	const sdp = sdpOf(response);
	call.change = undefined;
	if (sdp !== undefined) core.act({ type: "reinviteAnswered", call: call.id, sdp });
	else changeFailed(core, call, 488, "the change was accepted without a description of the media");
}

function refused(
	core: Core,
	call: Call,
	dialog: Dialog,
	response: Response,
	change: { readonly state: Change; readonly sdp: string } | undefined,
): void {
	const { status } = response;
	if (raiseSession(call, response)) {
		sendUpdate(core, call, dialog, change);
		return;
	}
	if (status === 481 || status === 408) {
		core.ended(call, status, statusWords(status, response.reason), "remote");
		hangUp(core, call);
		return;
	}
	if (change === undefined) {
		if (call.session !== undefined) call.session.asking = false;
		// A peer that does not do it after all is refreshed by re-INVITE next time.
		if (status === 405 || status === 501) call.peer = { ...call.peer, allows: ["INVITE"] };
		return;
	}
	if (status === 491) metGlare(core, call, change.state, dialog);
	else changeFailed(core, call, status, statusWords(status, response.reason));
}

/** Section 5.2. The CSeq has been checked. */
export function receiveUpdate(
	core: Core,
	transaction: NonInviteServer,
	request: Request,
	call: Call,
	dialog: Dialog,
	from: Destination,
) {
	const tooSmall = sessionTooSmall(request);
	if (tooSmall !== undefined) {
		core.respond(transaction, tooSmall);
		return;
	}
	const sdp = sdpOf(request);
	if (sdp === undefined) {
		grant(core, transaction, call, dialog, undefined);
		identify(core, call, request, from);
		return;
	}
	const early = call.dialog !== dialog || call.incoming?.initial === true;
	// An offer of ours is on its way: glare.
	if (call.change?.exchange !== undefined) {
		core.respond(transaction, { status: 491 });
		return;
	}
	// An offer of theirs is not answered yet, or it is not known which fork would be meant.
	if (call.offer !== undefined || (early ? agreedEarly(call) !== dialog : call.incoming !== undefined)) {
		core.respond(transaction, { status: 500, headers: [{ name: "Retry-After", value: String(core.below(11)) }] });
		return;
	}
	identify(core, call, request, from);
	openOffer(core, call, dialog, transaction, "UPDATE", sdp);
}

/** An offer for call/ to answer by answerReinvite, at once. */
export function openOffer(
	core: Core,
	call: Call,
	dialog: Dialog,
	transaction: NonInviteServer,
	method: Offer["in"],
	sdp: string,
): void {
	const limit = core.timers.after(UPDATE_LIMIT_MS, () => {
		call.offer = undefined;
		core.respond(transaction, { status: 500 });
		core.warn("a change of the call was not answered in time");
		core.act({ type: "offerWithdrawn", call: call.id });
	});
	call.offer = { in: method, transaction, dialog, limit };
	core.act({ type: "offered", call: call.id, sdp, in: method });
}

/** The answer of call/ to an offer in UPDATE or PRACK. */
export function answerOffer(core: Core, call: Call, sdp: string): void {
	const offer = call.offer;
	if (offer === undefined) return;
	offer.limit.cancel();
	call.offer = undefined;
	if (offer.in === "UPDATE") grant(core, offer.transaction, call, offer.dialog, sdp);
	else core.respond(offer.transaction, { status: 200, body: { contentType: SDP_TYPE, text: sdp } });
}

export function refuseOffer(core: Core, call: Call, status: number): void {
	const offer = call.offer;
	if (offer === undefined) return;
	offer.limit.cancel();
	call.offer = undefined;
	core.respond(offer.transaction, { status });
}

function grant(core: Core, transaction: NonInviteServer, call: Call, dialog: Dialog, sdp: string | undefined): void {
	const request = transaction.read();
	refreshTarget(dialog, request);
	learnPeer(call, request);
	const confirmed = call.dialog === dialog && call.incoming?.initial !== true;
	core.respond(transaction, {
		status: 200,
		headers: [
			core.contactHeader(call.account, transaction.to),
			...core.capabilities(),
			...(confirmed ? sessionResponse(core, call, request) : []),
		],
		...(sdp !== undefined && { body: { contentType: SDP_TYPE, text: sdp } }),
	});
}
