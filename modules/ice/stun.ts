/**
 * STUN messages as ICE uses them (RFC 8489): Binding requests, indications and their answers, with the attributes of RFC 8445
 * section 16.1. A datagram goes in and a checked message comes out, or nothing; whether its tag is good is asked separately,
 * since the key depends on who sent it.
 * @module
 */

import { concat } from "bytes/concat";
import { crc32 } from "bytes/crc32";
import { equal } from "bytes/equal";
import { Reader } from "bytes/reader";
import { utf8Decode, utf8Encode } from "bytes/text";
import { Writer } from "bytes/writer";
import type { Mac } from "crypto/types";
import type { TransportAddress } from "./types";

/** Method Binding with its four classes (section 5). */
export const BINDING = Object.freeze({ request: 0x0001, indication: 0x0011, success: 0x0101, error: 0x0111 });

export const STUN_HEADER_BYTES = 20;
export const TRANSACTION_ID_BYTES = 12;
const MAGIC_COOKIE = 0x2112a442;
const FINGERPRINT_XOR = 0x5354554e;
const ATTRIBUTE_HEADER_BYTES = 4;
const TAG_BYTES = 20;
/** More than any message of ours or of a peer that means well. */
const MAX_ATTRIBUTES = 32;
const IPV4_FAMILY = 1;

const ATTRIBUTE = Object.freeze({
	mappedAddress: 0x0001,
	username: 0x0006,
	messageIntegrity: 0x0008,
	errorCode: 0x0009,
	unknownAttributes: 0x000a,
	xorMappedAddress: 0x0020,
	priority: 0x0024,
	useCandidate: 0x0025,
	software: 0x8022,
	fingerprint: 0x8028,
	iceControlled: 0x8029,
	iceControlling: 0x802a,
});

export interface StunMessage {
	readonly type: number;
	/** 12 octets. */
	readonly transactionId: Uint8Array;
	readonly username?: string;
	readonly mapped?: TransportAddress;
	readonly priority?: number;
	readonly useCandidate: boolean;
	/** Tie-breaker, 8 octets. */
	readonly controlling?: Uint8Array;
	readonly controlled?: Uint8Array;
	/** 300..699 */
	readonly errorCode?: number;
	/** Attributes that must be understood and are not (section 5). */
	readonly unknown: readonly number[];
	/** Where MESSAGE-INTEGRITY begins, in octets from the start; undefined: there is none. */
	readonly integrityAt?: number;
	/** A good FINGERPRINT ends the message. */
	readonly fingerprint: boolean;
}

/** Section 5: the first two bits, the cookie, and a length that is the datagram's. */
export function isStun(bytes: Uint8Array): boolean {
	if (bytes.length < STUN_HEADER_BYTES || bytes.length % 4 !== 0 || ((bytes[0] ?? 0) & 0xc0) !== 0) return false;
	const header = new Reader(bytes);
	header.skip(2);
	return header.u16() === bytes.length - STUN_HEADER_BYTES && header.u32() === MAGIC_COOKIE;
}

