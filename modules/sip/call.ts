/**
 * One call as the verbs share it: who began it, the dialog it became, and the INVITE that is under way on it. invite.ts
 * and accept.ts make them; bye.ts and cancel.ts end them.
 * @module
 */

import { latin1Decode, utf8Decode } from "bytes/text";
import { SDP_TYPE } from "./constants";
import type { Core } from "./core";
import { type Dialog, matches } from "./dialog";
import type { Exchange } from "./exchange";
import type { InviteServer } from "./invite-server";
import { header, type Message, type Request } from "./message";
import type { Timer } from "./timers";
import type { Account } from "./types";
import type { Destination } from "./uri";

/** An INVITE of ours that asked for a new call, until 64*T1 after its answer. */
export interface Outgoing {
	readonly exchange: Exchange;
	/** wanted: to be sent as soon as a provisional response allows it (section 9.1). */
	cancel: "no" | "wanted" | "sent";
	/** Early dialogs by the peer's tag. */
	readonly early: Map<string, Dialog>;
	/** ACKs by the peer's tag, to be repeated for each repeated 2xx. */
	readonly acks: Map<string, Packet>;
	/** SDP of a provisional response: the answer, when the 2xx has none. */
	earlySdp: string | undefined;
	limit: Timer | undefined;
}

/** An INVITE of the peer's, new call or re-INVITE, until its ACK. */
export interface Incoming {
	readonly transaction: InviteServer;
	readonly request: Request;
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
}

/** A re-INVITE of ours: on its way, waiting after glare, or waiting for the peer's own INVITE to finish. */
export interface Change {
	readonly sdp: string;
	tries: number;
	exchange: Exchange | undefined;
	retry: Timer | undefined;
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
	};
}

/** Nothing more will happen on this call; its transactions run out by themselves. */
export function forget(core: Core, call: Call): void {
	call.outgoing?.limit?.cancel();
	stopIncoming(call);
	stopChange(call);
	core.calls.delete(call);
}

/** No timer of the peer's INVITE stays behind. */
export function stopIncoming(call: Call): void {
	call.incoming?.again?.cancel();
	call.incoming?.limit?.cancel();
	call.incoming = undefined;
}

/** Our re-INVITE is no longer wanted. */
export function stopChange(call: Call): void {
	call.change?.retry?.cancel();
	if (call.change?.exchange !== undefined) call.change.exchange.abandoned = true;
	call.change = undefined;
}

/** The call and the dialog that a request with a To tag belongs to (section 12.2.2). */
export function findDialog(core: Core, request: Request): { call: Call; dialog: Dialog } | undefined {
	for (const call of core.calls) {
		if (call.dialog !== undefined && matches(call.dialog, request)) return { call, dialog: call.dialog };
		for (const dialog of call.outgoing?.early.values() ?? []) if (matches(dialog, request)) return { call, dialog };
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
