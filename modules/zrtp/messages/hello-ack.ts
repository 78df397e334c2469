/** HelloACK: the Hello has arrived, and no more of them need come (RFC 6189 section 5.3, figure 4). A type block and nothing else. */

import { type Frame, frameWriter } from "./frame";

export interface HelloAck {
	readonly type: "HelloACK";
	readonly bytes: Uint8Array;
}

export function decodeHelloAck({ bytes, body }: Frame): HelloAck | undefined {
	return body.remaining === 0 ? { type: "HelloACK", bytes } : undefined;
}

export function encodeHelloAck(): Uint8Array {
	return frameWriter("HelloACK", 0).finish();
}
