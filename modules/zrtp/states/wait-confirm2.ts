/**
 * waitConfirm2: the responder has shown that it holds the keys (RFC 6189 section 4.6).
 *
 * Arrives from: agreeing; discovery, cleared and waitDirectConfirm1 in a mode without DHParts.
 * Sends: Confirm1, again for each repeat of DHPart2, or of the Commit in a mode without; then Conf2ACK.
 * Goes to: secure, discovery (back to secure failed, and the peer tries a whole exchange), failed.
 */

import { equal } from "bytes/equal";
import { installKeys, secure } from "zrtp/completion";
import { openConfirm, settle } from "zrtp/confirmation";
import { encodeConf2Ack } from "zrtp/messages/conf2-ack";
import type { WaitConfirm2 } from "zrtp/session";
import type { Handler } from "zrtp/turn";
import { rediscover } from "./discovery";
import { continuesHello, endOfSilence, heard, hearHelloAgain } from "./repeats";

export const waitConfirm2 = Object.freeze<Handler<WaitConfirm2>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "Commit":
			case "DHPart2":
				if (!equal(message.bytes, state.answers)) {
					// On the way back to secure the session keys may have come apart: the peer tries a whole exchange.
					const mends = message.type === "Commit" && message.mode === "DH" && turn.session.continuity !== undefined;
					return mends && continuesHello(turn, state.peer, message) ? rediscover(turn, state.peer) : state;
				}
				turn.send(state.confirm1);
				return heard(turn, state);
			case "Confirm2": {
				const content = openConfirm(turn, state, message);
				if (content === undefined) return { ...state, badConfirm: true };
				if ("name" in content) return content;
				// No SRTP before this moment (section 4).
				installKeys(turn, state, "receive");
				installKeys(turn, state, "send");
				turn.send(encodeConf2Ack());
				return secure(turn, state, settle(turn, state, content), message.bytes);
			}
			case "Error":
				return turn.failByPeer(message.code);
			default:
				return state;
		}
	},

	tick(turn, state) {
		if (turn.now < endOfSilence(state)) return state;
		return turn.fail(state.badConfirm ? "confirmMac" : "timeout");
	},

	wakeAt: endOfSilence,
});
