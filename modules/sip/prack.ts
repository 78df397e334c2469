/**
 * Reliable provisional responses (RFC 3262), both ways: PRACK for theirs, repetition of ours until their PRACK. Offers and
 * answers ride on both (section 5).
 * @module
 */

import { type Call, type Early, forget, hasOption, type Incoming, sdpOf } from "./call";
import { SDP_TYPE, T1_MS } from "./constants";
import type { Core } from "./core";
import { type Dialog, nextHop, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { header, type Request, type Response } from "./message";
import type { NonInviteServer } from "./non-invite-server";
import { formatResponse, type ResponseParts } from "./respond";
import { parseNumber } from "./syntax";
import type { Timer } from "./timers";
import { openOffer } from "./update";

/** A provisional response of ours that PRACK has to confirm. */
export interface Reliable {
	readonly rseq: number;
	again: Timer | undefined;
	readonly limit: Timer;
	acknowledged: boolean;
	/** What its description is. */
	readonly sdp: "offer" | "answer" | undefined;
}

const RACK = /^([0-9]{1,10})\s+([0-9]{1,10})\s+(\S+)$/;

/**
 * Section 4: a provisional response to our INVITE, on its branch. False: it is a repeat, or came out of order, and is
 * not to be looked at. What is reliable gets its PRACK.
 */
export function confirmProvisional(core: Core, call: Call, early: Early, response: Response): boolean {
	const rseq = parseNumber(header(response, "rseq"));
	if (!hasOption(response, "require", "100rel")) return true;
	if (rseq === undefined || rseq === 0) return false;
	if (early.rseq !== undefined && rseq !== early.rseq + 1) return false;
	early.rseq = rseq;
	// Our offer was in the INVITE: a description in a reliable response is its answer.
	if (sdpOf(response) !== undefined) early.agreed = true;
	const { dialog } = early;
	const to = nextHop(dialog);
	if (to === undefined) return true;
	const headers = [
		{ name: "RAck", value: `${rseq} ${response.cseq} INVITE` },
		{ name: "User-Agent", value: core.config.userAgent },
	];
	new Exchange(core, {
		account: call.account,
		credentials: new Credentials(),
		to,
		patient: true,
		make: (via) => requestIn(dialog, "PRACK", ++dialog.localCseq, via, headers, undefined),
		// The INVITE decides what becomes of the call; a PRACK that fails is the callee's to notice.
		onResponse: () => {},
		onFailure: () => {},
	}).start();
	return true;
}

/** Section 3: sends a provisional response of ours that is repeated until its PRACK, and ends the INVITE without one. */
export function respondReliably(
	core: Core,
	call: Call,
	incoming: Incoming,
	parts: ResponseParts,
	sdp: Reliable["sdp"],
): void {
	// Section 3: the first is between 1 and 2^31-1; the next is one higher.
	const rseq = incoming.reliable === undefined ? core.below(65536) + 1 : incoming.reliable.rseq + 1;
	incoming.reliable?.again?.cancel();
	incoming.reliable?.limit.cancel();
	const headers = [
		...(parts.headers ?? []),
		{ name: "Require", value: "100rel" },
		{ name: "RSeq", value: String(rseq) },
	];
	const bytes = formatResponse(incoming.transaction.read(), { ...parts, toTag: incoming.tag, headers });
	const limit = core.timers.after(64 * T1_MS, () => {
		core.respond(incoming.transaction, { status: 504, toTag: incoming.tag });
		core.ended(call, 504, "the other side never confirmed that it heard us ring", "timeout");
		forget(core, call);
	});
	const reliable: Reliable = { rseq, again: undefined, limit, acknowledged: false, sdp };
	incoming.reliable = reliable;
	incoming.transaction.respond(parts.status, bytes);
	repeat(core, incoming, reliable, parts.status, bytes, T1_MS);
}

function repeat(
	core: Core,
	incoming: Incoming,
	reliable: Reliable,
	status: number,
	bytes: Uint8Array,
	delayMs: number,
): void {
	reliable.again = core.timers.after(delayMs, () => {
		if (!incoming.transaction.pending) return;
		incoming.transaction.respond(status, bytes);
		repeat(core, incoming, reliable, status, bytes, 2 * delayMs);
	});
}

/** Section 3. The CSeq has been checked. @param onAgreed the 2xx that waited may go */
export function receivePrack(
	core: Core,
	transaction: NonInviteServer,
	request: Request,
	call: Call,
	dialog: Dialog,
	onAgreed: () => void,
): void {
	const match = RACK.exec(header(request, "rack") ?? "");
	const incoming = call.incoming;
	const reliable = incoming?.reliable;
	if (match === null) {
		core.respond(transaction, { status: 400, reason: "RAck is missing or malformed" });
		return;
	}
	const known =
		incoming !== undefined &&
		reliable !== undefined &&
		Number(match[1]) === reliable.rseq &&
		Number(match[2]) === incoming.cseq &&
		match[3] === "INVITE";
	if (!known || reliable.acknowledged) {
		core.respond(transaction, { status: 481 });
		return;
	}
	reliable.acknowledged = true;
	reliable.again?.cancel();
	reliable.limit.cancel();
	const sdp = sdpOf(request);
	if (reliable.sdp === "offer") {
		// Section 5: the answer to an offer in a reliable response is in its PRACK.
		if (sdp === undefined) {
			core.respond(transaction, { status: 400, reason: "PRACK has no answer to our offer" });
			core.respond(incoming.transaction, { status: 488, toTag: incoming.tag });
			core.ended(call, 488, "the other side did not answer our offer of media", "remote");
			forget(core, call);
			return;
		}
		incoming.agreed = true;
		core.respond(transaction, { status: 200 });
		core.act({ type: "earlyAnswered", call: call.id, sdp });
	} else {
		if (reliable.sdp === "answer") incoming.agreed = true;
		// An offer beside one that is not answered yet gets no answer; the PRACK is one all the same.
		if (sdp === undefined || !incoming.agreed || call.offer !== undefined || call.change?.exchange !== undefined)
			core.respond(transaction, { status: 200 });
		else openOffer(core, call, dialog, transaction, "PRACK", sdp);
	}
	onAgreed();
}

/** The parts of a provisional response with a description. */
export function earlyMedia(parts: ResponseParts, text: string): ResponseParts {
	return { ...parts, body: { contentType: SDP_TYPE, text } };
}
