/** Conf2ACK: the Confirm2 was good: the initiator may send SRTP (RFC 6189 section 5.8, figure 11). A type block and nothing else. */

import { type Frame, frameWriter } from "./frame";

export interface Conf2Ack {
	readonly type: "Conf2ACK";
	readonly bytes: Uint8Array;
}

export function decodeConf2Ack({ bytes, body }: Frame): Conf2Ack | undefined {
	return body.remaining === 0 ? { type: "Conf2ACK", bytes } : undefined;
}

export function encodeConf2Ack(): Uint8Array {
	return frameWriter("Conf2ACK", 0).finish();
}
