/**
 * The phone: the SIP agent's calls and the owner's commands meet here. It holds one call at a time; a second caller
 * hears busy. Screen, keys and panel see `state` and the commands, and nothing of what is behind them.
 */
import { toHex } from "bytes/hex";
import type { AreaLog } from "log/log";
import { isRejection, type NegotiatedMedia } from "sdp/offer-answer";
import { Call, type CallContext } from "./call";
import { dialTarget } from "./dial-target";
import { Negotiation, refusalOf } from "./negotiation";
import { contextOf, type PhoneOptions } from "./phone-options";
import { Registrations } from "./registrations";
import { type CallAction, Signalling } from "./signalling";
import type { PhoneState } from "./state";
import { Tones } from "./tones";

/** SIP status codes that this room chooses (RFC 3261 section 21). */
const BUSY_HERE = 486;
const SERVER_INTERNAL_ERROR = 500;
const DECLINE = 603;

export class Phone {
	readonly #options: PhoneOptions;
	readonly #log: AreaLog;
	readonly #signalling: Signalling;
	readonly #context: CallContext;
	readonly #registrations: Registrations;
	readonly #tones: Tones;
	#call: Call | undefined;
	/** Of the call above. */
	#negotiation: Negotiation | undefined;
	/** What an incoming call offered, until the owner takes it; `sdp` undefined: the caller leaves the offer to us. */
	#offered: { readonly sdp: string | undefined } | undefined;
	#nextCall = 1;
	/** From outside, until it is taken away. */
	#notice: string | undefined;
	/** Why the last command did nothing; the next command or call takes it away. */
	#remark: string | undefined;
	#closed = false;