/** undefined: not STUN, or with a wrong FINGERPRINT, or with attributes that do not add up. */
export function parseStun(bytes: Uint8Array): StunMessage | undefined {
	if (!isStun(bytes)) return undefined;
	const reader = new Reader(bytes);
	const type = reader.u16();
	reader.skip(6);
	const transactionId = reader.bytes(TRANSACTION_ID_BYTES);
	const message: Mutable<StunMessage> & { unknown: number[] } = {
		type,
		transactionId,
		useCandidate: false,
		unknown: [],
		fingerprint: false,
	};
	for (let count = 0; reader.remaining > 0; count++) {
		const at = reader.offset;
		const code = reader.u16();
		const byteLength = reader.u16();
		const value = reader.sub(byteLength);
		reader.skip(-byteLength & 3);
		if (reader.overrun || count === MAX_ATTRIBUTES || message.fingerprint) return undefined;
		// Section 14.5: what follows the tag is not covered by it and is not believed, but for the fingerprint.
		if (message.integrityAt !== undefined && code !== ATTRIBUTE.fingerprint) continue;
		if (!readAttribute(message, code, value, bytes, at)) return undefined;
	}
	return message;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** @returns false where the value cannot be right. */
function readAttribute(
	message: Mutable<StunMessage> & { unknown: number[] },
	code: number,
	value: Reader,
	whole: Uint8Array,
	at: number,
): boolean {
	const { byteLength } = value;
	switch (code) {
		case ATTRIBUTE.username: {
			const text = byteLength <= 513 ? utf8Decode(value.rest()) : undefined;
			if (text === undefined) return false;
			message.username = text;
			return true;
		}
		case ATTRIBUTE.xorMappedAddress: {
			value.skip(1);
			// Another family than IPv4 says nothing to us.
			if (value.u8() !== IPV4_FAMILY) return true;
			const port = value.u16() ^ (MAGIC_COOKIE >>> 16);
			message.mapped = { address: dotted((value.u32() ^ MAGIC_COOKIE) >>> 0), port };
			return !value.overrun && byteLength === 8 && port !== 0;
		}
		case ATTRIBUTE.priority:
			message.priority = value.u32();
			return byteLength === 4;
		case ATTRIBUTE.useCandidate:
			message.useCandidate = true;
			return byteLength === 0;
		case ATTRIBUTE.iceControlling:
			message.controlling = value.rest();
			return byteLength === 8;
		case ATTRIBUTE.iceControlled:
			message.controlled = value.rest();
			return byteLength === 8;
		case ATTRIBUTE.errorCode: {
			value.skip(2);
			message.errorCode = (value.u8() & 7) * 100 + value.u8();
			return !value.overrun && message.errorCode >= 300 && message.errorCode <= 699;
		}
		case ATTRIBUTE.messageIntegrity:
			message.integrityAt = at;
			return byteLength === TAG_BYTES;
		case ATTRIBUTE.fingerprint:
			message.fingerprint = true;
			return byteLength === 4 && value.u32() === fingerprintOf(whole.subarray(0, at));
		case ATTRIBUTE.mappedAddress:
		case ATTRIBUTE.unknownAttributes:
			return true;
		default:
			if (code < 0x8000) message.unknown.push(code);
			return true;
	}
}

/** Section 14.7: over everything before it. The length in the header counts it already. */
function fingerprintOf(before: Uint8Array): number {
	return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}

/** Section 14.5: the tag covers what stands before it, with a length that ends at the tag. */
export function integrityHolds(bytes: Uint8Array, message: StunMessage, hmacSha1: Mac, password: string): boolean {
	const at = message.integrityAt;
	if (at === undefined) return false;
	const tag = bytes.subarray(at + ATTRIBUTE_HEADER_BYTES, at + ATTRIBUTE_HEADER_BYTES + TAG_BYTES);
	return equal(tag, integrityOf(bytes.subarray(0, at), hmacSha1, password));
}

function integrityOf(before: Uint8Array, hmacSha1: Mac, password: string): Uint8Array {
	const covered = before.slice();
	const byteLength = before.length + ATTRIBUTE_HEADER_BYTES + TAG_BYTES - STUN_HEADER_BYTES;
	covered[2] = byteLength >>> 8;
	covered[3] = byteLength & 0xff;
	return hmacSha1.compute(utf8Encode(password), covered);
}

/** What a message of ours says. */
export interface StunParts {
	readonly type: number;
	readonly transactionId: Uint8Array;
	readonly username?: string;
	readonly mapped?: TransportAddress;
	readonly priority?: number;
	readonly useCandidate?: boolean;
	readonly controlling?: Uint8Array;
	readonly controlled?: Uint8Array;
	readonly error?: { readonly code: number; readonly reason: string };
	readonly unknown?: readonly number[];
}

/** With MESSAGE-INTEGRITY where there is a password, and FINGERPRINT always. */
export function buildStun(parts: StunParts, hmacSha1?: Mac, password?: string): Uint8Array {
	const attributes: Uint8Array[] = [];
	const add = (code: number, value: Uint8Array): void => {
		const padding = -value.length & 3;
		const header = new Writer(ATTRIBUTE_HEADER_BYTES).u16(code).u16(value.length).finish();
		attributes.push(header, value, new Uint8Array(padding));
	};
	if (parts.username !== undefined) add(ATTRIBUTE.username, utf8Encode(parts.username));
	if (parts.mapped) add(ATTRIBUTE.xorMappedAddress, xorMapped(parts.mapped));
	if (parts.priority !== undefined) add(ATTRIBUTE.priority, new Writer(4).u32(parts.priority).finish());
	if (parts.useCandidate) add(ATTRIBUTE.useCandidate, new Uint8Array(0));
	if (parts.controlling) add(ATTRIBUTE.iceControlling, parts.controlling);
	if (parts.controlled) add(ATTRIBUTE.iceControlled, parts.controlled);
	if (parts.error) add(ATTRIBUTE.errorCode, errorValue(parts.error.code, parts.error.reason));
	if (parts.unknown && parts.unknown.length > 0) {
		const list = new Writer(2 * parts.unknown.length);
		for (const code of parts.unknown) list.u16(code);
		add(ATTRIBUTE.unknownAttributes, list.finish());
	}
	let message = concat(header(parts, lengthOf(attributes)), ...attributes);
	if (hmacSha1 && password !== undefined) {
		add(ATTRIBUTE.messageIntegrity, integrityOf(message, hmacSha1, password));
		message = concat(header(parts, lengthOf(attributes)), ...attributes);
	}
	const counted = lengthOf(attributes) + ATTRIBUTE_HEADER_BYTES + 4;
	const before = concat(header(parts, counted), ...attributes);
	const last = new Writer(ATTRIBUTE_HEADER_BYTES + 4).u16(ATTRIBUTE.fingerprint).u16(4).u32(fingerprintOf(before));
	return concat(before, last.finish());
}

function lengthOf(parts: readonly Uint8Array[]): number {
	return parts.reduce((sum, part) => sum + part.length, 0);
}

function header(parts: StunParts, byteLength: number): Uint8Array {
	return new Writer(STUN_HEADER_BYTES)
		.u16(parts.type)
		.u16(byteLength)
		.u32(MAGIC_COOKIE)
		.bytes(parts.transactionId)
		.finish();
}

function xorMapped({ address, port }: TransportAddress): Uint8Array {
	return new Writer(8)
		.u8(0)
		.u8(IPV4_FAMILY)
		.u16(port ^ (MAGIC_COOKIE >>> 16))
		.u32(((addressNumber(address) ?? 0) ^ MAGIC_COOKIE) >>> 0)
		.finish();
}

function errorValue(code: number, reason: string): Uint8Array {
	return concat(Uint8Array.of(0, 0, Math.floor(code / 100), code % 100), utf8Encode(reason));
}

function dotted(address: number): string {
	return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** undefined where the text is no dotted IPv4 address. */
export function addressNumber(text: string): number | undefined {
	const parts = text.split(".");
	let value = 0;
	for (const part of parts) {
		const octet = Number(part);
		if (part === "" || part.length > 3 || !Number.isInteger(octet) || octet < 0 || octet > 255) return undefined;
		value = value * 256 + octet;
	}
	return parts.length === 4 ? value : undefined;
}
