/**
 * Session descriptions (RFC 4566): text to structure and back. The text comes from SIP bodies; offer-answer.ts reads and
 * makes the structure. Everything is bounded, and what a peer wrote never throws.
 * @module
 */

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const ORIGIN = /^(\S+) ([0-9]{1,20}) ([0-9]{1,20}) IN (IP4|IP6) (\S+)$/;
const CONNECTION = /^IN (IP4|IP6) (\S+)$/;
const PORT = /^([0-9]{1,5})(?:\/[0-9]{1,5})?$/;
const MEDIA_TYPE = /^[A-Za-z0-9-]+$/;
const PROTOCOL = /^[A-Za-z0-9/-]+$/;

/** c= */
export interface Connection {
	readonly addressType: "IP4" | "IP6";
	/** As written: an address or a host name, for multicast with its ttl. */
	readonly address: string;
}

/** a=name or a=name:value */
export interface Attribute {
	readonly name: string;
	readonly value: string | undefined;
}

/** One m= section. */
export interface MediaDescription {
	/** audio, video, ... */
	readonly media: string;
	/** 0..65535; 0 refuses or switches off. */
	readonly port: number;
	/** RTP/AVP, RTP/SAVP, ... */
	readonly protocol: string;
	/** Payload types of RTP, as written; anything for other protocols. */
	readonly formats: readonly string[];
	readonly connection: Connection | undefined;
	readonly attributes: readonly Attribute[];
}

export interface SessionDescription {
	readonly origin: {
		readonly username: string;
		/** Numeric strings, for they may have 64 bits. */
		readonly sessionId: string;
		readonly version: string;
		readonly addressType: "IP4" | "IP6";
		readonly address: string;
	};
	readonly name: string;
	readonly connection: Connection | undefined;
	readonly attributes: readonly Attribute[];
	readonly media: readonly MediaDescription[];
}

/** Why a text is no session description. */
export interface SdpError {
	/** Plain words. */
	readonly error: string;
	/** From 1. */
	readonly line: number;
}

const MAX_LENGTH = 16384;
const MAX_LINES = 400;
const MAX_MEDIA = 16;
const MAX_FORMATS = 64;

/** What one m= section gathers while its lines are read. */
interface Section {
	readonly head: Omit<MediaDescription, "connection" | "attributes"> | undefined;
	connection: Connection | undefined;
	readonly attributes: Attribute[];
}

/** The structure, or the first fault. Lines may end with LF alone; unknown types of line are passed over (section 5). */
export function parse(text: string): SessionDescription | SdpError {
	if (text.length > MAX_LENGTH) return { error: "the session description is too long", line: 1 };
	const lines = text.split("\n");
	if (lines.length > MAX_LINES) return { error: "the session description has too many lines", line: MAX_LINES };
	let origin: SessionDescription["origin"] | undefined;
	let name = "";
	const sections: Section[] = [newSection(undefined)];
	let number = 0;
	for (const raw of lines) {
		number++;
		const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
		if (line === "") continue;
		const fault = (error: string): SdpError => ({ error, line: number });
		const value = line.slice(2);
		const section = sections[sections.length - 1];
		if (line.charAt(1) !== "=" || section === undefined) return fault("not of the form x=value");
		if (number === 1 && line !== "v=0") return fault("does not begin with v=0");
		switch (line.charAt(0)) {
			case "o": {
				origin = parseOrigin(value);
				if (origin === undefined) return fault("o= is malformed");
				break;
			}
			case "s":
				name = value;
				break;
			case "c": {
				// A section may have several, for layered multicast; the first one counts.
				const connection = parseConnection(value);
				if (connection === undefined) return fault("c= is malformed");
				section.connection ??= connection;
				break;
			}
			case "a":
				section.attributes.push(parseAttribute(value));
				break;
			case "m": {
				const head = parseMedia(value);
				if (head === undefined) return fault("m= is malformed");
				if (sections.push(newSection(head)) > MAX_MEDIA + 1) return fault("too many m= lines");
				break;
			}
			default:
				break;
		}
	}
	if (number === 0 || !text.startsWith("v=0")) return { error: "does not begin with v=0", line: 1 };
	if (origin === undefined) return { error: "o= is missing", line: number };
	const [session, ...rest] = sections;
	const media: MediaDescription[] = [];
	for (const { head, connection, attributes } of rest)
		if (head !== undefined) media.push({ ...head, connection, attributes });
	return { origin, name, connection: session?.connection, attributes: session?.attributes ?? [], media };
}

/** True when parse found a fault. */
export function isSdpError(result: SessionDescription | SdpError): result is SdpError {
	return "error" in result;
}

/** The text, in the order of section 5, ready for a SIP body. */
export function format(sd: SessionDescription): string {
	const { origin } = sd;
	const lines = [
		"v=0",
		`o=${origin.username} ${origin.sessionId} ${origin.version} IN ${origin.addressType} ${origin.address}`,
		`s=${sd.name === "" ? "-" : sd.name}`,
		...formatConnection(sd.connection),
		"t=0 0",
		...sd.attributes.map(formatAttribute),
	];
	for (const media of sd.media) {
		lines.push(`m=${media.media} ${media.port} ${media.protocol} ${media.formats.join(" ")}`);
		lines.push(...formatConnection(media.connection), ...media.attributes.map(formatAttribute));
	}
	return `${lines.join("\r\n")}\r\n`;
}

/** The first attribute of that name: its value, "" for a flag, undefined when it is absent. */
export function attribute(attributes: readonly Attribute[], name: string): string | undefined {
	for (const candidate of attributes) if (candidate.name === name) return candidate.value ?? "";
	return undefined;
}

function newSection(head: Section["head"]): Section {
	return { head, connection: undefined, attributes: [] };
}

function parseOrigin(value: string): SessionDescription["origin"] | undefined {
	const match = ORIGIN.exec(value.trim());
	const [, username, sessionId, version, addressType, address] = match ?? [];
	if (username === undefined || sessionId === undefined || version === undefined || address === undefined)
		return undefined;
	return { username, sessionId, version, addressType: addressType === "IP6" ? "IP6" : "IP4", address };
}

function parseConnection(value: string): Connection | undefined {
	const match = CONNECTION.exec(value.trim());
	const address = match?.[2];
	if (address === undefined || address.length > 255) return undefined;
	return { addressType: match?.[1] === "IP6" ? "IP6" : "IP4", address };
}

function parseAttribute(value: string): Attribute {
	const colon = value.indexOf(":");
	if (colon < 0) return { name: value.trim(), value: undefined };
	return { name: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}

function parseMedia(value: string): Section["head"] {
	const [media, portText, protocol, ...formats] = value.trim().split(/ +/);
	// <port>/<number of ports> is for layered encodings; the first port is ours.
	const match = PORT.exec(portText ?? "");
	const port = match === null ? undefined : Number(match[1]);
	if (media === undefined || port === undefined || port > 65535 || protocol === undefined) return undefined;
	if (!MEDIA_TYPE.test(media) || !PROTOCOL.test(protocol)) return undefined;
	if (formats.length === 0 || formats.length > MAX_FORMATS) return undefined;
	return { media, port, protocol, formats };
}

function formatConnection(connection: Connection | undefined): string[] {
	return connection === undefined ? [] : [`c=IN ${connection.addressType} ${connection.address}`];
}

function formatAttribute({ name, value }: Attribute): string {
	return value === undefined ? `a=${name}` : `a=${name}:${value}`;
}
