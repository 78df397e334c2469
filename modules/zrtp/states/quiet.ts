/**
 * idle, failed and stopped: nothing is being agreed.
 *
 * idle. Arrives from: nowhere. Sends: nothing; keeps a Hello that comes before our start. Goes to: discovery.
 * failed. Arrives from: any state of an exchange. Sends: Error on schedule T2 until ErrorACK. Goes to: stopped.
 * stopped. Arrives from: any. Sends: nothing. Goes to: nowhere.
 */

import { isExhausted, retransmitted } from "zrtp/retransmission";
import type { Failed, Idle, Stopped } from "zrtp/session";
import type { Handler } from "zrtp/turn";
import { hearHello, startDiscovery } from "./discovery";

export const idle = Object.freeze<Handler<Idle>>({
	message(_turn, state, { message, ssrc }) {
		return message.type === "Hello" ? { ...state, early: { hello: message, ssrc } } : state;
	},

	start(turn, { early }) {
		const started = startDiscovery(turn);
		return early ? hearHello(turn, started, early.hello, early.ssrc) : started;
	},
});

export const failed = Object.freeze<Handler<Failed>>({
	message(_turn, state, { message }) {
		return message.type === "ErrorACK" ? { name: "failed", retransmission: undefined } : state;
	},

	tick(turn, state) {
		const { retransmission } = state;
		if (retransmission === undefined || turn.now < retransmission.nextAt) return state;
		if (isExhausted(retransmission, turn.now)) return { name: "failed", retransmission: undefined };
		turn.send(retransmission.message);
		return { name: "failed", retransmission: retransmitted(retransmission, turn.now) };
	},

	wakeAt: ({ retransmission }) => retransmission?.nextAt,
});

export const stopped = Object.freeze<Handler<Stopped>>({});
