/**
 * waitConf2ACK: the initiator knows that the responder has the keys, and not yet that it knows (RFC 6189 section 4.6).
 *
 * Arrives from: waitConfirm1.
 * Sends: Confirm2 on schedule T2.
 * Goes to: secure (Conf2ACK, or SRTP with a good tag), failed.
 */

import { installKeys, secure } from "zrtp/completion";
import { isExhausted, retransmitted } from "zrtp/retransmission";
import type { State, WaitConf2Ack } from "zrtp/session";
import type { Handler, Turn } from "zrtp/turn";
import { hearHelloAgain } from "./repeats";

export const waitConf2Ack = Object.freeze<Handler<WaitConf2Ack>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "Conf2ACK":
				return finish(turn, state);
			case "Error":
				return turn.failByPeer(message.code);
			default:
				return state;
		}
	},

	srtpReceived: (turn, state) => finish(turn, state),

	tick(turn, state) {
		const { retransmission } = state;
		if (turn.now < retransmission.nextAt) return state;
		if (isExhausted(retransmission, turn.now)) return turn.fail("timeout");
		turn.send(retransmission.message);
		return { ...state, retransmission: retransmitted(retransmission, turn.now) };
	},

	wakeAt: ({ retransmission }) => retransmission.nextAt,
});

function finish(turn: Turn, state: WaitConf2Ack): State {
	// No SRTP before this moment (section 4).
	installKeys(turn, state, "send");
	return secure(turn, state, state.outcome);
}
