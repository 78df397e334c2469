/**
 * What is kept about one peer, to bytes and back. Bodies come from sector-log.ts decrypted; records go to store.ts.
 * @module
 */
import { Reader } from "bytes/reader";
import { utf8Decode, utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import { Writer } from "bytes/writer";
import { ZID_BYTE_LENGTH } from "./format";

export const SECRET_BYTE_LENGTH = 32;
/** Longest name in UTF-8 octets; a longer one is cut at a character. */
export const NAME_MAXIMUM = 64;
/** Most addresses kept of one peer; the one seen longest ago goes. */
export const ADDRESSES_MAXIMUM = 4;
/** Longest address in UTF-8 octets; a longer one is not kept: half of it would be another address. */
export const ADDRESS_MAXIMUM = 80;
/** Longest note in UTF-8 octets; a longer one is cut at a character. */
export const NOTE_MAXIMUM = 80;
/** Expiry of a secret that is kept indefinitely (RFC 6189 section 4.9). */
export const NEVER = 0xffffffff;

const FLAG_VERIFIED = 1;
const FLAG_RENEWED = 2;
const Tag = Object.freeze({ rs1: 1, rs2: 2, rs1Times: 3, rs2Times: 4, name: 5, pbxsecret: 7, address: 8, note: 9 });
const KNOWN: readonly number[] = Object.freeze(Object.values(Tag));

/** When a secret was stored and until when it counts: seconds since 1970, 0 where the clock was not set. */
export interface SecretTimes {
	readonly storedAtSec: number;
	/** NEVER: kept indefinitely. */
	readonly expiresAtSec: number;
}

export interface PeerRecord {
	/** 12 bytes. */
	readonly zid: Uint8Array;
	readonly verified: boolean;
	readonly rs1: Uint8Array | undefined;
	readonly rs1Times: SecretTimes | undefined;
	readonly rs2: Uint8Array | undefined;
	readonly rs2Times: SecretTimes | undefined;
	readonly name: string | undefined;
	/** Secret shared with a trusted PBX (RFC 6189 section 7.3.1), 32 bytes. */
	readonly pbxsecret: Uint8Array | undefined;
	/** Where the peer was seen, the latest first; at most ADDRESSES_MAXIMUM. */
	readonly addresses: readonly string[];
	readonly note: string | undefined;
	/** Items this version does not know, as they were read: kept for the version that wrote them. */
	readonly rest: Uint8Array;
}

export function encodePeer(record: PeerRecord): Uint8Array {
	const items: [number, Uint8Array | undefined][] = [
		[Tag.rs1, record.rs1],
		[Tag.rs1Times, times(record.rs1Times)],
		[Tag.rs2, record.rs2],
		[Tag.rs2Times, times(record.rs2Times)],
		[Tag.name, cut(record.name, NAME_MAXIMUM)],
		[Tag.pbxsecret, record.pbxsecret],
		...record.addresses.map((address): [number, Uint8Array] => [Tag.address, utf8Encode(address)]),
		[Tag.note, cut(record.note, NOTE_MAXIMUM)],
	];
	let byteLength = ZID_BYTE_LENGTH + 1 + record.rest.length;
	for (const [, value] of items) byteLength += value === undefined ? 0 : 2 + value.length;
	const writer = new Writer(byteLength).bytes(record.zid).u8(record.verified ? FLAG_VERIFIED : 0);
	for (const [tag, value] of items) if (value !== undefined) writer.u8(tag).u8(value.length).bytes(value);
	return writer.bytes(record.rest).finish();
}

/** Undefined when the body is no record of a peer. The caller wipes the secrets. */
export function decodePeer(body: Uint8Array): PeerRecord | undefined {
	const reader = new Reader(body);
	const zid = reader.bytes(ZID_BYTE_LENGTH);
	const flags = reader.u8();
	const known = new Map<number, Uint8Array>();
	const unknown: Uint8Array[] = [];
	const addresses: string[] = [];
	while (reader.remaining > 0) {
		const tag = reader.u8();
		const value = reader.bytes(reader.u8());
		if (tag === Tag.address) addresses.push(...(readText(value) ?? []));
		else if (KNOWN.includes(tag)) known.set(tag, value);
		else unknown.push(Uint8Array.of(tag, value.length), value);
	}
	const record: PeerRecord = {
		zid,
		verified: (flags & FLAG_VERIFIED) !== 0,
		rs1: known.get(Tag.rs1),
		rs1Times: readTimes(known.get(Tag.rs1Times)),
		rs2: known.get(Tag.rs2),
		rs2Times: readTimes(known.get(Tag.rs2Times)),
		name: readText(known.get(Tag.name))?.[0],
		pbxsecret: known.get(Tag.pbxsecret),
		addresses: addresses.slice(0, ADDRESSES_MAXIMUM),
		note: readText(known.get(Tag.note))?.[0],
		rest: joined(unknown),
	};
	if (!reader.overrun && [record.rs1, record.rs2, record.pbxsecret].every(isSecret)) return record;
	wipePeer(record);
	return undefined;
}

export function wipePeer(record: PeerRecord): void {
	wipe(record.rs1, record.rs2, record.pbxsecret, record.rest);
}

/** The addresses of a peer that is met at one now: that one first, none twice. */
export function seenAt(addresses: readonly string[], address: string | undefined): readonly string[] {
	if (address === undefined || address === "" || utf8Encode(address).length > ADDRESS_MAXIMUM) return addresses;
	return [address, ...addresses.filter((other) => other !== address)].slice(0, ADDRESSES_MAXIMUM);
}

/** Whether a body was written anew when the store was opened, and so by a program that was not cut short. */
export function isRenewed(body: Uint8Array): boolean {
	return ((body[ZID_BYTE_LENGTH] ?? 0) & FLAG_RENEWED) !== 0;
}

export function markRenewed(body: Uint8Array): void {
	body[ZID_BYTE_LENGTH] = (body[ZID_BYTE_LENGTH] ?? 0) | FLAG_RENEWED;
}

function isSecret(value: Uint8Array | undefined): boolean {
	return value === undefined || value.length === SECRET_BYTE_LENGTH;
}

function times(value: SecretTimes | undefined): Uint8Array | undefined {
	return value && new Writer(8).u32(value.storedAtSec).u32(value.expiresAtSec).finish();
}

function readTimes(value: Uint8Array | undefined): SecretTimes | undefined {
	if (value === undefined) return undefined;
	const reader = new Reader(value);
	const found = { storedAtSec: reader.u32(), expiresAtSec: reader.u32() };
	return reader.overrun ? undefined : found;
}

function readText(value: Uint8Array | undefined): [string] | undefined {
	const text = value && utf8Decode(value);
	return text === undefined ? undefined : [text];
}

function cut(text: string | undefined, maximum: number): Uint8Array | undefined {
	if (text === undefined || text === "") return undefined;
	const bytes = utf8Encode(text);
	if (bytes.length <= maximum) return bytes;
	let end = maximum;
	while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
	return bytes.slice(0, end);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	let byteLength = 0;
	for (const part of parts) byteLength += part.length;
	const writer = new Writer(byteLength);
	for (const part of parts) writer.bytes(part);
	return writer.finish();
}
