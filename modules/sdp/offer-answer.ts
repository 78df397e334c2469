/**
 * Offer and answer (RFC 3264) for one audio stream. call/ gives the phone's own address, codecs and ZRTP hash, and the
 * peer's text; it gets text for the SIP body, and what was agreed for hal/rtp.
 * @module
 */

import {
	addressOf,
	CLOCK_RATE_HZ,
	type Codec,
	type CodecName,
	codecsOf,
	type Direction,
	directionOf,
	mirrored,
	narrowed,
	printable,
	ptimeMsOf,
	rtcpPortOf,
	STATIC_PAYLOAD_TYPES,
	TELEPHONE_EVENT_PAYLOAD_TYPE,
	telephoneEventOf,
	zrtpHashAttribute,
	zrtpHashOf,
} from "./media";
import { type Attribute, format, isSdpError, type MediaDescription, parse, type SessionDescription } from "./sdp";

export type { Codec, CodecName, Direction } from "./media";

/** Our side of the description. */
export interface LocalMedia {
	/** IPv4, where our RTP is received. */
	readonly address: string;
	/** RTP port; RTCP is on the one above. */
	readonly port: number;
	/** Of the o= line: constant in a call, a number below 2^53. */
	readonly sessionId: number;
	/** Of the o= line: one more for each description that differs from the last (RFC 3264 section 8). */
	readonly version: number;
	/** In order of preference. */
	readonly codecs: readonly CodecName[];
	/** SHA-256 of our Hello (RFC 6189 section 8), 32 bytes. */
	readonly zrtpHash?: Uint8Array | undefined;
	/** What we want; sendrecv without it. Hold is sendonly. */
	readonly direction?: Direction | undefined;
	/** What we would like to receive; 20 without it. */
	readonly ptimeMs?: number | undefined;
	/** Our last description in this call: a new offer keeps its m-lines in their order (RFC 3264 section 8). */
	readonly previous?: string | undefined;
}

/** What both ends agreed on; directions and hashes as we see them. */
export interface NegotiatedMedia {
	readonly remoteAddress: string;
	readonly remotePort: number;
	readonly remoteRtcpPort: number;
	/** What we send; the payload type is the peer's. */
	readonly codec: Codec;
	/** Milliseconds of audio in each packet we send. */
	readonly ptimeMs: number;
	readonly telephoneEventPayloadType?: number;
	/** Ours: sendonly means that we send and do not listen. */
	readonly direction: Direction;
	/** The peer holds us: sendonly, inactive or the address 0.0.0.0 of older phones. */
	readonly heldByPeer: boolean;
	/** SHA-256 of the peer's Hello. */
	readonly zrtpHash?: Uint8Array;
	readonly profile: "RTP/AVP";
}

/** Why nothing was agreed: a SIP status and plain words. */
export interface Rejection {
	readonly reject: 400 | 488;
	readonly reason: string;
}

export function isRejection(result: object): result is Rejection {
	return "reject" in result;
}

/** The offer, for INVITE, re-INVITE or a 2xx to an INVITE that had none. */
export function makeOffer(local: LocalMedia): string {
	const formats = local.codecs.map((name) => ({
		name,
		payloadType: STATIC_PAYLOAD_TYPES[name],
		clockRateHz: CLOCK_RATE_HZ,
	}));
	const audio = audioSection(local, formats, TELEPHONE_EVENT_PAYLOAD_TYPE, local.direction ?? "sendrecv");
	const previous = local.previous === undefined ? undefined : parse(local.previous);
	if (previous === undefined || isSdpError(previous)) return format(describe(local, [audio]));
	// Streams are never removed, only switched off: the same m-lines, ours in the place it had.
	const ours = previous.media.findIndex(isOurs);
	const media = previous.media.map((section, i) => (i === ours ? audio : switchedOff(section)));
	if (ours < 0) media.push(audio);
	return format(describe(local, media));
}

/** The answer to an offer, or why there is none: 400 for what cannot be read, 488 for what we cannot do. */
export function makeAnswer(offer: string, local: LocalMedia): { text: string; media: NegotiatedMedia } | Rejection {
	const remote = parse(offer);
	if (isSdpError(remote)) return { reject: 400, reason: `SDP line ${remote.line}: ${remote.error}` };
	let reason: string | undefined;
	for (const [index, section] of remote.media.entries()) {
		const fault = unfit(section);
		const media = fault ?? agree(remote, section, local.codecs, local.direction ?? "sendrecv");
		if (typeof media === "string") {
			// The fault of the first audio stream is the one to tell.
			if (section.media === "audio") reason ??= media;
			continue;
		}
		const audio = audioSection(local, [media.codec], media.telephoneEventPayloadType, media.direction);
		// RFC 3264 section 6: as many m-lines as the offer, in its order; port 0 refuses one.
		const sections = remote.media.map((other, i) => (i === index ? audio : switchedOff(other)));
		return { text: format(describe(local, sections)), media };
	}
	return { reject: 488, reason: reason ?? "there is no audio in the offer" };
}

