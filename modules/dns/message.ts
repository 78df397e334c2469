/**
 * Questions for service records and what a name server answers (RFC 1035, RFC 2782, RFC 3403). Bytes from the name server
 * enter by way of question.ts; records leave. Names go on only where they are names of hosts.
 * @module
 */
import { Reader } from "bytes/reader";
import { Writer } from "bytes/writer";

/** Types as they stand in a question. */
export const DNS_TYPE = Object.freeze({ CNAME: 5, SRV: 33, NAPTR: 35 } as const);
export type ServiceType = typeof DNS_TYPE.SRV | typeof DNS_TYPE.NAPTR;

/** RFC 2782. */
export interface SrvRecord {
	readonly priority: number;
	readonly weight: number;
	readonly port: number;
	/** Without the dot at its end; empty: the service is decidedly not there. */
	readonly target: string;
}

/** RFC 3403, as far as SIP uses it (RFC 3263 section 4.1). */
export interface NaptrRecord {
	readonly order: number;
	readonly preference: number;
	readonly flags: string;
	/** For example `SIPS+D2T`. */
	readonly service: string;
	readonly replacement: string;
}

export type ServiceRecord = SrvRecord | NaptrRecord;

/** What a message says to one question. `foreign`: it is no answer to it. `failed`: this name server cannot say. */
export type Answer =
	/** Up to eight; none: there are none. `ttlSec`: how long that is good. */
	| { readonly type: "records"; readonly records: readonly ServiceRecord[]; readonly ttlSec: number }
	| { readonly type: "truncated" }
	| { readonly type: "failed" }
	| { readonly type: "foreign" };

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const NAME_MOST_BYTES = 255;
const LABEL_MOST_BYTES = 63;
/** In one name; an honest one has one or two. */
const POINTERS_MOST = 16;
const RECORDS_MOST = 8;
/** Resource records looked at in one message, whatever it says to have. */
const LOOKED_AT_MOST = 128;
/** From the name that was asked to the one that has the records. */
const ALIASES_MOST = 8;
/** How long it is good that there are none. */
const NONE_TTL_SEC = 60;

const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const TRUNCATED = 0x0200;
const RECURSION_DESIRED = 0x0100;
const RCODE = 0x000f;
const NO_SUCH_NAME = 3;

/** @returns its labels, of one octet for each character @throws RangeError for a name that no host has */
function labelsOf(name: string): string[] {
	const labels = (name.endsWith(".") ? name.slice(0, -1) : name).split(".");
	let byteLength = 1;
	for (const label of labels) {
		byteLength += 1 + label.length;
		if (label.length < 1 || label.length > LABEL_MOST_BYTES) throw new RangeError("no name of the DNS");
		for (let i = 0; i < label.length; i++)
			if (!isHostCode(label.charCodeAt(i))) throw new RangeError("no name of a host");
	}
	if (byteLength > NAME_MOST_BYTES) throw new RangeError("no name of the DNS");
	return labels;
}

/** One question, to be answered by a server that asks others. @throws RangeError for a name that no DNS has */
export function encodeQuestion(id: number, name: string, type: ServiceType): Uint8Array {
	const labels = labelsOf(name);
	const byteLength = labels.reduce((sum, label) => sum + 1 + label.length, 1);
	const writer = new Writer(HEADER_BYTES + byteLength + 4);
	writer.u16(id).u16(RECURSION_DESIRED).u16(1).u16(0).u16(0).u16(0);
	for (const label of labels) {
		writer.u8(label.length);
		for (let i = 0; i < label.length; i++) writer.u8(label.charCodeAt(i));
	}
	return writer.u8(0).u16(type).u16(CLASS_IN).finish();
}

/** Letters, digits, hyphens and underscores. */
function isHostCode(code: number): boolean {
	return (
		(code >= 0x61 && code <= 0x7a) ||
		(code >= 0x41 && code <= 0x5a) ||
		(code >= 0x30 && code <= 0x39) ||
		code === 0x2d ||
		code === 0x5f
	);
}

/**
 * The name at the cursor in lower case, empty for the root; undefined where it is none. A pointer (RFC 1035 section 4.1.4)
 * leads back, before all that was read of the name so far, and there are few: so there is an end to it, and soon.
 */
function readName(message: Uint8Array, reader: Reader): string | undefined {
	let at = reader;
	let earliest = at.offset;
	let name = "";
	let byteLength = 1;
	let pointers = 0;
	for (;;) {
		const length = at.u8();
		if (at.overrun) return undefined;
		if (length === 0) return name;
		if ((length & 0xc0) === 0xc0) {
			const to = ((length & 0x3f) << 8) | at.u8();
			if (at.overrun || to >= earliest || ++pointers > POINTERS_MOST) return undefined;
			earliest = to;
			at = new Reader(message);
			at.offset = to;
			continue;
		}
		byteLength += 1 + length;
		if (length > LABEL_MOST_BYTES || byteLength > NAME_MOST_BYTES) return undefined;
		const label = at.view(length);
		if (at.overrun) return undefined;
		if (name !== "") name += ".";
		for (const code of label) {
			if (!isHostCode(code)) return undefined;
			name += String.fromCharCode(code >= 0x41 && code <= 0x5a ? code | 0x20 : code);
		}
	}
}

