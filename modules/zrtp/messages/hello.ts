/** Hello: version, identity and the algorithms a party supports (RFC 6189 section 5.2, figure 3). */

import type { Reader } from "bytes/reader";
import {
	ALGORITHM_COUNT_MAXIMUM,
	CLIENT_ID_BYTE_LENGTH,
	HASH_IMAGE_BYTE_LENGTH,
	MAC_BYTE_LENGTH,
	ZID_BYTE_LENGTH,
} from "zrtp/constants";
import {
	encodeCode,
	type Frame,
	finishWithMac,
	frameWriter,
	type MacOver,
	readCode,
	withoutTrailingSpaces,
} from "./frame";

/** Codes as they stand in the message, trailing spaces removed; unknown ones are kept. */
export interface HelloLists {
	readonly hashes: readonly string[];
	readonly ciphers: readonly string[];
	readonly authTags: readonly string[];
	readonly keyAgreements: readonly string[];
	readonly sasTypes: readonly string[];
}

export interface Hello extends HelloLists {
	readonly type: "Hello";
	readonly bytes: Uint8Array;
	readonly version: string;
	readonly clientId: string;
	readonly h3: Uint8Array;
	readonly zid: Uint8Array;
	/** S: can check signatures. */
	readonly signatureCapable: boolean;
	/** M: a device in the middle. */
	readonly mitm: boolean;
	/** P: never sends a Commit. */
	readonly passive: boolean;
}

const VERSION_BYTE_LENGTH = 4;
const CODE_BYTE_LENGTH = 4;
const FLAG_S = 0x40000000;
const FLAG_M = 0x20000000;
const FLAG_P = 0x10000000;

export function decodeHello({ bytes, body }: Frame): Hello | undefined {
	const version = readCode(body, VERSION_BYTE_LENGTH);
	const clientId = printable(body.view(CLIENT_ID_BYTE_LENGTH));
	const h3 = body.bytes(HASH_IMAGE_BYTE_LENGTH);
	const zid = body.bytes(ZID_BYTE_LENGTH);
	const flagsAndCounts = body.u32();
	const counts = [16, 12, 8, 4, 0].map((shift) => (flagsAndCounts >>> shift) & 15);
	if (counts.some((count) => count > ALGORITHM_COUNT_MAXIMUM)) return undefined;
	const [hc = 0, cc = 0, ac = 0, kc = 0, sc = 0] = counts;
	const hashes = readCodes(body, hc);
	const ciphers = readCodes(body, cc);
	const authTags = readCodes(body, ac);
	const keyAgreements = readCodes(body, kc);
	const sasTypes = readCodes(body, sc);
	body.skip(MAC_BYTE_LENGTH);
	if (body.overrun || body.remaining !== 0) return undefined;
	return {
		type: "Hello",
		bytes,
		version,
		clientId,
		h3,
		zid,
		signatureCapable: (flagsAndCounts & FLAG_S) !== 0,
		mitm: (flagsAndCounts & FLAG_M) !== 0,
		passive: (flagsAndCounts & FLAG_P) !== 0,
		hashes,
		ciphers,
		authTags,
		keyAgreements,
		sasTypes,
	};
}

export interface HelloFields extends HelloLists {
	readonly version: string;
	readonly clientId: string;
	readonly h3: Uint8Array;
	readonly zid: Uint8Array;
	readonly signatureCapable?: boolean;
	readonly mitm?: boolean;
	readonly passive?: boolean;
}

export function encodeHello(fields: HelloFields, mac: MacOver): Uint8Array {
	const lists = [fields.hashes, fields.ciphers, fields.authTags, fields.keyAgreements, fields.sasTypes];
	const codeCount = lists.reduce((sum, list) => sum + list.length, 0);
	const unsigned =
		VERSION_BYTE_LENGTH +
		CLIENT_ID_BYTE_LENGTH +
		HASH_IMAGE_BYTE_LENGTH +
		ZID_BYTE_LENGTH +
		4 +
		codeCount * CODE_BYTE_LENGTH;
	let flagsAndCounts = 0;
	if (fields.signatureCapable) flagsAndCounts |= FLAG_S;
	if (fields.mitm) flagsAndCounts |= FLAG_M;
	if (fields.passive) flagsAndCounts |= FLAG_P;
	for (const [index, list] of lists.entries()) {
		if (list.length > ALGORITHM_COUNT_MAXIMUM) throw new RangeError(`Hello: ${list.length} algorithms of one kind`);
		flagsAndCounts |= list.length << (16 - 4 * index);
	}
	const writer = frameWriter("Hello", unsigned + MAC_BYTE_LENGTH)
		.bytes(encodeCode(fields.version, VERSION_BYTE_LENGTH))
		.bytes(encodeCode(fields.clientId.slice(0, CLIENT_ID_BYTE_LENGTH), CLIENT_ID_BYTE_LENGTH))
		.bytes(fields.h3)
		.bytes(fields.zid)
		.u32(flagsAndCounts >>> 0);
	for (const code of lists.flat()) writer.bytes(encodeCode(code, CODE_BYTE_LENGTH));
	return finishWithMac(writer, mac);
}

function readCodes(reader: Reader, count: number): string[] {
	const codes: string[] = [];
	for (let i = 0; i < count; i++) codes.push(readCode(reader, CODE_BYTE_LENGTH));
	return codes;
}

/** What the peer calls itself, fit to be shown: anything but printable ASCII becomes a question mark. */
function printable(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0 ? " " : "?";
	return withoutTrailingSpaces(text);
}
