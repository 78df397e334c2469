/**
 * The layout of FORMAT.md as code: sector headers, marks and record headers, to bytes and back. Pure; bytes come from
 * sector-log.ts and go back to it.
 * @module
 */
import { crc32c } from "bytes/crc32c";
import { Reader } from "bytes/reader";
import { latin1Encode } from "bytes/text";
import { Writer } from "bytes/writer";

export const FORMAT_MAJOR = 1;
export const FORMAT_MINOR = 1;

/** Everything begins at a multiple of this. */
export const CELL = 16;
/** Records begin here in every sector. */
export const RECORDS_OFFSET = 128;
export const HEADER_BYTE_LENGTH = 92;
export const OPENED_MARK_OFFSET = 96;
export const CLEAN_MARK_OFFSET = 112;
export const MARK_BYTE_LENGTH = 16;
/** What of the sector header its tag covers. */
export const HEADER_TAGGED_BYTE_LENGTH = 72;
export const TAG_BYTE_LENGTH = 16;
export const RECORD_HEADER_BYTE_LENGTH = 16;
export const RECORD_STATE_OFFSET = 3;
export const STORE_ID_BYTE_LENGTH = 16;
export const SALT_BYTE_LENGTH = 8;
export const ZID_BYTE_LENGTH = 12;
/** Longest body of a record. */
export const BODY_MAXIMUM = 1024;

export const RecordType = Object.freeze({ peer: 1 });

const SECTOR_MAGIC = Object.freeze([0x53, 0x6f, 0x74, 0x74, 0x6f, 0x52, 0x53, 0x0a]);
/** "BLNK" and "FRMT". */
const CLEAN_MAGIC = 0x424c4e4b;
const FORMAT_MAGIC = 0x46524d54;
const RECORD_MAGIC = 0x5a52;

export interface SectorHeader {
	readonly major: number;
	readonly sectorByteLength: number;
	readonly sectorCount: number;
	/** 1, 2, 3 ... in the order the sectors were opened. */
	readonly generation: number;
	readonly eraseCount: number;
	/** Generation of the sector whose records this one took over; 0: none. */
	readonly replaces: number;
	readonly storeId: Uint8Array;
	readonly salt: Uint8Array;
	readonly zid: Uint8Array;
	readonly sectorIndex: number;
}

/** The part of a sector header that the tag covers. */
export function encodeHeader(header: SectorHeader): Uint8Array {
	return new Writer(HEADER_TAGGED_BYTE_LENGTH)
		.bytes(Uint8Array.from(SECTOR_MAGIC))
		.u8(header.major)
		.u8(FORMAT_MINOR)
		.u16(RECORDS_OFFSET)
		.u32(header.sectorByteLength)
		.u32(header.sectorCount)
		.u32(header.generation)
		.u32(header.eraseCount)
		.u32(header.replaces)
		.bytes(header.storeId)
		.bytes(header.salt)
		.bytes(header.zid)
		.u32(header.sectorIndex)
		.finish();
}

/** A whole sector header: the tagged part, its tag and the checksum. */
export function finishHeader(tagged: Uint8Array, tag: Uint8Array): Uint8Array {
	const summed = new Writer(HEADER_BYTE_LENGTH - 4).bytes(tagged).bytes(tag).finish();
	return new Writer(HEADER_BYTE_LENGTH).bytes(summed).u32(crc32c(summed)).finish();
}

export interface DecodedHeader {
	readonly header: SectorHeader;
	readonly tagged: Uint8Array;
	readonly tag: Uint8Array;
}

/** Reads a sector header; one flipped bit is put right. Undefined when there is none. */
export function decodeHeader(bytes: Uint8Array): DecodedHeader | undefined {
	const whole = repaired(bytes.slice(0, HEADER_BYTE_LENGTH));
	if (whole === undefined) return undefined;
	const reader = new Reader(whole);
	reader.skip(SECTOR_MAGIC.length);
	const major = reader.u8();
	reader.skip(3);
	const header: SectorHeader = {
		major,
		sectorByteLength: reader.u32(),
		sectorCount: reader.u32(),
		generation: reader.u32(),
		eraseCount: reader.u32(),
		replaces: reader.u32(),
		storeId: reader.bytes(STORE_ID_BYTE_LENGTH),
		salt: reader.bytes(SALT_BYTE_LENGTH),
		zid: reader.bytes(ZID_BYTE_LENGTH),
		sectorIndex: reader.u32(),
	};
	const tag = reader.bytes(TAG_BYTE_LENGTH);
	return { header, tagged: whole.slice(0, HEADER_TAGGED_BYTE_LENGTH), tag };
}

/** A sector header is worth a sector of records, so a single wrong bit is searched for. */
function repaired(bytes: Uint8Array): Uint8Array | undefined {
	if (summed(bytes)) return bytes;
	let wrong = 0;
	SECTOR_MAGIC.forEach((byte, i) => {
		wrong += zeroBits(~(byte ^ (bytes[i] ?? 0)) & 0xff);
	});
	if (wrong > 1) return undefined;
	for (let bit = 0; bit < 8 * HEADER_BYTE_LENGTH; bit++) {
		flip(bytes, bit);
		if (summed(bytes)) return bytes;
		flip(bytes, bit);
	}
	return undefined;
}

function flip(bytes: Uint8Array, bit: number): void {
	bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
}

function summed(bytes: Uint8Array): boolean {
	if (!SECTOR_MAGIC.every((byte, i) => bytes[i] === byte)) return false;
	const reader = new Reader(bytes);
	return crc32c(reader.view(HEADER_BYTE_LENGTH - 4)) === reader.u32();
}

