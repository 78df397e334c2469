/** Error: ends an exchange and says why (RFC 6189 section 5.9, figure 12). It carries no MAC: anybody can send one. */

import { type Frame, frameWriter } from "./frame";

export interface ZrtpError {
	readonly type: "Error";
	readonly bytes: Uint8Array;
	/** Table 8, or a number nobody knows. */
	readonly code: number;
}

export function decodeError({ bytes, body }: Frame): ZrtpError | undefined {
	const code = body.u32();
	return body.overrun || body.remaining !== 0 ? undefined : { type: "Error", bytes, code };
}

export function encodeError(code: number): Uint8Array {
	return frameWriter("Error", 4).u32(code).finish();
}
