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
import { arrivalOf, BUSY_HERE } from "./forwarding";
import { Line, type LineContext, reasonOf } from "./line";
import { Lines, MAX_LINES } from "./lines";
import { refusalOf } from "./negotiation";
import { contextOf, type PhoneOptions } from "./phone-options";
import { Registrations } from "./registrations";
import { type CallAction, Signalling } from "./signalling";
import { Silence } from "./silence";
import type { PhoneState, Question } from "./state";
import { type LastingTone, Tones } from "./tones";

const DECLINE = 603;

export class Phone {
	readonly #options: PhoneOptions;
	readonly #log: AreaLog;
	readonly #signalling: Signalling;
	readonly #registrations: Registrations;
	readonly #tones: Tones;
	readonly #lines = new Lines();
	readonly #conference: Conference;
	readonly #silence: Silence;
	readonly #lineContext: LineContext;
	#features: Features;
	#nextCall = 1;
	#missed = 0;
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
		this.#lineContext = {
			call: contextOf(options),
			address,
			codecs,
			random: agent.random,
			log: this.#log,
			post: (event) => this.#signalling.post(event),
			onChange: () => this.#changed(),
			onGivenUp: () => this.#tones.busy(),
			onTone: (tone) => this.#tones.alert(tone),
		};
		this.#registrations = new Registrations(agent.accounts, log.area("sip"));
		this.#signalling = new Signalling({
			agent: { ...agent, contact: { address, port: options.sipPort } },
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
		const { lock } = this.#conference;
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
			missed: this.#missed,
			doNotDisturb: this.#features.doNotDisturb,
			forward: this.#features.forward,
			...(notice !== undefined && { notice }),
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
		const number = this.#lines.freeNumber;
		const refusal = this.#noDialReason(number);
		if (refusal !== undefined || number === undefined) {
			this.#say(refusal ?? "");
			return;
		}
		const [account] = this.#options.agent.accounts;
		const uri = dialTarget(target, account?.aor);
		if (uri === undefined) {
			this.#say(`"${target}" is no address to call: write sip:name@host, or register an account to dial by number`);
			return;
		}
		const line = this.#begin(number, this.#nextCall++, "outgoing", uri, undefined);
		this.#take(line);
		try {
			line.invite(account?.id);
		} catch (error) {
			this.#log.error(reasonOf(error));
			line.ended(reasonOf(error));
		}
		this.#changed();
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

	mute(on: boolean): void {
		const front = this.#lines.front;
		if (front && this.#conference.has(front)) this.#conference.mute(on);
		else front?.call.mute(on);
	}

	dtmf(digit: string): void {
		this.#lines.focus?.call.dtmf(digit);
	}

	/** Callers hear what the settings say, and it does not ring. */
	set doNotDisturb(on: boolean) {
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

	/** The owner has seen who called. */
	seen(): void {
		this.#missed = 0;
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
		this.#tones.stop();
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

	#noDialReason(number: number | undefined): string | undefined {
		const { live } = this.#lines;
		if (live.some((line) => line.ringsHere)) return "somebody is calling: answer or decline first";
		if (live.some((line) => !line.connected)) return "there is a call already: hang up first";
		return number === undefined ? `there are ${MAX_LINES} calls already: end one first` : undefined;
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
			case "offerWanted":
			case "reinviteAnswered":
			case "reinviteFailed": {
				const line = this.#lines.find(action.call);
				line?.act(action, line === this.#lines.focus);
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
		const { call, uri, sdp } = action;
		const number = this.#lines.freeNumber;
		const inUse = this.#lines.live.length > 0;
		const arrival = arrivalOf({ features: this.#features, inUse, room: number !== undefined && !this.#closed });
		if (arrival.type !== "ring" || number === undefined) {
			if (arrival.type === "forward") this.#forward(call, uri, arrival.to);
			else this.#refuse(call, uri, arrival.type === "refuse" ? arrival.status : BUSY_HERE);
			return;
		}
		const refusal = sdp === undefined ? undefined : refusalOf(sdp, this.#options.codecs);
		if (refusal) {
			this.#say(`a call of ${uri} was refused: ${refusal.reason}`);
			this.#signalling.post({ type: "reject", call, status: refusal.reject, reason: refusal.reason });
			return;
		}
		const line = this.#begin(number, call, "incoming", uri, action.displayName);
		this.#log.info(`call from ${uri}`);
		line.ring(sdp);
		if (this.#options.autoAnswer) this.answer(call);
		else if (!inUse && action.info.autoAnswer !== undefined && this.#features.autoAnswerByHeader) {
			this.answer(call);
			this.#tones.beep();
		} else this.#forwardLater(line);
	}

	#refuse(call: number, uri: string, status: number): void {
		this.#log.info(`${uri} called and was refused (${status})`);
		if (this.#features.doNotDisturb) this.#missed++;
		this.#signalling.post({ type: "reject", call, status });
	}

	#forward(call: number, from: string, to: string): void {
		const contact = this.#uriOf(to);
		if (contact === undefined) {
			this.#say(`"${to}" is no address to send calls to: ${from} hears busy`);
			this.#signalling.post({ type: "reject", call, status: BUSY_HERE });
			return;
		}
		this.#log.info(`${from} is sent to ${contact}`);
		this.#signalling.post({ type: "redirect", call, target: contact });
	}

	/** Nobody answers: the caller is sent elsewhere, where the owner wishes so. */
	#forwardLater(line: Line): void {
		const { noAnswer, noAnswerSec } = this.#features.forward;
		if (noAnswer === undefined) return;
		line.afterRinging(noAnswerSec * 1000, () => this.#forward(line.id, line.call.peer, noAnswer));
	}

	#ended(action: Extract<CallAction, { type: "ended" }>): void {
		const line = this.#lines.find(action.call);
		if (!line) return;
		const { ringsHere } = line;
		if (ringsHere && action.by !== "local") this.#missed++;
		const heard = line === this.#lines.focus || this.#conference.has(line);
		line.ended(action.reason);
		this.#log.info(`ended: ${action.reason}`);
		this.#lines.settle();
		this.#conference.settle();
		// Whoever goes on talking needs no tone to notice.
		if (heard && action.by !== "local" && !this.#lines.focus) this.#tones.busy();
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
