/**
 * What several states do alike: acknowledge a Hello once more, and end a responder's silence (RFC 6189 section 6).
 */

import { equal } from "bytes/equal";
import { RESPONDER_SILENCE_MS, RESPONDER_WAIT_MS } from "zrtp/constants";
import { nextImage } from "zrtp/hash-chain";
import type { Commit } from "zrtp/messages/commit";
import type { Hello } from "zrtp/messages/hello";
import { encodeHelloAck } from "zrtp/messages/hello-ack";
import type { Peer, Responding } from "zrtp/session";
import type { Turn } from "zrtp/turn";

/** The peer may have missed our HelloACK. Another Hello than the one we know changes nothing. */
export function hearHelloAgain(turn: Turn, peer: Peer, hello: Hello): void {
	if (equal(hello.bytes, peer.hello.bytes)) turn.send(encodeHelloAck());
	else turn.warn("unexpectedHello");
}

/** The initiator is alive: its message was a repeat. */
export function heard<S extends Responding>(turn: Turn, state: S): S {
	return { ...state, heardAt: turn.now };
}

/** When a responder gives up: after a silence, or in any case after a wait no honest initiator needs. */
export function endOfSilence({ heardAt, enteredAt }: Responding): number {
	return Math.min(heardAt + RESPONDER_SILENCE_MS, enteredAt + RESPONDER_WAIT_MS);
}

/** Said of a Commit before anything is done about it (section 9). */
export function continuesHello({ session: { config } }: Turn, { hello }: Peer, { h2 }: Commit): boolean {
	return equal(nextImage(config.provider, h2), hello.h3);
}