/** What an answer to our offer agreed to. */
export function readAnswer(offer: string, answer: string): NegotiatedMedia | Rejection {
	const own = parse(offer);
	if (isSdpError(own)) throw new TypeError("offer: not made by makeOffer");
	const remote = parse(answer);
	if (isSdpError(remote)) return { reject: 400, reason: `SDP line ${remote.line}: ${remote.error}` };
	const index = own.media.findIndex(isOurs);
	const ours = own.media[index];
	const section = remote.media[index];
	if (ours === undefined || section === undefined)
		return { reject: 488, reason: "the answer has fewer streams than the offer" };
	if (section.media === "audio" && section.port === 0)
		return { reject: 488, reason: "the other party refused the audio" };
	const fault = unfit(section);
	if (fault !== undefined) return { reject: 488, reason: fault };
	const wanted = codecsOf(ours, ["PCMU", "PCMA"]).map((codec) => codec.name);
	const media = agree(remote, section, wanted, directionOf(own, ours));
	return typeof media === "string" ? { reject: 488, reason: media } : media;
}

/** Why a section cannot be our audio stream, or undefined. */
function unfit(section: MediaDescription): string | undefined {
	if (section.media !== "audio") return `${printable(section.media)} is not supported`;
	if (section.port === 0) return "the audio is switched off";
	// RFC 4568: SAVP wants keys in the SDP; a phone that offers ZRTP stays with AVP (RFC 6189 section 8).
	if (section.protocol !== "RTP/AVP") return `the audio is offered over ${printable(section.protocol)} alone`;
	return undefined;
}

/** Reads the peer's section against what we have. A string says why not. */
function agree(
	remote: SessionDescription,
	section: MediaDescription,
	codecs: readonly CodecName[],
	wanted: Direction,
): NegotiatedMedia | string {
	const address = addressOf(remote, section);
	if (typeof address !== "string") return address.fault;
	// RFC 3264 section 6.1: the offerer's order decides.
	const codec = codecsOf(section, codecs)[0];
	if (codec === undefined) return "no codec in common (this phone has PCMU and PCMA)";
	// RFC 3264 section 8.4: 0.0.0.0 is how RFC 2543 held a call; nothing may be sent there.
	const silenced = address === "0.0.0.0";
	const theirs = silenced ? narrowed(directionOf(remote, section), "sendonly") : directionOf(remote, section);
	const direction = narrowed(wanted, mirrored(theirs));
	const telephoneEvent = telephoneEventOf(section);
	const zrtpHash = zrtpHashOf(remote, section);
	return {
		remoteAddress: address,
		remotePort: section.port,
		remoteRtcpPort: rtcpPortOf(section),
		codec,
		ptimeMs: ptimeMsOf(section),
		...(telephoneEvent === undefined ? {} : { telephoneEventPayloadType: telephoneEvent }),
		direction,
		heldByPeer: theirs === "sendonly" || theirs === "inactive",
		...(zrtpHash === undefined ? {} : { zrtpHash }),
		profile: "RTP/AVP",
	};
}

function audioSection(
	local: LocalMedia,
	codecs: readonly Codec[],
	telephoneEvent: number | undefined,
	direction: Direction,
): MediaDescription {
	const attributes: Attribute[] = codecs.map((codec) => ({
		name: "rtpmap",
		value: `${codec.payloadType} ${codec.name}/${codec.clockRateHz}`,
	}));
	const formats = codecs.map((codec) => String(codec.payloadType));
	if (telephoneEvent !== undefined) {
		formats.push(String(telephoneEvent));
		attributes.push({ name: "rtpmap", value: `${telephoneEvent} telephone-event/${CLOCK_RATE_HZ}` });
		// RFC 4733 section 2.4.1: the digits, * # A-D.
		attributes.push({ name: "fmtp", value: `${telephoneEvent} 0-15` });
	}
	attributes.push({ name: "ptime", value: String(local.ptimeMs ?? 20) }, { name: direction, value: undefined });
	if (local.zrtpHash !== undefined) attributes.push(zrtpHashAttribute(local.zrtpHash));
	return { media: "audio", port: local.port, protocol: "RTP/AVP", formats, connection: undefined, attributes };
}

/** A stream we do not take, or that is over: the same line with port 0. */
function switchedOff(section: MediaDescription): MediaDescription {
	return { ...section, port: 0, connection: undefined, attributes: [] };
}

/** In a description of ours there is one section that is on. */
function isOurs(section: MediaDescription): boolean {
	return section.media === "audio" && section.protocol === "RTP/AVP" && section.port !== 0;
}

function describe(local: LocalMedia, media: readonly MediaDescription[]): SessionDescription {
	return {
		origin: {
			username: "-",
			sessionId: String(local.sessionId),
			version: String(local.version),
			addressType: "IP4",
			address: local.address,
		},
		name: "-",
		connection: { addressType: "IP4", address: local.address },
		attributes: [],
		media,
	};
}
