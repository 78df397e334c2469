/**
 * The face of the SIP room: what call/ gives the agent and what it gets back. Times are milliseconds of one monotonic
 * clock, given with every event; addresses are IPv4 text or host names.
 * @module
 */

import type { Provider, RandomSource } from "crypto/types";
import type { Flow, Leg } from "./flows";
import type { DnsAnswer, QuestionKind } from "./lookup";
import type { Destination, Transport } from "./uri";

/** A server of the owner's choice. */
export interface Server {
	/** Name or numeric address, without brackets. */
	readonly host: string;
	/** Without it, the domain's SRV records say it (RFC 3263), or it is 5060, 5061 for TLS. */
	readonly port?: number | undefined;
	/** Without it, whatever the domain offers; a numeric address or one with a port is asked over UDP. */
	readonly transport?: Transport | undefined;
}

/** One identity of the phone. */
export interface Account {
	/** The caller's name for it, unique among the accounts. */
	readonly id: string;
	/** Address of record, for example `sip:alice@example.org`. */
	readonly aor: string;
	readonly displayName?: string | undefined;
	/** Without it the account never registers, and calls go straight to the host in their URI. */
	readonly registrar?: Server | undefined;
	/** Without it, the user part of the aor. */
	readonly username?: string | undefined;
	/** UTF-8. Never wiped here: it belongs to the caller. */
	readonly password: Uint8Array | undefined;
	/** Every request outside a dialog goes through it. */
	readonly outboundProxy?: Server | undefined;
	/** How long a registration shall last, in seconds. */
	readonly expiresSec: number;
}

export interface AgentConfig {
	/** md5, sha256 and, where it has that, sha512_256, for digest. */
	readonly provider: Provider;
	/** Tags, branches, Call-IDs, cnonces. */
	readonly random: RandomSource;
	/** User-Agent, for example `Sotto/0.1`. */
	readonly userAgent: string;
	/** Where the phone's socket can be reached over UDP and TCP: Via and Contact. */
	readonly contact: Destination;
	/** The same over IPv6, for a phone whose contact is IPv4. */
	readonly contact6?: Destination | undefined;
	readonly accounts: readonly Account[];
	/**
	 * This phone, the same for its whole life: `urn:uuid:...` (RFC 5626 section 4.1). With it registrations say which
	 * device and which flow they are.
	 */
	readonly instanceId?: string | undefined;
	/**
	 * Ask for a GRUU (RFC 5627), and be reached by it in dialogs. Off without it: a registrar may give one while its proxy
	 * does not look it up inside a dialog (Kamailio as it comes), and then no ACK arrives any more.
	 */
	readonly gruu?: boolean | undefined;
	/** User part of our address in calls without an account; `phone` without it. */
	readonly user?: string | undefined;
	/**
	 * Session interval that calls are offered with (RFC 4028), in seconds, 90..86400; 1800 without it. 0: never asked for,
	 * but kept where the peer asks.
	 */
	readonly sessionExpiresSec?: number | undefined;
	/**
	 * Refresh calls whose other end knows no session timers, too (section 7.2: for our benefit alone): so a call whose peer has
	 * gone ends. Off without it.
	 */
	readonly sessionAlways?: boolean | undefined;
}

/** Who a party is, as somebody says: a URI of any scheme, and a name to show. */
export interface Party {
	readonly uri: string;
	readonly displayName?: string;
}

/** A caller asks for an answer without ringing (intercom, paging); whether to obey is a setting. */
export interface AutoAnswer {
	/** Ring that long first (Call-Info answer-after); 0: at once. */
	readonly afterMs: number;
	/** The caller would rather not be answered by a person (RFC 5373 `require`): reject with 403 what is not allowed. */
	readonly required: boolean;
}

/** Why a call reached us by a detour (Diversion, RFC 5806; History-Info, RFC 7044). */
export interface Diversion extends Party {
	/** As the diverting side wrote it, for example `no-answer`, `user-busy`, `unconditional`. */
	readonly reason?: string;
}

