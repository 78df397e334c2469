/**
 * Somebody calls: it rings, it waits, it is sent elsewhere, or it takes the place of a call that is there. What is to
 * become of a caller is decided in forwarding.ts; here it is done, and counted where nobody answered.
 */
import type { AreaLog } from "log/log";
import type { CodecName, StreamKeys } from "sdp/offer-answer";
import type { Party } from "sip/types";
import type { Features } from "./features";
import { arrivalOf, BUSY_HERE } from "./forwarding";
import type { Line } from "./line";
import { type Lines, MAX_LINES } from "./lines";
import { refusalOf } from "./negotiation";
import type { CallAction, CallEvent } from "./signalling";
import type { CallState } from "./state";
import type { Tones } from "./tones";

/** SIP status code (RFC 3261 section 21.4.4). */
const FORBIDDEN = 403;

export interface ReceptionOptions {
	readonly lines: Lines;
	readonly features: () => Features;
	/** Own address, whose family an offer has to have. */
	readonly address: string;
	readonly codecs: readonly CodecName[];
	/** Who judges the keys of an offer before anything rings. @param protectedLeg signalling came over checked TLS */
	readonly keysFor: (protectedLeg: boolean) => StreamKeys & { close(): void };
	/** Every call is answered at once. */
	readonly autoAnswer: boolean;
	readonly log: AreaLog;
	readonly post: (event: CallEvent) => void;
	readonly tones: Tones;
	readonly begin: (number: number, id: number, peer: string, displayName: string | undefined) => Line;
	readonly answer: (id: number) => void;
	/** Somebody called, and nothing rang. */
	readonly onMissed: (peer: string, name: string) => void;
	/** The sound goes to that line, in the place of the other where there is one. */
	readonly take: (line: Line, instead?: Line) => void;
	/** Tells the owner. */
	readonly say: (text: string) => void;
	/** What the owner wrote, to a SIP URI; undefined: calls cannot be sent there. @param account that was called */
	readonly forwardUriOf: (target: string, account: string | undefined) => string | undefined;
}

const RING = Object.freeze({ type: "ring" } as const);

export function identityOf({ uri, displayName }: Party): NonNullable<CallState["identity"]> {
	return { uri, ...(displayName !== undefined && { name: displayName }) };
}

/** @returns undefined: nobody is named */
function nameIn(party: Party | undefined): string | undefined {
	return party && (party.displayName ?? party.uri.replace(/^sips?:/, ""));
}

export class Reception {
	readonly #options: ReceptionOptions;
	/** Calls that nobody answered, until the owner has looked. */
	missed = 0;

	constructor(options: ReceptionOptions) {
		this.#options = options;
	}

	/** An INVITE that begins a call. */
	incoming(action: Extract<CallAction, { type: "incoming" }>): void {
		const { call, uri, sdp, info } = action;
		const features = this.#options.features();
		const replaced = info.replaces === undefined ? undefined : this.#options.lines.find(info.replaces);
		// A call in the place of one that is there needs no line of its own, and nobody decides on it anew.
		const number = this.#options.lines.freeNumber ?? replaced?.number;
		const { length: used } = this.#options.lines.live;
		const inUse = used > 0;
		const stranger = info.stranger === true;
		if (stranger && !replaced && !features.strangers) {
			this.#options.log.info(`a call that came by none of the accounts' servers, from ${uri}: calls.strangers is off`);
			this.#refuse(call, uri, FORBIDDEN, action.displayName);
			return;
		}
		// Whoever finds the port may not keep out who calls by the servers.
		const room = number !== undefined && (!stranger || used < MAX_LINES - 1);
		const arrival = replaced ? RING : arrivalOf({ features, inUse, room });
		if (arrival.type !== "ring" || number === undefined) {
			if (arrival.type === "forward") this.#forward(call, uri, arrival.to, info.account);
			else this.#refuse(call, uri, arrival.type === "refuse" ? arrival.status : BUSY_HERE, action.displayName);
			return;
		}
		// Nobody but a server of the owner's may open the microphone.
		const byHeader = features.autoAnswerByHeader && !inUse && !stranger;
		// Who may not be answered by a person, and not by the phone itself either, is told so (RFC 5373).
		if (info.autoAnswer?.required && !this.#options.autoAnswer && !byHeader) {
			this.#refuse(call, uri, FORBIDDEN);
			return;
		}
		const protectedLeg = action.leg?.secure === true;
		const keys = this.#options.keysFor(protectedLeg);
		const { address, codecs } = this.#options;
		const refusal = sdp === undefined ? undefined : refusalOf(sdp, { address, codecs, keys });
		keys.close();
		if (refusal) {
			this.#options.say(`a call of ${uri} was refused: ${refusal.reason}`);
			this.#options.post({ type: "reject", call, status: refusal.reject, reason: refusal.reason });
			return;
		}
		const line = this.#options.begin(number, call, uri, info.identity?.displayName ?? action.displayName);
		line.account = info.account;
		line.protectedLeg = protectedLeg;
		line.identity = info.identity && identityOf(info.identity);
		line.via = nameIn(info.diversion);
		this.#options.log.info(`call from ${uri}`);
		line.ring(sdp);
		if (replaced?.connected) this.#replace(replaced, line);
		else if (this.#options.autoAnswer) this.#options.answer(call);
		else if (info.autoAnswer === undefined || !byHeader) this.#forwardLater(line);
		else if (info.autoAnswer.afterMs > 0) line.afterRinging(info.autoAnswer.afterMs, () => this.#answerWithBeep(call));
		else this.#answerWithBeep(call);
	}

	/** Whoever is near hears that somebody listens. */
	#answerWithBeep(call: number): void {
		this.#options.answer(call);
		this.#options.tones.beep();
	}

	/** Another takes the place of a call that was answered (RFC 3891), and is where that one was: in front or on hold. */
	#replace(replaced: Line, line: Line): void {
		line.via = replaced.call.describe().peerName;
		line.call.follow(replaced.call);
		if (replaced === this.#options.lines.focus && !replaced.call.heldHere) this.#options.take(line, replaced);
		else line.call.hold(true);
		line.answer();
	}

	/** Who called while the owner was not to be disturbed is told afterwards, as who called in vain. */
	#refuse(call: number, uri: string, status: number, name?: string): void {
		this.#options.log.info(`${uri} called and was refused (${status})`);
		if (this.#options.features().doNotDisturb) {
			this.missed++;
			this.#options.onMissed(uri, name ?? "");
		}
		this.#options.post({ type: "reject", call, status });
	}

	#forward(call: number, from: string, to: string, account: string | undefined): void {
		const contact = this.#options.forwardUriOf(to, account);
		if (contact === undefined) {
			this.#options.say(`"${to}" is no address to send calls to, or this phone itself: ${from} hears busy`);
			this.#options.post({ type: "reject", call, status: BUSY_HERE });
			return;
		}
		this.#options.log.info(`${from} is sent to ${contact}`);
		this.#options.post({ type: "redirect", call, target: contact });
	}

	/** Nobody answers: the caller is sent elsewhere, where the owner wishes so. */
	#forwardLater(line: Line): void {
		const { noAnswer, noAnswerSec } = this.#options.features().forward;
		if (noAnswer === undefined) return;
		line.afterRinging(noAnswerSec * 1000, () => this.#forward(line.id, line.call.peer, noAnswer, line.account));
	}
}
