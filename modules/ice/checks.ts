/**
 * Our connectivity checks (RFC 8445 sections 6.1.2, 6.1.4 and 7.2) and what comes of them: which pairs there are, which is
 * checked next, and which one is nominated.
 * @module
 */

import { pairOrder, priorityOf } from "./candidate";
import { type Ice, isSame, PAIRS_MOST, type Pair, TA_MS, type Transaction } from "./state";
import { BINDING, type StunMessage } from "./stun";
import type { Candidate, ComponentId } from "./types";

/** How long a better pair is waited for, once every component has one that works. */
const NOMINATE_AFTER_MS = 150;
/** How often a nomination that had no answer is made again. */
const RENOMINATIONS_MOST = 3;
/** Role conflict (section 7.3.1.1). */
export const ROLE_CONFLICT = 487;

/** Section 6.1.2: ours is one base a component, so each remote candidate makes one pair. */
export function formPairs(ice: Ice, now: number): void {
	const { remote } = ice;
	if (remote === undefined) return;
	// Section 6.1.1: of a lite and a full agent the full one is controlling.
	if (remote.lite) ice.controlling = true;
	for (const candidate of remote.candidates) addPair(ice, candidate);
	// Section 6.1.2.6: of pairs with the same foundation the first component's is checked first.
	for (const pair of ice.pairs)
		if (!ice.pairs.some((other) => other.component < pair.component && sharesFoundation(other, pair)))
			pair.state = "waiting";
	ice.nextCheckAt = now;
}

/** @returns the pair with this candidate, made where there was none; undefined where there are too many, or no such component. */
export function addPair(ice: Ice, remote: Candidate): Pair | undefined {
	const known = findPair(ice, remote.component, remote);
	if (known) return known;
	if (ice.pairs.length >= PAIRS_MOST) return undefined;
	if (!ice.config.components.some(({ id }) => id === remote.component)) return undefined;
	const pair: Pair = { component: remote.component, remote, state: "frozen", nominated: false };
	ice.pairs.push(pair);
	return pair;
}

export function findPair(ice: Ice, component: ComponentId, at: { address: string; port: number }): Pair | undefined {
	return ice.pairs.find((pair) => pair.component === component && isSame(pair.remote, at));
}

function sharesFoundation(a: Pair, b: Pair): boolean {
	return a.remote.foundation === b.remote.foundation;
}

/** Section 6.1.4.2: one check every Ta. */
export function checkNext(ice: Ice, now: number): void {
	if (ice.nextCheckAt === undefined || ice.nextCheckAt > now) return;
	const pair = ice.triggered.shift() ?? best(ice, "waiting") ?? best(ice, "frozen");
	ice.nextCheckAt = pair === undefined ? undefined : now + TA_MS;
	if (pair) check(ice, now, pair, false);
}

/** A pair to be checked before its turn (section 7.3.1.4). */
export function trigger(ice: Ice, now: number, pair: Pair): void {
	if (!ice.triggered.includes(pair)) ice.triggered.push(pair);
	if (pair.state !== "succeeded") pair.state = "waiting";
	ice.nextCheckAt ??= now;
}

function best(ice: Ice, state: Pair["state"]): Pair | undefined {
	return ice.pairs
		.filter((pair) => pair.state === state)
		.reduce<Pair | undefined>(
			(found, pair) => (found === undefined || isBetter(ice, pair, found) ? pair : found),
			undefined,
		);
}

function isBetter(ice: Ice, a: Pair, b: Pair): boolean {
	const [one, two] = [a, b].map((pair) => {
		const ours = priorityOf("host", pair.component);
		return ice.controlling ? pairOrder(ours, pair.remote.priority) : pairOrder(pair.remote.priority, ours);
	});
	for (const index of [0, 1, 2] as const) {
		const difference = (one?.[index] ?? 0) - (two?.[index] ?? 0);
		if (difference !== 0) return difference > 0;
	}
	return false;
}

