/**
 * waitDHPart2: we are the responder and have shown our public value (RFC 6189 section 4.4.1.2).
 *
 * Arrives from: discovery, waitDHPart1 (contention lost).
 * Sends: DHPart1, again for each repeat of the Commit.
 * Goes to: agreeing, failed.
 */

import { equal } from "bytes/equal";
import { HVI_BYTE_LENGTH } from "zrtp/constants";
import { checkDhPart, requestAgreement } from "zrtp/exchange";
import { primitives } from "zrtp/primitives";
import type { WaitDhPart2 } from "zrtp/session";
import type { Handler } from "zrtp/turn";
import { endOfSilence, heard, hearHelloAgain } from "./repeats";

export const waitDhPart2 = Object.freeze<Handler<WaitDhPart2>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "Commit":
				if (!equal(message.bytes, state.commit)) return state;
				turn.send(state.dhPart1);
				return heard(turn, state);
			case "DHPart2": {
				const verdict = checkDhPart(turn, state, message);
				if (verdict === "ignored") return state;
				if (verdict !== "good") return verdict;
				const { hash } = primitives(turn.session, state.suite);
				const hvi = hash.digest(message.bytes, turn.session.hello).slice(0, HVI_BYTE_LENGTH);
				if (!equal(hvi, state.hvi)) return turn.fail("hvi");
				requestAgreement(turn, state, message);
				return { ...state, name: "agreeing", dhPart2: message, heardAt: turn.now, enteredAt: turn.now };
			}
			case "Error":
				return turn.failByPeer(message.code);
			default:
				return state;
		}
	},

	tick: (turn, state) => (turn.now < endOfSilence(state) ? state : turn.fail("timeout")),
	wakeAt: endOfSilence,
});
