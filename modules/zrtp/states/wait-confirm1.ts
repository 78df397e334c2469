/**
 * waitConfirm1: DHPart2 is out and the key agreement runs outside (RFC 6189 sections 4.4.1.3, 4.6).
 *
 * Arrives from: waitDHPart1.
 * Sends: DHPart2 on schedule T2; then Confirm2.
 * Goes to: waitConf2ACK, failed.
 */

import { acceptConfirm1 } from "zrtp/confirmation";
import { deriveExchange } from "zrtp/exchange";
import type { Confirm } from "zrtp/messages/confirm";
import { isExhausted, retransmitted } from "zrtp/retransmission";
import type { Keyed, State, WaitConfirm1 } from "zrtp/session";
import type { Handler, Turn } from "zrtp/turn";
import { hearHelloAgain } from "./repeats";

export const waitConfirm1 = Object.freeze<Handler<WaitConfirm1>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "Confirm1":
				return state.keyed ? confirm(turn, state, state.keyed, message) : { ...state, held: message };
			case "Error":
				return turn.failByPeer(message.code);
			default:
				return state;
		}
	},

	agreed(turn, state, { sharedSecret }) {
		if (state.keyed) return state;
		if (sharedSecret === undefined) return turn.fail("dhValue");
		const { dhPart1, dhPart2, held } = state;
		const keyed = deriveExchange(turn, state, { dhPart1: dhPart1.bytes, dhPart2, peerPart: dhPart1 }, sharedSecret);
		const next: WaitConfirm1 = { ...state, keyed, held: undefined };
		return held ? confirm(turn, next, keyed, held) : next;
	},

	tick(turn, state) {
		const { retransmission } = state;
		if (turn.now < retransmission.nextAt) return state;
		if (isExhausted(retransmission, turn.now)) return turn.fail(state.badConfirm ? "confirmMac" : "timeout");
		turn.send(retransmission.message);
		return { ...state, retransmission: retransmitted(retransmission, turn.now) };
	},

	wakeAt: ({ retransmission }) => retransmission.nextAt,
});

function confirm(turn: Turn, state: WaitConfirm1, keyed: Keyed, confirm1: Confirm): State {
	return acceptConfirm1(turn, keyed, confirm1) ?? { ...state, badConfirm: true };
}
