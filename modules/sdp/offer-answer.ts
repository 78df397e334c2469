/**
 * Offer and answer (RFC 3264) for the audio streams of a call: one for a voice, more where ZRTP's Multistream mode keys
 * a second (RFC 6189 section 4.4.3). call/ gives the phone's own address, and for each stream port, codecs, ZRTP hash
 * and who keys it; with the peer's text it gets text for the SIP body, and what was agreed for hal/rtp.
 * @module
 */

import { addressOf, connectionOf } from "./address";
import { type IceLines, iceAttributes, iceOf } from "./ice";
import {
	isDtls,
	type KeyingLines,
	keyingAttributes,
	keyingOf,
	NO_KEYS,
	type Protocol,
	protocolOf,
	type StreamKeys,
} from "./keying";
import {
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
import {
	type Attribute,
	attribute,
	format,
	isSdpError,
	type MediaDescription,
	parse,
	type SessionDescription,
} from "./sdp";

export type { IceLines } from "./ice";
export type { KeyingLines, Protocol, StreamKeys } from "./keying";
export type { Codec, CodecName, Direction } from "./media";

/** What our descriptions of one call share. */
export interface LocalSession {
	/** Numeric, where our RTP is received. */
	readonly address: string;
	/** Of the o= line: constant in a call, a number below 2^53. */
	readonly sessionId: number;
	/** Of the o= line: one more for each description that differs from the last (RFC 3264 section 8). */
	readonly version: number;
	/** Our last description in this call: a new offer keeps its m-lines in their order (RFC 3264 section 8). */
	readonly previous?: string | undefined;
}

/** Our side of one audio stream. */
export interface LocalStream {
	/** RTP port; RTCP is on the one above, unless it is multiplexed. */
	readonly port: number;
	/** In order of preference. */
	readonly codecs: readonly CodecName[];
	/** SHA-256 of our Hello (RFC 6189 section 8), 32 bytes. */
	readonly zrtpHash?: Uint8Array | undefined;
	/** What we want; sendrecv without it. Hold is sendonly. */
	readonly direction?: Direction | undefined;
	/** What we would like to receive; 20 without it. */
	readonly ptimeMs?: number | undefined;
	/** Who keys it; without it nothing in SDP does. */
	readonly keys?: StreamKeys | undefined;
	/** Where our RTP and RTCP are received as seen from outside a NAT: the section names it in place of port and address. */
	readonly outside?: { readonly address: string; readonly port: number; readonly rtcpPort: number } | undefined;
	/** Offered; answered where the offer has it. Without it, never. */
	readonly ice?: IceLines | undefined;
	/** RTCP on the RTP port (RFC 5761): taken where it is offered, or offered too. Without it, never. */
	readonly rtcpMux?: "accept" | "offer" | undefined;
}

/** The description of a call with one stream. */
export interface LocalMedia extends LocalSession, LocalStream {}

/** What both ends agreed on for one stream; directions and hashes as we see them. */
export interface NegotiatedMedia {
	readonly remoteAddress: string;
	readonly remotePort: number;
	/** The same as remotePort where RTCP is multiplexed. */
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
	readonly profile: Protocol;
	/** The peer's, where both ends do ICE: the addresses above are only where it begins. */
	readonly ice?: IceLines;
	/** Who keys it, in the words of both ends; undefined where neither says a word. The text of a=crypto is secret. */
	readonly keying?: { readonly ours: KeyingLines; readonly theirs: KeyingLines };
}

/** Why nothing was agreed: a SIP status and plain words. */
export interface Rejection {
	readonly reject: 400 | 488;
	readonly reason: string;
}

/** A description of ours, and for each of our streams in order what was agreed; undefined: the offer has no place for it. */
export interface StreamsAnswer {
	readonly text: string;
	readonly streams: readonly (NegotiatedMedia | undefined)[];
}

export function isRejection(result: object): result is Rejection {
	return "reject" in result;
}

/** The offer, for INVITE, re-INVITE or a 2xx to an INVITE that had none. */
export function makeOffer(local: LocalMedia): string {
	return offerStreams(local, [local]);
}

/** As makeOffer, for any number of streams: they keep the order of the sections of `previous` that are on. */
export function offerStreams(session: LocalSession, streams: readonly LocalStream[]): string {
	const audio = streams.map((stream) => {
		const keying = (stream.keys ?? NO_KEYS).offer();
		const codecs = stream.codecs.map((name) => ({
			name,
			payloadType: STATIC_PAYLOAD_TYPES[name],
			clockRateHz: CLOCK_RATE_HZ,
		}));
		// A handshake keys one port: with DTLS reports go there too (RFC 5764 section 3).
		const mux = stream.rtcpMux === "offer" || isDtls(keying.protocol);
		const direction = stream.direction ?? "sendrecv";
		return audioSection(stream, codecs, TELEPHONE_EVENT_PAYLOAD_TYPE, direction, keying, mux, stream.ice);
	});
	const previous = session.previous === undefined ? undefined : parse(session.previous);
	// Streams are never removed, only switched off: the same m-lines, ours in the places they had.
	const media =
		previous === undefined || isSdpError(previous)
			? []
			: previous.media.map((section) => (isOurs(section) && audio.shift()) || switchedOff(section));
	return format(describe(session, [...media, ...audio]));
}

/** The answer to an offer, or why there is none: 400 for what cannot be read, 488 for what we cannot do. */
export function makeAnswer(offer: string, local: LocalMedia): { text: string; media: NegotiatedMedia } | Rejection {
	const answer = answerStreams(offer, local, [local]);
	if (isRejection(answer)) return answer;
	const [media] = answer.streams;
	return media === undefined ? { reject: 488, reason: "there is no audio in the offer" } : { text: answer.text, media };
}

/**
 * As makeAnswer, for any number of streams. Where more sections would do than there are streams, those that were on
 * come first, then those that encrypt: a PBX that offers one voice over RTP/SAVP and over RTP/AVP means the better.
 */
export function answerStreams(
	offer: string,
	session: LocalSession,
	streams: readonly LocalStream[],
): StreamsAnswer | Rejection {
	const remote = parse(offer);
	if (isSdpError(remote)) return { reject: 400, reason: `SDP line ${remote.line}: ${remote.error}` };
	const previous = session.previous === undefined ? undefined : parse(session.previous);
	const before = previous === undefined || isSdpError(previous) ? [] : previous.media;
	const places: { readonly index: number; readonly rank: number }[] = [];
	let reason: string | undefined;
	const [model] = streams;
	for (const [index, section] of remote.media.entries()) {
		const fit = model === undefined ? undefined : fitted(session, model, remote, section);
		if (fit === undefined) continue;
		if (typeof fit === "string") {
			// The fault of the first audio stream is the one to tell.
			if (section.media === "audio") reason ??= fit;
			continue;
		}
		const wasOn = before[index] !== undefined && isOurs(before[index]);
		places.push({ index, rank: (wasOn ? 2 : 0) + (isKeyed(fit.ours) ? 1 : 0) });
	}
	if (places.length === 0) return { reject: 488, reason: reason ?? "there is no audio in the offer" };
	places.sort((a, b) => b.rank - a.rank || a.index - b.index);
	const taken = places
		.slice(0, streams.length)
		.map(({ index }) => index)
		.sort((a, b) => a - b);
	const agreed: (NegotiatedMedia | undefined)[] = streams.map(() => undefined);
	// RFC 3264 section 6: as many m-lines as the offer, in its order; port 0 refuses one.
	const sections = remote.media.map((section, index) => {
		const place = taken.indexOf(index);
		const stream = streams[place];
		const fit = stream === undefined ? undefined : fitted(session, stream, remote, section);
		if (stream === undefined || fit === undefined || typeof fit === "string") return switchedOff(section);
		const { media, ours } = fit;
		agreed[place] = media;
		const mux = media.remoteRtcpPort === media.remotePort;
		const ice = media.ice && stream.ice;
		return audioSection(stream, [media.codec], media.telephoneEventPayloadType, media.direction, ours, mux, ice);
	});
	return { text: format(describe(session, sections)), streams: agreed };
}

/** What an answer to our offer agreed to. */
export function readAnswer(offer: string, answer: string, keys?: StreamKeys): NegotiatedMedia | Rejection {
	const result = readStreams(offer, answer, [keys]);
	if (isRejection(result)) return result;
	return result[0] ?? { reject: 488, reason: "the answer has fewer streams than the offer" };
}

/**
 * As readAnswer, for each of the streams of our offer in its order. The rejection of a single stream stands in its place;
 * where the first is refused, there is no call.
 * @param keys who keys each stream, as when the offer was made
 */
export function readStreams(
	offer: string,
	answer: string,
	keys: readonly (StreamKeys | undefined)[] = [],
): readonly (NegotiatedMedia | Rejection)[] | Rejection {
	const own = parse(offer);
	if (isSdpError(own)) throw new TypeError("offer: not made by makeOffer");
	const remote = parse(answer);
	if (isSdpError(remote)) return { reject: 400, reason: `SDP line ${remote.line}: ${remote.error}` };
	const results: (NegotiatedMedia | Rejection)[] = [];
	for (const [index, ours] of own.media.entries()) {
		if (!isOurs(ours)) continue;
		const section = remote.media[index];
		const result =
			section === undefined
				? "the answer has fewer streams than the offer"
				: readSection(own, ours, remote, section, keys[results.length] ?? NO_KEYS);
		if (typeof result === "string" && results.length === 0) return { reject: 488, reason: result };
		results.push(typeof result === "string" ? { reject: 488, reason: result } : result);
	}
	return results;
}

function readSection(
	own: SessionDescription,
	ours: MediaDescription,
	remote: SessionDescription,
	section: MediaDescription,
	keys: StreamKeys,
): NegotiatedMedia | string {
	if (section.media === "audio" && section.port === 0) return "the other party refused the audio";
	const said = keyingOf(own, ours);
	const theirs = keyingOf(remote, section);
	if (section.media !== "audio") return `${printable(section.media)} is not supported`;
	if (theirs === undefined || said === undefined) return offeredOver(section);
	const fault = keys.judge(said, theirs);
	if (fault !== undefined) return fault;
	const stream: LocalStream = {
		port: ours.port,
		codecs: codecsOf(ours, ["PCMU", "PCMA"]).map((codec) => codec.name),
		direction: directionOf(own, ours),
		rtcpMux: attribute(ours.attributes, "rtcp-mux") === undefined ? undefined : "offer",
		ice: iceOf(own, ours),
	};
	return agree({ address: own.origin.address }, remote, section, stream, said);
}

/** What a section of an offer and a stream of ours make together, and our word about its keys; or why they cannot. */
function fitted(
	session: LocalSession,
	stream: LocalStream,
	remote: SessionDescription,
	section: MediaDescription,
): { readonly media: NegotiatedMedia; readonly ours: KeyingLines } | string {
	if (section.media !== "audio") return `${printable(section.media)} is not supported`;
	if (section.port === 0) return "the audio is switched off";
	const theirs = keyingOf(remote, section);
	if (theirs === undefined) return offeredOver(section);
	const ours = (stream.keys ?? NO_KEYS).answer(theirs);
	if ("fault" in ours) return ours.fault;
	const media = agree(session, remote, section, stream, ours);
	return typeof media === "string" ? media : { media, ours };
}

function offeredOver(section: MediaDescription): string {
	return `the audio is offered over ${printable(section.protocol)} alone`;
}

/** Reads the peer's section against what we have. A string says why not. */
function agree(
	session: Pick<LocalSession, "address">,
	remote: SessionDescription,
	section: MediaDescription,
	stream: LocalStream,
	ours: KeyingLines,
): NegotiatedMedia | string {
	const address = addressOf(remote, section, session.address);
	if (typeof address !== "string") return address.fault;
	// RFC 3264 section 6.1: the offerer's order decides.
	const codec = codecsOf(section, stream.codecs)[0];
	if (codec === undefined) return "no codec in common (this phone has PCMU and PCMA)";
	// RFC 3264 section 8.4: 0.0.0.0 is how RFC 2543 held a call; nothing may be sent there.
	const silenced = address === "0.0.0.0" || address === "::";
	const theirs = silenced ? narrowed(directionOf(remote, section), "sendonly") : directionOf(remote, section);
	const direction = narrowed(stream.direction ?? "sendrecv", mirrored(theirs));
	const telephoneEvent = telephoneEventOf(section);
	const zrtpHash = zrtpHashOf(remote, section);
	const keying = keyingOf(remote, section);
	const mux = stream.rtcpMux !== undefined && attribute(section.attributes, "rtcp-mux") !== undefined;
	const ice = stream.ice && iceOf(remote, section);
	return {
		remoteAddress: address,
		remotePort: section.port,
		remoteRtcpPort: mux ? section.port : rtcpPortOf(section),
		codec,
		ptimeMs: ptimeMsOf(section),
		...(telephoneEvent === undefined ? {} : { telephoneEventPayloadType: telephoneEvent }),
		direction,
		heldByPeer: theirs === "sendonly" || theirs === "inactive",
		...(zrtpHash === undefined ? {} : { zrtpHash }),
		profile: keying?.protocol ?? "RTP/AVP",
		...(ice && { ice }),
		...(isKeyed(ours) && keying !== undefined && { keying: { ours, theirs: keying } }),
	};
}

function audioSection(
	stream: LocalStream,
	codecs: readonly Codec[],
	telephoneEvent: number | undefined,
	direction: Direction,
	keying: KeyingLines,
	mux: boolean,
	ice: IceLines | undefined,
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
	attributes.push({ name: "ptime", value: String(stream.ptimeMs ?? 20) }, { name: direction, value: undefined });
	const { outside } = stream;
	const port = outside?.port ?? stream.port;
	if (mux) attributes.push({ name: "rtcp-mux", value: undefined });
	// RFC 3605: a NAT keeps no pairs.
	if (outside && outside.rtcpPort !== port + 1) attributes.push({ name: "rtcp", value: String(outside.rtcpPort) });
	if (ice) attributes.push(...iceAttributes(ice));
	attributes.push(...keyingAttributes(keying));
	if (stream.zrtpHash !== undefined) attributes.push(zrtpHashAttribute(stream.zrtpHash));
	const connection = outside && connectionOf(outside.address);
	return { media: "audio", port, protocol: keying.protocol, formats, connection, attributes };
}

function isKeyed(ours: KeyingLines): boolean {
	return ours.crypto.length > 0 || ours.fingerprints.length > 0;
}

/** A stream we do not take, or that is over: the same line with port 0. */
function switchedOff(section: MediaDescription): MediaDescription {
	return { ...section, port: 0, connection: undefined, attributes: [] };
}

/** In a description of ours, the sections that are on are our streams. */
function isOurs(section: MediaDescription): boolean {
	return section.media === "audio" && section.port !== 0 && protocolOf(section) !== undefined;
}

function describe(session: LocalSession, media: readonly MediaDescription[]): SessionDescription {
	const { addressType, address } = connectionOf(session.address);
	return {
		origin: {
			username: "-",
			sessionId: String(session.sessionId),
			version: String(session.version),
			addressType,
			address,
		},
		name: "-",
		connection: { addressType, address },
		attributes: [],
		media,
	};
}
