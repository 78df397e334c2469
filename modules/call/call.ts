/**
 * One call: its voice streams, between the dialog that phone.ts holds in the SIP agent and the CallState that screen and
 * panel read. Whatever changes, `#settle` sets microphone and clear playback from the facts again, so that no path
 * forgets to; leg.ts has a stream and its ZRTP, security.ts what may be said of them.
 */
import { equal } from "bytes/equal";
import type { AnnouncedStream as Announced } from "sdp/announced";
import type { NegotiatedMedia } from "sdp/offer-answer";
import type { CallContext } from "./call-context";
import { Leg } from "./leg";
import { toneOf } from "./lock";
import type { AgreedMedia, LocalSide } from "./negotiation";
import { OtherEnd } from "./other-end";
import { type SecurityFacts, securityOf } from "./security";
import type { CallState, Lock, Question } from "./state";

export type { CallContext } from "./call-context";

export interface CallOptions {
	readonly context: CallContext;
	/** The number by which the SIP agent knows it. */
	readonly id: number;
	readonly peer: string;
	readonly displayName?: string | undefined;
	readonly direction: "incoming" | "outgoing";
	readonly onChange: () => void;
	/** The owner should hear that the call's security has changed: for the worse, or back to what it was. */
	readonly onTone?: (tone: "warning" | "secure") => void;
}

/** More voices in one call than these are refused. */
export const STREAMS_MAXIMUM = 2;

export class Call implements LocalSide {
	readonly id: number;
	readonly direction: "incoming" | "outgoing";
	readonly #context: CallContext;
	readonly #options: CallOptions;
	#state: CallState["state"] = "ringing";
	/** The first is the call's own; it keys the others. Empty until one is asked for. */
	#legs: readonly Leg[] = [];
	#media: NegotiatedMedia | undefined;
	#heldHere = false;
	/** The network plays before the answer. */
	#early = false;
	#muted = false;
	#sasMismatch = false;
	#verifiedHere = false;
	#clearAgreed = false;
	/** The owner has ended encryption and wants it back, and a stream is not there yet. */
	#goingSecure = false;
	readonly #otherEnd: OtherEnd;
	#lock: Lock = "open";
	#connectedAt: number | undefined;
	#endedAt: number | undefined;
	#reason: string | undefined;
	#protectedLeg = false;
	#followsEncrypted = false;

	constructor(options: CallOptions) {
		this.#options = options;
		this.#context = options.context;
		this.id = options.id;
		this.direction = options.direction;
		this.#otherEnd = new OtherEnd(options.context, options.peer, options.displayName);
	}

	/**
	 * It comes in the place of another call, at the wish of others (RFC 3515, RFC 3891). Where that was encrypted between the
	 * phones, silence in ZRTP is no absence; a lock that is worse than the other's is told. Before there is media.
	 */
	follow(former: Call): void {
		this.#followsEncrypted = former.encrypted;
		this.#lock = former.#lock;
	}