/** Passes over a name, whatever its labels hold; pointers are not followed. */
function skipName(reader: Reader): void {
	for (;;) {
		const length = reader.u8();
		if (reader.overrun || length === 0) return;
		if ((length & 0xc0) !== 0) {
			reader.skip(1);
			return;
		}
		reader.skip(length);
	}
}

/** A character string (RFC 1035 section 3.3); undefined where it is none that can be shown, or too long. */
function readString(reader: Reader, mostBytes: number): string | undefined {
	const bytes = reader.view(reader.u8());
	if (reader.overrun || bytes.length > mostBytes) return undefined;
	let text = "";
	for (const code of bytes) {
		if (code <= 0x20 || code > 0x7e) return undefined;
		text += String.fromCharCode(code);
	}
	return text;
}

/** `data` ends with the record, so that no name in it reads on into the next one. */
function readRecord(message: Uint8Array, data: Reader, type: ServiceType): ServiceRecord | undefined {
	const [first, second] = [data.u16(), data.u16()];
	if (type === DNS_TYPE.SRV) {
		const port = data.u16();
		const target = readName(message, data);
		return target === undefined ? undefined : { priority: first, weight: second, port, target };
	}
	const flags = readString(data, 7);
	const service = readString(data, 31);
	// A regular expression (RFC 3403 section 4.1) has no place in SIP's location of servers.
	const expression = readString(data, 0);
	const replacement = readName(message, data);
	if (flags === undefined || service === undefined || expression === undefined || replacement === undefined)
		return undefined;
	return { order: first, preference: second, flags, service, replacement };
}

interface Found {
	readonly owner: string;
	readonly record: ServiceRecord;
	readonly ttlSec: number;
}

/**
 * What a message from a name server says to this question. Only records of the name that was asked, or of what that is
 * an alias of, count; what cannot be read in a record leaves that record out.
 */
export function readAnswer(message: Uint8Array, id: number, name: string, type: ServiceType): Answer {
	const reader = new Reader(message);
	const own = reader.u16();
	const flags = reader.u16();
	const questions = reader.u16();
	const answers = reader.u16();
	reader.skip(4);
	if (reader.overrun || own !== id || (flags & RESPONSE) === 0 || (flags & OPCODE) !== 0 || questions !== 1)
		return { type: "foreign" };
	const asked = readName(message, reader);
	const [askedType, askedClass] = [reader.u16(), reader.u16()];
	const wanted = labelsOf(name).join(".").toLowerCase();
	if (reader.overrun || asked !== wanted || askedType !== type || askedClass !== CLASS_IN) return { type: "foreign" };
	if ((flags & TRUNCATED) !== 0) return { type: "truncated" };
	const code = flags & RCODE;
	if (code === NO_SUCH_NAME) return { type: "records", records: [], ttlSec: NONE_TTL_SEC };
	if (code !== 0) return { type: "failed" };
	const found: Found[] = [];
	const aliases = new Map<string, string>();
	for (let i = 0; i < answers; i++) {
		if (i === LOOKED_AT_MOST || found.length === RECORDS_MOST) break;
		const before = reader.offset;
		skipName(reader);
		const after = reader.offset;
		const [recordType, recordClass, ttl, byteLength] = [reader.u16(), reader.u16(), reader.u32(), reader.u16()];
		const data = reader.offset;
		reader.skip(byteLength);
		if (reader.overrun) return { type: "failed" };
		if (recordClass !== CLASS_IN || (recordType !== type && recordType !== DNS_TYPE.CNAME)) continue;
		const owner = readName(message, within(message, before, after));
		if (owner === undefined) continue;
		const content = within(message, data, data + byteLength);
		// RFC 2181 section 8: a time with its first bit set is none.
		const ttlSec = ttl > 0x7fffffff ? 0 : ttl;
		if (recordType === DNS_TYPE.CNAME) {
			const target = readName(message, content);
			if (target !== undefined && !aliases.has(owner)) aliases.set(owner, target);
			continue;
		}
		const record = readRecord(message, content, type);
		if (record !== undefined && !content.overrun) found.push({ owner, record, ttlSec });
	}
	return recordsOf(found, aliases, wanted);
}

/** A cursor over a part that still can be pointed back from. */
function within(message: Uint8Array, start: number, end: number): Reader {
	const reader = new Reader(message.subarray(0, end));
	reader.offset = start;
	return reader;
}

function recordsOf(found: readonly Found[], aliases: ReadonlyMap<string, string>, wanted: string): Answer {
	let owner = wanted;
	for (let i = 0; i < ALIASES_MOST; i++) owner = aliases.get(owner) ?? owner;
	const own = found.filter((each) => each.owner === owner);
	return {
		type: "records",
		records: own.map(({ record }) => record),
		ttlSec: own.length === 0 ? NONE_TTL_SEC : Math.min(...own.map(({ ttlSec }) => ttlSec)),
	};
}
