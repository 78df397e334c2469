/** RelayACK: the SASrelay was good (RFC 6189 section 5.14, figure 17). A type block and nothing else. */

import { type Frame, frameWriter } from "./frame";

export interface RelayAck {
	readonly type: "RelayACK";
	readonly bytes: Uint8Array;
}

export function decodeRelayAck({ bytes, body }: Frame): RelayAck | undefined {
	return body.remaining === 0 ? { type: "RelayACK", bytes } : undefined;
}

export function encodeRelayAck(): Uint8Array {
	return frameWriter("RelayACK", 0).finish();
}
