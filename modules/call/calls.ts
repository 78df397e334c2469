/**
 * The calls of the phone: what the SIP agent says of them comes in, and goes to the line it concerns, to the conference,
 * to whoever sends calls on or receives callers. phone.ts gives the owner's commands to the same parts.
 */
import type { AreaLog } from "log/log";
import { Conference } from "./conference";
import { accountFor, dialTarget } from "./dial-target";
import type { Features } from "./features";
import { Keying, NO_STREAM } from "./keying";
import { type InviteHow, Line, type LineContext, reasonOf } from "./line";
import { Lines, MAX_LINES } from "./lines";
import { contextOf, type PhoneOptions } from "./phone-options";
import { Recent } from "./recent";
import { identityOf, Reception } from "./reception";
import type { CallAction, CallEvent, Signalling } from "./signalling";
import { Silence } from "./silence";
import { StunServer } from "./stun-server";
import { type LastingTone, Tones } from "./tones";
import { Transfer } from "./transfer";

/** SIP status code (RFC 3261 section 21.5.1). */
const SERVER_INTERNAL_ERROR = 500;

export interface CallsOptions {
	readonly phone: PhoneOptions;
	readonly signalling: () => Pick<Signalling, "post" | "legTo" | "isOwn">;
	/** What the owner wishes right now. */
	readonly features: () => Features;
	/** Whose domain a bare number is of; undefined: there is no account. */
	readonly ownAccount: () => string | undefined;
	readonly onChange: () => void;
	/** What the owner is to be told; undefined: no longer. */
	readonly onRemark: (text: string | undefined) => void;
}

export class Calls {
	readonly lines = new Lines();
	readonly conference = new Conference(this.lines);
	readonly recent = new Recent();
	readonly tones: Tones;
	readonly transfer: Transfer;
	readonly reception: Reception;
	readonly #options: CallsOptions;
	readonly #log: AreaLog;
	readonly #silence: Silence;
	readonly #stunServer: StunServer | undefined;
	readonly #lineContext: LineContext;
	#nextCall = 1;

	constructor(options: CallsOptions) {
		this.#options = options;
		const { features, onChange } = options;
		const { log, now, address, codecs, agent, audio, autoAnswer } = options.phone;
		this.#log = log.area("call");
		this.tones = new Tones(audio);
		this.#silence = new Silence({ lines: this.lines, now, features: features(), onChange });
		const stun = options.phone.nat?.stunServer;
		this.#stunServer = stun && new StunServer(stun, log.area("net"));
		const post = (event: CallEvent): void => options.signalling().post(event);
		const shared = {
			lines: this.lines,
			log: this.#log,
			post,
			take: (line: Line, instead?: Line): void => this.take(line, instead),
			say: (text: string): void => this.say(text),
		};
		this.transfer = new Transfer(shared);
		this.reception = new Reception({
			...shared,
			features,
			address,
			codecs,
			keysFor: (protectedLeg) => this.#keysFor(protectedLeg),
			autoAnswer,
			tones: this.tones,
			begin: (number, id, peer, displayName) => this.#begin(number, id, "incoming", peer, displayName),
			answer: (id) => this.answer(id),
			onMissed: (peer, name) => this.recent.add({ peer, name, direction: "incoming", missed: true, at: now() }),
			forwardUriOf: (target, account) => this.forwardUriOf(target, account),
		});
		this.#lineContext = {
			call: contextOf(options.phone, () => this.#stunServer?.address),
			address,
			codecs,
			random: agent.random,
			log: this.#log,
			post,
			onChange,
			onGivenUp: () => this.tones.busy(),
			onTone: (tone) => this.tones.alert(tone),
		};
	}

