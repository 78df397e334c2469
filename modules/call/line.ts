/**
 * One line of the phone: a call, what it has negotiated, and the dialog behind both. phone.ts gives it the owner's
 * commands and the agent's actions that concern it; it gives the agent events. Whether it may be heard is not decided
 * here: lines.ts keeps all but one on hold.
 */
import type { AreaLog } from "log/log";
import { isRejection } from "sdp/offer-answer";
import Timer from "timer";
import { Call, type CallContext, type CallOptions } from "./call";
import { KeysAgain } from "./keys-again";
import { type AgreedMedia, Negotiation, type NegotiationOptions } from "./negotiation";
import type { CallAction, CallEvent } from "./signalling";
import type { CallState } from "./state";

/** SIP status code that this room chooses (RFC 3261 section 21). */
const SERVER_INTERNAL_ERROR = 500;

/** What all lines of a phone share. */
export interface LineContext extends Omit<NegotiationOptions, "side"> {
	readonly call: CallContext;
	readonly log: AreaLog;
	readonly post: (event: CallEvent) => void;
	/** Something of `state` changed. */
	readonly onChange: () => void;
	/** The call ended here, for a reason of ours, and not because the owner wished it. */
	readonly onGivenUp: () => void;
	readonly onTone: NonNullable<CallOptions["onTone"]>;
}

export interface LineOptions extends Pick<CallOptions, "id" | "peer" | "displayName" | "direction"> {
	readonly context: LineContext;
	/** Its number on the phone, from 1. */
	readonly number: number;
}

/** By which account, for which wish of a peer, in place of which call that rings elsewhere. */
export type InviteHow = Pick<Extract<CallEvent, { type: "invite" }>, "account" | "referral" | "replaces">;

export type LineAction = Extract<
	CallAction,
	{ type: "progress" | "answered" | "accepted" | "offered" | "offerWanted" | "reinviteAnswered" | "reinviteFailed" }
>;

export class Line {
	readonly number: number;
	readonly call: Call;
	readonly #context: LineContext;
	readonly #negotiation: Negotiation;
	readonly #keysAgain: KeysAgain;
	/** What an incoming call offered, until the owner takes it; `sdp` undefined: the caller leaves the offer to us. */
	#offered: { readonly sdp: string | undefined } | undefined;
	#ringing: Timer | undefined;
	/** What waits until our offer has its answer. */
	#afterOffer: (() => void) | undefined;
	/** For how long nothing came from the other end: how much had come when, by `silentMs`. */
	#heard = { count: 0, at: 0 };
	/** Our INVITE waits until it is known how this phone looks from outside. */
	#notYetInvited = false;
	/** The account that calls or was called; undefined: none of ours. */
	account: string | undefined;
	/** Nothing comes from the other end, and the owner is to know. */
	silent = false;
	/** It is being sent on. */
	transfer: CallState["transfer"];
	/** Who the network says it is; as PAI told or tells. */
	identity: CallState["identity"];
	/** How often in a row a peer had this phone call somebody else. */
	sentOn = 0;
	/** Calls that its peer had this phone make. */
	wishes = 0;
	/** Who sent the caller on to us, or connected us. */
	via: string | undefined;

