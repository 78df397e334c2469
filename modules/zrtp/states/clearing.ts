/**
 * Leaving encryption (RFC 6189 section 4.7.2). Keys are gone on entry; nothing here brings voice in the clear about by
 * itself: call/ waits for `cleared`, or for the owner after a `goClear` warning.
 *
 * waitClearACK. Arrives from: secure. Sends: GoClear on schedule T2. Goes to: cleared.
 * cleared. Arrives from: secure, waitClearACK. Sends: ClearACK for repeats; Commit when the owner wants encryption back.
 * Goes to: waitDirectConfirm1 (we go back to secure), waitConfirm2 (the peer does), discovery (by a whole exchange), stopped.
 */

import { equal } from "bytes/equal";
import { takeCommit } from "zrtp/commitment";
import { commitMultistream } from "zrtp/direct";
import { encodeClearAck } from "zrtp/messages/clear-ack";
import { isExhausted, retransmitted } from "zrtp/retransmission";
import type { Cleared, State, WaitClearAck } from "zrtp/session";
import type { Handler, Turn } from "zrtp/turn";
import { rediscover } from "./discovery";
import { continuesHello, hearHelloAgain } from "./repeats";
import { checkClearMac, leaveEncryption } from "./secure";

export const waitClearAck = Object.freeze<Handler<WaitClearAck>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "ClearACK":
				return finish(turn, state, undefined);
			case "GoClear":
				// Both ends asked at once.
				if (!checkClearMac(turn.session, state.suite, state.peerMacKey, message)) {
					turn.warn("goClearMac");
					return state;
				}
				turn.send(encodeClearAck());
				return finish(turn, state, message.bytes);
			case "Error":
				turn.ignoreError();
				return state;
			default:
				return state;
		}
	},

	tick(turn, state) {
		const { retransmission } = state;
		if (turn.now < retransmission.nextAt) return state;
		if (isExhausted(retransmission, turn.now)) return finish(turn, state, undefined);
		turn.send(retransmission.message);
		return { ...state, retransmission: retransmitted(retransmission, turn.now) };
	},

	wakeAt: ({ retransmission }) => retransmission.nextAt,
});

export const cleared = Object.freeze<Handler<Cleared>>({
	message(turn, state, { message }) {
		switch (message.type) {
			case "Hello":
				hearHelloAgain(turn, state.peer, message);
				return state;
			case "GoClear":
				if (state.goClear && equal(message.bytes, state.goClear)) turn.send(encodeClearAck());
				return state;
			case "Commit":
				// The peer wants encryption back (section 4.7.2). A whole exchange needs the cache first; the Commit comes again.
				if (!continuesHello(turn, state.peer, message)) return state;
				if (message.mode !== "Multistream") return rediscover(turn, state.peer);
				return takeCommit(turn, state.peer, message) ?? state;
			case "Error":
				turn.ignoreError();
				return state;
			default:
				return state;
		}
	},

	goSecure: (turn, state) => commitMultistream(turn, state.peer, true),
});

function finish(turn: Turn, { peer }: WaitClearAck, goClear: Uint8Array | undefined): State {
	leaveEncryption(turn.session);
	turn.emit({ type: "cleared" });
	return { name: "cleared", peer, goClear };
}
