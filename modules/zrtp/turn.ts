/**
 * One step under way: the session, the time, and the actions gathered so far. The states speak to the world through
 * it and return the next State.
 */

import { FAILURES, T2 } from "./constants";
import { ERROR_CODE } from "./error-codes";
import { encodeError } from "./messages/error";
import { encodeErrorAck } from "./messages/error-ack";
import type { Message } from "./messages/message";
import { encodePacket } from "./packet";
import { startRetransmission } from "./retransmission";
import type { Failed, Session, State } from "./session";
import type { Action, Event, FailCode, WarnCode } from "./types";

export class Turn {
	readonly session: Session;
	readonly now: number;
	readonly actions: Action[] = [];

	constructor(session: Session, now: number) {
		this.session = session;
		this.now = now;
	}

	emit(action: Action): void {
		this.actions.push(action);
	}

	/** Puts a message into a packet of its own and sends it. */
	send(message: Uint8Array): void {
		const { session } = this;
		const { sequence } = session;
		session.sequence = sequence === 0xffff ? 1 : sequence + 1;
		this.emit({ type: "send", bytes: encodePacket({ sequence, ssrc: session.config.ssrc, message }) });
	}

	/** Reports it once a session, so that a flood of bad packets is no flood of warnings. */
	warn(code: WarnCode): void {
		if (this.session.warned.has(code)) return;
		this.session.warned.add(code);
		this.emit({ type: "warn", code });
	}

	/** Ends the exchange: secrets wiped, keys off, the peer told by an Error message where there is a code for it. */
	fail(code: FailCode, peerErrorCode?: number): Failed {
		const { session } = this;
		session.vault.wipe();
		// Added streams end by themselves: what they share stays for the others.
		if (session.config.joins === undefined) session.association.close();
		if (session.keysInstalled) this.emit({ type: "clearKeys" });
		session.keysInstalled = false;
		const errorCode = FAILURES[code];
		const message = errorCode === undefined ? undefined : encodeError(errorCode);
		if (message) this.send(message);
		this.emit({ type: "failed", code, ...(peerErrorCode === undefined ? {} : { errorCode: peerErrorCode }) });
		return { name: "failed", retransmission: message && startRetransmission(message, T2, this.now) };
	}

	/** The peer's Error during an exchange: acknowledged and final (section 4.7.1). */
	failByPeer(errorCode: number): Failed {
		this.send(encodeErrorAck());
		return this.fail("peerError", errorCode);
	}

	/** The peer's Error after the exchange: acknowledged, but anybody could have sent it, and the keys are good. */
	ignoreError(): void {
		this.send(encodeErrorAck());
		this.warn("errorIgnored");
	}

	/** GoClear where it is not allowed (section 5.9). */
	refuseGoClear(): void {
		this.send(encodeError(ERROR_CODE.goClearNotAllowed));
		this.warn("goClearRefused");
	}
}

/** A message with the SSRC of its packet. */
export interface Received {
	readonly message: Message;
	readonly ssrc: number;
}

type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;

/** How one state takes each thing that can happen to it. What it does not name leaves it as it is. */
export interface Handler<S extends State> {
	/** Frame, CRC, form and source have been checked; MACs and hash images are for the state to check. */
	message?(turn: Turn, state: S, received: Received): State;
	tick?(turn: Turn, state: S): State;
	start?(turn: Turn, state: S): State;
	helloHash?(turn: Turn, state: S): State;
	secretsLoaded?(turn: Turn, state: S, event: EventOf<"secretsLoaded">): State;
	agreed?(turn: Turn, state: S, event: EventOf<"agreed">): State;
	srtpReceived?(turn: Turn, state: S): State;
	sasVerified?(turn: Turn, state: S, event: EventOf<"sasVerified">): State;
	sasMismatch?(turn: Turn, state: S): State;
	clear?(turn: Turn, state: S): State;
	firstStreamSecure?(turn: Turn, state: S): State;
	goSecure?(turn: Turn, state: S): State;
	enrolled?(turn: Turn, state: S, event: EventOf<"enrolled">): State;
	relaySas?(turn: Turn, state: S, event: EventOf<"relaySas">): State;
	/** When this state wants a tick. */
	wakeAt?(state: S): number | undefined;
}
