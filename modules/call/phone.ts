/**
 * The phone: the SIP agent's calls and the owner's commands meet here. It holds a few calls at a time, each on a line
 * of its own, and one of them has the sound (lines.ts). Screen, keys and panel see `state` and the commands, and nothing
 * of what is behind them.
 */
import { toHex } from "bytes/hex";
import type { AreaLog } from "log/log";
import { Conference } from "./conference";
import { dialTarget } from "./dial-target";
import { FEATURES, type Features } from "./features";
import { Keying, NO_STREAM } from "./keying";
import { type InviteHow, Line, type LineContext, reasonOf } from "./line";
import { Lines, MAX_LINES } from "./lines";
import { contextOf, type PhoneOptions } from "./phone-options";
import { Recent, type RecentCall } from "./recent";
import { identityOf, Reception } from "./reception";
import { Registrations } from "./registrations";
import { type CallAction, type CallEvent, Signalling } from "./signalling";
import { Silence } from "./silence";
import type { PhoneState, Question } from "./state";
import { type LastingTone, Tones } from "./tones";
import { Transfer } from "./transfer";
import { Watch } from "./watch";

export class Phone {
	readonly #options: PhoneOptions;
	readonly #log: AreaLog;
	readonly #signalling: Signalling;
	readonly #registrations: Registrations;
	readonly #tones: Tones;
	readonly #lines = new Lines();
	readonly #recent = new Recent();
	readonly #conference: Conference;
	readonly #silence: Silence;
	readonly #transfer: Transfer;
	readonly #watch: Watch;
	readonly #reception: Reception;
	readonly #lineContext: LineContext;
	#features: Features;
	#nextCall = 1;
	/** From outside, until it is taken away. */
	#notice: string | undefined;
	/** Why the last command did nothing; the next command or call takes it away. */
	#remark: string | undefined;
	#closed = false;

