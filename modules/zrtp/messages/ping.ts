/** Ping: a proxy asks which endpoint a stream belongs to (RFC 6189 section 5.15, figure 18). */

import { ENDPOINT_HASH_BYTE_LENGTH, VERSION } from "zrtp/constants";
import { encodeCode, type Frame, frameWriter, readCode } from "./frame";

export interface Ping {
	readonly type: "Ping";
	readonly bytes: Uint8Array;
	readonly version: string;
	readonly endpointHash: Uint8Array;
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
