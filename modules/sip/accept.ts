/**
 * Calls that begin elsewhere: INVITE as a server (RFC 3261 section 13.3), and the 2xx of re-INVITEs, which is repeated
 * until its ACK in the same way.
 * @module
 */

import { hangUp } from "./bye";
import {
	type Call,
	forget,
	hasOption,
	type Incoming,
	isSdp,
	learnPeer,
	makeRoomForCall,
	newCall,
	sdpOf,
	stopIncoming,
} from "./call";
import { callInfo } from "./call-info";
import { OFFER_LIMIT_MS, RING_AGAIN_MS, RING_LIMIT_MS, SDP_TYPE, T1_MS, T2_MS, TIMER_H_MS } from "./constants";
import type { Core } from "./core";
import { fromRequest, refreshTarget } from "./dialog";
import { InviteServer } from "./invite-server";
import { type Header, header, type Request } from "./message";
import { isStranger } from "./origin";
import { earlyMedia, respondReliably } from "./prack";
import { replace, replacementOf } from "./replaces";
import { formatResponse } from "./respond";
import { sessionResponse, sessionTooSmall } from "./session";
import { parseNumber, quote } from "./syntax";
import { serverKey } from "./transaction";
import type { Destination } from "./uri";

/** A new INVITE that passed the checks of section 8.2. @param to where its responses go */
export function receiveInvite(core: Core, request: Request, to: Destination): void {
	const call = newCall(core.incomingId(), core.accountFor(request));
	const tag = core.tag();
	const transaction = openInvite(core, call, request, to);
	if (!makeRoomForCall(core)) {
		core.warn(`a call from ${to.address} refused: there are ${core.calls.size} already`);
		core.respond(transaction, { status: 503, toTag: tag, headers: [{ name: "Retry-After", value: "10" }] });
		return;
	}
	const tooSmall = sessionTooSmall(request);
	if (tooSmall !== undefined) {
		core.respond(transaction, { ...tooSmall, toTag: tag });
		return;
	}
	const replacement = replacementOf(core, request, to);
	if (replacement.type === "fault") {
		core.respond(transaction, { ...replacement, toTag: tag });
		return;
	}
	const dialog = fromRequest(request, tag, to);
	if (dialog === undefined) {
		core.respond(transaction, { status: 400, reason: "Contact or Record-Route is missing or malformed", toTag: tag });
		return;
	}
	call.dialog = dialog;
	call.incoming = incomingFor(transaction, request, tag, true);
	call.replaces = replacement.type === "call" ? replacement.call : undefined;
	learnPeer(call, request);
	core.calls.add(call);
	// Section 13.3.1: the caller may limit how long it rings; nobody rings for ever.
	const expiresSec = parseNumber(header(request, "expires"), 6);
	const limitMs = Math.min(expiresSec === undefined ? RING_LIMIT_MS : expiresSec * 1000, RING_LIMIT_MS);
	call.incoming.limit = core.timers.after(limitMs, () => {
		core.respond(transaction, { status: expiresSec === undefined ? 480 : 487, toTag: tag });
		core.ended(call, 408, "the call was not answered in time", "timeout");
		forget(core, call);
	});
	const { displayName, uri } = request.from;
	core.act({
		type: "incoming",
		call: call.id,
		uri,
		...(displayName === undefined ? {} : { displayName }),
		sdp: sdpOf(request),
		info: {
			...callInfo(core, request, call.account, to),
			...(isStranger(core, to) && { stranger: true as const }),
			...(call.replaces !== undefined && { replaces: call.replaces.id }),
			...(!call.incoming.offered && hasOption(request, "require", "100rel") && { earlyOffer: true as const }),
		},
		...core.legOf(to),
	});
}

/** A server transaction that has said 100 (section 17.2.1). */
export function openInvite(core: Core, call: Call, request: Request, to: Destination): InviteServer {
	const transaction = new InviteServer(core, serverKey(request), request, to, {
		onAck: (ack) => receiveAck(core, call, ack),
		// Timer H: the caller vanished after our refusal; nothing of the call is left to end.
		onTimeout: () => {},
	});
	core.servers.set(transaction.key, transaction);
	core.respond(transaction, { status: 100 });
	return transaction;
}

export function incomingFor(transaction: InviteServer, request: Request, tag: string, initial: boolean): Incoming {
	return {
		transaction,
		cseq: request.cseq,
		initial,
		offered: sdpOf(request) !== undefined,
		tag,
		again: undefined,
		limit: undefined,
		answered: false,
		hangup: false,
		early: undefined,
		agreed: false,
		reliable: undefined,
		accepting: undefined,
	};
}

/**
 * 180, and again each minute (section 13.3.1.1); 183 with a description. Reliable where the caller requires it, or where
 * there is something to agree on (RFC 3262 section 3).
 */
export function ring(core: Core, call: Call, sdp?: string): void {
	const incoming = call.incoming;
	if (incoming === undefined || !incoming.initial || !incoming.transaction.pending) return;
	// RFC 3262 section 3: one at a time.
	const waiting = incoming.reliable !== undefined && !incoming.reliable.acknowledged;
	const request = incoming.transaction.read();
	const required = hasOption(request, "require", "100rel");
	const able = required || hasOption(request, "supported", "100rel");
	// Section 5: an offer of ours can only go reliably, and the first reliable response has to carry it.
	const speaks = sdp !== undefined && incoming.early === undefined && (incoming.offered || able);
	if (waiting || (required && !incoming.offered && incoming.early === undefined && !speaks)) return;
	incoming.again?.cancel();
	incoming.again = core.timers.after(RING_AGAIN_MS, () => ring(core, call));
	if (speaks) incoming.early = sdp;
	const headers = [core.contactHeader(call.account, incoming.transaction.to), ...core.capabilities()];
	const parts = { status: incoming.early === undefined ? 180 : 183, toTag: incoming.tag, headers };
	if (required || (able && incoming.early !== undefined)) {
		const kind = !speaks ? undefined : incoming.offered ? "answer" : "offer";
		respondReliably(core, call, incoming, speaks ? earlyMedia(parts, sdp) : parts, kind);
	} else core.respond(incoming.transaction, incoming.early === undefined ? parts : earlyMedia(parts, incoming.early));
}

