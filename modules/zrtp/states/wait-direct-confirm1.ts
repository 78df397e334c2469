/**
 * waitDirectConfirm1: our Commit of a mode without DHParts is out (RFC 6189 sections 4.2, 4.4.2.2, 4.4.3).
 *
 * Arrives from: discovery, cleared.
 * Sends: Commit on schedule T2; then Confirm2.
 * Goes to: waitConf2ACK, waitConfirm2 (contention lost), waitDHPart1 (a Preshared Commit that the peer cannot follow),
 * discovery (back to secure failed, and a whole exchange is tried), failed.
 */

import { compare } from "bytes/compare";
import { commit as commitDh, takeCommit } from "zrtp/commitment";
import { acceptConfirm1 } from "zrtp/confirmation";
import { deriveDirect } from "zrtp/direct";
import { ERROR_CODE } from "zrtp/error-codes";
import type { Commit } from "zrtp/messages/commit";
import type { Confirm } from "zrtp/messages/confirm";
import { encodeErrorAck } from "zrtp/messages/error-ack";
import { isExhausted, retransmitted } from "zrtp/retransmission";
import type { State, WaitDirectConfirm1 } from "zrtp/session";
import type { Handler, Turn } from "zrtp/turn";
import { rediscover } from "./discovery";
import { continuesHello, hearHelloAgain } from "./repeats";

export const waitDirectConfirm1 = Object.freeze<Handler<WaitDirectConfirm1>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "Commit":
				return contend(turn, state, message);
			case "Confirm1":
				return confirm(turn, state, message);
			case "Error":
				// Section 4.4.2.3: the peer has no such secret, or cannot show it.
				if (state.mode === "Preshared" && message.code === ERROR_CODE.noSharedSecret) {
					turn.send(encodeErrorAck());
					return commitDh(turn, state.peer);
				}
				return turn.failByPeer(message.code);
			default:
				return state;
		}
	},

	tick(turn, state) {
		const { retransmission } = state;
		if (turn.now < retransmission.nextAt) return state;
		if (isExhausted(retransmission, turn.now)) {
			// A peer whose ZRTPSess went another way after GoClear never confirms: a whole exchange mends it.
			if (state.returning) return rediscover(turn, state.peer);
			return turn.fail(state.badConfirm ? "confirmMac" : "timeout");
		}
		turn.send(retransmission.message);
		return { ...state, retransmission: retransmitted(retransmission, turn.now) };
	},

	wakeAt: ({ retransmission }) => retransmission.nextAt,
});

/** Section 4.2, for a Commit that the peer's Hello promised (section 9): no other ends or diverts anything. */
function contend(turn: Turn, state: WaitDirectConfirm1, commit: Commit): State {
	if (!continuesHello(turn, state.peer, commit)) {
		turn.warn("hashChain");
		return state;
	}
	if (commit.mode === "DH") {
		if (state.mode === "Preshared") return takeCommit(turn, state.peer, commit) ?? state;
		return state.returning ? rediscover(turn, state.peer) : (takeCommit(turn, state.peer, commit) ?? state);
	}
	if (commit.mode !== state.mode) return turn.fail("modeMismatch");
	// Between two Preshared Commits the phone's stands against the PBX's.
	const theirs = state.peer.hello.mitm;
	if (state.mode === "Preshared" && theirs !== (turn.session.config.mitm === true))
		return theirs ? state : (takeCommit(turn, state.peer, commit) ?? state);
	// The lower nonce is discarded; ours coming back to us is no contention.
	if (compare(commit.nonce, state.nonce) <= 0) return state;
	return takeCommit(turn, state.peer, commit) ?? state;
}

function confirm(turn: Turn, state: WaitDirectConfirm1, confirm1: Confirm): State {
	const keyed = state.keyed ?? deriveDirect(turn, state);
	if ("name" in keyed) return keyed;
	return acceptConfirm1(turn, keyed, confirm1) ?? { ...state, keyed, badConfirm: true };
}
