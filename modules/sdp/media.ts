/**
 * What one audio section says, taken apart: codecs, direction, RTCP, zrtp-hash. Sections enter from offer-answer.ts;
 * nothing here decides.
 * @module
 */

import { fromHex, toHex } from "bytes/hex";
import { type Attribute, attribute, type MediaDescription, type SessionDescription } from "./sdp";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const ZRTP_HASH = /^(\S+) +([0-9a-fA-F]{64})$/;
const RTPMAP = /^([0-9]{1,3}) +([A-Za-z0-9_.-]+)\/([0-9]{1,6})(?:\/1)?$/;
const NUMBER = /^[0-9]{1,5}$/;

export type CodecName = "PCMU" | "PCMA";
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export interface Codec {
	readonly name: CodecName;
	/** 0..127 */
	readonly payloadType: number;
	readonly clockRateHz: number;
}

/** RFC 3551 table 4: payload types that need no rtpmap. */
export const STATIC_PAYLOAD_TYPES: Readonly<Record<CodecName, number>> = Object.freeze({ PCMU: 0, PCMA: 8 });
/** RFC 4733: of the dynamic range, the number that nearly every phone uses. */
export const TELEPHONE_EVENT_PAYLOAD_TYPE = 101;
export const CLOCK_RATE_HZ = 8000;
/** The version of RFC 6189; a hash of another version's Hello is of no use to us (section 8). */
export const ZRTP_VERSION = "1.10";

/** One zrtp-hash attribute (RFC 6189 section 8). */
export interface ZrtpHash {
	readonly version: string;
	/** SHA-256 of the Hello. */
	readonly hash: Uint8Array;
}

/** The codecs of a section that are among `wanted`, in the order of the section. */
export function codecsOf(media: MediaDescription, wanted: readonly CodecName[]): Codec[] {
	const codecs: Codec[] = [];
	for (const format of media.formats) {
		const payloadType = payloadTypeOf(format);
		if (payloadType === undefined) continue;
		const encoding = encodingOf(media, payloadType);
		for (const name of wanted)
			if (encoding === `${name}/${CLOCK_RATE_HZ}` && !codecs.some((codec) => codec.name === name))
				codecs.push({ name, payloadType, clockRateHz: CLOCK_RATE_HZ });
	}
	return codecs;
}

/** The payload type of telephone-event at 8000 Hz, or undefined. */
export function telephoneEventOf(media: MediaDescription): number | undefined {
	for (const format of media.formats) {
		const payloadType = payloadTypeOf(format);
		if (payloadType === undefined) continue;
		if (encodingOf(media, payloadType) === `TELEPHONE-EVENT/${CLOCK_RATE_HZ}`) return payloadType;
	}
	return undefined;
}

/** Direction as the writer of the section sees it: its own, else that of the session, else sendrecv (RFC 4566 section 6). */
export function directionOf(sd: SessionDescription, media: MediaDescription): Direction {
	for (const attributes of [media.attributes, sd.attributes])
		for (const { name, value } of attributes) if (value === undefined && isDirection(name)) return name;
	return "sendrecv";
}

/** The same direction seen from the other end (RFC 3264 section 6.1). */
export function mirrored(direction: Direction): Direction {
	if (direction === "sendonly") return "recvonly";
	return direction === "recvonly" ? "sendonly" : direction;
}

/** What both allow. */
export function narrowed(a: Direction, b: Direction): Direction {
	const send = canSend(a) && canSend(b);
	const receive = canReceive(a) && canReceive(b);
	if (send) return receive ? "sendrecv" : "sendonly";
	return receive ? "recvonly" : "inactive";
}

/** a=ptime held to 10..60 ms in steps of 10, not above a=maxptime; 20 ms without it (RFC 3551 section 4.2). */
export function ptimeMsOf(media: MediaDescription): number {
	const limit = number(attribute(media.attributes, "maxptime")) ?? 60;
	const wanted = Math.min(number(attribute(media.attributes, "ptime")) ?? 20, limit, 60);
	return Math.max(Math.floor(wanted / 10) * 10, 10);
}

/** The peer's RTCP port: a=rtcp (RFC 3605), else the port above RTP's (RFC 3550 section 11). */
export function rtcpPortOf(media: MediaDescription): number {
	const port = number(attribute(media.attributes, "rtcp")?.split(" ")[0]);
	return port !== undefined && port > 0 && port < 65536 ? port : Math.min(media.port + 1, 65535);
}

/** Every well-formed zrtp-hash of a list of attributes. */
export function zrtpHashes(attributes: readonly Attribute[]): ZrtpHash[] {
	const hashes: ZrtpHash[] = [];
	for (const { name, value } of attributes) {
		const match = name === "zrtp-hash" ? ZRTP_HASH.exec(value ?? "") : null;
		const hash = fromHex(match?.[2] ?? "-");
		if (match?.[1] !== undefined && hash !== undefined) hashes.push({ version: match[1], hash });
	}
	return hashes;
}

/** The hash of the peer's Hello that we can check: the section's own before the session's (RFC 6189 section 8). */
export function zrtpHashOf(sd: SessionDescription, media: MediaDescription): Uint8Array | undefined {
	const hashes = [...zrtpHashes(media.attributes), ...zrtpHashes(sd.attributes)];
	return hashes.find((entry) => entry.version === ZRTP_VERSION)?.hash;
}

export function zrtpHashAttribute(hash: Uint8Array): Attribute {
	return { name: "zrtp-hash", value: `${ZRTP_VERSION} ${toHex(hash)}` };
}

/** Text of a peer inside a message of ours. */
export function printable(text: string): string {
	return text.replace(/[^ -~]/g, "?").slice(0, 40);
}

function canSend(direction: Direction): boolean {
	return direction === "sendrecv" || direction === "sendonly";
}

function canReceive(direction: Direction): boolean {
	return direction === "sendrecv" || direction === "recvonly";
}

function isDirection(name: string): name is Direction {
	return name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive";
}

function payloadTypeOf(format: string): number | undefined {
	const value = number(format);
	return value !== undefined && value < 128 ? value : undefined;
}

/** NAME/RATE in upper case, from rtpmap or, for the static types, from RFC 3551. */
function encodingOf(media: MediaDescription, payloadType: number): string | undefined {
	for (const { name, value } of media.attributes) {
		const match = name === "rtpmap" ? RTPMAP.exec(value ?? "") : null;
		if (match !== null && Number(match[1]) === payloadType) return `${match[2]?.toUpperCase()}/${match[3]}`;
	}
	for (const codec of ["PCMU", "PCMA"] as const)
		if (STATIC_PAYLOAD_TYPES[codec] === payloadType) return `${codec}/${CLOCK_RATE_HZ}`;
	return undefined;
}

function number(text: string | undefined): number | undefined {
	return text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
}
