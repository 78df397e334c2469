/**
 * The other end's checks (RFC 8445 section 7.3): each is answered when its tag is good, and teaches us an address, a pair to
 * check in turn, and what the controlling side has nominated.
 * @module
 */

import { toHex } from "bytes/hex";
import { addPair, ROLE_CONFLICT, select, trigger } from "./checks";
import { type EarlyCheck, type Ice, type Pair, SENDS_MOST } from "./state";
import { BINDING, buildStun, integrityHolds, type StunMessage } from "./stun";
import type { ComponentId, TransportAddress } from "./types";

const BAD_REQUEST = 400;
const UNAUTHENTICATED = 401;
const UNKNOWN_ATTRIBUTE = 420;
/** Checks that may come before the peer's description does. */
const EARLY_MOST = 8;

export function answerRequest(
	ice: Ice,
	now: number,
	component: ComponentId,
	bytes: Uint8Array,
	message: StunMessage,
	from: TransportAddress,
): void {
	const { hmacSha1 } = ice.config.provider;
	const refusal = refusalOf(ice, bytes, message);
	if (refusal) {
		const { transactionId, unknown } = message;
		const { keyed, ...error } = refusal;
		const parts = { type: BINDING.error, transactionId, error, unknown };
		ice.send(component, buildStun(parts, hmacSha1, keyed ? ice.pwd : undefined), from);
		return;
	}
	const answer = { type: BINDING.success, transactionId: message.transactionId, mapped: from };
	ice.send(component, buildStun(answer, hmacSha1, ice.pwd), from);
	const check: EarlyCheck = {
		component,
		from,
		priority: message.priority ?? 0,
		useCandidate: message.useCandidate,
	};
	if (ice.remote === undefined) {
		if (ice.early.length < EARLY_MOST) ice.early.push(check);
	} else learn(ice, now, check);
}

interface Refusal {
	readonly code: number;
	readonly reason: string;
	/** The request's tag was good, so that the answer has one, too. */
	readonly keyed: boolean;
}

/** RFC 8489 section 9.1.3; undefined: the check is good. */
function refusalOf(ice: Ice, bytes: Uint8Array, message: StunMessage): Refusal | undefined {
	const { username, fingerprint, integrityAt, unknown } = message;
	if (!fingerprint || username === undefined || integrityAt === undefined)
		return { code: BAD_REQUEST, reason: "Bad Request", keyed: false };
	const { hmacSha1 } = ice.config.provider;
	if (!username.startsWith(`${ice.ufrag}:`) || !integrityHolds(bytes, message, hmacSha1, ice.pwd))
		return { code: UNAUTHENTICATED, reason: "Unauthenticated", keyed: false };
	if (unknown.length > 0) return { code: UNKNOWN_ATTRIBUTE, reason: "Unknown Attribute", keyed: true };
	if (hasRoleConflict(ice, message)) return { code: ROLE_CONFLICT, reason: "Role Conflict", keyed: true };
	return undefined;
}

/** Section 7.3.1.1: true where the other end must change its role; ours is changed here where it must be. */
function hasRoleConflict(ice: Ice, message: StunMessage): boolean {
	const theirs = ice.controlling ? message.controlling : message.controlled;
	if (theirs === undefined) return false;
	const oursIsGreater = toHex(ice.tieBreaker) >= toHex(theirs);
	// The greater tie-breaker is controlling.
	if (oursIsGreater === ice.controlling) return true;
	ice.controlling = !ice.controlling;
	return false;
}

/** Sections 7.3.1.3 to 7.3.1.5. */
export function learn(ice: Ice, now: number, { component, from, priority, useCandidate }: EarlyCheck): void {
	const pair = addPair(ice, {
		...from,
		foundation: `p${ice.pairs.length}`,
		component,
		priority: Math.max(priority, 1),
		type: "prflx",
	});
	if (pair === undefined) return;
	if (useCandidate && !ice.controlling) pair.nominated = true;
	if (pair.state === "succeeded") {
		if (pair.nominated && !ice.controlling) select(ice, now, pair);
		return;
	}
	if (pair.state !== "inProgress") trigger(ice, now, pair);
	else if (replaceCheck(ice, now, pair)) trigger(ice, now, pair);
}

/**
 * Section 7.3.1.4: a check that is on its way is not sent again, and a new one takes its place: the way may be open only now.
 * Not while the first sending of it may still be answered, or two ends would make each other send without end.
 */
function replaceCheck(ice: Ice, now: number, pair: Pair): boolean {
	for (const transaction of ice.transactions.values()) {
		if (transaction.pair !== pair || transaction.purpose !== "check" || transaction.replaced) continue;
		if (transaction.sends === 1) return false;
		transaction.replaced = true;
		transaction.sends = SENDS_MOST;
		transaction.nextAt = now + transaction.rtoMs * SENDS_MOST;
	}
	return true;
}
