/**
 * secure: keys are on in both directions (RFC 6189 sections 4.6.1, 4.7.2, 5.13, 7.1).
 *
 * Arrives from: waitConf2ACK, waitConfirm2.
 * Sends: answers to repeats (Conf2ACK, HelloACK), RelayACK, ClearACK or a refusal; GoClear when the owner asks; SASrelay,
 * when this is a device in the middle.
 * Goes to: cleared (the peer's GoClear), waitClearACK (ours); a bare Error message no longer ends anything.
 */

import { equal } from "bytes/equal";
import { savePbxsecret, saveSecrets } from "zrtp/cache";
import { MAC_BYTE_LENGTH, T2 } from "zrtp/constants";
import { encodeClearAck } from "zrtp/messages/clear-ack";
import { encodeConf2Ack } from "zrtp/messages/conf2-ack";
import { encodeGoClear, type GoClear, goClearMacInput } from "zrtp/messages/go-clear";
import { primitives } from "zrtp/primitives";
import { isExhausted, retransmitted, startRetransmission } from "zrtp/retransmission";
import type { Secure, Session, State } from "zrtp/session";
import type { Handler, Turn } from "zrtp/turn";
import type { Suite } from "zrtp/types";
import { hearRelay, sendRelay } from "./relay";
import { hearHelloAgain } from "./repeats";

export const secure = Object.freeze<Handler<Secure>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "Confirm2":
				// Our Conf2ACK was lost.
				if (state.confirm2 && equal(message.bytes, state.confirm2)) turn.send(encodeConf2Ack());
				return state;
			case "GoClear":
				return goClear(turn, state, message);
			case "SASrelay":
				return hearRelay(turn, state, message);
			case "RelayACK":
				return state.relay ? { ...state, relay: undefined } : state;
			case "Error":
				turn.ignoreError();
				return state;
			default:
				return state;
		}
	},

	sasVerified(turn, state, { verified }) {
		const { session } = turn;
		const { continuity } = session;
		if (continuity === undefined) return state;
		// A withdrawn word leaves the cache of a mismatch as it was: nothing of this call is in it yet.
		const stored = continuity.stored || verified;
		session.continuity = { ...continuity, stored };
		const next: Secure = { ...state, sas: { ...state.sas, verified } };
		session.association.sas = next.sas;
		if (stored) saveSecrets(turn, next);
		turn.emit({ type: "showSas", sas: next.sas });
		return next;
	},

	sasMismatch(turn, state) {
		const { session } = turn;
		const { continuity } = session;
		if (continuity === undefined) return state;
		session.continuity = { ...continuity, stored: false };
		const next: Secure = { ...state, sas: { ...state.sas, verified: false } };
		session.association.sas = next.sas;
		// The whole line of secrets that this one continues is tainted (section 7.1). After a mismatch the cache still
		// holds the true peer's line, untouched.
		if (continuity.stored) turn.emit({ type: "saveSecrets", zid: state.peer.hello.zid, secrets: { verified: false } });
		turn.emit({ type: "showSas", sas: next.sas });
		return next;
	},

	enrolled(turn, state, { accepted }) {
		const { sas, peer } = state;
		if (!sas.enrollment || sas.trustedMitm) return state;
		if (!accepted) return state;
		// Whoever is in the middle now would be trusted for ever (section 7.3.1).
		if (sas.retained === "mismatch" && !sas.verified) turn.warn("enrollmentUnsafe");
		else savePbxsecret(turn, peer.hello.zid);
		return state;
	},

	relaySas: sendRelay,

	tick(turn, state) {
		const { relay } = state;
		if (relay === undefined || turn.now < relay.nextAt) return state;
		if (isExhausted(relay, turn.now)) return { ...state, relay: undefined };
		turn.send(relay.message);
		return { ...state, relay: retransmitted(relay, turn.now) };
	},

	wakeAt: ({ relay }) => relay?.nextAt,

	clear(turn, state) {
		if (!state.sas.allowClear) {
			turn.warn("clearNotAllowed");
			return state;
		}
		const message = encodeGoClear(clearMac(turn.session, state.suite, state.ownMacKey));
		turn.send(message);
		turn.emit({ type: "clearKeys" });
		turn.session.keysInstalled = false;
		const { peer, suite, peerMacKey } = state;
		turn.session.vault.drop(state.ownMacKey, state.peerZrtpKey);
		return {
			name: "waitClearACK",
			peer,
			suite,
			peerMacKey,
			retransmission: startRetransmission(message, T2, turn.now),
		};
	},
});

/** Section 4.7.2.1: every key goes but ZRTPSess, which is replaced, and what is in the cache anyway. */
export function leaveEncryption({ vault, chain, continuity, association, config }: Session): void {
	vault.wipe(chain.h0, chain.h1, chain.h2, continuity?.newSecret, continuity?.before?.rs1, continuity?.before?.rs2);
	association.renew(config.provider);
}

/** Section 4.7.2: what only the peer and we can compute. */
export function checkClearMac(
	session: Session,
	suite: Pick<Suite, "hash">,
	peerMacKey: Uint8Array,
	message: GoClear,
): boolean {
	return equal(clearMac(session, suite, peerMacKey), message.clearMac);
}

function clearMac(session: Session, suite: Pick<Suite, "hash">, macKey: Uint8Array): Uint8Array {
	return primitives(session, suite).mac.compute(macKey, goClearMacInput()).slice(0, MAC_BYTE_LENGTH);
}

function goClear(turn: Turn, state: Secure, message: GoClear): State {
	const { session } = turn;
	if (!checkClearMac(session, state.suite, state.peerMacKey, message)) {
		turn.warn("goClearMac");
		return state;
	}
	if (!session.config.allowClear) {
		turn.refuseGoClear();
		return state;
	}
	turn.send(encodeClearAck());
	turn.emit({ type: "clearKeys" });
	turn.warn("goClear");
	session.keysInstalled = false;
	leaveEncryption(session);
	return { name: "cleared", peer: state.peer, goClear: message.bytes };
}
