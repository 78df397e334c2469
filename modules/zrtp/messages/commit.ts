/**
 * Commit: the initiator's choices and its promise of a DHPart2 (RFC 6189 section 5.4, figures 5 to 7). The key
 * agreement code tells the three forms apart.
 */

import { HASH_IMAGE_BYTE_LENGTH, HVI_BYTE_LENGTH, MAC_BYTE_LENGTH, ZID_BYTE_LENGTH } from "zrtp/constants";
import { encodeCode, type Frame, finishWithMac, frameWriter, type MacOver, readCode } from "./frame";

interface CommitCommon {
	readonly type: "Commit";
	readonly bytes: Uint8Array;
	readonly h2: Uint8Array;
	readonly zid: Uint8Array;
	/** Codes as they stand in the message, trailing spaces removed. */
	readonly codes: CommitCodes;
}

export interface CommitCodes {
	readonly hash: string;
	readonly cipher: string;
	readonly authTag: string;
	readonly keyAgreement: string;
	readonly sasType: string;
}

export type Commit =
	| (CommitCommon & { readonly mode: "DH"; readonly hvi: Uint8Array })
	| (CommitCommon & { readonly mode: "Multistream"; readonly nonce: Uint8Array })
	| (CommitCommon & { readonly mode: "Preshared"; readonly nonce: Uint8Array; readonly keyId: Uint8Array });

/** Key agreement types that are no key agreement (section 5.1.5). */
export const MULTISTREAM_CODE = "Mult";
export const PRESHARED_CODE = "Prsh";

const CODE_BYTE_LENGTH = 4;
export const NONCE_BYTE_LENGTH = 16;
export const KEY_ID_BYTE_LENGTH = 8;

export function decodeCommit({ bytes, body }: Frame): Commit | undefined {
	const h2 = body.bytes(HASH_IMAGE_BYTE_LENGTH);
	const zid = body.bytes(ZID_BYTE_LENGTH);
	const hash = readCode(body, CODE_BYTE_LENGTH);
	const cipher = readCode(body, CODE_BYTE_LENGTH);
	const authTag = readCode(body, CODE_BYTE_LENGTH);
	const keyAgreement = readCode(body, CODE_BYTE_LENGTH);
	const sasType = readCode(body, CODE_BYTE_LENGTH);
	const common: CommitCommon = {
		type: "Commit",
		bytes,
		h2,
		zid,
		codes: { hash, cipher, authTag, keyAgreement, sasType },
	};
	const commit = readMode();
	body.skip(MAC_BYTE_LENGTH);
	return body.overrun || body.remaining !== 0 ? undefined : commit;

	function readMode(): Commit {
		switch (keyAgreement) {
			case MULTISTREAM_CODE:
				return { ...common, mode: "Multistream", nonce: body.bytes(NONCE_BYTE_LENGTH) };
			case PRESHARED_CODE:
				return {
					...common,
					mode: "Preshared",
					nonce: body.bytes(NONCE_BYTE_LENGTH),
					keyId: body.bytes(KEY_ID_BYTE_LENGTH),
				};
			default:
				return { ...common, mode: "DH", hvi: body.bytes(HVI_BYTE_LENGTH) };
		}
	}
}

interface CommitFields {
	readonly h2: Uint8Array;
	readonly zid: Uint8Array;
	readonly codes: CommitCodes;
}

/** Figure 5. */
export interface DhCommitFields extends CommitFields {
	readonly hvi: Uint8Array;
}

export function encodeDhCommit({ hvi, ...fields }: DhCommitFields, mac: MacOver): Uint8Array {
	return encode(fields, mac, hvi);
}

/** Figure 6: 16 bytes of nonce stand for hvi. The key agreement code of `codes` is not looked at. */
export interface MultistreamCommitFields extends CommitFields {
	readonly nonce: Uint8Array;
}

export function encodeMultistreamCommit({ nonce, ...fields }: MultistreamCommitFields, mac: MacOver): Uint8Array {
	return encode({ ...fields, codes: { ...fields.codes, keyAgreement: MULTISTREAM_CODE } }, mac, nonce);
}

/** Figure 7: after the nonce, 8 bytes of keyID. The key agreement code of `codes` is not looked at. */
export interface PresharedCommitFields extends MultistreamCommitFields {
	readonly keyId: Uint8Array;
}

export function encodePresharedCommit({ nonce, keyId, ...fields }: PresharedCommitFields, mac: MacOver): Uint8Array {
	return encode({ ...fields, codes: { ...fields.codes, keyAgreement: PRESHARED_CODE } }, mac, nonce, keyId);
}

function encode({ h2, zid, codes }: CommitFields, mac: MacOver, ...tail: readonly Uint8Array[]): Uint8Array {
	const tailByteLength = tail.reduce((sum, { length }) => sum + length, 0);
	const byteLength = HASH_IMAGE_BYTE_LENGTH + ZID_BYTE_LENGTH + 5 * CODE_BYTE_LENGTH + tailByteLength + MAC_BYTE_LENGTH;
	const writer = frameWriter("Commit", byteLength)
		.bytes(h2)
		.bytes(zid)
		.bytes(encodeCode(codes.hash, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.cipher, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.authTag, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.keyAgreement, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.sasType, CODE_BYTE_LENGTH));
	for (const part of tail) writer.bytes(part);
	return finishWithMac(writer, mac);
}