	constructor(options: LineOptions) {
		const { context, id, peer, displayName, direction } = options;
		this.number = options.number;
		this.#context = context;
		this.call = new Call({
			context: context.call,
			id,
			peer,
			displayName,
			direction,
			onChange: () => {
				this.#keysAgain.look();
				context.onChange();
			},
			onTone: context.onTone,
		});
		this.#keysAgain = new KeysAgain({
			failed: () => this.call.keysTimedOut,
			begin: () => this.#agreeAgain(),
			first: direction === "outgoing",
		});
		const { address, codecs, random } = context;
		this.#negotiation = new Negotiation({ side: this.call, address, codecs, random });
	}

	get id(): number {
		return this.call.id;
	}
	get live(): boolean {
		return this.call.state !== "ended";
	}
	/** Somebody calls, and nobody has answered. */
	get ringsHere(): boolean {
		return this.call.state === "ringing" && this.call.direction === "incoming" && this.#offered !== undefined;
	}
	/** Media was agreed, and the call lives. */
	get connected(): boolean {
		return this.call.state === "connected" || this.call.state === "held";
	}

	/** The network plays its own sound before anybody answers. */
	get early(): boolean {
		return this.call.early;
	}

	describe(): CallState {
		const state = this.call.describe();
		const { silent, transfer, identity, via, early } = this;
		return {
			...state,
			line: this.number,
			...(early && { early: true }),
			...(transfer && { transfer }),
			...(this.account === undefined && { direct: true as const }),
			...(identity && identity.uri !== state.peer && { identity }),
			...(via !== undefined && { via }),
			...(silent && this.live && { silent: true as const }),
		};
	}

	/** How long nothing has come from the other end; 0 while nothing has to. */
	silentMs(nowMs: number): number {
		const { call } = this;
		const count = call.heard;
		if (call.state !== "connected" || count !== this.#heard.count || this.#heard.at === 0)
			this.#heard = { count, at: nowMs };
		return nowMs - this.#heard.at;
	}

	/** The signalling goes over TLS that was checked, as far as is known. */
	set protectedLeg(isProtected: boolean) {
		this.call.protectedLeg = isProtected;
	}

	/** Calls out. @throws {Error} naming the RTP port when it is in use */
	invite(how: InviteHow): void {
		const { id, peer } = this.call;
		this.#context.log.info(`calling ${peer}`);
		this.#notYetInvited = true;
		this.call.whenReachable(() => {
			if (!this.live) return;
			this.#notYetInvited = false;
			this.#context.post({ type: "invite", call: id, uri: peer, sdp: this.#negotiation.offer(), ...how });
		});
	}

	/** Somebody calls. @param sdp undefined: the caller leaves the offer to us */
	ring(sdp: string | undefined): void {
		this.#offered = { sdp };
		this.#context.post({ type: "ring", call: this.id });
	}

	/** Where nobody has answered by then. */
	afterRinging(delayMs: number, then: () => void): void {
		this.#ringing = Timer.set(() => {
			this.#ringing = undefined;
			if (this.ringsHere) then();
		}, delayMs);
	}

	/** Takes the call that rings; nothing happens when it has been taken. */
	answer(): void {
		const offered = this.#offered;
		if (!offered || !this.live) return;
		this.#rangOut();
		try {
			this.call.whenReachable(() => this.#accept(offered.sdp));
		} catch (error) {
			this.#refuse(error);
		}
	}

	#accept(offer: string | undefined): void {
		if (!this.live) return;
		const { post } = this.#context;
		const { id } = this;
		try {
			if (offer === undefined) {
				// The offer is ours; the answer comes with ACK (RFC 3261 section 13.2.1).
				post({ type: "accept", call: id, sdp: this.#negotiation.offer() });
				return;
			}
			const answer = this.#negotiation.answer(offer);
			if (isRejection(answer)) {
				post({ type: "reject", call: id, status: answer.reject, reason: answer.reason });
				return;
			}
			post({ type: "accept", call: id, sdp: answer.text });
			this.#connect(answer.media);
		} catch (error) {
			this.#refuse(error);
		}
	}

	/** A fault of this phone's. */
	#refuse(error: unknown): void {
		const reason = reasonOf(error);
		this.#context.log.error(reason);
		this.#context.post({ type: "reject", call: this.id, status: SERVER_INTERNAL_ERROR, reason });
		// Where it had been accepted by then, BYE.
		this.giveUp(reason);
	}

	/**
	 * On hold or not. From this moment on nobody is heard through it or hears us; the other end is told when it can be:
	 * a call that still rings is on hold from its first moment.
	 */
	hold(on: boolean): void {
		const { call } = this;
		if (!this.live || this.ringsHere || call.heldHere === on) return;
		call.hold(on);
		this.#tell();
	}

	/** One more voice stream, keyed by the first one. @returns false: it cannot be */
	addStream(): boolean {
		if (!this.connected || !this.call.addStream()) return false;
		this.#tell();
		return true;
	}

	/** Ends, cancels or declines, as its state asks. */
	hangup(): void {
		if (!this.live) return;
		if (this.#notYetInvited) {
			// Nobody has heard of it.
			this.ended("you hung up");
			this.#context.onChange();
		} else this.#context.post({ type: "hangup", call: this.id });
	}

	/** The call ends here, for a reason of ours; the other end is told in the way its state asks. */
	giveUp(reason: string): void {
		if (!this.live) return;
		this.#context.log.warn(reason);
		this.#rangOut();
		this.call.end(reason);
		this.#context.onGivenUp();
		this.#context.post({ type: "hangup", call: this.id });
	}

	/** The agent's last word on it. */
	ended(reason: string): void {
		this.#rangOut();
		this.call.end(reason);
	}

	/** Now, or once our offer that is under way has its answer: until then the other end takes no other request. */
	whenQuiet(then: () => void): void {
		if (this.#negotiation.waiting) this.#afterOffer = then;
		else then();
	}

	/** @param inFront whether this line is the one with the sound */
	act(action: LineAction, inFront: boolean): void {
		const { log } = this.#context;
		switch (action.type) {
			case "progress":
				log.info(`${action.status} ${action.reason}`);
				if (action.sdp !== undefined) this.#early(action.sdp);
				break;
			case "answered":
				// What was to go over TLS may have gone another way.
				if (action.leg?.secure !== true) this.call.protectedLeg = false;
				if (action.sdp !== undefined) this.#readAnswer(action.sdp);
				break;
			case "accepted":
			case "reinviteAnswered":
				if (action.sdp !== undefined) this.#readAnswer(action.sdp);
				break;
			case "reinviteFailed":
				log.warn(`the other phone did not accept the change: ${action.reason}`);
				this.#negotiation.withdraw();
				this.call.withdraw();
				// Behind another call it stays silent, whether the other end knows of it or not.
				this.call.hold(this.#negotiation.heldTold || !inFront);
				break;
			case "offered":
				this.#answerReinvite(action.sdp);
				break;
			case "offerWanted":
				// An offer that met the peer's own is void; the next one stands above it (RFC 3264 section 8).
				this.#negotiation.withdraw();
				this.#context.post({ type: "reinvite", call: this.id, sdp: this.#negotiation.offer() });
		}
		const then = this.#afterOffer;
		if (then === undefined || this.#negotiation.waiting || !this.live) return;
		this.#afterOffer = undefined;
		then();
	}

	#rangOut(): void {
		this.#offered = undefined;
		if (this.#ringing !== undefined) Timer.clear(this.#ringing);
		this.#ringing = undefined;
	}

	/** Before the answer: what the network plays is heard, and nothing of ours leaves (RFC 3960). */
	#early(sdp: string): void {
		const media = this.#negotiation.preview(sdp);
		if (media !== undefined && !isRejection(media)) this.call.hearEarly(media);
	}

	#connect(media: AgreedMedia): void {
		this.call.connect(media);
		const { name } = media.codec;
		this.#context.log.info(`connected, ${name} to ${media.remoteAddress}:${media.remotePort}, ${this.call.peer}`);
	}

	#readAnswer(sdp: string): void {
		const media = this.#negotiation.read(sdp);
		if (media === undefined) return;
		if (isRejection(media)) {
			this.giveUp(`the answer of the other phone cannot be used: ${media.reason}`);
			return;
		}
		this.#connect(media);
		this.#tell();
	}

	/** Nothing is heard without keys: another session is offered to the other end. */
	#agreeAgain(): void {
		if (!this.connected || this.#negotiation.waiting) return;
		this.#context.log.info("no keys were agreed in time: they are asked for again");
		this.call.renewKeys();
		this.#context.post({ type: "reinvite", call: this.id, sdp: this.#negotiation.offer() });
	}

	/** One change at a time: a wish that comes while an offer is on its way is told after its answer. */
	#tell(): void {
		const negotiation = this.#negotiation;
		if (!this.connected || negotiation.waiting || negotiation.upToDate) return;
		this.#context.post({ type: "reinvite", call: this.id, sdp: negotiation.offer() });
	}

	#answerReinvite(sdp: string | undefined): void {
		const { post, log } = this.#context;
		const ringing = this.call.state === "ringing";
		const negotiation = this.#negotiation;
		if (sdp === undefined) {
			post({ type: "answerReinvite", call: this.id, sdp: negotiation.offer() });
			return;
		}
		const answer = negotiation.answer(sdp);
		if (isRejection(answer)) {
			log.warn(`a change of the call was refused: ${answer.reason}`);
			post({ type: "rejectReinvite", call: this.id, status: answer.reject });
			return;
		}
		post({ type: "answerReinvite", call: this.id, sdp: answer.text });
		// Before the answer (UPDATE, RFC 3311) it changes what is heard early, and answers no call.
		if (ringing) this.call.hearEarly(answer.media);
		else this.call.connect(answer.media);
	}
}

export function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
