/**
 * The messages that are a type block and nothing else: HelloACK, Conf2ACK, ErrorACK, ClearACK, RelayACK (RFC 6189
 * sections 5.3, 5.8, 5.10, 5.12, 5.14).
 */

import { type Frame, frameWriter } from "./frame";

export type AckType = "HelloACK" | "Conf2ACK" | "ErrorACK" | "ClearACK" | "RelayACK";

export interface Ack {
	readonly type: AckType;
	readonly bytes: Uint8Array;
}

export function decodeAck(type: AckType, { bytes, body }: Frame): Ack | undefined {
	return body.remaining === 0 ? { type, bytes } : undefined;
}

export function encodeAck(type: AckType): Uint8Array {
	return frameWriter(type, 0).finish();
}