/** What an INVITE says about itself beside its offer: all of it for the screen and the ring tone. */
export interface CallInfo {
	/** The account that was called; undefined: none of ours. */
	readonly account?: string;
	/** P-Asserted-Identity or Remote-Party-ID, only when one of the account's own servers sent it (RFC 3325 section 5). */
	readonly identity?: Party;
	/** The latest party that sent the call on to us. */
	readonly diversion?: Diversion;
	/** Who made the caller call us (RFC 3892); nobody has checked it. */
	readonly referredBy?: Party;
	/** Alert-Info (RFC 3261 section 20.4): URI of a ring tone, and the `info` by which PBXs name one. */
	readonly alertInfo?: { readonly uri: string; readonly info?: string };
	readonly autoAnswer?: AutoAnswer;
	/** The accounts have servers of their own, and it came by none of them. */
	readonly stranger?: true;
	/**
	 * The call that this one takes the place of (RFC 3891): answer it at once when that one is connected. With accept the
	 * agent ends the other (`ended`, by remote); rejecting leaves it as it is.
	 */
	readonly replaces?: number;
	/**
	 * The caller left the offer to us and wants every provisional response reliable (RFC 3262 section 5): `ring` has to
	 * carry our offer, or the caller hears nothing until accept.
	 */
	readonly earlyOffer?: true;
}

/** Where an offer of the peer's came in; the answer goes back the same way by answerReinvite. */
export type OfferedIn = "INVITE" | "UPDATE" | "PRACK";

/** Counts of one kind of message (RFC 3842 section 5.2). */
export interface MessageCounts {
	readonly fresh: number;
	readonly old: number;
	readonly urgentFresh: number;
	readonly urgentOld: number;
}

/** One dialog of a party that is watched (RFC 4235 section 4.1). */
export interface WatchedDialog {
	readonly id: string;
	readonly direction: "initiator" | "recipient" | undefined;
	/** `early` with direction `recipient`: it rings there. */
	readonly state: "trying" | "proceeding" | "early" | "confirmed" | "terminated";
	readonly local?: Party;
	readonly remote?: Party;
	/** For `invite`, to take a call that rings there (RFC 3891); undefined: the notifier keeps the identifiers to itself. */
	readonly replaces?: string;
}

