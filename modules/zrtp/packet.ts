/**
 * The frame of a ZRTP packet (RFC 6189 section 5): header, cookie, SSRC, one message, CRC-32C. Datagrams come in from
 * hal/rtp by way of call/; messages go on to messages/.
 */

import { crc32c } from "bytes/crc32c";
import { Reader } from "bytes/reader";
import { Writer } from "bytes/writer";
import { PACKET_COOKIE, PACKET_CRC_BYTE_LENGTH, PACKET_HEADER_BYTE_LENGTH } from "./constants";

export interface Packet {
	readonly sequence: number;
	/** Source Identifier: the SSRC of the sender's RTP stream. */
	readonly ssrc: number;
	/** The whole message, a copy. */
	readonly message: Uint8Array;
}

/** Undefined when anything about the frame or its CRC is wrong. The message has not been looked at. */
export function decodePacket(bytes: Uint8Array): Packet | undefined {
	const reader = new Reader(bytes);
	const versionAndUnused = reader.u16();
	const sequence = reader.u16();
	const cookie = reader.u32();
	const ssrc = reader.u32();
	const message = reader.bytes(reader.remaining - PACKET_CRC_BYTE_LENGTH);
	const crc = reader.u32();
	// The twelve bits after the first four are ignored, as section 5 asks.
	if (reader.overrun || versionAndUnused >> 12 !== 1 || cookie !== PACKET_COOKIE) return undefined;
	if (crc32c(bytes.subarray(0, bytes.length - PACKET_CRC_BYTE_LENGTH)) !== crc) return undefined;
	return { sequence, ssrc, message };
}

/** @param sequence 0..0xffff @param ssrc 0..0xffffffff */
export function encodePacket({ sequence, ssrc, message }: Packet): Uint8Array {
	const byteLength = PACKET_HEADER_BYTE_LENGTH + message.length;
	const covered = new Writer(byteLength).u16(0x1000).u16(sequence).u32(PACKET_COOKIE).u32(ssrc).bytes(message).finish();
	return new Writer(byteLength + PACKET_CRC_BYTE_LENGTH).bytes(covered).u32(crc32c(covered)).finish();
}
