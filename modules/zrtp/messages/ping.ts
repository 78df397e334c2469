/** Ping and PingACK: a proxy asks which endpoint a stream belongs to (RFC 6189 sections 5.15 and 5.16, figures 18 and 19). */

import { ENDPOINT_HASH_BYTE_LENGTH, VERSION } from "zrtp/constants";
import { encodeCode, type Frame, frameWriter, readCode } from "./frame";

export interface Ping {
	readonly type: "Ping";
	readonly bytes: Uint8Array;
	readonly version: string;
	readonly endpointHash: Uint8Array;
}

export interface PingAck {
	readonly type: "PingACK";
	readonly bytes: Uint8Array;
	readonly version: string;
	readonly endpointHash: Uint8Array;
	readonly pingEndpointHash: Uint8Array;
	readonly pingSsrc: number;
}

const VERSION_BYTE_LENGTH = 4;

export function decodePing({ bytes, body }: Frame): Ping | undefined {
	const version = readCode(body, VERSION_BYTE_LENGTH);
	const endpointHash = body.bytes(ENDPOINT_HASH_BYTE_LENGTH);
	return body.overrun || body.remaining !== 0 ? undefined : { type: "Ping", bytes, version, endpointHash };
}

export function encodePing(endpointHash: Uint8Array): Uint8Array {
	return frameWriter("Ping", VERSION_BYTE_LENGTH + ENDPOINT_HASH_BYTE_LENGTH)
		.bytes(encodeCode(VERSION, VERSION_BYTE_LENGTH))
		.bytes(endpointHash)
		.finish();
}

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
