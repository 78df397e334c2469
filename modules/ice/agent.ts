/**
 * ICE for one media stream (RFC 8445, full agent): events in, actions out. SDP's halves come and go as IceDescription; STUN
 * datagrams of the stream's sockets come by `packet`; where media shall flow leaves as `selected`.
 * @module
 */

import { toHex } from "bytes/hex";
import { answerRequest, learn } from "./answers";
import { changeRole, checkNext, failedCheck, failWhenNothingIsLeft, formPairs, nominate, succeeded } from "./checks";
import { agreed, askConsent } from "./consent";
import { finishWhenAnswered, gathered, startGathering } from "./gather";
import { Ice, isSame, type Transaction } from "./state";
import { BINDING, integrityHolds, parseStun, type StunMessage } from "./stun";
import type { IceAction, IceConfig, IceEvent } from "./types";

export type { Ice } from "./state";

export function createIce(config: IceConfig): Ice {
	return new Ice(config);
}

/** What is to be done, in this order. */
export function step(ice: Ice, event: IceEvent): readonly IceAction[] {
	if (ice.stopped) return [];
	switch (event.type) {
		case "start":
			startGathering(ice, event.now);
			break;
		case "remote":
			if (ice.remote !== undefined) break;
			ice.remote = event.description;
			formPairs(ice, event.now);
			for (const check of ice.early.splice(0)) learn(ice, event.now, check);
			break;
		case "packet":
			receive(ice, event);
			break;
		case "tick":
			break;
		case "stop":
			ice.stopped = true;
			ice.transactions.clear();
			ice.act({ type: "wakeAt", at: undefined });
			return ice.take();
	}
	pass(ice, event.now);
	return ice.take();
}

/** What time brings, after every event: due repeats, the next check, a nomination, consent. */
function pass(ice: Ice, now: number): void {
	for (const transaction of ice.retransmit(now))
		if (transaction.purpose === "check") failedCheck(ice, now, transaction);
	finishWhenAnswered(ice);
	checkNext(ice, now);
	nominate(ice, now);
	askConsent(ice, now);
	failWhenNothingIsLeft(ice);
	ice.act({ type: "wakeAt", at: ice.wakeAt });
}

function receive(ice: Ice, event: Extract<IceEvent, { type: "packet" }>): void {
	const { now, component, bytes, from } = event;
	const message = parseStun(bytes);
	if (message === undefined) return;
	if (message.type === BINDING.request) {
		answerRequest(ice, now, component, bytes, message, from);
		return;
	}
	if (message.type !== BINDING.success && message.type !== BINDING.error) return;
	const transaction = ice.transactions.get(toHex(message.transactionId));
	// Section 7.2.5.2.1: from another place than where the request went, it is not believed.
	if (transaction === undefined || transaction.component !== component || !isSame(transaction.to, from)) return;
	if (transaction.purpose !== "gather" && !isAuthentic(ice, bytes, message)) return;
	ice.transactions.delete(transaction.id);
	answered(ice, now, transaction, message);
}

/** RFC 8489 section 9.1.4: an error without a tag may be anybody's word. */
function isAuthentic(ice: Ice, bytes: Uint8Array, message: StunMessage): boolean {
	const password = ice.remote?.pwd;
	return (
		password !== undefined &&
		message.fingerprint &&
		message.unknown.length === 0 &&
		integrityHolds(bytes, message, ice.config.provider.hmacSha1, password)
	);
}

function answered(ice: Ice, now: number, transaction: Transaction, message: StunMessage): void {
	const good = message.type === BINDING.success;
	switch (transaction.purpose) {
		case "gather":
			if (good) gathered(ice, transaction, message);
			else finishWhenAnswered(ice);
			return;
		case "consent":
			if (good) agreed(ice, now, transaction.component);
			return;
		case "check":
			if (good) succeeded(ice, now, transaction);
			else if (!changeRole(ice, now, transaction, message)) failedCheck(ice, now, transaction);
	}
}
