/**
 * The face of the SIP room: what call/ gives the agent and what it gets back. Times are milliseconds of one monotonic
 * clock, given with every event; addresses are IPv4 text or host names.
 * @module
 */

import type { Provider, RandomSource } from "crypto/types";
import type { Destination } from "./uri";

/** One identity of the phone. */
export interface Account {
	/** The caller's name for it, unique among the accounts. */
	readonly id: string;
	/** Address of record, for example `sip:alice@example.org`. */
	readonly aor: string;
	readonly displayName?: string | undefined;
	/** Without it the account never registers, and calls go straight to the host in their URI. */
	readonly registrar?: { readonly host: string; readonly port: number; readonly transport: "udp" } | undefined;
	/** Without it, the user part of the aor. */
	readonly username?: string | undefined;
	/** UTF-8. Never wiped here: it belongs to the caller. */
	readonly password: Uint8Array | undefined;
	/** Every request outside a dialog goes through it. */
	readonly outboundProxy?: { readonly host: string; readonly port: number } | undefined;
	/** How long a registration shall last, in seconds. */
	readonly expiresSec: number;
}

export interface AgentConfig {
	/** md5 and sha256, for digest. */
	readonly provider: Provider;
	/** Tags, branches, Call-IDs, cnonces. */
	readonly random: RandomSource;
	/** User-Agent, for example `Sotto/0.1`. */
	readonly userAgent: string;
	/** Where the phone's socket can be reached: Via and Contact. */
	readonly contact: Destination;
	readonly accounts: readonly Account[];
	/** User part of our address in calls without an account; `phone` without it. */
	readonly user?: string | undefined;
}

/** What happened. `call` is a number the caller chose (positive, not in use) or one from `incoming` (negative). */
export type Event =
	| { readonly type: "datagram"; readonly now: number; readonly bytes: Uint8Array; readonly from: Destination }
	| { readonly type: "tick"; readonly now: number }
	/** `to` as it stood in the send action; the error in plain words. */
	| { readonly type: "sendFailed"; readonly now: number; readonly to: Destination; readonly error: string }
	| { readonly type: "register"; readonly now: number; readonly account: string }
	| { readonly type: "unregister"; readonly now: number; readonly account: string }
	| {
			readonly type: "invite";
			readonly now: number;
			readonly call: number;
			readonly account?: string | undefined;
			readonly uri: string;
			/** The offer. */
			readonly sdp: string;
	  }
	| { readonly type: "ring"; readonly now: number; readonly call: number }
	/** `sdp`: the answer, or the offer when the INVITE had none. */
	| { readonly type: "accept"; readonly now: number; readonly call: number; readonly sdp: string }
	| {
			readonly type: "reject";
			readonly now: number;
			readonly call: number;
			/** 300..699 */
			readonly status: number;
			readonly reason?: string | undefined;
	  }
	/** CANCEL, BYE or 603, as the state asks. */
	| { readonly type: "hangup"; readonly now: number; readonly call: number }
	| { readonly type: "reinvite"; readonly now: number; readonly call: number; readonly sdp: string }
	| { readonly type: "answerReinvite"; readonly now: number; readonly call: number; readonly sdp: string }
	| { readonly type: "rejectReinvite"; readonly now: number; readonly call: number; readonly status: number };

export type EndedBy = "local" | "remote" | "timeout";

/** What is to be done, in this order. */
export type Action =
	| { readonly type: "send"; readonly bytes: Uint8Array; readonly to: Destination }
	/** Send a tick at that time; undefined: nothing is waited for. Replaces the one before. */
	| { readonly type: "wakeAt"; readonly at: number | undefined }
	/** expiresSec 0: no longer registered, as asked. */
	| { readonly type: "registered"; readonly account: string; readonly expiresSec: number }
	/** The agent tries again by itself at retryAt; without it, it does not. */
	| {
			readonly type: "registrationFailed";
			readonly account: string;
			readonly status: number;
			readonly reason: string;
			readonly retryAt?: number;
	  }
	/** A call comes in; 100 has been sent. `sdp` undefined: the offer is ours to make, in accept. */
	| {
			readonly type: "incoming";
			readonly call: number;
			readonly uri: string;
			readonly displayName?: string;
			readonly sdp: string | undefined;
			/** The caller asks for an answer without ringing (intercom); whether to obey is a setting. */
			readonly autoAnswer?: boolean;
	  }
	/** 1xx; with sdp it is early media. */
	| {
			readonly type: "progress";
			readonly call: number;
			readonly status: number;
			readonly reason: string;
			readonly sdp?: string;
	  }
	| { readonly type: "answered"; readonly call: number; readonly sdp: string }
	/** The ACK arrived; with sdp when the offer was ours, in a 2xx. */
	| { readonly type: "accepted"; readonly call: number; readonly sdp?: string }
	/** A re-INVITE came; without sdp the offer is ours to make. Answer with answerReinvite or rejectReinvite. */
	| { readonly type: "offered"; readonly call: number; readonly sdp: string | undefined }
	| { readonly type: "reinviteAnswered"; readonly call: number; readonly sdp: string }
	| { readonly type: "reinviteFailed"; readonly call: number; readonly status: number; readonly reason: string }
	/** Once for each call, always. */
	| {
			readonly type: "ended";
			readonly call: number;
			readonly status: number;
			readonly reason: string;
			readonly by: EndedBy;
	  }
	| { readonly type: "warn"; readonly text: string };
