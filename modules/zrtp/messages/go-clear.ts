/** GoClear: the sender wants to end encryption (RFC 6189 section 5.11, figure 14). */

import { MAC_BYTE_LENGTH } from "zrtp/constants";
import { encodeCode, type Frame, frameWriter } from "./frame";

export interface GoClear {
	readonly type: "GoClear";
	readonly bytes: Uint8Array;
	/** Over the type block, by the sender's mackey (section 4.7.2). */
	readonly clearMac: Uint8Array;
}

export function decodeGoClear({ bytes, body }: Frame): GoClear | undefined {
	const clearMac = body.bytes(MAC_BYTE_LENGTH);
	return body.overrun || body.remaining !== 0 ? undefined : { type: "GoClear", bytes, clearMac };
}

export function encodeGoClear(clearMac: Uint8Array): Uint8Array {
	return frameWriter("GoClear", MAC_BYTE_LENGTH).bytes(clearMac).finish();
}

/** What clear_mac is computed over: the eight octets "GoClear " (section 4.7.2). */
export function goClearMacInput(): Uint8Array {
	return encodeCode("GoClear", 8);
}
