/** ClearACK: the GoClear was good, and encryption has ended (RFC 6189 section 5.12, figure 15). A type block and nothing else. */

import { type Frame, frameWriter } from "./frame";

export interface ClearAck {
	readonly type: "ClearACK";
	readonly bytes: Uint8Array;
}

export function decodeClearAck({ bytes, body }: Frame): ClearAck | undefined {
	return body.remaining === 0 ? { type: "ClearACK", bytes } : undefined;
}

export function encodeClearAck(): Uint8Array {
	return frameWriter("ClearACK", 0).finish();
}
