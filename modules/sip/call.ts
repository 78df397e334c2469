/**
 * One call as the verbs share it: who began it, the dialog it became, and the INVITE that is under way on it. invite.ts
 * and accept.ts make them; bye.ts and cancel.ts end them.
 * @module
 */

import { latin1Decode, utf8Decode } from "bytes/text";
import { CANCELLED_MS, MAX_CALLS, MIN_SESSION_SEC, SDP_TYPE } from "./constants";
import type { Core } from "./core";
import { type Dialog, matches } from "./dialog";
import type { Exchange } from "./exchange";
import type { InviteServer } from "./invite-server";
import { header, headerList, type Lines, type Message, type Request } from "./message";
import type { NonInviteServer } from "./non-invite-server";
import type { Reliable } from "./prack";
import type { Transfer } from "./refer";
import { endReferrals } from "./referral";
import type { Session } from "./session";
import type { Timer } from "./timers";
import type { Account } from "./types";
import type { Destination } from "./uri";

/** One branch of a fork, from its first provisional response. */
export interface Early {
	readonly dialog: Dialog;
	/** RSeq of the last reliable provisional response (RFC 3262 section 4). */
	rseq: number | undefined;
	/** Its answer, when the 2xx has none. */
	sdp: string | undefined;
	/** The answer came reliably: UPDATE may change it (RFC 3311 section 5.1). */
	agreed: boolean;
}

/** An INVITE of ours that asked for a new call, until 64*T1 after its answer. */
export interface Outgoing {
	exchange: Exchange;
	/** wanted: to be sent as soon as a provisional response allows it (section 9.1). */
	cancel: "no" | "wanted" | "sent";
	/** Early dialogs by the peer's tag. */
	readonly early: Map<string, Early>;
	/** ACKs by the peer's tag, to be repeated for each repeated 2xx. */
	readonly acks: Map<string, Packet>;
	limit: Timer | undefined;
}

/** An INVITE of the peer's, new call or re-INVITE, until its ACK. */
export interface Incoming {
	readonly transaction: InviteServer;
	readonly cseq: number;
	/** Begins the call; else it is a re-INVITE. */
	readonly initial: boolean;
	/** The INVITE had an offer; else ours is in the 2xx and the answer in the ACK. */
	readonly offered: boolean;
	readonly tag: string;
	/** While it rings: the next 180, and the end of patience. */
	again: Timer | undefined;
	limit: Timer | undefined;
	/** A 2xx has been sent and waits for its ACK. */
	answered: boolean;
	/** The person hung up before the ACK: BYE as soon as section 15 allows it. */
	hangup: boolean;
	/** Description in a provisional response: our answer, or our offer when the INVITE had none. */
	early: string | undefined;
	/** Offer and answer are done before the 2xx, which then has none (RFC 3262 section 5). */
	agreed: boolean;
	/** The last reliable provisional response. */
	reliable: Reliable | undefined;
	/** The person has answered, and the 2xx waits for PRACK (RFC 3262 section 3). */
	accepting: string | undefined;
}

/** An offer of ours in a re-INVITE or an UPDATE: on its way, or void after glare and waiting to be made afresh. */
export interface Change {
	/** How often glare has met this change. */
	tries: number;
	/** Undefined while it waits. */
	exchange: Exchange | undefined;
	retry: Timer | undefined;
	/** The peer said that it is deciding, and may not do so for ever. */
	limit: Timer | undefined;
}

/** An offer of the peer's outside INVITE, until it is answered. */
export interface Offer {
	readonly in: "UPDATE" | "PRACK";
	readonly transaction: NonInviteServer;
	readonly dialog: Dialog;
	readonly limit: Timer;
}

/** What the peer can do, as it said last (RFC 3261 sections 20.5, 20.37). */
export interface Peer {
	/** Methods, in upper case. */
	readonly allows: readonly string[];
	/** Option tags, in lower case. */
	readonly supports: readonly string[];
}

export interface Packet {
	readonly bytes: Uint8Array;
	readonly to: Destination;
}

export interface Call {
	readonly id: number;
	readonly account: Account | undefined;
	/** `ended` has been said. */
	reported: boolean;
	/** The confirmed dialog, or the early one of an incoming call. */
	dialog: Dialog | undefined;
	outgoing: Outgoing | undefined;
	incoming: Incoming | undefined;
	change: Change | undefined;
	offer: Offer | undefined;
	peer: Peer;
	/** Agreed with the peer (RFC 4028). */
	session: Session | undefined;
	/** Shortest session interval that anybody on the way takes, in seconds. */
	minSessionSec: number;
	/** Times that it was raised by 422. */
	sessionRaises: number;
	/** A REFER of ours and what became of it. */
	transfer: Transfer | undefined;
	/** REFERs that the peer has sent in it. */
	refers: number;
	/** The call whose place this one takes when it is answered (RFC 3891). */
	replaces: Call | undefined;
	/** Told of every status until the call is answered or over: somebody asked us to make it (referral.ts). */
	follow: ((status: number, reason: string) => void) | undefined;
	/** Who the peer is, as last reported. */
	identity: string | undefined;
	/** When it was last asked, for a doubt, whether the call still stands (origin.ts). */
	probedAt: number | undefined;
}