/** What happened. `call` is a number the caller chose (positive, not in use) or one from `incoming` (negative). */
export type Event =
	| { readonly type: "datagram"; readonly now: number; readonly bytes: Uint8Array; readonly from: Destination }
	| { readonly type: "tick"; readonly now: number }
	/** A connection to `to` stands, made by us or by the other side. */
	| ({ readonly type: "connected"; readonly now: number } & Flow)
	/** It has ended, or could not be made; the error in plain words. */
	| { readonly type: "disconnected"; readonly now: number; readonly to: Destination; readonly error: string }
	/** To a query action, in any order, once. */
	| { readonly type: "answer"; readonly now: number; readonly id: number; readonly answer: DnsAnswer }
	/** `to` as it stood in the send action; the error in plain words. */
	| { readonly type: "sendFailed"; readonly now: number; readonly to: Destination; readonly error: string }
	/**
	 * Whether there is a network at all. When it has returned connections are made anew, what waits for an answer is sent
	 * again and every registration made again, at once; without this event there is one.
	 */
	| { readonly type: "network"; readonly now: number; readonly up: boolean }
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
			/**
			 * This call does what a `referred` asked for: that is accepted now, with its Replaces and Referred-By in the
			 * INVITE, and the one who asked is told how it goes. `uri` is the target that it named.
			 */
			readonly referral?: number | undefined;
			/** A Replaces value from a WatchedDialog: takes a call that rings elsewhere. */
			readonly replaces?: string | undefined;
	  }
	/**
	 * 180, or 183 with sdp: early media, our answer (our offer with `earlyOffer`). Repeated with another sdp it does nothing
	 * new, for an answer is given once.
	 */
	| { readonly type: "ring"; readonly now: number; readonly call: number; readonly sdp?: string | undefined }
	/** `sdp`: the answer, or the offer when the INVITE had none. Not used where `ring` and PRACK have agreed already. */
	| { readonly type: "accept"; readonly now: number; readonly call: number; readonly sdp: string }
	/** 302: the call goes elsewhere (call forwarding); `ended` follows. `target`: a SIP URI. */
	| { readonly type: "redirect"; readonly now: number; readonly call: number; readonly target: string }
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
	/**
	 * An offer of a change: re-INVITE, or UPDATE (RFC 3311) while the call is not answered yet. `sdp` is made fresh, with an
	 * o= version above all before it, or the last description unchanged.
	 */
	| { readonly type: "reinvite"; readonly now: number; readonly call: number; readonly sdp: string }
	/** The answer to `offered`, or our offer where that had none. */
	| { readonly type: "answerReinvite"; readonly now: number; readonly call: number; readonly sdp: string }
	| { readonly type: "rejectReinvite"; readonly now: number; readonly call: number; readonly status: number }
	/**
	 * Transfer (RFC 3515, RFC 5589): the peer of `call` is asked to call `target` (blind), or to take the place of this
	 * phone in `otherCall` (attended). `transferProgress` tells how it goes; the calls stay until they are hung up or
	 * the other end does it.
	 */
	| { readonly type: "refer"; readonly now: number; readonly call: number; readonly target: string }
	| { readonly type: "refer"; readonly now: number; readonly call: number; readonly otherCall: number }
	/** Refuses a `referred`; status 400..699, for example 603. Accepting is `invite` with its number. */
	| { readonly type: "rejectReferral"; readonly now: number; readonly referral: number; readonly status: number }
	/** A digit by INFO (application/dtmf-relay): 0-9, *, #, A-D. */
	| {
			readonly type: "dtmf";
			readonly now: number;
			readonly call: number;
			readonly digit: string;
			/** 40..6000 */
			readonly durationMs: number;
	  }
	/**
	 * Watches something (RFC 6665) until unsubscribe; the agent refreshes and tries again by itself. `subscription` is a
	 * number the caller chose, not in use. message-summary: the account's own mailbox, or that in `uri`. dialog: the party
	 * in `uri`.
	 */
	| {
			readonly type: "subscribe";
			readonly now: number;
			readonly subscription: number;
			readonly account: string;
			readonly package: "message-summary" | "dialog";
			readonly uri?: string | undefined;
			/** 60..86400; 3600 without it. */
			readonly expiresSec?: number | undefined;
	  }
	| { readonly type: "unsubscribe"; readonly now: number; readonly subscription: number };

export type EndedBy = "local" | "remote" | "timeout";

