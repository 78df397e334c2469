/**
 * agreeing: DHPart2 was what the Commit promised, and the key agreement runs outside (RFC 6189 section 4.4.1.2).
 *
 * Arrives from: waitDHPart2.
 * Sends: Confirm1, when it is done.
 * Goes to: waitConfirm2, failed.
 */

import { equal } from "bytes/equal";
import { makeConfirm } from "zrtp/confirmation";
import { deriveExchange } from "zrtp/exchange";
import type { Agreeing } from "zrtp/session";
import type { Handler } from "zrtp/turn";
import { endOfSilence, heard, hearHelloAgain } from "./repeats";

export const agreeing = Object.freeze<Handler<Agreeing>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "DHPart2":
				return equal(message.bytes, state.dhPart2.bytes) ? heard(turn, state) : state;
			case "Error":
				return turn.failByPeer(message.code);
			default:
				return state;
		}
	},

	agreed(turn, state, { sharedSecret }) {
		if (sharedSecret === undefined) return turn.fail("dhValue");
		const { dhPart1, dhPart2 } = state;
		const keyed = deriveExchange(turn, state, { dhPart1, dhPart2: dhPart2.bytes, peerPart: dhPart2 }, sharedSecret);
		const confirm1 = makeConfirm(turn, "Confirm1", keyed);
		turn.send(confirm1);
		return {
			...keyed,
			name: "waitConfirm2",
			role: "responder",
			answers: dhPart2.bytes,
			confirm1,
			badConfirm: false,
			heardAt: turn.now,
			enteredAt: turn.now,
		};
	},

	tick: (turn, state) => (turn.now < endOfSilence(state) ? state : turn.fail("timeout")),
	wakeAt: endOfSilence,
});
