/**
 * Commit: the initiator's choices and its promise of a DHPart2 (RFC 6189 section 5.4, figures 5 to 7). The key
 * agreement code tells the three forms apart; only the DH form is ever sent.
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

const CODE_BYTE_LENGTH = 4;
const NONCE_BYTE_LENGTH = 16;
const KEY_ID_BYTE_LENGTH = 8;

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
			case "Mult":
				return { ...common, mode: "Multistream", nonce: body.bytes(NONCE_BYTE_LENGTH) };
			case "Prsh":
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

export interface DhCommitFields {
	readonly h2: Uint8Array;
	readonly zid: Uint8Array;
	readonly codes: CommitCodes;
	readonly hvi: Uint8Array;
}

export function encodeDhCommit({ h2, zid, codes, hvi }: DhCommitFields, mac: MacOver): Uint8Array {
	const byteLength =
		HASH_IMAGE_BYTE_LENGTH + ZID_BYTE_LENGTH + 5 * CODE_BYTE_LENGTH + HVI_BYTE_LENGTH + MAC_BYTE_LENGTH;
	const writer = frameWriter("Commit", byteLength)
		.bytes(h2)
		.bytes(zid)
		.bytes(encodeCode(codes.hash, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.cipher, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.authTag, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.keyAgreement, CODE_BYTE_LENGTH))
		.bytes(encodeCode(codes.sasType, CODE_BYTE_LENGTH))
		.bytes(hvi);
	return finishWithMac(writer, mac);
}
