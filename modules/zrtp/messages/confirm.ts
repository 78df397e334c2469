/**
 * Confirm1 and Confirm2: proof that both ends derived the same keys, and the flags, encrypted (RFC 6189 section 5.7,
 * figure 10). The outer form is read first; what is inside is read only after its MAC has been checked.
 */

import { Reader } from "bytes/reader";
import { Writer } from "bytes/writer";
import { CFB_IV_BYTE_LENGTH, HASH_IMAGE_BYTE_LENGTH, MAC_BYTE_LENGTH } from "zrtp/constants";
import { type Frame, frameWriter } from "./frame";

export type ConfirmType = "Confirm1" | "Confirm2";

export interface Confirm {
	readonly type: ConfirmType;
	readonly bytes: Uint8Array;
	readonly mac: Uint8Array;
	readonly iv: Uint8Array;
	readonly encrypted: Uint8Array;
}

/** H0, flags and lengths, cache expiry: the least that is encrypted. */
const PLAIN_BYTE_LENGTH = HASH_IMAGE_BYTE_LENGTH + 8;

export function decodeConfirm(type: ConfirmType, { bytes, body }: Frame): Confirm | undefined {
	const mac = body.bytes(MAC_BYTE_LENGTH);
	const iv = body.bytes(CFB_IV_BYTE_LENGTH);
	const encrypted = body.rest();
	return body.overrun || encrypted.length < PLAIN_BYTE_LENGTH ? undefined : { type, bytes, mac, iv, encrypted };
}

export interface ConfirmFields {
	readonly mac: Uint8Array;
	readonly iv: Uint8Array;
	readonly encrypted: Uint8Array;
}

export function encodeConfirm(type: ConfirmType, { mac, iv, encrypted }: ConfirmFields): Uint8Array {
	return frameWriter(type, mac.length + iv.length + encrypted.length)
		.bytes(mac)
		.bytes(iv)
		.bytes(encrypted)
		.finish();
}

/** The flag octet of Confirm and SASrelay (section 4.6). */
export interface ConfirmFlags {
	/** E: PBX enrollment. */
	readonly enrollment: boolean;
	/** V: the sender's owner compared the SAS in an earlier call. */
	readonly verified: boolean;
	/** A: GoClear is welcome. */
	readonly allowClear: boolean;
	/** D: keys may be disclosed. */
	readonly disclosure: boolean;
}

/** What is inside a Confirm. A signature is passed over: none is ever asked for (S flag). */
export interface ConfirmContent {
	readonly h0: Uint8Array;
	readonly flags: ConfirmFlags;
	readonly cacheExpirySec: number;
}

/** Undefined when the signature length does not fit; `decrypted` is at least as long as decodeConfirm has made sure. */
export function decodeConfirmContent(decrypted: Uint8Array): ConfirmContent | undefined {
	const reader = new Reader(decrypted);
	const h0 = reader.bytes(HASH_IMAGE_BYTE_LENGTH);
	const { flags, signatureByteLength } = readFlagsWord(reader);
	const cacheExpirySec = reader.u32();
	reader.skip(signatureByteLength);
	if (reader.overrun || reader.remaining !== 0) return undefined;
	return { h0, flags, cacheExpirySec };
}

export function encodeConfirmContent({ h0, flags, cacheExpirySec }: ConfirmContent): Uint8Array {
	return new Writer(PLAIN_BYTE_LENGTH).bytes(h0).u32(flagOctet(flags)).u32(cacheExpirySec).finish();
}

/** 15 unused bits, 9 of signature length in words, 8 of flags. */
export function readFlagsWord(reader: Reader): { flags: ConfirmFlags; signatureByteLength: number } {
	const word = reader.u32();
	const enrollment = (word & 8) !== 0;
	return {
		flags: {
			enrollment,
			verified: (word & 4) !== 0,
			// E implies not A (section 7.3.1).
			allowClear: (word & 2) !== 0 && !enrollment,
			disclosure: (word & 1) !== 0,
		},
		signatureByteLength: ((word >>> 8) & 0x1ff) * 4,
	};
}

/** The flags word of a message without a signature. */
export function flagOctet({ enrollment, verified, allowClear, disclosure }: ConfirmFlags): number {
	return (enrollment ? 8 : 0) | (verified ? 4 : 0) | (allowClear ? 2 : 0) | (disclosure ? 1 : 0);
}
