/**
 * SASrelay: a trusted device in the middle passes on the other party's SAS (RFC 6189 section 5.13, figure 16). Its MAC
 * and cipher are those of a Confirm. The outer form is read first, the content after the MAC has been checked.
 */

import { Reader } from "bytes/reader";
import { Writer } from "bytes/writer";
import { CFB_IV_BYTE_LENGTH, MAC_BYTE_LENGTH, SASHASH_BYTE_LENGTH } from "zrtp/constants";
import { type ConfirmFlags, flagOctet, readFlagsWord } from "./confirm";
import { encodeCode, type Frame, frameWriter, readCode } from "./frame";

export interface SasRelay {
	readonly type: "SASrelay";
	readonly bytes: Uint8Array;
	readonly mac: Uint8Array;
	readonly iv: Uint8Array;
	readonly encrypted: Uint8Array;
}

/** Flags word, rendering scheme, sashash: the least that is encrypted. */
const PLAIN_BYTE_LENGTH = 8 + SASHASH_BYTE_LENGTH;

export function decodeSasRelay({ bytes, body }: Frame): SasRelay | undefined {
	const mac = body.bytes(MAC_BYTE_LENGTH);
	const iv = body.bytes(CFB_IV_BYTE_LENGTH);
	const encrypted = body.rest();
	return body.overrun || encrypted.length < PLAIN_BYTE_LENGTH
		? undefined
		: { type: "SASrelay", bytes, mac, iv, encrypted };
}

export interface SasRelayFields {
	readonly mac: Uint8Array;
	readonly iv: Uint8Array;
	readonly encrypted: Uint8Array;
}

export function encodeSasRelay({ mac, iv, encrypted }: SasRelayFields): Uint8Array {
	return frameWriter("SASrelay", mac.length + iv.length + encrypted.length)
		.bytes(mac)
		.bytes(iv)
		.bytes(encrypted)
		.finish();
}

export interface SasRelayContent {
	readonly flags: ConfirmFlags;
	/** SAS type code, trailing spaces removed. */
	readonly sasType: string;
	readonly sashash: Uint8Array;
}

export function decodeSasRelayContent(decrypted: Uint8Array): SasRelayContent | undefined {
	const reader = new Reader(decrypted);
	const { flags, signatureByteLength } = readFlagsWord(reader);
	const sasType = readCode(reader, 4);
	const sashash = reader.bytes(SASHASH_BYTE_LENGTH);
	reader.skip(signatureByteLength);
	return reader.overrun || reader.remaining !== 0 ? undefined : { flags, sasType, sashash };
}

export function encodeSasRelayContent({ flags, sasType, sashash }: SasRelayContent): Uint8Array {
	return new Writer(PLAIN_BYTE_LENGTH).u32(flagOctet(flags)).bytes(encodeCode(sasType, 4)).bytes(sashash).finish();
}
