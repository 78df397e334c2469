/**
 * DHPart1 and DHPart2: a public value and the IDs of the retained secrets (RFC 6189 sections 5.5 and 5.6, figures 8
 * and 9). The two have one form; the responder sends the first, the initiator the second.
 */

import { HASH_IMAGE_BYTE_LENGTH, MAC_BYTE_LENGTH, SECRET_ID_BYTE_LENGTH } from "zrtp/constants";
import type { SecretIds } from "zrtp/secrets";
import { type Frame, finishWithMac, frameWriter, type MacOver } from "./frame";

export type DhPartType = "DHPart1" | "DHPart2";

export interface DhPart {
	readonly type: DhPartType;
	readonly bytes: Uint8Array;
	readonly h1: Uint8Array;
	readonly ids: SecretIds;
	/** pvr or pvi. Its length has yet to be compared with the negotiated key agreement's. */
	readonly pv: Uint8Array;
}

export function decodeDhPart(type: DhPartType, { bytes, body }: Frame): DhPart | undefined {
	const h1 = body.bytes(HASH_IMAGE_BYTE_LENGTH);
	const ids: SecretIds = {
		rs1Id: body.bytes(SECRET_ID_BYTE_LENGTH),
		rs2Id: body.bytes(SECRET_ID_BYTE_LENGTH),
		auxsecretId: body.bytes(SECRET_ID_BYTE_LENGTH),
		pbxsecretId: body.bytes(SECRET_ID_BYTE_LENGTH),
	};
	const pv = body.bytes(body.remaining - MAC_BYTE_LENGTH);
	body.skip(MAC_BYTE_LENGTH);
	return body.overrun ? undefined : { type, bytes, h1, ids, pv };
}

export interface DhPartFields {
	readonly h1: Uint8Array;
	readonly ids: SecretIds;
	readonly pv: Uint8Array;
}

export function encodeDhPart(type: DhPartType, { h1, ids, pv }: DhPartFields, mac: MacOver): Uint8Array {
	const byteLength = HASH_IMAGE_BYTE_LENGTH + 4 * SECRET_ID_BYTE_LENGTH + pv.length + MAC_BYTE_LENGTH;
	const writer = frameWriter(type, byteLength)
		.bytes(h1)
		.bytes(ids.rs1Id)
		.bytes(ids.rs2Id)
		.bytes(ids.auxsecretId)
		.bytes(ids.pbxsecretId)
		.bytes(pv);
	return finishWithMac(writer, mac);
}
