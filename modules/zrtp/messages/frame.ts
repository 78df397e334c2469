/**
 * What every ZRTP message begins with (RFC 6189 section 5.1): preamble, length in words, type block. The message bytes
 * of packet.ts come in; the decoders beside this file read what follows.
 */

import { Reader } from "bytes/reader";
import { latin1Decode, latin1Encode } from "bytes/text";
import { Writer } from "bytes/writer";
import { MAC_BYTE_LENGTH, MESSAGE_HEADER_BYTE_LENGTH, MESSAGE_PREAMBLE } from "zrtp/constants";

/** Section 5.1.1, trailing spaces removed. */
export type MessageType =
	| "Hello"
	| "HelloACK"
	| "Commit"
	| "DHPart1"
	| "DHPart2"
	| "Confirm1"
	| "Confirm2"
	| "Conf2ACK"
	| "Error"
	| "ErrorACK"
	| "GoClear"
	| "ClearACK"
	| "SASrelay"
	| "RelayACK"
	| "Ping"
	| "PingACK";

/** A message whose frame is right. */
export interface Frame {
	/** Trailing spaces removed; may be a type nobody knows. */
	readonly type: string;
	/** The whole message: what is hashed and what the MACs cover. */
	readonly bytes: Uint8Array;
	/** Stands behind the type block. */
	readonly body: Reader;
}

/** Undefined when the preamble is wrong or the length is not that of the array. */
export function readFrame(bytes: Uint8Array): Frame | undefined {
	const body = new Reader(bytes);
	const preamble = body.u16();
	const wordLength = body.u16();
	const type = readCode(body, 8);
	if (body.overrun || preamble !== MESSAGE_PREAMBLE || wordLength * 4 !== bytes.length) return undefined;
	return { type, bytes, body };
}

/** A writer for a message of this type, standing behind the type block. */
export function frameWriter(type: MessageType, bodyByteLength: number): Writer {
	const byteLength = MESSAGE_HEADER_BYTE_LENGTH + bodyByteLength;
	return new Writer(byteLength)
		.u16(MESSAGE_PREAMBLE)
		.u16(byteLength / 4)
		.bytes(encodeCode(type, 8));
}

/** Computes the 64-bit MAC of a message over everything before it. */
export type MacOver = (bytesBeforeMac: Uint8Array) => Uint8Array;

/** The finished message, its MAC put at the end, for which the writer has left room. */
export function finishWithMac(writer: Writer, mac: MacOver): Uint8Array {
	const bytes = writer.zeros(MAC_BYTE_LENGTH).finish();
	const split = bytes.length - MAC_BYTE_LENGTH;
	bytes.set(mac(bytes.subarray(0, split)), split);
	return bytes;
}

/** An ASCII code extended with spaces; the spaces are removed. */
export function readCode(reader: Reader, byteLength: number): string {
	return withoutTrailingSpaces(latin1Decode(reader.view(byteLength)));
}

/** By scanning: a regular expression is compiled at each use, and codes are read by the dozen. */
export function withoutTrailingSpaces(text: string): string {
	let end = text.length;
	while (end > 0 && text[end - 1] === " ") end--;
	return text.slice(0, end);
}

/** A code or an identifier, extended with spaces to its field. @throws RangeError when it does not fit */
export function encodeCode(code: string, byteLength: number): Uint8Array {
	const bytes = latin1Encode(code.padEnd(byteLength));
	if (bytes === undefined || bytes.length !== byteLength)
		throw new RangeError(`"${code}" is no code of ${byteLength} bytes`);
	return bytes;
}