/** Number of clear bits in an octet. */
function zeroBits(octet: number): number {
	let count = 0;
	for (let bit = 0; bit < 8; bit++) if ((octet & (1 << bit)) === 0) count++;
	return count;
}

/** How many bits two arrays of one length differ in. */
export function distance(a: Uint8Array, b: Uint8Array): number {
	let bits = 0;
	for (let i = 0; i < a.length; i++) bits += zeroBits(~((a[i] ?? 0) ^ (b[i] ?? 0)) & 0xff);
	return bits;
}

/** Written right after an erase: proof that it was finished, and how often it was done. */
export function encodeCleanMark(eraseCount: number): Uint8Array {
	return encodeMark(CLEAN_MAGIC, eraseCount);
}

/** The erase count of a clean mark, or undefined when there is none. */
export function decodeCleanMark(bytes: Uint8Array): number | undefined {
	return decodeMark(CLEAN_MAGIC, bytes);
}

/** Written in a clean mark's place before a first start erases anything: nothing in the partition is of value. */
export function encodeFormatMark(): Uint8Array {
	return encodeMark(FORMAT_MAGIC, 0);
}

export function isFormatMark(bytes: Uint8Array): boolean {
	return decodeMark(FORMAT_MAGIC, bytes) !== undefined;
}

/**
 * A clean mark in a sector with a header whose octets 8..11 were cleared: everything in the partition is to be erased. They
 * are set in every other mark, so half of their bits are enough.
 */
export function isEraseMark(bytes: Uint8Array): boolean {
	let cleared = 0;
	for (const octet of bytes.subarray(8, 12)) cleared += zeroBits(octet);
	return cleared >= 16;
}

function encodeMark(magic: number, value: number): Uint8Array {
	const fields = new Writer(12).u32(magic).u32(value).u32(0xffffffff).finish();
	return new Writer(MARK_BYTE_LENGTH).bytes(fields).u32(crc32c(fields)).finish();
}

function decodeMark(expected: number, bytes: Uint8Array): number | undefined {
	const reader = new Reader(bytes);
	const right = crc32c(bytes.subarray(0, 12));
	const magic = reader.u32();
	const value = reader.u32();
	reader.skip(4);
	return magic === expected && reader.u32() === right && !reader.overrun ? value : undefined;
}

export interface RecordHeader {
	readonly type: number;
	/** Still to be read; false: superseded or forgotten, and its body is zeros or about to be. */
	readonly live: boolean;
	/** No bit of the state was touched; otherwise crossing it out may have been begun. */
	readonly untouched: boolean;
	readonly bodyByteLength: number;
	/** Counts commits: of two records of one peer the higher is the newer. */
	readonly sequence: number;
}

/** Bytes that a record with this body takes in flash. */
export function recordByteLength(bodyByteLength: number): number {
	const byteLength = RECORD_HEADER_BYTE_LENGTH + bodyByteLength + TAG_BYTE_LENGTH;
	return Math.ceil(byteLength / CELL) * CELL;
}

export function encodeRecordHeader(type: number, bodyByteLength: number, sequence: number): Uint8Array {
	const summed = new Writer(12)
		.u16(RECORD_MAGIC)
		.u8(type)
		.u8(0xff)
		.u16(bodyByteLength)
		.u16(0xffff)
		.u32(sequence)
		.finish();
	return new Writer(RECORD_HEADER_BYTE_LENGTH).bytes(summed).u32(crc32c(summed)).finish();
}

/** Undefined when the bytes are no record header. */
export function decodeRecordHeader(bytes: Uint8Array): RecordHeader | undefined {
	const reader = new Reader(bytes);
	if (reader.u16() !== RECORD_MAGIC) return undefined;
	const type = reader.u8();
	const state = reader.u8();
	const bodyByteLength = reader.u16();
	reader.skip(2);
	const sequence = reader.u32();
	const summed = bytes.slice(0, 12);
	// The state changes after the checksum was made, which is therefore over its first value.
	summed[RECORD_STATE_OFFSET] = 0xff;
	if (reader.u32() !== crc32c(summed) || bodyByteLength > BODY_MAXIMUM) return undefined;
	return { type, live: zeroBits(state) < 4, untouched: state === 0xff, bodyByteLength, sequence };
}

/** True when every octet is 0xFF. */
export function isBlank(bytes: Uint8Array): boolean {
	return isFilled(bytes, 0xff);
}

/** True when every octet is 0. */
export function isZero(bytes: Uint8Array): boolean {
	return isFilled(bytes, 0);
}

/** Four octets at a time: opening does this with all that is in flash. */
function isFilled(bytes: Uint8Array, octet: 0 | 0xff): boolean {
	const words = bytes.byteOffset % 4 === 0 ? bytes.length >> 2 : 0;
	const value = octet === 0 ? 0 : 0xffffffff;
	for (const word of new Uint32Array(bytes.buffer, words === 0 ? 0 : bytes.byteOffset, words))
		if (word !== value) return false;
	for (let at = 4 * words; at < bytes.length; at++) if (bytes[at] !== octet) return false;
	return true;
}

/** Big-endian octets of a number 0..2^32-1. */
export function u32(value: number): Uint8Array {
	return new Writer(4).u32(value).finish();
}

/** Octets of an ASCII label. */
export function label(text: string): Uint8Array {
	return latin1Encode(text) ?? new Uint8Array(0);
}
