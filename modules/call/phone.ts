/**
 * The phone: the SIP agent's calls and the owner's commands meet here. It holds one call at a time; a second caller
 * hears busy. Screen, keys and panel see `state` and the commands, and nothing of what is behind them.
 */
import { toHex } from "bytes/hex";
import type Audio from "hal/audio/audio";
import type { Log } from "log/log";
import {
	isRejection,
	type LocalMedia,
	makeAnswer,
	makeOffer,
	type NegotiatedMedia,
	readAnswer,
} from "sdp/offer-answer";
import type { AgentConfig } from "sip/types";
import type { SecretStore } from "zrtp/store";
import type { SessionConfig } from "zrtp/types";
import { Call, type CallContext } from "./call";
import { type CallAction, Signalling } from "./signalling";
import type { CallState, PhoneState, Registration } from "./state";

export interface PhoneOptions {
	/** The name of this phone, for screen and panel. */
	readonly name: string;
	/** Numeric address that sockets bind and SDP names. */
	readonly address: string;
	readonly sipPort: number;
	/** First RTP port, even; 0 takes any free pair. */
	readonly rtpPort: number;
	readonly agent: Omit<AgentConfig, "contact">;
	readonly zrtp: Omit<SessionConfig, "ssrc" | "peerHelloHash"> | undefined;
	readonly mandatory: boolean;
	readonly codecs: readonly ("PCMA" | "PCMU")[];
	readonly autoAnswer: boolean;
	readonly audio: Audio;
	readonly store: SecretStore;
	readonly log: Log;
	/** Monotonic milliseconds. */
	readonly now: () => number;
	/** The owner's name for a SIP URI. */
	readonly nameOf: (uri: string) => string | undefined;
	/** Called after anything in `state` may have changed. */
	readonly onChange: () => void;
}

/** SIP status codes that this room chooses (RFC 3261 section 21). */
const BUSY_HERE = 486;

export class Phone {
	readonly #options: PhoneOptions;
	readonly #signalling: Signalling;
	readonly #context: CallContext;
	readonly #registrations: Map<string, Registration> = new Map();
	#call: Call | undefined;
	/** The offer of an incoming call, until it is answered; undefined: the caller leaves the offer to us. */
	#offer: string | undefined;
	/** The last description we sent. */
	#sdpSent: string | undefined;
	#sdpVersion = 0;
	#sdpSessionId = 0;
	#nextCall = 1;
	#notice: string | undefined;
	#closed = false;