	/**
	 * What the owner wrote, to a SIP URI; undefined: it is no address.
	 * @param account whose domain completes a bare number; the owner's own without it
	 */
	uriOf(target: string, account = this.#options.ownAccount()): string | undefined {
		return dialTarget(target, this.#options.phone.agent.accounts.find(({ id }) => id === account)?.aor);
	}

	/** Where calls may be sent on to; undefined: it is no address, or they would come back to this phone. */
	forwardUriOf(target: string, account?: string): string | undefined {
		const uri = this.uriOf(target, account);
		return uri === undefined || this.#options.signalling().isOwn(uri) ? undefined : uri;
	}

	/** Why no other call can be made now; undefined: it can. */
	get refusal(): string | undefined {
		const { live, freeNumber } = this.lines;
		if (live.some((line) => line.ringsHere)) return "somebody is calling: answer or decline first";
		if (live.some((line) => !line.connected)) return "there is a call already: hang up first";
		return freeNumber === undefined ? `there are ${MAX_LINES} calls already: end one first` : undefined;
	}

	/** There is a free line for it. */
	call(uri: string, how: Pick<InviteHow, "referral" | "replaces">): Line {
		const account = accountFor(uri, this.#options.phone.agent.accounts);
		const line = this.#begin(this.lines.freeNumber ?? 0, this.#nextCall++, "outgoing", uri, undefined);
		line.account = account?.id;
		line.protectedLeg = this.#options.signalling().legTo(account?.id, uri).secure;
		this.take(line);
		try {
			line.invite({ ...how, ...(account && { account: account.id }) });
		} catch (error) {
			this.#log.error(reasonOf(error));
			line.ended(reasonOf(error));
		}
		this.#options.onChange();
		return line;
	}

	/** Takes the call that rings, or the one of them that is named; nothing happens when it has been taken. */
	answer(id?: number): void {
		const line = this.lines.ringing(id);
		if (!line) return;
		this.take(line);
		line.answer();
		this.#options.onChange();
	}

	/**
	 * The sound goes to a line that is in no conference: its parties wait, and do not hear each other.
	 * @param instead the line whose place it takes when it is answered (RFC 3891)
	 */
	take(line: Line, instead?: Line): void {
		this.conference.part();
		this.lines.take(line, instead);
	}

	/** What the agent says of a call. */
	act(action: CallAction): void {
		switch (action.type) {
			case "incoming":
				this.reception.incoming(action);
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
				const line = this.lines.find(action.call);
				line?.act(action, line === this.lines.focus);
				if (line && action.type === "answered") this.transfer.answered(line);
				break;
			}
			case "referred": {
				const askedBy = this.transfer.referred(action, this.#options.features().transferByPeer);
				if (!askedBy) break;
				const line = this.call(action.target, { referral: action.referral });
				line.via = askedBy.call.describe().peerName;
				line.call.follow(askedBy.call);
				line.sentOn = askedBy.sentOn + 1;
				this.transfer.made(line, askedBy);
				if (line.live) break;
				// It could not even begin: whoever asked is told at once.
				this.#lineContext.post({ type: "rejectReferral", referral: action.referral, status: SERVER_INTERNAL_ERROR });
				this.transfer.ended(line, line.call.describe().reason ?? "");
				break;
			}
			case "transferProgress":
				this.transfer.progress(action);
				break;
			case "identified": {
				const line = this.lines.find(action.call);
				if (line) line.identity = identityOf(action.identity);
				break;
			}
			default:
				break;
		}
	}

	/** Something changed: lines are freed, tones follow, silence is looked for. */
	settle(): void {
		this.lines.settle();
		this.conference.settle();
		this.tones.last(toneOf(this.lines));
		this.#silence.settle();
	}

	/** Every call ends. */
	close(): void {
		for (const line of this.lines.live) {
			line.hangup();
			line.ended("the phone was switched off");
		}
		this.lines.settle();
		this.#silence.close();
		this.#stunServer?.close();
		this.transfer.close();
		this.tones.stop();
	}

	/** The owner is to know. */
	say(text: string): void {
		this.#options.onRemark(text);
		this.#log.warn(text);
		this.#options.onChange();
	}

	#begin(
		number: number,
		id: number,
		direction: "incoming" | "outgoing",
		peer: string,
		displayName: string | undefined,
	): Line {
		this.#options.onRemark(undefined);
		const line = new Line({ context: this.#lineContext, number, id, direction, peer, displayName });
		this.lines.add(line);
		return line;
	}

	#keysFor(protectedLeg: boolean): Keying {
		const { srtp: policy, random, mediaLog: log, dtlsIdentity: identity, now } = this.#lineContext.call;
		const keying = new Keying({ policy, random, log, stream: NO_STREAM, identity, now, onChange: () => {} });
		keying.protectedLeg = protectedLeg;
		return keying;
	}

	#ended(action: Extract<CallAction, { type: "ended" }>): void {
		const line = this.lines.find(action.call);
		if (!line) return;
		const missed = line.ringsHere && action.by !== "local" && action.elsewhere !== true;
		if (missed) this.reception.missed++;
		const { peer, peerName: name, direction } = line.call.describe();
		this.recent.add({ peer, name, direction, missed, at: this.#options.phone.now() });
		const heard = line === this.lines.focus || this.conference.has(line);
		const reason = this.transfer.outcome(line) ?? action.reason;
		line.ended(reason);
		this.#log.info(`ended: ${reason}`);
		this.lines.settle();
		this.conference.settle();
		const wished = this.transfer.ended(line, action.reason) || action.by === "local";
		// Whoever goes on talking needs no tone to notice.
		if (heard && !wished && !this.lines.focus) this.tones.busy();
	}
}

/** What the phone itself is to be heard with. */
function toneOf({ live, focus }: Lines): LastingTone | undefined {
	const talking = focus?.connected === true && focus.call.state !== "held";
	if (live.some((line) => line.ringsHere)) return talking ? "waiting" : "ring";
	return focus?.call.state === "ringing" && !focus.early ? "ringback" : undefined;
}
