/**
 * What one agent knows, and the list of actions that a step fills. agent.ts owns it; gather.ts, checks.ts, answers.ts and
 * consent.ts each do their part on it.
 * @module
 */

import { toHex } from "bytes/hex";
import { formatCandidate, priorityOf } from "./candidate";
import { buildStun, type StunParts, TRANSACTION_ID_BYTES } from "./stun";
import type { Candidate, ComponentId, IceAction, IceConfig, IceDescription, TransportAddress } from "./types";

/** RFC 8445 section 14.2. */
export const TA_MS = 50;
/** Section 14.3 and RFC 8489 section 6.2.1. */
export const RTO_LEAST_MS = 500;
/** RFC 8489 asks for 7; a person waits for a call, and 5 end after 11.5 s. */
export const SENDS_MOST = 5;
/** How long the last one is waited for, in RTO. */
const LAST_WAIT_RTO = 8;
/** RFC 8445 section 6.1.2.5 limits the pairs to 100; a phone has one address, and no peer needs so many. */
export const PAIRS_MOST = 32;
/** Transactions that may be on their way. */
const TRANSACTIONS_MOST = 64;

export type PairState = "frozen" | "waiting" | "inProgress" | "succeeded" | "failed";

/** Our one base of a component and a candidate of the peer. */
export interface Pair {
	readonly component: ComponentId;
	readonly remote: Candidate;
	state: PairState;
	/** Ours is to nominate it, or the peer has done so before it was checked. */
	nominated: boolean;
}

export interface Transaction {
	readonly id: string;
	readonly component: ComponentId;
	readonly to: TransportAddress;
	readonly bytes: Uint8Array;
	readonly purpose: "gather" | "check" | "consent";
	readonly pair?: Pair;
	readonly useCandidate: boolean;
	/** The role it was sent in, for a 487 that comes late. */
	readonly controlling: boolean;
	readonly rtoMs: number;
	sends: number;
	nextAt: number;
	/** Another check of the same pair has taken its place: its answer counts, its silence does not. */
	replaced: boolean;
}

/** A check that came before the peer's description. */
export interface EarlyCheck {
	readonly component: ComponentId;
	readonly from: TransportAddress;
	readonly priority: number;
	readonly useCandidate: boolean;
}

export class Ice {
	readonly config: IceConfig;
	readonly ufrag: string;
	readonly pwd: string;
	readonly tieBreaker: Uint8Array;
	controlling: boolean;
	readonly candidates: Candidate[];
	gathered = false;
	remote: IceDescription | undefined;
	readonly pairs: Pair[] = [];
	/** Pairs that are checked before others (RFC 8445 section 6.1.4.1). */
	readonly triggered: Pair[] = [];
	readonly early: EarlyCheck[] = [];
	readonly transactions = new Map<string, Transaction>();
	readonly selected = new Map<ComponentId, Pair>();
	nextCheckAt: number | undefined;
	/** When the controlling side chooses among the pairs that work. */
	nominateAt: number | undefined;
	renominations = 0;
	/** Of each component: when the peer is asked again, and when it last agreed. */
	readonly consent = new Map<ComponentId, { nextAt: number; agreedAt: number }>();
	completed = false;
	failed = false;
	consentLost = false;
	stopped = false;
	#actions: IceAction[] = [];

	constructor(config: IceConfig) {
		this.config = config;
		this.controlling = config.controlling;
		// RFC 8839 section 5.4: 24 bits of randomness for ufrag, 128 for pwd.
		this.ufrag = toHex(config.random(4));
		this.pwd = toHex(config.random(16));
		this.tieBreaker = config.random(8);
		this.candidates = config.components.map(({ id, address, port }) => ({
			foundation: "1",
			component: id,
			priority: priorityOf("host", id),
			address,
			port,
			type: "host",
		}));
	}

	get description(): IceDescription {
		return { ufrag: this.ufrag, pwd: this.pwd, candidates: this.candidates, lite: false };
	}

	act(action: IceAction): void {
		this.#actions.push(action);
	}

	take(): IceAction[] {
		const actions = this.#actions;
		this.#actions = [];
		return actions;
	}

	send(component: ComponentId, bytes: Uint8Array, to: TransportAddress): void {
		this.#actions.push({ type: "send", component, bytes, to });
	}

	/** Sends a request and waits for its answer; false where too many wait already. */
	request(
		now: number,
		purpose: Transaction["purpose"],
		component: ComponentId,
		to: TransportAddress,
		parts: Omit<StunParts, "transactionId">,
		more: { readonly pair?: Pair; readonly password?: string; readonly sends?: number } = {},
	): boolean {
		if (this.transactions.size >= TRANSACTIONS_MOST) return false;
		const transactionId = this.config.random(TRANSACTION_ID_BYTES);
		const bytes = buildStun({ ...parts, transactionId }, this.config.provider.hmacSha1, more.password);
		const rtoMs = Math.max(RTO_LEAST_MS, TA_MS * this.pairs.length);
		const transaction: Transaction = {
			id: toHex(transactionId),
			component,
			to,
			bytes,
			purpose,
			...(more.pair && { pair: more.pair }),
			useCandidate: parts.useCandidate === true,
			controlling: this.controlling,
			rtoMs,
			sends: 1,
			nextAt: now + rtoMs,
			replaced: false,
		};
		this.transactions.set(transaction.id, transaction);
		this.send(component, bytes, to);
		return true;
	}

	/** Sends again what is due; hands over what has had no answer. */
	retransmit(now: number): Transaction[] {
		const expired: Transaction[] = [];
		for (const transaction of this.transactions.values()) {
			if (transaction.nextAt > now) continue;
			if (transaction.sends >= SENDS_MOST || transaction.purpose === "consent") {
				this.transactions.delete(transaction.id);
				if (!transaction.replaced) expired.push(transaction);
				continue;
			}
			transaction.sends++;
			const last = transaction.sends === SENDS_MOST;
			transaction.nextAt = now + transaction.rtoMs * (last ? LAST_WAIT_RTO : 2 ** (transaction.sends - 1));
			this.send(transaction.component, transaction.bytes, transaction.to);
		}
		return expired;
	}

	/** The earliest of all that is waited for. */
	get wakeAt(): number | undefined {
		const times = [this.nextCheckAt, this.nominateAt];
		for (const { nextAt } of this.transactions.values()) times.push(nextAt);
		for (const { nextAt } of this.consent.values()) times.push(nextAt);
		return times.reduce(
			(least, at) => (at !== undefined && (least === undefined || at < least) ? at : least),
			undefined,
		);
	}

	/** For a log: how many, never the password. */
	get summary(): string {
		return `${this.candidates.map(formatCandidate).join(", ")}; ${this.pairs.length} pairs`;
	}
}

export function isSame(a: TransportAddress, b: TransportAddress): boolean {
	return a.address === b.address && a.port === b.port;
}
