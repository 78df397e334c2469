/**
 * How a section says who keys its SRTP: the protocol of its m= line, a=crypto (RFC 4568), a=fingerprint and a=setup
 * (RFC 8122, 5763). Sections come from offer-answer.ts, which asks a `StreamKeys` of call/ what to say and whether what
 * the peer said will do; nothing here knows a key. Beware: a=crypto carries keys, so these texts never go to a log.
 * @module
 */

import { type Attribute, attribute, type MediaDescription, type SessionDescription } from "./sdp";

export const PROTOCOLS = Object.freeze([
	"RTP/AVP",
	"RTP/AVPF",
	"RTP/SAVP",
	"RTP/SAVPF",
	"UDP/TLS/RTP/SAVP",
	"UDP/TLS/RTP/SAVPF",
] as const);

export type Protocol = (typeof PROTOCOLS)[number];

/** What one section says about keys. */
export interface KeyingLines {
	readonly protocol: Protocol;
	/** Values of a=crypto, in order. */
	readonly crypto: readonly string[];
	/** Values of a=fingerprint: of the section, or where it has none of the session (RFC 8122 section 5). */
	readonly fingerprints: readonly string[];
	/** Value of a=setup (RFC 4145 section 4). */
	readonly setup: string | undefined;
}

/** Who keys one of our streams; call/ has it. Nothing it is asked changes what is in force. */
export interface StreamKeys {
	/** What we offer. */
	offer(): KeyingLines;
	/** What we answer to an offer's section, or why it cannot be ours. */
	answer(theirs: KeyingLines): KeyingLines | { readonly fault: string };
	/** Why an answer to what we offered is not to be taken; undefined: it is. */
	judge(ours: KeyingLines, theirs: KeyingLines): string | undefined;
}

/** Of a stream that SDP does not key (RFC 6189 section 8: a phone that offers ZRTP stays with AVP). */
export const NO_KEYS: StreamKeys = Object.freeze({
	offer: () => PLAIN,
	answer: (theirs: KeyingLines) =>
		isPlain(theirs.protocol)
			? { ...PLAIN, protocol: theirs.protocol }
			: { fault: `the audio is offered over ${theirs.protocol} alone` },
	judge: (ours: KeyingLines, theirs: KeyingLines) =>
		sameTransport(ours.protocol, theirs.protocol) ? undefined : `the audio is offered over ${theirs.protocol} alone`,
});

/** RTP/AVP without a word about keys. */
export const PLAIN: KeyingLines = Object.freeze({
	protocol: "RTP/AVP",
	crypto: Object.freeze([]),
	fingerprints: Object.freeze([]),
	setup: undefined,
});

/** No encryption is demanded: RTP/AVP and RTP/AVPF. */
export function isPlain(protocol: Protocol): boolean {
	return protocol === "RTP/AVP" || protocol === "RTP/AVPF";
}

/** SRTP whose keys come by DTLS (RFC 5764 section 8). */
export function isDtls(protocol: Protocol): boolean {
	return protocol === "UDP/TLS/RTP/SAVP" || protocol === "UDP/TLS/RTP/SAVPF";
}

/** The same but for the F of RFC 4585: some answer an offer of the one with the other. */
export function sameTransport(a: Protocol, b: Protocol): boolean {
	return withoutFeedback(a) === withoutFeedback(b);
}

export function protocolOf(media: MediaDescription): Protocol | undefined {
	return PROTOCOLS.find((protocol) => protocol === media.protocol);
}

/** What a section says; undefined for a protocol that is not RTP's. */
export function keyingOf(sd: Pick<SessionDescription, "attributes">, media: MediaDescription): KeyingLines | undefined {
	const protocol = protocolOf(media);
	if (protocol === undefined) return undefined;
	const own = values(media.attributes, "fingerprint");
	return {
		protocol,
		crypto: values(media.attributes, "crypto"),
		fingerprints: own.length > 0 ? own : values(sd.attributes, "fingerprint"),
		setup: attribute(media.attributes, "setup") ?? attribute(sd.attributes, "setup"),
	};
}

export function keyingAttributes(lines: KeyingLines): Attribute[] {
	return [
		...lines.crypto.map((value) => ({ name: "crypto", value })),
		...lines.fingerprints.map((value) => ({ name: "fingerprint", value })),
		...(lines.setup === undefined ? [] : [{ name: "setup", value: lines.setup }]),
	];
}

function values(attributes: readonly Attribute[], name: string): string[] {
	const found: string[] = [];
	for (const candidate of attributes) if (candidate.name === name) found.push(candidate.value ?? "");
	return found;
}

function withoutFeedback(protocol: Protocol): string {
	return protocol.endsWith("F") ? protocol.slice(0, -1) : protocol;
}