	/** @throws {Error} naming address and port when the SIP port cannot be had */
	constructor(options: PhoneOptions) {
		this.#options = options;
		const { log, now, address } = options;
		this.#log = log.area("call");
		this.#context = contextOf(options);
		this.#tones = new Tones(options.audio);
		this.#registrations = new Registrations(options.agent.accounts, log.area("sip"));
		this.#signalling = new Signalling({
			agent: { ...options.agent, contact: { address, port: options.sipPort } },
			address,
			port: options.sipPort,
			log: log.area("sip"),
			now,
			onAction: (action) => this.#act(action),
		});
		for (const account of this.#registrations.accounts) this.#signalling.post({ type: "register", account });
	}

	get sipPort(): number {
		return this.#signalling.port;
	}

	get state(): PhoneState {
		const notice = this.#remark ?? this.#notice;
		return {
			name: this.#options.name,
			registered: this.#registrations.states,
			calls: this.#call ? [this.#call.describe()] : [],
			store: { peers: this.#options.store.length },
			zid: toHex(this.#options.store.zid),
			...(notice !== undefined && { notice }),
		};
	}

	/** A sentence that belongs to no call; undefined takes it away. */
	set notice(text: string | undefined) {
		this.#notice = text;
		this.#changed();
	}

	/** Calls a SIP URI; a bare name or number goes to the account's own domain. */
	dial(target: string): void {
		if (this.#closed) return;
		if (this.#active()) {
			this.#say("there is a call already: hang up first");
			return;
		}
		const [account] = this.#options.agent.accounts;
		const uri = dialTarget(target, account?.aor);
		if (uri === undefined) {
			this.#say(`"${target}" is no address to call: write sip:name@host, or register an account to dial by number`);
			return;
		}
		const { call, negotiation } = this.#begin(this.#nextCall++, "outgoing", uri, undefined);
		let sdp: string;
		try {
			sdp = negotiation.offer();
		} catch (error) {
			this.#log.error(reasonOf(error));
			call.end(reasonOf(error));
			return;
		}
		this.#log.info(`calling ${uri}`);
		this.#tones.ringback();
		this.#signalling.post({ type: "invite", call: call.id, uri, sdp, ...(account && { account: account.id }) });
		this.#changed();
	}

	/** Takes the call that rings; nothing happens when it has been taken. */
	answer(): void {
		const [call, negotiation, offered] = [this.#active(), this.#negotiation, this.#offered];
		if (!call || !negotiation || !offered) return;
		this.#offered = undefined;
		this.#tones.stop();
		try {
			if (offered.sdp === undefined) {
				// The offer is ours; the answer comes with ACK (RFC 3261 section 13.2.1).
				this.#signalling.post({ type: "accept", call: call.id, sdp: negotiation.offer() });
				return;
			}
			const answer = negotiation.answer(offered.sdp);
			if (isRejection(answer)) {
				this.#signalling.post({ type: "reject", call: call.id, status: answer.reject, reason: answer.reason });
				return;
			}
			this.#signalling.post({ type: "accept", call: call.id, sdp: answer.text });
			this.#connect(call, answer.media);
		} catch (error) {
			const reason = reasonOf(error);
			this.#log.error(reason);
			this.#signalling.post({ type: "reject", call: call.id, status: SERVER_INTERNAL_ERROR, reason });
			// Where it had been accepted by then, BYE.
			this.#giveUp(call, reason);
		}
	}

	/** Ends, cancels or declines, as the call's state asks; with no call it ends a tone and a remark. */
	hangup(): void {
		this.#remark = undefined;
		this.#tones.stop();
		const call = this.#active();
		if (call) this.#signalling.post({ type: "hangup", call: call.id });
		this.#changed();
	}

	/** The owner compared the words: `matched` or not, and what to call this peer from now on. */
	verify(matched: boolean, name?: string): void {
		this.#active()?.verify(matched, name);
	}

	hold(on: boolean): void {
		const call = this.#active();
		if (!call || call.state === "ringing" || call.heldHere === on) return;
		call.hold(on);
		this.#tellHold(call);
	}

	mute(on: boolean): void {
		this.#active()?.mute(on);
	}

	dtmf(digit: string): void {
		this.#active()?.dtmf(digit);
	}

	/** Ends the call and leaves the registrar; nothing is called afterwards. Safe to repeat. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		const call = this.#active();
		if (call) {
			this.#signalling.post({ type: "hangup", call: call.id });
			call.end("the phone was switched off");
		}
		this.#tones.stop();
		for (const account of this.#registrations.accounts) this.#signalling.post({ type: "unregister", account });
		this.#signalling.close();
	}

	#active(): Call | undefined {
		return this.#call && this.#call.state !== "ended" ? this.#call : undefined;
	}

	#changed(): void {
		if (!this.#closed) this.#options.onChange();
	}

	#begin(id: number, direction: Call["direction"], peer: string, displayName: string | undefined) {
		this.#remark = undefined;
		this.#offered = undefined;
		const { address, codecs, agent } = this.#options;
		const onChange = (): void => this.#changed();
		const call = new Call({ context: this.#context, id, direction, peer, displayName, onChange });
		const negotiation = new Negotiation({ side: call, address, codecs, random: agent.random });
		this.#call = call;
		this.#negotiation = negotiation;
		return { call, negotiation };
	}

	#connect(call: Call, media: NegotiatedMedia): void {
		this.#tones.stop();
		call.connect(media);
		const { name } = media.codec;
		this.#log.info(`connected, ${name} to ${media.remoteAddress}:${media.remotePort}, ${call.describe().peer}`);
	}

	/** The call ends here, for a reason of ours; the other end is told in the way its state asks. */
	#giveUp(call: Call, reason: string): void {
		if (call.state === "ended") return;
		this.#log.warn(reason);
		call.end(reason);
		this.#tones.busy();
		this.#signalling.post({ type: "hangup", call: call.id });
	}

	#act(action: CallAction): void {
		switch (action.type) {
			case "registered":
			case "registrationFailed":
				this.#registrations.note(action);
				break;
			case "warn":
				this.#options.log.area("sip").warn(action.text);
				break;
			case "incoming":
				this.#incoming(action);
				break;
			case "ended":
				this.#ended(action);
				break;
			case "progress":
			case "answered":
			case "accepted":
			case "offered":
			case "reinviteAnswered":
			case "reinviteFailed":
			case "offerWanted": {
				const call = this.#active();
				if (call && call.id === action.call && this.#negotiation) this.#progress(call, this.#negotiation, action);
				break;
			}
			case "referred":
				this.#signalling.post({ type: "rejectReferral", referral: action.referral, status: DECLINE });
				break;
			default:
				break;
		}
		this.#changed();
	}

	#incoming(action: Extract<CallAction, { type: "incoming" }>): void {
		if (this.#active() || this.#closed) {
			this.#log.info(`${action.uri} called while there was a call, and hears busy`);
			this.#signalling.post({ type: "reject", call: action.call, status: BUSY_HERE });
			return;
		}
		const refusal = action.sdp === undefined ? undefined : refusalOf(action.sdp, this.#options.codecs);
		if (refusal) {
			this.#say(`a call of ${action.uri} was refused: ${refusal.reason}`);
			this.#signalling.post({ type: "reject", call: action.call, status: refusal.reject, reason: refusal.reason });
			return;
		}
		this.#begin(action.call, "incoming", action.uri, action.displayName);
		this.#offered = { sdp: action.sdp };
		this.#log.info(`call from ${action.uri}`);
		this.#signalling.post({ type: "ring", call: action.call });
		if (this.#options.autoAnswer) this.answer();
		else this.#tones.ring();
	}

	#ended(action: Extract<CallAction, { type: "ended" }>): void {
		const call = this.#call;
		if (!call || call.id !== action.call || call.state === "ended") return;
		const missed = call.direction === "incoming" && call.state === "ringing";
		if (action.by === "local" || missed) this.#tones.stop();
		else this.#tones.busy();
		this.#offered = undefined;
		call.end(action.reason);
		this.#log.info(`ended: ${action.reason}`);
	}

	#progress(
		call: Call,
		negotiation: Negotiation,
		action: Extract<
			CallAction,
			{ type: "progress" | "answered" | "accepted" | "offered" | "offerWanted" | `reinvite${string}` }
		>,
	): void {
		switch (action.type) {
			case "progress":
				this.#log.info(`${action.status} ${action.reason}`);
				return;
			case "answered":
			case "accepted":
			case "reinviteAnswered":
				if (action.sdp !== undefined) this.#readAnswer(call, negotiation, action.sdp);
				return;
			case "reinviteFailed":
				this.#log.warn(`the other phone did not accept the change: ${action.reason}`);
				negotiation.withdraw();
				call.hold(negotiation.heldTold);
				return;
			case "offered":
				this.#answerReinvite(call, negotiation, action.sdp);
				return;
			case "offerWanted":
				// An offer that met the peer's own is void; the next one stands above it (RFC 3264 section 8).
				negotiation.withdraw();
				this.#signalling.post({ type: "reinvite", call: call.id, sdp: negotiation.offer() });
		}
	}

	#readAnswer(call: Call, negotiation: Negotiation, sdp: string): void {
		const media = negotiation.read(sdp);
		if (media === undefined) return;
		if (isRejection(media)) {
			this.#giveUp(call, `the answer of the other phone cannot be used: ${media.reason}`);
			return;
		}
		this.#connect(call, media);
		this.#tellHold(call);
	}

	/** One change at a time: a wish that comes while an offer is on its way is told after its answer. */
	#tellHold(call: Call): void {
		const negotiation = this.#negotiation;
		if (!negotiation || negotiation.waiting || negotiation.heldTold === call.heldHere) return;
		this.#signalling.post({ type: "reinvite", call: call.id, sdp: negotiation.offer() });
	}

	#answerReinvite(call: Call, negotiation: Negotiation, sdp: string | undefined): void {
		if (sdp === undefined) {
			this.#signalling.post({ type: "answerReinvite", call: call.id, sdp: negotiation.offer() });
			return;
		}
		const answer = negotiation.answer(sdp);
		if (isRejection(answer)) {
			this.#log.warn(`a change of the call was refused: ${answer.reason}`);
			this.#signalling.post({ type: "rejectReinvite", call: call.id, status: answer.reject });
			return;
		}
		this.#signalling.post({ type: "answerReinvite", call: call.id, sdp: answer.text });
		call.connect(answer.media);
	}

	#say(text: string): void {
		this.#remark = text;
		this.#log.warn(text);
		this.#changed();
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
