/**
 * Calls that begin here: INVITE as a client (RFC 3261 section 13.2).
 * @module
 */

import { hangUp, sendBye } from "./bye";
import {
	type Call,
	type Early,
	forget,
	hasOption,
	learnPeer,
	makeRoomForCall,
	newCall,
	type Outgoing,
	sdpOf,
	stopChange,
} from "./call";
import { sendCancel } from "./cancel";
import { MAX_FORKS, PROGRESS_LIMIT_MS, SDP_TYPE, TIMER_M_MS } from "./constants";
import type { Core } from "./core";
import { contactOf, type Dialog, fromResponse, nextHop, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { identify } from "./identity";
import { type Header, type Response, tagOf } from "./message";
import { confirmProvisional } from "./prack";
import { nextTarget, type Targets } from "./redirect";
import { takeReferral } from "./referral";
import { formatRequest, isCredentials, type OutgoingRequest } from "./request";
import { raiseSession, sessionAgreed, sessionRequest } from "./session";
import type { Event } from "./types";
import { refuseOffer } from "./update";
import { type Destination, parseUri, placeOf, schemeOf, transportFault, type Uri } from "./uri";
import type { Via } from "./via";
import { routesOf, wayOut } from "./way";
import { failureStatus, failureWords, statusWords } from "./words";

type InviteEvent = Extract<Event, { type: "invite" }>;

export function invite(core: Core, event: InviteEvent): void {
	if (core.callOf(event.call) !== undefined) throw new RangeError(`call ${event.call} is in use`);
	const account = core.account(event.account);
	const call = newCall(event.call, account);
	const uri = parseUri(event.uri);
	const fault = dialFault(event.uri, uri);
	if (uri === undefined || fault !== undefined) {
		core.ended(call, 400, fault ?? "not an address", "local");
		return;
	}
	if (!makeRoomForCall(core)) {
		core.ended(call, 503, "too many calls at once", "local");
		return;
	}
	const referral = takeReferral(core, event.referral, call);
	const replaces = event.replaces ?? referral?.replaces;
	const target = requestUri(event.uri);
	const plan: Plan = {
		callId: core.callId(),
		from: core.from(account, core.tag()),
		cseq: core.cseq(),
		sdp: event.sdp,
		headers: [
			// RFC 5589 section 7.3: a target that cannot replace shall not ring as for a new call.
			...(replaces === undefined ? [] : [{ name: "Replaces", value: replaces }]),
			...(replaces === undefined ? [] : [{ name: "Require", value: "replaces" }]),
			...(referral?.referredBy === undefined ? [] : [{ name: "Referred-By", value: referral.referredBy }]),
		],
		targets: { visited: new Set([target]), queue: [], redirects: 0 },
	};
	core.calls.add(call);
	attempt(core, call, plan, target, uri);
}

/** What every INVITE of one call shares, to whatever place it goes (section 8.1.3.4). */
interface Plan {
	readonly callId: string;
	readonly from: string;
	cseq: number;
	readonly sdp: string;
	readonly headers: readonly Header[];
	readonly targets: Targets;
}

function attempt(core: Core, call: Call, plan: Plan, target: string, uri: Uri): void {
	const { account } = call;
	const make = (via: Via, to: Destination): OutgoingRequest => ({
		method: "INVITE",
		uri: target,
		via,
		routes: routesOf(core, account),
		from: plan.from,
		to: `<${target}>`,
		callId: plan.callId,
		cseq: plan.cseq++,
		headers: [core.contactHeader(account, to), ...core.capabilities(), ...sessionRequest(core, call), ...plan.headers],
		body: { contentType: SDP_TYPE, text: plan.sdp },
	});
	const exchange = new Exchange(core, {
		account,
		credentials: new Credentials(),
		to: wayOut(core, account, uri),
		make,
		onResponse: (response) => {
			if (response.status < 200) provisional(core, call, response);
			else if (response.status < 300) accepted(core, call, response);
			else refused(core, call, plan, target, uri, response);
		},
		onFailure: (failure) => {
			core.ended(call, failureStatus(failure), failureWords(failure, exchange.to), "timeout");
			forget(core, call);
		},
	});
	call.outgoing = { exchange, cancel: "no", early: new Map(), acks: new Map(), limit: undefined };
	exchange.start();
}

/** The dialled address as a Request-URI: without the headers that only a web page gives it (section 19.1.5). */
function requestUri(text: string): string {
	const question = text.indexOf("?");
	return question < 0 ? text : text.slice(0, question);
}

function dialFault(text: string, uri: Uri | undefined): string | undefined {
	if (uri !== undefined) return transportFault(uri);
	const shown = text.replace(/[^ -~]/g, "?").slice(0, 80);
	const scheme = schemeOf(text);
	return scheme === undefined || scheme === "sip" || scheme === "sips"
		? `not a SIP address: ${shown}`
		: `cannot call ${scheme}: addresses`;
}

/** Sections 13.2.2.2 and 13.2.2.3: the transaction has sent the ACK; all early dialogs are over. */
function refused(core: Core, call: Call, plan: Plan, target: string, uri: Uri, response: Response): void {
	const wanted = !call.reported && call.outgoing?.cancel === "no";
	call.outgoing?.limit?.cancel();
	if (wanted && raiseSession(call, response)) {
		attempt(core, call, plan, target, uri);
		return;
	}
	for (let next = nextTarget(plan.targets, response); wanted && next; next = nextTarget(plan.targets, response)) {
		const place = parseUri(next);
		if (place === undefined || dialFault(next, place) !== undefined || core.isOwn(placeOf(place))) continue;
		core.act({ type: "redirected", call: call.id, target: next });
		stopChange(core, call);
		attempt(core, call, plan, next, place);
		return;
	}
	const contact = contactOf(response);
	const place = contact === undefined ? undefined : parseUri(contact);
	const here =
		place !== undefined && core.isOwn(placeOf(place)) ? ", and the call was sent back to this phone" : undefined;
	const moved = response.status < 400 && contact !== undefined ? (here ?? ` to ${contact}`) : "";
	const words = call.outgoing?.exchange.fault ?? statusWords(response.status, response.reason);
	core.ended(call, response.status, words + moved, "remote");
	forget(core, call);
}

/** Section 13.2.2.1 */
function provisional(core: Core, call: Call, response: Response): void {
	const outgoing = call.outgoing;
	if (outgoing === undefined || outgoing.cancel === "sent") return;
	if (outgoing.cancel === "wanted") {
		sendCancel(core, call);
		return;
	}
	outgoing.limit?.cancel();
	outgoing.limit = core.timers.after(PROGRESS_LIMIT_MS, () => {
		core.ended(call, 408, "nobody answered in time", "timeout");
		outgoing.exchange.abandoned = true;
		sendCancel(core, call);
	});
	learnPeer(call, response);
	const tag = response.status > 100 ? tagOf(response.to) : undefined;
	const early = tag === undefined ? undefined : branch(outgoing, tag, response);
	if (early === undefined ? hasOption(response, "require", "100rel") : !confirmProvisional(core, call, early, response))
		return;
	identify(core, call, response, outgoing.exchange.to);
	// RFC 6337 section 3.1.1: of one fork the first description is the answer, and what repeats it says nothing new.
	const sdp = early?.sdp === undefined ? sdpOf(response) : undefined;
	if (early !== undefined) early.sdp ??= sdp;
	core.act({
		type: "progress",
		call: call.id,
		status: response.status,
		reason: response.reason,
		...(sdp !== undefined && { sdp }),
		...(tag !== undefined && { fork: tag }),
	});
	if (response.status > 100) call.follow?.(response.status, response.reason);
}

/** The branch of the fork that a provisional response came on; undefined when there are too many, or it leads nowhere. */
function branch(outgoing: Outgoing, tag: string, response: Response): Early | undefined {
	const known = outgoing.early.get(tag);
	if (known !== undefined || outgoing.early.size >= MAX_FORKS) return known;
	const dialog = fromResponse(outgoing.exchange.request, response);
	if (dialog === undefined) return undefined;
	const early: Early = { dialog, rseq: undefined, sdp: undefined, agreed: false };
	outgoing.early.set(tag, early);
	return early;
}

/** Section 13.2.2.4: every 2xx gets its ACK; only the first one makes the call. */
function accepted(core: Core, call: Call, response: Response): void {
	const outgoing = call.outgoing;
	if (outgoing === undefined) return;
	const tag = tagOf(response.to) ?? "";
	const repeated = outgoing.acks.get(tag);
	if (repeated !== undefined) {
		core.send(repeated.bytes, repeated.to);
		return;
	}
	if (outgoing.acks.size >= MAX_FORKS) return;
	outgoing.limit?.cancel();
	const early = outgoing.early.get(tag);
	const dialog = confirm(outgoing.exchange.request, response, early?.dialog);
	if (dialog === undefined || !acknowledge(core, call, dialog)) {
		core.ended(call, 502, "the answer came with a route that cannot be followed", "remote");
		forget(core, call);
		return;
	}
	if (call.dialog !== undefined) {
		// Another branch of a fork answered too.
		sendBye(core, call, dialog, () => {});
		return;
	}
	call.dialog = dialog;
	if (call.reported) {
		// The 200 crossed our CANCEL (section 9.1): the call exists, and has to be ended.
		hangUp(core, call);
		return;
	}
	outgoing.early.clear();
	// What was changed on another branch of the fork is over with it.
	if (early === undefined) stopChange(core, call);
	if (call.offer !== undefined && call.offer.dialog !== dialog) refuseOffer(core, call, 481);
	learnPeer(call, response);
	identify(core, call, response, outgoing.exchange.to);
	sessionAgreed(core, call, response);
	// RFC 3262 section 5: where a reliable response had the answer, the 2xx has nothing new to say.
	const sdp = early?.agreed ? early.sdp : (sdpOf(response) ?? early?.sdp);
	if (sdp === undefined) {
		core.ended(call, 488, "the call was answered without a description of its media", "remote");
		hangUp(core, call);
		return;
	}
	call.follow?.(200, "OK");
	call.follow = undefined;
	core.act({ type: "answered", call: call.id, sdp, fork: dialog.remoteTag, ...core.legOf(outgoing.exchange.to) });
}

/** The dialog of a 2xx: an early one keeps its numbers and takes route and target anew. */
function confirm(request: OutgoingRequest, response: Response, early: Dialog | undefined): Dialog | undefined {
	const dialog = fromResponse(request, response);
	if (early === undefined || dialog === undefined) return dialog;
	early.routes = dialog.routes;
	early.target = dialog.target;
	return early;
}

/** ACK for a 2xx to the first INVITE. False when it cannot be sent anywhere. */
function acknowledge(core: Core, call: Call, dialog: Dialog): boolean {
	const outgoing = call.outgoing;
	if (outgoing === undefined) return false;
	const packet = ackIn(core, call, dialog, outgoing.exchange);
	if (packet === undefined) return false;
	outgoing.acks.set(dialog.remoteTag, packet);
	core.send(packet.bytes, packet.to);
	// RFC 6026: after timer M the transaction passes nothing up any more, and nothing of this is needed.
	core.timers.after(TIMER_M_MS, () => {
		if (call.outgoing === outgoing) call.outgoing = undefined;
	});
	return true;
}

/**
 * ACK for a 2xx (section 13.2.2.4): a branch of its own, the INVITE's number, the dialog's route; the INVITE's credentials
 * too, but only to the account's own servers. Where these have left the dialog it goes straight to whoever was called, who
 * could try passwords against them.
 */
export function ackIn(
	core: Core,
	{ account }: Call,
	dialog: Dialog,
	exchange: Exchange,
): { bytes: Uint8Array; to: Destination } | undefined {
	const { cseq, headers } = exchange.request;
	const place = nextHop(dialog);
	if (place === undefined) return undefined;
	const to = core.direct(place);
	const trusted = core.mayAskPassword(account, place) || core.mayAskPassword(account, to);
	const known = trusted ? headers.filter(isCredentials) : [];
	const request = requestIn(dialog, "ACK", cseq, core.via(to), known, undefined);
	return { bytes: formatRequest(request), to };
}