/** 2xx with our answer, or our offer when the INVITE had none; repeated until the ACK (section 13.3.1.4). */
export function accept(core: Core, call: Call, sdp: string): void {
	const incoming = call.incoming;
	if (incoming === undefined || !incoming.transaction.pending) return;
	// RFC 3262 section 3: not while a description of ours waits for its PRACK.
	if (incoming.reliable?.sdp !== undefined && !incoming.reliable.acknowledged) {
		incoming.accepting = sdp;
		return;
	}
	incoming.again?.cancel();
	incoming.limit?.cancel();
	incoming.reliable?.again?.cancel();
	incoming.reliable?.limit.cancel();
	const request = incoming.transaction.read();
	// Requests are atomic (section 12.2.2): the target moves only now that the re-INVITE is accepted.
	if (!incoming.initial && call.dialog !== undefined) refreshTarget(call.dialog, request);
	if (!incoming.initial) learnPeer(call, request);
	const bytes = formatResponse(request, {
		status: 200,
		toTag: incoming.tag,
		headers: [
			core.contactHeader(call.account, incoming.transaction.to),
			...core.capabilities(),
			...sessionResponse(core, call, request),
		],
		...(!incoming.agreed && { body: { contentType: SDP_TYPE, text: incoming.early ?? sdp } }),
	});
	incoming.transaction.respond(200, bytes);
	incoming.answered = true;
	repeat(core, incoming, bytes, T1_MS);
	incoming.limit = core.timers.after(TIMER_H_MS, () => {
		// 64*T1 without ACK: the dialog stands, the session is ended (section 13.3.1.4, 14.2).
		core.ended(call, 408, "the other side never confirmed the call", "timeout");
		hangUp(core, call);
	});
	if (incoming.initial) replace(core, call);
}

/** PRACK has come: the 2xx that waited for it goes. */
export function acceptAgreed(core: Core, call: Call): void {
	const sdp = call.incoming?.accepting;
	if (call.incoming === undefined || sdp === undefined) return;
	call.incoming.accepting = undefined;
	accept(core, call, sdp);
}

/** 3xx to 6xx instead of an answer (section 13.3.1.3). */
export function reject(
	core: Core,
	call: Call,
	status: number,
	reason: string | undefined,
	headers: readonly Header[] = [],
): void {
	const incoming = call.incoming;
	if (incoming === undefined || !incoming.transaction.pending) return;
	core.respond(incoming.transaction, {
		status,
		toTag: incoming.tag,
		// Section 13.3.1.3: say why an offer was refused.
		...(status === 488 && reason !== undefined
			? { headers: [{ name: "Warning", value: `399 ${core.config.contact.address} ${quote(reason)}` }] }
			: { headers }),
	});
	stopIncoming(call);
}

/** ACK for a 2xx, by its dialog or by the branch of its INVITE. */
export function receiveAck(core: Core, call: Call, ack: Request): void {
	const incoming = call.incoming;
	// Repeated ACKs, and those for older INVITEs, say nothing new.
	if (incoming === undefined || !incoming.answered || ack.cseq !== incoming.cseq) return;
	stopIncoming(call);
	if (incoming.hangup) {
		hangUp(core, call);
		return;
	}
	if (incoming.offered || incoming.agreed) {
		if (incoming.initial) core.act({ type: "accepted", call: call.id });
		return;
	}
	const sdp = sdpOf(ack);
	if (sdp !== undefined) {
		core.act({ type: "accepted", call: call.id, sdp });
		return;
	}
	core.ended(call, 488, "the other side did not answer our offer of media", "remote");
	hangUp(core, call);
}

/** What a UAS says to a body it cannot read (section 8.2.3), or undefined when it can. */
export function bodyFault(request: Request): "type" | "encoding" | undefined {
	if (request.body.length === 0 || /handling\s*=\s*optional/i.test(header(request, "content-disposition") ?? ""))
		return undefined;
	const encoding = header(request, "content-encoding")?.toLowerCase() ?? "identity";
	if (encoding !== "identity") return "encoding";
	return isSdp(header(request, "content-type")) ? undefined : "type";
}

/** A re-INVITE that the phone leaves unanswered is refused, or the peer could never change the call again. */
export function limitOffer(core: Core, call: Call, incoming: Incoming): void {
	incoming.limit = core.timers.after(OFFER_LIMIT_MS, () => {
		core.respond(incoming.transaction, { status: 500, toTag: incoming.tag });
		core.warn("a change of the call was not answered in time");
		stopIncoming(call);
		core.act({ type: "offerWithdrawn", call: call.id });
	});
}

function repeat(core: Core, incoming: Incoming, bytes: Uint8Array, delayMs: number): void {
	incoming.again = core.timers.after(delayMs, () => {
		incoming.transaction.respond(200, bytes);
		repeat(core, incoming, bytes, Math.min(2 * delayMs, T2_MS));
	});
}