/** What is to be done, in this order. */
export type Action =
	| { readonly type: "send"; readonly bytes: Uint8Array; readonly to: Destination }
	/** Make a connection, or say at once that there is one: `connected` or `disconnected` answers. */
	| { readonly type: "connect"; readonly to: Destination }
	/** That connection, or the attempt to make it, is given up; nothing answers. */
	| { readonly type: "disconnect"; readonly to: Destination }
	/** Ask the name server: `answer` answers. */
	| { readonly type: "query"; readonly id: number; readonly name: string; readonly kind: QuestionKind }
	/** Send a tick at that time; undefined: nothing is waited for. Replaces the one before. */
	| { readonly type: "wakeAt"; readonly at: number | undefined }
	/** expiresSec 0: no longer registered, as asked. */
	| { readonly type: "registered"; readonly account: string; readonly expiresSec: number; readonly leg?: Leg }
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
			readonly info: CallInfo;
			/** What the INVITE came over; absent: UDP. */
			readonly leg?: Leg;
	  }
	/**
	 * 1xx; with sdp it is early media: the answer of one fork. The first of a fork counts; another fork may bring another,
	 * and the last one heard is the one to play. What `answered` brings stands above them all.
	 */
	| {
			readonly type: "progress";
			readonly call: number;
			readonly status: number;
			readonly reason: string;
			readonly sdp?: string;
			/** Names the fork; missing before there is one (100). */
			readonly fork?: string;
	  }
	/** The call is sent on by a 3xx, and the agent follows (RFC 3261 section 8.1.3.4); for the screen. */
	| { readonly type: "redirected"; readonly call: number; readonly target: string }
	/** One of the account's own servers says who the other party is (from now on): after transfer, pickup, forward. */
	| { readonly type: "identified"; readonly call: number; readonly identity: Party }
	/** The caller answered the offer of our `ring` (in PRACK). */
	| { readonly type: "earlyAnswered"; readonly call: number; readonly sdp: string }
	/** `leg`: what the answer came over; absent: UDP. */
	| {
			readonly type: "answered";
			readonly call: number;
			readonly sdp: string;
			readonly fork: string;
			readonly leg?: Leg;
	  }
	/** The ACK arrived; with sdp when the offer was ours, in a 2xx. */
	| { readonly type: "accepted"; readonly call: number; readonly sdp?: string }
	/**
	 * The peer wants a change: hold, resume, codec. Without sdp (INVITE alone) the offer is ours to make. Answer with
	 * answerReinvite or rejectReinvite. Also before the call is answered (UPDATE, PRACK).
	 */
	| {
			readonly type: "offered";
			readonly call: number;
			readonly sdp: string | undefined;
			readonly in: OfferedIn;
	  }
	/** `offered` is void: the peer took it back, or it was not answered in time. What was agreed before stays. */
	| { readonly type: "offerWithdrawn"; readonly call: number }
	/**
	 * Give `reinvite` with a fresh offer, if a change is still wanted. glare: the offer given before met one of the peer's
	 * and is void (RFC 3261 section 14.1). refresh: the session has to be refreshed (RFC 4028) and the peer does it by
	 * re-INVITE alone: the last description, unchanged, will do.
	 */
	| { readonly type: "offerWanted"; readonly call: number; readonly why: "glare" | "refresh" }
	| { readonly type: "reinviteAnswered"; readonly call: number; readonly sdp: string }
	| { readonly type: "reinviteFailed"; readonly call: number; readonly status: number; readonly reason: string }
	/** Once for each call, always. */
	| {
			readonly type: "ended";
			readonly call: number;
			readonly status: number;
			readonly reason: string;
			readonly by: EndedBy;
			/** Another phone of the same person took it (RFC 3326): no missed call. */
			readonly elsewhere?: true;
			/** Another call took its place (RFC 3891): that one. */
			readonly replacedBy?: number;
	  }
	/**
	 * The peer of `call` asks this phone to call `target`, instead of this call: obey with `invite` and its referral
	 * number, or refuse with rejectReferral. Refused by itself after 30 s, or when the call ends.
	 */
	| {
			readonly type: "referred";
			readonly call: number;
			readonly referral: number;
			/** A SIP URI, without the headers that came with it. */
			readonly target: string;
			/** Attended: the new call takes the place of one that the asking party has with the target. */
			readonly attended: boolean;
			readonly referredBy?: Party;
	  }
	/**
	 * How a `refer` of ours goes. asked: the peer will try. trying: 1xx of the target. done: the target answered.
	 * failed: refused, or nobody answered, or nothing was heard; the call is still there.
	 */
	| {
			readonly type: "transferProgress";
			readonly call: number;
			readonly state: "asked" | "trying" | "done" | "failed";
			readonly status: number;
			readonly reason: string;
	  }
	/** A digit came by INFO. */
	| { readonly type: "dtmf"; readonly call: number; readonly digit: string; readonly durationMs: number }
	/** expiresSec 0: it is over, as asked. */
	| { readonly type: "subscribed"; readonly subscription: number; readonly expiresSec: number }
	/** The agent tries again by itself at retryAt; without it the subscription is over. */
	| {
			readonly type: "subscriptionFailed";
			readonly subscription: number;
			readonly status: number;
			readonly reason: string;
			readonly retryAt?: number;
	  }
	/** Message waiting (RFC 3842), asked for or not. */
	| {
			readonly type: "messages";
			readonly account: string;
			/** Messages-Waiting: what the lamp follows, whatever the counts. */
			readonly waiting: boolean;
			/** Where to call to hear them. */
			readonly mailbox?: string;
			readonly voice?: MessageCounts;
	  }
	/** All dialogs of a party that is watched, after each change. None: idle. */
	| {
			readonly type: "dialogs";
			readonly subscription: number;
			/** The party, as the notifier names it. */
			readonly entity: string;
			readonly dialogs: readonly WatchedDialog[];
	  }
	| { readonly type: "warn"; readonly text: string };
