/** PingACK: names the endpoint that a stream belongs to (RFC 6189 section 5.16, figure 19). */

import { ENDPOINT_HASH_BYTE_LENGTH, VERSION } from "zrtp/constants";
import { encodeCode, type Frame, frameWriter, readCode } from "./frame";

export interface PingAck {
	readonly type: "PingACK";
	readonly bytes: Uint8Array;
	readonly version: string;
	readonly endpointHash: Uint8Array;
	readonly pingEndpointHash: Uint8Array;
	readonly pingSsrc: number;
}

const VERSION_BYTE_LENGTH = 4;

export function decodePingAck({ bytes, body }: Frame): PingAck | undefined {
	const version = readCode(body, VERSION_BYTE_LENGTH);
	const endpointHash = body.bytes(ENDPOINT_HASH_BYTE_LENGTH);
	const pingEndpointHash = body.bytes(ENDPOINT_HASH_BYTE_LENGTH);
	const pingSsrc = body.u32();
	return body.overrun || body.remaining !== 0
		? undefined
		: { type: "PingACK", bytes, version, endpointHash, pingEndpointHash, pingSsrc };
}

export interface PingAckFields {
	readonly endpointHash: Uint8Array;
	readonly pingEndpointHash: Uint8Array;
	readonly pingSsrc: number;
}

export function encodePingAck({ endpointHash, pingEndpointHash, pingSsrc }: PingAckFields): Uint8Array {
	return frameWriter("PingACK", VERSION_BYTE_LENGTH + 2 * ENDPOINT_HASH_BYTE_LENGTH + 4)
		.bytes(encodeCode(VERSION, VERSION_BYTE_LENGTH))
		.bytes(endpointHash)
		.bytes(pingEndpointHash)
		.u32(pingSsrc)
		.finish();
}