export function newCall(id: number, account: Account | undefined): Call {
	return {
		id,
		account,
		reported: false,
		dialog: undefined,
		outgoing: undefined,
		incoming: undefined,
		change: undefined,
		offer: undefined,
		peer: { allows: [], supports: [] },
		session: undefined,
		minSessionSec: MIN_SESSION_SEC,
		sessionRaises: 0,
		transfer: undefined,
		refers: 0,
		replaces: undefined,
		follow: undefined,
		identity: undefined,
		probedAt: undefined,
	};
}

/** Nothing more will happen on this call; its transactions run out by themselves. */
export function forget(core: Core, call: Call): void {
	call.outgoing?.limit?.cancel();
	stop(core, call);
	core.calls.delete(call);
}

/** Whether one more call may begin. */
export function hasRoomForCall(core: Core): boolean {
	return core.calls.size < MAX_CALLS || [...core.calls].some(({ reported }) => reported);
}

/** The same, and makes it: a call that is over for its owner, and only waits for an answer to its BYE, gives way. */
export function makeRoomForCall(core: Core): boolean {
	if (core.calls.size < MAX_CALLS) return true;
	for (const call of core.calls) {
		if (!call.reported) continue;
		forget(core, call);
		return true;
	}
	return false;
}

/** Everything that goes on inside the call ends; what the peer waits for is answered. */
export function stop(core: Core, call: Call): void {
	const pending = call.incoming;
	// Section 15.1.2: whatever ends the call, the INVITE that is still open gets its answer.
	if (pending?.transaction.pending) core.respond(pending.transaction, { status: 487, toTag: pending.tag });
	stopIncoming(call);
	stopChange(core, call);
	call.session?.refresh?.cancel();
	call.session?.expiry?.cancel();
	call.session = undefined;
	call.transfer?.limit.cancel();
	call.transfer = undefined;
	endReferrals(core, call);
	const offer = call.offer;
	call.offer = undefined;
	offer?.limit.cancel();
	if (offer !== undefined) core.respond(offer.transaction, { status: 481 });
}

/** No timer of the peer's INVITE stays behind. */
export function stopIncoming(call: Call): void {
	const incoming = call.incoming;
	incoming?.again?.cancel();
	incoming?.limit?.cancel();
	incoming?.reliable?.again?.cancel();
	incoming?.reliable?.limit.cancel();
	incoming?.transaction.settle();
	call.incoming = undefined;
}

/** Takes what a request or response of the peer says of itself; a message that says nothing changes nothing. */
export function learnPeer(call: Call, message: Lines): void {
	const allows = headerList(message, "allow").map((method) => method.toUpperCase());
	const supports = [...headerList(message, "supported"), ...headerList(message, "require")];
	const said = header(message, "supported") !== undefined || supports.length > 0;
	call.peer = {
		allows: allows.length > 0 ? allows : call.peer.allows,
		supports: said ? supports.map((tag) => tag.toLowerCase()) : call.peer.supports,
	};
}

/** True when the header lists an option tag (RFC 3261 section 19.2). */
export function hasOption(message: Lines, name: "require" | "supported", tag: string): boolean {
	return headerList(message, name).some((value) => value.toLowerCase() === tag);
}

/** Our re-INVITE is no longer wanted. Its 2xx is still acknowledged, for as long as one may come. */
export function stopChange(core: Core, call: Call): void {
	const change = call.change;
	call.change = undefined;
	change?.retry?.cancel();
	change?.limit?.cancel();
	const exchange = change?.exchange;
	if (exchange === undefined) return;
	exchange.abandoned = true;
	// A transaction that heard a provisional response has no timer of its own (RFC 3261 section 17.1.1.2).
	core.timers.after(CANCELLED_MS, () => {
		if (exchange.state === "proceeding") exchange.stop();
	});
}

/** Undefined for a call of ours whose INVITE has not left yet. */
export function callIdOf({ dialog, outgoing }: Call): string | undefined {
	if (dialog !== undefined) return dialog.callId;
	return outgoing === undefined || outgoing.exchange.state === "locating"
		? undefined
		: outgoing.exchange.request.callId;
}

/** The call and the dialog that a request with a To tag belongs to (section 12.2.2). */
export function findDialog(core: Core, request: Request): { call: Call; dialog: Dialog } | undefined {
	for (const call of core.calls) {
		if (call.dialog !== undefined && matches(call.dialog, request)) return { call, dialog: call.dialog };
		for (const { dialog } of call.outgoing?.early.values() ?? []) if (matches(dialog, request)) return { call, dialog };
	}
	return undefined;
}

/** The SDP of a message, or undefined when it has none. */
export function sdpOf(message: Message): string | undefined {
	if (message.body.length === 0 || !isSdp(header(message, "content-type"))) return undefined;
	return utf8Decode(message.body) ?? latin1Decode(message.body);
}

export function isSdp(contentType: string | undefined): boolean {
	return contentType?.split(";")[0]?.trim().toLowerCase() === SDP_TYPE;
}
