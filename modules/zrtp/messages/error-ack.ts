/** ErrorACK: the Error has arrived (RFC 6189 section 5.10, figure 13). A type block and nothing else. */

import { type Frame, frameWriter } from "./frame";

export interface ErrorAck {
	readonly type: "ErrorACK";
	readonly bytes: Uint8Array;
}

export function decodeErrorAck({ bytes, body }: Frame): ErrorAck | undefined {
	return body.remaining === 0 ? { type: "ErrorACK", bytes } : undefined;
}

export function encodeErrorAck(): Uint8Array {
	return frameWriter("ErrorACK", 0).finish();
}
