/**
 * The phone: the SIP agent's calls and the owner's commands meet here. It holds a few calls at a time, each on a line
 * of its own, and one of them has the sound (lines.ts). Screen, keys and panel see `state` and the commands, and nothing
 * of what is behind them.
 */
import { toHex } from "bytes/hex";
import { Calls } from "./calls";
import { FEATURES, type Features } from "./features";
import type { PhoneOptions } from "./phone-options";
import type { RecentCall } from "./recent";
import { Registrations } from "./registrations";
import { type CallAction, Signalling } from "./signalling";
import type { PhoneState, Question } from "./state";
import { Watch } from "./watch";

const HOW_TO_DIAL = "write sip:name@host, or register an account to dial by number";

export class Phone {
	readonly #options: PhoneOptions;
	readonly #signalling: Signalling;
	readonly #registrations: Registrations;
	readonly #watch: Watch;
	readonly #calls: Calls;
	#features: Features;
	/** From outside, until it is taken away. */
	#notice: string | undefined;
	/** Why the last command did nothing; the next command or call takes it away. */
	#remark: string | undefined;
	#closed = false;

	/** @throws {Error} naming address and port when the SIP port cannot be had */
	constructor(options: PhoneOptions) {
		this.#options = options;
		const { log, now, address, agent } = options;
		this.#features = { ...FEATURES, ...options.features };
		this.#calls = new Calls({
			phone: options,
			signalling: () => this.#signalling,
			features: () => this.#features,
			ownAccount: () => this.#registrations.first ?? agent.accounts[0]?.id,
			onChange: () => this.#changed(),
			onRemark: (text) => {
				this.#remark = text;
			},
		});
		const { voicemail, watched } = this.#features;
		this.#watch = new Watch({
			accounts: agent.accounts.filter(({ registrar }) => registrar !== undefined),
			mailbox: voicemail !== undefined,
			watched,
			post: (event) => this.#signalling.post(event),
			log: log.area("sip"),
		});
		this.#registrations = new Registrations(agent.accounts, log.area("sip"));
		this.#signalling = new Signalling({
			agent: { ...agent, contact: { address, port: options.sipPort } },
			address,
			port: options.sipPort,
			carriage: options.carriage,
			address6: options.address6,
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
		const { lock } = this.#calls.conference;
		const { messages, lamps } = this.#watch;
		const mailbox = this.#features.voicemail ?? messages?.mailbox;
		return {
			name: this.#options.name,
			registered: this.#registrations.states,
			calls: this.#calls.lines.inOrder.map((line) => ({
				...line.describe(),
				...(this.#calls.conference.has(line) && { joined: true as const }),
			})),
			...(lock !== undefined && { conference: { lock } }),
			store: { peers: this.#options.store.length },
			zid: toHex(this.#options.store.zid),
			...(this.#options.auxsecret?.() !== undefined && { sharedWords: true as const }),
			missed: this.#calls.reception.missed,
			doNotDisturb: this.#features.doNotDisturb,
			forward: this.#features.forward,
			...(messages && { messages }),
			...(mailbox !== undefined && { mailbox }),
			...(lamps.length > 0 && { lamps }),
			...(notice !== undefined && { notice }),
			...(this.#remark !== undefined && { remark: this.#remark }),
		};
	}

	/** A sentence that belongs to no call; undefined takes it away. */
	set notice(text: string | undefined) {
		this.#notice = text;
		this.#changed();
	}

	/** A sentence of news: the next command or call takes it away. */
	set remark(text: string | undefined) {
		this.#remark = text;
		this.#changed();
	}

	/** Calls a SIP URI; a bare name or number goes to the account's own domain. A call that talks goes on hold. */
	dial(target: string): void {
		if (this.#closed) return;
		const { refusal } = this.#calls;
		const uri = this.#calls.uriOf(target);
		if (refusal !== undefined) this.#calls.say(refusal);
		else if (uri === undefined) this.#calls.say(`"${target}" is no address to call: ${HOW_TO_DIAL}`);
		else this.#calls.call(uri, {});
	}

	/** Takes the call that rings at somebody on the owner's list (RFC 3891). @returns why nothing was done */
	pickUp(uri: string): string | undefined {
		const replaces = this.#watch.replacesAt(uri);
		if (replaces === undefined) return "no call rings there that could be taken";
		const { refusal } = this.#calls;
		if (refusal === undefined) this.#calls.call(uri, { replaces });
		return refusal;
	}

	/**
	 * Takes the call that rings, or the one of them that is named; nothing happens when it has been taken. A call that
	 * talks goes on hold.
	 */
	answer(id?: number): void {
		if (!this.#closed) this.#calls.answer(id);
	}

	/** Ends, cancels or declines, as the call's state asks; with no call it ends a tone and a remark. */
	hangup(id?: number): void {
		this.#remark = undefined;
		this.#calls.tones.stop();
		this.#calls.lines.find(id)?.hangup();
		this.#changed();
	}

	/** The owner compared the words: `matched` or not, and what to call this peer from now on. */
	verify(matched: boolean, name?: string, id?: number): void {
		this.#calls.lines.find(id)?.call.verify(matched, name);
	}

	/** The owner's answer to what a call's `question` asks; nothing happens where nothing of the kind is asked. */
	decide(about: Question["about"], accepted: boolean, id?: number): void {
		this.#calls.lines.find(id)?.call.decide(about, accepted);
	}

	/** The owner ends encryption inside the call (RFC 6189 section 4.7.2), or wants it back. @returns false: it cannot be */
	encrypt(on: boolean, id?: number): boolean {
		return this.#calls.lines.find(id)?.call.encrypt(on) ?? false;
	}

	/** One more voice stream in the call that is connected, keyed by the first one. @returns false: it cannot be */
	addStream(id?: number): boolean {
		return this.#calls.lines.find(id)?.addStream() ?? false;
	}

	/** Of the call in front, or the one that is named. Whoever is resumed gets the sound. */
	hold(on: boolean, id?: number): void {
		const line = this.#calls.lines.find(id);
		if (!line?.connected || this.#closed) return;
		if (this.#calls.conference.has(line)) this.#calls.conference.hold(on);
		else if (on) line.hold(true);
		else this.#calls.take(line);
		this.#changed();
	}

	/** The sound goes to a line by its number; what rings there is answered. @returns why nothing was done */
	switchTo(number: number): string | undefined {
		const line = this.#calls.lines.numbered(number);
		if (!line) return `line ${number} has no call`;
		if (line.ringsHere) this.answer(line.id);
		else if (!this.#calls.conference.has(line)) this.#calls.take(line);
		this.#changed();
		return undefined;
	}

	/** From the call that talks to one that waits on hold. @returns why nothing was done */
	swap(): string | undefined {
		const front = this.#calls.lines.focus;
		const other = this.#calls.lines.live.find(
			(line) => line !== front && line.connected && !this.#calls.conference.has(line),
		);
		if (!other) return "no other call waits";
		this.#calls.take(other);
		this.#changed();
		return undefined;
	}

	/** Joins the calls that are connected, three parties with the owner; false parts them. @returns why nothing was done */
	confer(on: boolean): string | undefined {
		const refusal = on ? this.#calls.conference.join() : this.#calls.conference.part();
		this.#changed();
		return refusal;
	}

	/** The other party of the call in front is connected with somebody else. @returns why nothing was done */
	transfer(target: string): string | undefined {
		const uri = this.#calls.uriOf(target, this.#calls.lines.front?.account);
		if (uri === undefined) return `"${target}" is no address to send a call to`;
		this.#remark = undefined;
		const refusal = this.#calls.transfer.blind(uri, this.#options.nameOf(uri) ?? target);
		this.#changed();
		return refusal;
	}

	/** The other parties of the call in front and of one that waits are connected. @returns why nothing was done */
	connectOthers(): string | undefined {
		this.#remark = undefined;
		this.#calls.conference.part();
		const refusal = this.#calls.transfer.attended();
		this.#changed();
		return refusal;
	}

	mute(on: boolean): void {
		const front = this.#calls.lines.front;
		if (front && this.#calls.conference.has(front)) this.#calls.conference.mute(on);
		else front?.call.mute(on);
	}

	dtmf(digit: string): void {
		this.#calls.lines.focus?.call.dtmf(digit);
	}

	/** Callers hear what the settings say, and it does not ring. */
	setDoNotDisturb(on: boolean): void {
		this.#wish({ ...this.#features, doNotDisturb: on });
	}

	/** Sends callers elsewhere from now on; undefined: no longer. @returns why nothing was done */
	forward(when: "always" | "busy" | "noAnswer", target: string | undefined): string | undefined {
		const wish = target === undefined || target.trim() === "" ? undefined : target.trim();
		if (wish !== undefined && this.#calls.uriOf(wish) === undefined) return `"${wish}" is no address to send calls to`;
		if (wish !== undefined && this.#calls.forwardUriOf(wish) === undefined) return `"${wish}" is this phone itself`;
		this.#wish({ ...this.#features, forward: { ...this.#features.forward, [when]: wish } });
		return undefined;
	}

	#wish(features: Features): void {
		this.#features = features;
		this.#options.onWish?.(features);
		this.#changed();
	}

	/** Calls that are over, the latest first. */
	get recent(): readonly RecentCall[] {
		return this.#calls.recent.calls;
	}

	/** The owner has seen who called. */
	seen(): undefined {
		this.#calls.reception.missed = 0;
		this.#changed();
	}

	/**
	 * Ends the calls and leaves the registrar; nothing is called afterwards. Safe to repeat.
	 * @param onGone without it, what is still to be said is left unsaid; with it that takes up to two seconds
	 */
	close(onGone?: () => void): void {
		if (this.#closed) {
			onGone?.();
			return;
		}
		this.#closed = true;
		this.#calls.close();
		this.#watch.end();
		for (const account of this.#registrations.accounts) this.#signalling.post({ type: "unregister", account });
		if (onGone) this.#signalling.leave(onGone);
		else this.#signalling.close();
	}

	#changed(): void {
		if (this.#closed) return;
		this.#calls.settle();
		this.#options.onChange();
	}

	#act(action: CallAction): void {
		switch (action.type) {
			case "registered":
			case "registrationFailed":
				this.#registrations.note(action);
				if (action.type === "registered" && action.expiresSec > 0) this.#watch.begin(action.account);
				break;
			case "messages":
			case "dialogs":
			case "subscribed":
			case "subscriptionFailed":
				this.#watch.note(action);
				break;
			case "warn":
				this.#options.log.area("sip").warn(action.text);
				break;
			default:
				this.#calls.act(action);
		}
		this.#changed();
	}
}