	/** @throws {Error} naming address and port when the SIP port cannot be had */
	constructor(options: PhoneOptions) {
		this.#options = options;
		const { log, now, store, address } = options;
		this.#context = {
			address,
			rtpPort: options.rtpPort,
			audio: options.audio,
			random: options.agent.random,
			store,
			zrtp: options.zrtp,
			mandatory: options.mandatory,
			zrtpLog: log.area("zrtp"),
			mediaLog: log.area("media"),
			now,
			nameOf: options.nameOf,
		};
		this.#signalling = new Signalling({
			agent: { ...options.agent, contact: { address, port: options.sipPort } },
			address,
			port: options.sipPort,
			log: log.area("sip"),
			now,
			onAction: (action) => this.#act(action),
		});
		for (const account of options.agent.accounts) {
			if (!account.registrar) continue;
			this.#registrations.set(account.id, { aor: account.aor, ok: false, transport: "udp", reason: "registering" });
			this.#signalling.post({ type: "register", account: account.id });
		}
	}

	get sipPort(): number {
		return this.#signalling.port;
	}

	get state(): PhoneState {
		return {
			name: this.#options.name,
			registered: [...this.#registrations.values()],
			calls: this.#call ? [this.#call.describe()] : [],
			store: { peers: this.#options.store.list().length },
			zid: toHex(this.#options.store.zid),
			...(this.#notice !== undefined && { notice: this.#notice }),
		};
	}

	/** A sentence that belongs to no call; undefined takes it away. */
	set notice(text: string | undefined) {
		this.#notice = text;
		this.#options.onChange();
	}

	/** Calls a SIP URI; a bare name or number goes to the account's own domain. */
	dial(target: string): void {
		if (this.#active()) {
			this.#warn("there is a call already: hang up first");
			return;
		}
		const uri = this.#uriOf(target);
		if (uri === undefined) {
			this.#warn(`"${target}" is no address to call: write sip:name@host, or register an account to dial by number`);
			return;
		}
		const call = this.#newCall(this.#nextCall++, "outgoing", uri, undefined);
		let sdp: string;
		try {
			sdp = this.#makeOffer(call);
		} catch (error) {
			call.end(reasonOf(error));
			this.#options.log.area("call").error(reasonOf(error));
			return;
		}
		this.#options.log.area("call").info(`calling ${uri}`);
		this.#options.audio.play("ringback");
		const account = this.#options.agent.accounts[0]?.id;
		this.#signalling.post({ type: "invite", call: call.id, uri, sdp, ...(account !== undefined && { account }) });
		this.#options.onChange();
	}

	/** Takes the call that rings. */
	answer(): void {
		const call = this.#active();
		if (call?.direction !== "incoming" || call.state !== "ringing") return;
		try {
			if (this.#offer === undefined) {
				// The offer is ours; the answer comes with ACK (RFC 3261 section 13.2.1).
				this.#signalling.post({ type: "accept", call: call.id, sdp: this.#makeOffer(call) });
				return;
			}
			const answer = makeAnswer(this.#offer, this.#local(call));
			if (isRejection(answer)) {
				this.#warn(`the call of ${call.peer} was refused: ${answer.reason}`);
				this.#signalling.post({ type: "reject", call: call.id, status: answer.reject, reason: answer.reason });
				return;
			}
			this.#sent(answer.text);
			this.#signalling.post({ type: "accept", call: call.id, sdp: answer.text });
			this.#connect(call, answer.media);
		} catch (error) {
			this.#options.log.area("call").error(reasonOf(error));
			this.#signalling.post({ type: "reject", call: call.id, status: 500, reason: "no media" });
			this.#warn(reasonOf(error));
		}
	}

	/** Ends, cancels or declines, as the call's state asks. */
	hangup(): void {
		const call = this.#active();
		if (!call) return;
		if (call.direction === "incoming" && call.state === "ringing")
			this.#signalling.post({ type: "reject", call: call.id, status: 603 });
		else this.#signalling.post({ type: "hangup", call: call.id });
	}

	/** The owner compared the words: `matched` or not, and what to call this peer from now on. */
	verify(matched: boolean, name?: string): void {
		this.#call?.verify(matched, name);
	}

	hold(on: boolean): void {
		const call = this.#active();
		if (!call || call.state === "ringing" || call.heldHere === on) return;
		call.hold(on);
		this.#signalling.post({ type: "reinvite", call: call.id, sdp: this.#makeOffer(call) });
	}

	mute(on: boolean): void {
		this.#active()?.mute(on);
	}

	dtmf(digit: string): void {
		this.#active()?.dtmf(digit);
	}

	/** Ends the call and leaves the registrar; safe to repeat. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.hangup();
		this.#call?.end("the phone was switched off");
		for (const id of this.#registrations.keys()) this.#signalling.post({ type: "unregister", account: id });
		this.#signalling.close();
	}

	#active(): Call | undefined {
		return this.#call && this.#call.state !== "ended" ? this.#call : undefined;
	}

	#newCall(id: number, direction: Call["direction"], peer: string, displayName: string | undefined): Call {
		const bytes = this.#options.agent.random(4);
		this.#sdpSessionId = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
		this.#sdpVersion = 0;
		this.#sdpSent = undefined;
		this.#notice = undefined;
		this.#call = new Call({
			context: this.#context,
			id,
			direction,
			peer,
			displayName,
			onChange: this.#options.onChange,
		});
		return this.#call;
	}

	#makeOffer(call: Call): string {
		const offer = makeOffer(this.#local(call));
		this.#sent(offer);
		return offer;
	}

	/** The next description has a higher version than this one (RFC 3264 section 8). */
	#sent(sdp: string): void {
		this.#sdpSent = sdp;
		this.#sdpVersion++;
	}

	/** Our side of the next description. */
	#local(call: Call): LocalMedia {
		const { helloHash } = call;
		return {
			address: this.#options.address,
			port: call.rtpPort,
			sessionId: this.#sdpSessionId,
			version: this.#sdpVersion,
			previous: this.#sdpSent,
			codecs: this.#options.codecs,
			direction: call.heldHere ? "sendonly" : "sendrecv",
			...(helloHash && { zrtpHash: helloHash }),
		};
	}

	#connect(call: Call, media: NegotiatedMedia): void {
		this.#options.audio.stop();
		call.connect(media);
		this.#options.log
			.area("call")
			.info(`connected, ${media.codec.name} to ${media.remoteAddress}:${media.remotePort}, ${call.describe().peer}`);
	}

	#act(action: CallAction): void {
		switch (action.type) {
			case "registered":
			case "registrationFailed":
				this.#registered(action);
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
			default: {
				const call = this.#active();
				if (call && call.id === action.call) this.#progress(call, action);
			}
		}
		this.#options.onChange();
	}

	#registered(action: Extract<CallAction, { type: "registered" | "registrationFailed" }>): void {
		const before = this.#registrations.get(action.account);
		if (!before) return;
		const { aor, transport } = before;
		const log = this.#options.log.area("sip");
		if (action.type === "registered") {
			this.#registrations.set(action.account, { aor, transport, ok: action.expiresSec > 0 });
			log.info(action.expiresSec > 0 ? `registered ${aor} for ${action.expiresSec} s` : `no longer registered: ${aor}`);
		} else {
			this.#registrations.set(action.account, { aor, transport, ok: false, reason: action.reason });
			log.warn(`${aor} is not registered: ${action.reason}`);
		}
	}

	#incoming(action: Extract<CallAction, { type: "incoming" }>): void {
		if (this.#active()) {
			this.#options.log.area("call").info(`${action.uri} called while there was a call, and hears busy`);
			this.#signalling.post({ type: "reject", call: action.call, status: BUSY_HERE });
			return;
		}
		this.#offer = action.sdp;
		this.#newCall(action.call, "incoming", action.uri, action.displayName);
		this.#options.log.area("call").info(`call from ${action.uri}`);
		this.#signalling.post({ type: "ring", call: action.call });
		if (this.#options.autoAnswer) this.answer();
		else this.#options.audio.play("ring");
	}

	#ended(action: Extract<CallAction, { type: "ended" }>): void {
		const call = this.#call;
		if (!call || call.id !== action.call || call.state === "ended") return;
		this.#options.audio.stop();
		if (call.direction === "outgoing" && action.by !== "local") this.#options.audio.play("busy");
		call.end(action.reason);
		this.#options.log.area("call").info(`ended: ${action.reason}`);
	}

	#progress(
		call: Call,
		action: Extract<CallAction, { type: "progress" | "answered" | "accepted" | "offered" | `reinvite${string}` }>,
	): void {
		const log = this.#options.log.area("call");
		switch (action.type) {
			case "progress":
				log.info(`${action.status} ${action.reason}`);
				return;
			case "answered":
				this.#readAnswer(call, action.sdp);
				return;
			case "accepted":
				if (action.sdp !== undefined) this.#readAnswer(call, action.sdp);
				return;
			case "reinviteAnswered":
				this.#readAnswer(call, action.sdp);
				return;
			case "reinviteFailed":
				log.warn(`the other phone did not accept the change: ${action.reason}`);
				call.hold(!call.heldHere);
				return;
			case "offered":
				this.#answerReinvite(call, action.sdp);
		}
	}

	#readAnswer(call: Call, sdp: string): void {
		if (this.#sdpSent === undefined) return;
		const media = readAnswer(this.#sdpSent, sdp);
		if (isRejection(media)) {
			this.#warn(`the answer of the other phone cannot be used: ${media.reason}`);
			this.#signalling.post({ type: "hangup", call: call.id });
			return;
		}
		this.#connect(call, media);
	}

	#answerReinvite(call: Call, sdp: string | undefined): void {
		if (sdp === undefined) {
			this.#signalling.post({ type: "answerReinvite", call: call.id, sdp: this.#makeOffer(call) });
			return;
		}
		const answer = makeAnswer(sdp, this.#local(call));
		if (isRejection(answer)) {
			this.#signalling.post({ type: "rejectReinvite", call: call.id, status: answer.reject });
			return;
		}
		this.#sent(answer.text);
		this.#signalling.post({ type: "answerReinvite", call: call.id, sdp: answer.text });
		call.connect(answer.media);
	}

	#uriOf(target: string): string | undefined {
		const text = target.trim();
		if (/^sips?:[^\s@]+@[^\s@]+$/i.test(text)) return text;
		if (/^[^\s@:]+@[^\s@]+$/.test(text)) return `sip:${text}`;
		const domain = this.#options.agent.accounts[0]?.aor.split("@")[1];
		return domain !== undefined && /^[\w.+*#-]+$/.test(text) ? `sip:${text}@${domain}` : undefined;
	}

	#warn(text: string): void {
		this.#notice = text;
		this.#options.log.area("call").warn(text);
		this.#options.onChange();
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** What the screen and the panel may ask of a call's state. */
export type { CallState, PhoneState };