	/** @throws {Error} naming address and port when the SIP port cannot be had */
	constructor(options: PhoneOptions) {
		this.#options = options;
		const { log, now, address, codecs, agent } = options;
		this.#log = log.area("call");
		this.#features = { ...FEATURES, ...options.features };
		this.#tones = new Tones(options.audio);
		this.#conference = new Conference(this.#lines);
		this.#silence = new Silence({ lines: this.#lines, now, features: this.#features, onChange: () => this.#changed() });
		const post = (event: CallEvent): void => this.#signalling.post(event);
		this.#transfer = new Transfer({
			lines: this.#lines,
			log: this.#log,
			post,
			take: (line) => this.#take(line),
			say: (text) => this.#say(text),
		});
		const { voicemail, watched } = this.#features;
		const [first] = agent.accounts;
		this.#watch = new Watch({
			account: first?.id,
			mailbox: voicemail !== undefined,
			watched,
			post,
			log: log.area("sip"),
		});
		this.#reception = new Reception({
			lines: this.#lines,
			features: () => this.#features,
			codecs,
			keysFor: (protectedLeg) => this.#keysFor(protectedLeg),
			autoAnswer: options.autoAnswer,
			log: this.#log,
			post,
			tones: this.#tones,
			begin: (number, id, peer, displayName) => this.#begin(number, id, "incoming", peer, displayName),
			answer: (id) => this.answer(id),
			take: (line) => this.#take(line),
			say: (text) => this.#say(text),
			uriOf: (target) => this.#uriOf(target),
		});
		this.#lineContext = {
			call: contextOf(options),
			address,
			codecs,
			random: agent.random,
			log: this.#log,
			post,
			onChange: () => this.#changed(),
			onGivenUp: () => this.#tones.busy(),
			onTone: (tone) => this.#tones.alert(tone),
		};
		this.#registrations = new Registrations(agent.accounts, log.area("sip"));
		this.#signalling = new Signalling({
			agent: { ...agent, contact: { address, port: options.sipPort } },
			address,
			port: options.sipPort,
			carriage: options.carriage,
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
		const { lock } = this.#conference;
		const { messages, lamps } = this.#watch;
		const mailbox = this.#features.voicemail ?? messages?.mailbox;
		return {
			name: this.#options.name,
			registered: this.#registrations.states,
			calls: this.#lines.inOrder.map((line) => ({
				...line.describe(),
				...(this.#conference.has(line) && { joined: true as const }),
			})),
			...(lock !== undefined && { conference: { lock } }),
			store: { peers: this.#options.store.length },
			zid: toHex(this.#options.store.zid),
			...(this.#options.auxsecret?.() !== undefined && { sharedWords: true as const }),
			missed: this.#reception.missed,
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

	/** Calls a SIP URI; a bare name or number goes to the account's own domain. A call that talks goes on hold. */
	dial(target: string): void {
		if (this.#closed) return;
		const refusal = this.#noDialReason();
		if (refusal !== undefined) {
			this.#say(refusal);
			return;
		}
		const uri = this.#uriOf(target);
		if (uri === undefined) {
			this.#say(`"${target}" is no address to call: write sip:name@host, or register an account to dial by number`);
			return;
		}
		this.#call(uri, {});
	}

	/** Takes the call that rings at somebody on the owner's list (RFC 3891). @returns why nothing was done */
	pickUp(uri: string): string | undefined {
		const replaces = this.#watch.replacesAt(uri);
		if (replaces === undefined) return "no call rings there that could be taken";
		const refusal = this.#noDialReason();
		if (refusal === undefined) this.#call(uri, { replaces });
		return refusal;
	}

	/**
	 * Takes the call that rings, or the one of them that is named; nothing happens when it has been taken. A call that
	 * talks goes on hold.
	 */
	answer(id?: number): void {
		const line = this.#lines.ringing(id);
		if (!line || this.#closed) return;
		this.#take(line);
		line.answer();
		this.#changed();
	}

	/** Ends, cancels or declines, as the call's state asks; with no call it ends a tone and a remark. */
	hangup(id?: number): void {
		this.#remark = undefined;
		this.#tones.stop();
		this.#lines.find(id)?.hangup();
		this.#changed();
	}

	/** The owner compared the words: `matched` or not, and what to call this peer from now on. */
	verify(matched: boolean, name?: string, id?: number): void {
		this.#lines.find(id)?.call.verify(matched, name);
	}

	/** The owner's answer to what a call's `question` asks; nothing happens where nothing of the kind is asked. */
	decide(about: Question["about"], accepted: boolean, id?: number): void {
		this.#lines.find(id)?.call.decide(about, accepted);
	}

	/** The owner ends encryption inside the call (RFC 6189 section 4.7.2), or wants it back. @returns false: it cannot be */
	encrypt(on: boolean, id?: number): boolean {
		return this.#lines.find(id)?.call.encrypt(on) ?? false;
	}

	/** One more voice stream in the call that is connected, keyed by the first one. @returns false: it cannot be */
	addStream(id?: number): boolean {
		return this.#lines.find(id)?.addStream() ?? false;
	}

	/** Of the call in front, or the one that is named. Whoever is resumed gets the sound. */
	hold(on: boolean, id?: number): void {
		const line = this.#lines.find(id);
		if (!line?.connected || this.#closed) return;
		if (this.#conference.has(line)) this.#conference.hold(on);
		else if (on) line.hold(true);
		else this.#take(line);
		this.#changed();
	}

	/** The sound goes to a line by its number; what rings there is answered. @returns why nothing was done */
	switchTo(number: number): string | undefined {
		const line = this.#lines.numbered(number);
		if (!line) return `line ${number} has no call`;
		if (line.ringsHere) this.answer(line.id);
		else if (!this.#conference.has(line)) this.#take(line);
		this.#changed();
		return undefined;
	}

	/** From the call that talks to one that waits on hold. @returns why nothing was done */
	swap(): string | undefined {
		const front = this.#lines.focus;
		const other = this.#lines.live.find((line) => line !== front && line.connected && !this.#conference.has(line));
		if (!other) return "no other call waits";
		this.#take(other);
		this.#changed();
		return undefined;
	}

	/** Joins the calls that are connected, three parties with the owner; false parts them. @returns why nothing was done */
	confer(on: boolean): string | undefined {
		const refusal = on ? this.#conference.join() : this.#conference.part();
		this.#changed();
		return refusal;
	}

	/** The other party of the call in front is connected with somebody else. @returns why nothing was done */
	transfer(target: string): string | undefined {
		const uri = this.#uriOf(target);
		if (uri === undefined) return `"${target}" is no address to send a call to`;
		this.#remark = undefined;
		const refusal = this.#transfer.blind(uri, this.#options.nameOf(uri) ?? target);
		this.#changed();
		return refusal;
	}

	/** The other parties of the call in front and of one that waits are connected. @returns why nothing was done */
	connectOthers(): string | undefined {
		this.#remark = undefined;
		this.#conference.part();
		const refusal = this.#transfer.attended();
		this.#changed();
		return refusal;
	}

	mute(on: boolean): void {
		const front = this.#lines.front;
		if (front && this.#conference.has(front)) this.#conference.mute(on);
		else front?.call.mute(on);
	}

	dtmf(digit: string): void {
		this.#lines.focus?.call.dtmf(digit);
	}

	/** Callers hear what the settings say, and it does not ring. */
	setDoNotDisturb(on: boolean): void {
		this.#features = { ...this.#features, doNotDisturb: on };
		this.#changed();
	}

	/** Sends callers elsewhere from now on; undefined: no longer. @returns why nothing was done */
	forward(when: "always" | "busy" | "noAnswer", target: string | undefined): string | undefined {
		const wish = target === undefined || target.trim() === "" ? undefined : target.trim();
		if (wish !== undefined && this.#uriOf(wish) === undefined) return `"${wish}" is no address to send calls to`;
		this.#features = { ...this.#features, forward: { ...this.#features.forward, [when]: wish } };
		this.#changed();
		return undefined;
	}

	/** Calls that are over, the latest first. */
	get recent(): readonly RecentCall[] {
		return this.#recent.calls;
	}

	/** The owner has seen who called. */
	seen(): undefined {
		this.#reception.missed = 0;
		this.#changed();
	}

	/** Ends the calls and leaves the registrar; nothing is called afterwards. Safe to repeat. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const line of this.#lines.live) {
			line.hangup();
			line.ended("the phone was switched off");
		}
		this.#lines.settle();
		this.#silence.close();
		this.#transfer.close();
		this.#tones.stop();
		this.#watch.end();
		for (const account of this.#registrations.accounts) this.#signalling.post({ type: "unregister", account });
		this.#signalling.close();
	}

	#changed(): void {
		if (this.#closed) return;
		this.#lines.settle();
		this.#conference.settle();
		this.#tones.last(toneOf(this.#lines));
		this.#silence.settle();
		this.#options.onChange();
	}

	#uriOf(target: string): string | undefined {
		return dialTarget(target, this.#options.agent.accounts[0]?.aor);
	}

	#noDialReason(): string | undefined {
		const { live, freeNumber } = this.#lines;
		if (live.some((line) => line.ringsHere)) return "somebody is calling: answer or decline first";
		if (live.some((line) => !line.connected)) return "there is a call already: hang up first";
		return freeNumber === undefined ? `there are ${MAX_LINES} calls already: end one first` : undefined;
	}

	/** There is a free line for it. */
	#call(uri: string, how: Pick<InviteHow, "referral" | "replaces">): Line {
		const [account] = this.#options.agent.accounts;
		const line = this.#begin(this.#lines.freeNumber ?? 0, this.#nextCall++, "outgoing", uri, undefined);
		line.protectedLeg = this.#signalling.legTo(account?.id, uri).secure;
		this.#take(line);
		try {
			line.invite({ ...how, ...(account && { account: account.id }) });
		} catch (error) {
			this.#log.error(reasonOf(error));
			line.ended(reasonOf(error));
		}
		this.#changed();
		return line;
	}

	#begin(
		number: number,
		id: number,
		direction: "incoming" | "outgoing",
		peer: string,
		displayName: string | undefined,
	): Line {
		this.#remark = undefined;
		const line = new Line({ context: this.#lineContext, number, id, direction, peer, displayName });
		this.#lines.add(line);
		return line;
	}

	#keysFor(protectedLeg: boolean): Keying {
		const { srtp: policy, random, mediaLog: log } = this.#lineContext.call;
		const keying = new Keying({ policy, random, log, stream: NO_STREAM });
		keying.protectedLeg = protectedLeg;
		return keying;
	}

	/** The sound goes to a line that is in no conference: its parties wait, and do not hear each other. */
	#take(line: Line): void {
		this.#conference.part();
		this.#lines.take(line);
	}

	#act(action: CallAction): void {
		switch (action.type) {
			case "registered":
			case "registrationFailed":
				this.#registrations.note(action);
				if (action.type === "registered" && action.expiresSec > 0) this.#watch.begin();
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
			case "incoming":
				this.#reception.incoming(action);
				break;
			case "ended":
				this.#ended(action);
				break;
			case "progress":
			case "answered":
			case "accepted":
			case "offered":
			case "offerWanted":
			case "reinviteAnswered":
			case "reinviteFailed": {
				const line = this.#lines.find(action.call);
				line?.act(action, line === this.#lines.focus);
				if (line && action.type === "answered") this.#transfer.answered(line);
				break;
			}
			case "referred": {
				const askedBy = this.#transfer.referred(action, this.#features.transferByPeer);
				if (!askedBy) break;
				const line = this.#call(action.target, { referral: action.referral });
				line.via = askedBy.call.describe().peerName;
				this.#transfer.made(line, askedBy);
				break;
			}
			case "transferProgress":
				this.#transfer.progress(action);
				break;
			case "identified": {
				const line = this.#lines.find(action.call);
				if (line) line.identity = identityOf(action.identity);
				break;
			}
			default:
				break;
		}
		this.#changed();
	}

	#ended(action: Extract<CallAction, { type: "ended" }>): void {
		const line = this.#lines.find(action.call);
		if (!line) return;
		const missed = line.ringsHere && action.by !== "local" && action.elsewhere !== true;
		if (missed) this.#reception.missed++;
		const { peer, peerName: name, direction } = line.call.describe();
		this.#recent.add({ peer, name, direction, missed, at: this.#options.now() });
		const heard = line === this.#lines.focus || this.#conference.has(line);
		line.ended(action.reason);
		this.#log.info(`ended: ${action.reason}`);
		this.#lines.settle();
		this.#conference.settle();
		const wished = this.#transfer.ended(line, action.reason) || action.by === "local";
		// Whoever goes on talking needs no tone to notice.
		if (heard && !wished && !this.#lines.focus) this.#tones.busy();
	}

	#say(text: string): void {
		this.#remark = text;
		this.#log.warn(text);
		this.#changed();
	}
}

/** What the phone itself is to be heard with. */
function toneOf({ live, focus }: Lines): LastingTone | undefined {
	const talking = focus?.connected === true && focus.call.state !== "held";
	if (live.some((line) => line.ringsHere)) return talking ? "waiting" : "ring";
	return focus?.call.state === "ringing" && !focus.early ? "ringback" : undefined;
}