	/** Voice was encrypted between the phones at some time, in this call or in the one before it. */
	get encrypted(): boolean {
		return this.#legs[0]?.wasSecure === true || this.#followsEncrypted;
	}
	/** SIP URI of the other party. */
	get peer(): string {
		return this.#options.peer;
	}
	get state(): CallState["state"] {
		return this.#state;
	}
	get heldHere(): boolean {
		return this.#heldHere;
	}
	/** The signalling is protected by TLS that was checked. Told before each description that it carries. */
	set protectedLeg(isProtected: boolean) {
		this.#protectedLeg = isProtected;
		for (const leg of this.#legs) leg.keying.protectedLeg = isProtected;
	}
	/** What offer and answer name, for each stream. Opens the first. @throws {Error} naming the port when it is in use */
	get streams(): readonly Leg[] {
		this.#open();
		return this.#legs;
	}

	/** Once it is known how this phone looks from outside a NAT; at once where nobody is asked. @throws as `streams` */
	whenReachable(then: () => void): void {
		this.#open().whenReachable(then);
	}

	/** An offer of the other end is about to be answered: other sessions and further streams have to be there first. */
	expect(announced: readonly Announced[]): void {
		if (this.#state === "ended") return;
		const first = this.#open();
		const second = announced[1];
		// A second section is a second stream only where it says that it has a ZRTP session of its own.
		const streams =
			second?.zrtpHash && announced[0]?.zrtpHash && !equal(second.zrtpHash, announced[0].zrtpHash) ? 2 : 1;
		if (first.expect(streams === 1 ? announced : announced.slice(0, 1)))
			for (const leg of this.#legs.slice(1)) leg.renew();
		else if (second) this.#legs[1]?.expect([second]);
		if (streams > this.#legs.length) this.addStream();
	}

	/** One more voice stream, for the next description; false: there are as many as there may be, or ZRTP is off. */
	addStream(): boolean {
		const first = this.#open();
		if (this.#state === "ended" || this.#legs.length >= STREAMS_MAXIMUM || !first.zrtp) return false;
		this.#legs = [...this.#legs, this.#newLeg(first)];
		return true;
	}

	/** The network's own sound is heard before the answer. */
	get early(): boolean {
		return this.#early && this.#state === "ringing";
	}
	/** Packets of the other end that were taken; it moves as long as that end is there. */
	get heard(): number {
		return this.#legs[0]?.heard ?? 0;
	}
	/** Joined calls of this phone hear each other. */
	set conference(joined: boolean) {
		if (this.#state !== "ended") for (const leg of this.#legs) leg.conference = joined;
	}

	/** Early media: what comes is heard, and nothing leaves; keys are agreed when the call is answered. */
	hearEarly(media: NegotiatedMedia): void {
		if (this.#state !== "ringing") return;
		this.#open().point(media);
		this.#early = true;
		this.#settle();
	}

	/** Our offer was refused: a stream that nobody has agreed to is none. */
	withdraw(): void {
		const [first, ...added] = this.#legs;
		if (!first || this.#state === "ended") return;
		this.#legs = [first, ...added.filter(({ media }) => media !== undefined)];
		for (const leg of added) if (!leg.media) leg.end();
	}

	/** Offer and answer are done: sound may flow as the rules for keys allow. Repeated by a re-INVITE. */
	connect(media: AgreedMedia): void {
		if (this.#state === "ended") return;
		const first = this.#open();
		this.#media = media;
		this.#connectedAt ??= this.#context.now();
		this.#state = this.#heldHere || media.heldByPeer ? "held" : "connected";
		if (first.expect([media])) for (const leg of this.#legs.slice(1)) leg.renew();
		first.connect(media);
		const added = this.#legs.slice(1);
		this.#legs = [first, ...added.filter((_, index) => media.added?.[index] !== undefined)];
		added.forEach((leg, index) => {
			const agreed = media.added?.[index];
			if (agreed) leg.connect(agreed);
			else leg.end();
		});
		this.#settle();
	}

	/** The call lives, and ZRTP has given up because nothing came of the other end. */
	get keysTimedOut(): boolean {
		const status = this.#legs[0]?.status;
		return (
			this.#media !== undefined && this.#state !== "ended" && status?.state === "failed" && status.code === "timeout"
		);
	}

	/** Sessions of their own for all streams, for an offer that is to be made now. */
	renewKeys(): void {
		for (const leg of this.#legs) leg.renew();
	}

	/** The owner holds or resumes; phone.ts has told the other end. */
	hold(on: boolean): void {
		if (this.#state === "ended") return;
		this.#heldHere = on;
		if (this.#media) this.#state = on || this.#media.heldByPeer ? "held" : "connected";
		this.#settle();
	}

	mute(on: boolean): void {
		this.#muted = on;
		this.#settle();
	}

	/** A digit of the key pad (RFC 4733); nothing happens before the call is connected. */
	dtmf(digit: string): void {
		if (this.#state === "connected") this.#legs[0]?.dtmf(digit);
	}

	/** The owner has compared the SAS. @param name what to call this peer from now on */
	verify(matched: boolean, name?: string): void {
		const zrtp = this.#legs[0]?.zrtp;
		if (!zrtp?.sas || zrtp.status.state !== "secure" || this.#state === "ended") return;
		this.#sasMismatch = !matched;
		this.#verifiedHere = matched;
		zrtp.verify(matched);
		if (matched && name !== undefined && name !== "") this.#otherEnd.give(zrtp.sas, name);
		this.#settle();
	}

	/** The owner's answer to what CallState.question asks; nothing happens where that is not asked (any more). */
	decide(about: Question["about"], accepted: boolean): void {
		if (this.describe().question?.about !== about) return;
		if (about === "enrollment") this.#legs[0]?.zrtp?.enroll(accepted);
		else if (accepted) this.#clearAgreed = true;
		this.#settle();
	}

	/** The owner ends encryption inside the call (RFC 6189 section 4.7.2), or wants it back. False: it cannot be. */
	encrypt(on: boolean): boolean {
		const { clear } = this.describe();
		if (clear !== (on ? "done" : "possible")) return false;
		this.#goingSecure = on;
		for (const { zrtp } of this.#legs)
			if (on) zrtp?.goSecure();
			else zrtp?.clear();
		this.#settle();
		return true;
	}

	/** A stream that was still on its way out when the owner wanted encryption back turns as soon as it is there. */
	#followBack(): void {
		if (!this.#goingSecure) return;
		for (const { zrtp } of this.#legs) if (zrtp?.status.state === "cleared") zrtp.goSecure();
		if (this.#legs.every(({ status }) => status?.state === "secure")) this.#goingSecure = false;
	}

	/** Every wait and every stream ends; safe to repeat. */
	end(reason: string): void {
		if (this.#state === "ended") return;
		this.#state = "ended";
		this.#reason = reason;
		this.#endedAt = this.#context.now();
		// Added streams before the one that keys them.
		for (const leg of [...this.#legs].reverse()) leg.end();
		this.#options.onChange();
	}

	describe(): CallState {
		const [first] = this.#legs;
		const { codec } = this.#media ?? {};
		const stats = first?.statistics;
		const { secureAfterMs } = first ?? {};
		const secure = first?.status?.state === "secure";
		return {
			id: this.id,
			peer: this.#options.peer,
			peerName: this.#otherEnd.name,
			direction: this.direction,
			state: this.#state,
			...(this.#state === "held" && { heldBy: this.#heldBy }),
			...securityOf(this.#security()),
			muted: this.#muted,
			durationMs: this.#connectedAt === undefined ? 0 : (this.#endedAt ?? this.#context.now()) - this.#connectedAt,
			...(codec && { codec: codec.name }),
			...(this.#legs.length > 1 && { streams: this.#legs.length }),
			...(this.#reason !== undefined && { reason: this.#reason }),
			...(secure && secureAfterMs !== undefined && { secureAfterMs }),
			...(stats && { stats }),
		};
	}

	get #heldBy(): NonNullable<CallState["heldBy"]> {
		if (!this.#heldHere) return "peer";
		return this.#media?.heldByPeer === true ? "both" : "owner";
	}

	#security(): SecurityFacts {
		const [first, ...added] = this.#legs;
		const { zrtp } = first ?? {};
		return {
			connected: this.#connectedAt !== undefined,
			ended: this.#state === "ended",
			mandatory: this.#context.mandatory,
			first: zrtp,
			keying: first?.keying.status,
			added: added.map(({ status }) => status),
			expected: this.#expected(),
			clearAgreed: this.#clearAgreed,
			sasMismatch: this.#sasMismatch,
			verifiedHere: this.#verifiedHere,
			anotherPhone: zrtp?.sas !== undefined && this.#otherEnd.isAnother(zrtp.sas.peerZid),
			gatewayName: this.#otherEnd.gatewayName,
		};
	}

	/** Why silence in ZRTP is no mere absence. The store is asked once, and only where there is silence. */
	#expected(): SecurityFacts["expected"] {
		const [first] = this.#legs;
		if (first?.wasSecure || this.#followsEncrypted) return "in this call";
		if (first?.status?.state !== "absent") return undefined;
		return this.#otherEnd.encryptedBefore ? "in earlier calls" : undefined;
	}

	#open(): Leg {
		const [first] = this.#legs;
		if (first) return first;
		const opened = this.#newLeg(undefined);
		this.#legs = [opened];
		return opened;
	}

	#newLeg(first: Leg | undefined): Leg {
		const { context, peer } = this.#options;
		const protectedLeg = this.#protectedLeg;
		return new Leg({
			context,
			peer,
			protectedLeg,
			offerer: this.direction === "outgoing",
			...(first && { first }),
			onChange: () => this.#settle(),
		});
	}

	/** The one place that opens or holds the microphone. */
	#settle(): void {
		const [first, ...added] = this.#legs;
		if (!first || this.#state === "ended") return;
		this.#meet(first);
		const { zrtp } = first;
		if (zrtp?.status.state === "cleared" && zrtp.status.by === "owner") this.#clearAgreed = true;
		if (zrtp?.status.state === "secure") this.#clearAgreed = false;
		const facts = {
			connected: this.#connectedAt !== undefined && !this.#heldHere,
			muted: this.#muted,
			expected: this.#expected() !== undefined,
			clearAgreed: this.#clearAgreed,
			// What the network plays before the answer is no voice of ours: hearing it gives nothing away.
			early: this.#early && this.#connectedAt === undefined && !this.#heldHere,
		};
		first.settle(facts);
		const secure = zrtp?.status.state === "secure";
		// Nothing goes in the clear beside a voice that is encrypted.
		for (const leg of added)
			leg.settle({ ...facts, expected: facts.expected || secure, clearAgreed: facts.clearAgreed && !secure });
		if (secure) for (const leg of added) leg.firstStreamSecure();
		this.#followBack();
		this.#tell();
		this.#options.onChange();
	}

	/** Who is at the other end, where it can be known; and the owner's words, which were for whom they were given. */
	#meet(first: Leg): void {
		if (this.#otherEnd.changed(first.sessions)) {
			this.#sasMismatch = false;
			this.#verifiedHere = false;
			this.#clearAgreed = false;
		}
		const { sas, status } = first.zrtp ?? {};
		if (!sas || status?.state !== "secure") return;
		// Whoever talked to one phone talks to another now, whatever the lock says.
		if (this.#otherEnd.meet(sas, this.#verifiedHere)) this.#options.onTone?.("warning");
	}

	/** A tone where the lock got worse than it was, or the call is encrypted again. */
	#tell(): void {
		const { lock, securing } = securityOf(this.#security());
		// While keys are agreed, and before there is anybody, nothing is claimed.
		if (this.#connectedAt === undefined || (securing && lock === "open")) return;
		const former = this.#lock;
		this.#lock = lock;
		const tone = toneOf(former, lock, this.#legs[0]?.lostKeys === true);
		if (tone) this.#options.onTone?.(tone);
	}
}
