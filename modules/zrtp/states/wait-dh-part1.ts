/**
 * waitDHPart1: we are the initiator, unless the peer's Commit says otherwise (RFC 6189 sections 4.2, 4.4.1.3).
 *
 * Arrives from: discovery.
 * Sends: Commit on schedule T2; then DHPart2.
 * Goes to: waitConfirm1 (DHPart1 came), waitDHPart2 (contention lost), failed.
 */

import { compare } from "bytes/compare";
import { takeCommit } from "zrtp/commitment";
import { T2 } from "zrtp/constants";
import { checkDhPart, requestAgreement } from "zrtp/exchange";
import { isExhausted, retransmitted, startRetransmission } from "zrtp/retransmission";
import type { WaitDhPart1 } from "zrtp/session";
import type { Handler } from "zrtp/turn";
import { hearHelloAgain } from "./repeats";

export const waitDhPart1 = Object.freeze<Handler<WaitDhPart1>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "Commit": {
				// A DH Commit stands against a Preshared one (section 4.2), and may be the answer to it.
				if (message.mode === "Preshared") return state;
				// The lower hvi is discarded (section 4.2); ours coming back to us is no contention.
				if (message.mode === "DH" && compare(message.hvi, state.hvi) <= 0) return state;
				const reuse = { keyPair: state.keyPair, keyAgreement: state.suite.keyAgreement };
				return takeCommit(turn, state.peer, message, reuse) ?? state;
			}
			case "DHPart1": {
				const verdict = checkDhPart(turn, state, message);
				if (verdict === "ignored") return state;
				if (verdict !== "good") return verdict;
				turn.send(state.dhPart2);
				requestAgreement(turn, state, message);
				return {
					...state,
					name: "waitConfirm1",
					dhPart1: message,
					keyed: undefined,
					held: undefined,
					badConfirm: false,
					retransmission: startRetransmission(state.dhPart2, T2, turn.now),
				};
			}
			case "Error":
				return turn.failByPeer(message.code);
			default:
				return state;
		}
	},

	tick(turn, state) {
		const { retransmission } = state;
		if (turn.now < retransmission.nextAt) return state;
		if (isExhausted(retransmission, turn.now)) return turn.fail("timeout");
		turn.send(retransmission.message);
		return { ...state, retransmission: retransmitted(retransmission, turn.now) };
	},

	wakeAt: ({ retransmission }) => retransmission.nextAt,
});