function check(ice: Ice, now: number, pair: Pair, useCandidate: boolean): void {
	const { remote } = ice;
	if (remote === undefined) return;
	const role = ice.controlling ? { controlling: ice.tieBreaker } : { controlled: ice.tieBreaker };
	const parts = {
		type: BINDING.request,
		username: `${remote.ufrag}:${ice.ufrag}`,
		priority: priorityOf("prflx", pair.component),
		useCandidate,
		...role,
	};
	if (pair.state !== "succeeded") pair.state = "inProgress";
	ice.request(now, "check", pair.component, pair.remote, parts, { pair, password: remote.pwd });
}

/** Section 7.2.5.3: an answer whose tag is good and that came from where the check went. */
export function succeeded(ice: Ice, now: number, transaction: Transaction): void {
	const { pair } = transaction;
	if (pair === undefined) return;
	pair.state = "succeeded";
	for (const other of ice.pairs) if (other.state === "frozen" && sharesFoundation(other, pair)) other.state = "waiting";
	if (ice.pairs.some(({ state }) => state === "waiting")) ice.nextCheckAt ??= now;
	if (transaction.useCandidate || (!ice.controlling && pair.nominated)) select(ice, now, pair);
	else if (ice.controlling && ice.nominateAt === undefined && everyComponent(ice, works))
		ice.nominateAt = now + NOMINATE_AFTER_MS;
}

function works({ state }: Pair): boolean {
	return state === "succeeded";
}

/** Of the components that the peer has, too: where RTCP is multiplexed (RFC 5761) it names no second one. */
function everyComponent(ice: Ice, holds: (pair: Pair) => boolean): boolean {
	const ids = new Set(ice.pairs.map(({ component }) => component));
	for (const id of ids) if (!ice.pairs.some((pair) => pair.component === id && holds(pair))) return false;
	return ids.size > 0;
}

/** Section 8.1.1: the controlling side names the best pair of each component that works. */
export function nominate(ice: Ice, now: number): void {
	if (ice.nominateAt === undefined || ice.nominateAt > now) return;
	ice.nominateAt = undefined;
	for (const { id } of ice.config.components) {
		if (ice.selected.has(id)) continue;
		const candidates = ice.pairs.filter((pair) => pair.component === id && works(pair));
		const pair = candidates.reduce<Pair | undefined>(
			(found, other) => (found === undefined || isBetter(ice, other, found) ? other : found),
			undefined,
		);
		if (pair) check(ice, now, pair, true);
	}
}

/** Section 8.1.2. */
export function select(ice: Ice, now: number, pair: Pair): void {
	const before = ice.selected.get(pair.component);
	if (before === pair || (before && !isBetter(ice, pair, before))) return;
	ice.selected.set(pair.component, pair);
	ice.consent.set(pair.component, { nextAt: now, agreedAt: now });
	const { address, port } = pair.remote;
	ice.act({ type: "selected", component: pair.component, remote: { address, port } });
	if (ice.completed || ice.pairs.some(({ component }) => !ice.selected.has(component))) return;
	ice.completed = true;
	ice.act({ type: "completed" });
}

/** No answer, or one that says no. Nothing left to try is a failure (section 8.1.2). */
export function failedCheck(ice: Ice, now: number, transaction: Transaction): void {
	const { pair } = transaction;
	if (pair === undefined) return;
	if (pair.state !== "succeeded") pair.state = "failed";
	else if (transaction.useCandidate && ice.renominations < RENOMINATIONS_MOST) {
		// The pair works and only the nomination got lost.
		ice.renominations++;
		ice.nominateAt = now;
	}
}

export function failWhenNothingIsLeft(ice: Ice): void {
	if (ice.failed || ice.completed || ice.remote === undefined || ice.nextCheckAt !== undefined) return;
	for (const { purpose } of ice.transactions.values()) if (purpose === "check") return;
	if (ice.nominateAt !== undefined || everyComponent(ice, works)) return;
	ice.failed = true;
	ice.act({ type: "failed" });
}

/** Section 7.2.5.1: the other end has the same role; ours changes, and the check is made again. */
export function changeRole(ice: Ice, now: number, transaction: Transaction, message: StunMessage): boolean {
	if (message.errorCode !== ROLE_CONFLICT || transaction.pair === undefined) return false;
	if (transaction.controlling === ice.controlling) ice.controlling = !ice.controlling;
	trigger(ice, now, transaction.pair);
	return true;
}
