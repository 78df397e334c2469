/**
 * Messages out of a byte stream (RFC 3261 section 18.3): TCP and TLS give bytes in any pieces, Content-Length says where
 * a message ends. Bytes enter from the connection; whole messages leave to the agent, as datagrams do. The buffer is
 * bounded by the longest message there may be, and what cannot be framed ends the connection: after it nobody knows
 * where the next message begins.
 * @module
 */

import { MAX_MESSAGE_BYTE_LENGTH } from "./parse";
import { parseNumber } from "./syntax";

/** What the stream held: `ping` and `pong` are the keep-alive of RFC 5626 section 4.4.1. */
export type StreamPart =
	| { readonly type: "message"; readonly bytes: Uint8Array }
	| { readonly type: "ping" }
	| { readonly type: "pong" }
	/** Nothing more can be read; in plain words, without what the other side sent. */
	| { readonly type: "fault"; readonly reason: string };

/** Start line and header fields of one message. */
export const MAX_HEAD_BYTE_LENGTH = 12288;

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const COLON = 58;
const FIRST_BYTE_LENGTH = 1024;
/** Kept between messages; a larger buffer goes back to the heap. */
const KEPT_BYTE_LENGTH = 2048;
const NAME = "content-length";

export class MessageStream {
	#buffer = new Uint8Array(0);
	#length = 0;
	/** Up to here there is no end of the head. */
	#scanned = 0;
	/** Length of the whole message, once its head is there. */
	#whole: number | undefined;
	/** The last thing read was a lone CRLF: another one makes a ping of the two. */
	#half = false;
	#broken = false;

	/** Whether a message has begun and is not whole: who sends it has only so much time. */
	get unfinished(): boolean {
		return this.#length > 0;
	}

	/** The last `pong` was the answer to a ping of ours, and no half of one of the other end's. */
	pongTaken(): void {
		this.#half = false;
	}

	/** @returns what has become whole, in order. After a fault always nothing. */
	push(bytes: Uint8Array): StreamPart[] {
		const parts: StreamPart[] = [];
		let offset = 0;
		while (!this.#broken) {
			const room = MAX_MESSAGE_BYTE_LENGTH - this.#length;
			const piece = bytes.subarray(offset, offset + room);
			this.#append(piece);
			offset += piece.length;
			const before = parts.length;
			this.#take(parts);
			if (offset >= bytes.length && parts.length === before) break;
		}
		return parts;
	}

	#append(bytes: Uint8Array): void {
		const length = this.#length + bytes.length;
		if (length > this.#buffer.length) {
			let size = Math.max(this.#buffer.length, FIRST_BYTE_LENGTH);
			while (size < length) size *= 2;
			const larger = new Uint8Array(Math.min(size, MAX_MESSAGE_BYTE_LENGTH));
			larger.set(this.#buffer.subarray(0, this.#length));
			this.#buffer = larger;
		}
		this.#buffer.set(bytes, this.#length);
		this.#length = length;
	}

	#take(parts: StreamPart[]): void {
		let used = 0;
		for (;;) {
			used = this.#keepAlives(used, parts);
			if (used > 0) {
				this.#drop(used);
				used = 0;
			}
			if (this.#length === 0) return;
			this.#whole ??= this.#head(parts);
			if (this.#whole === undefined || this.#length < this.#whole) return;
			parts.push({ type: "message", bytes: this.#buffer.slice(0, this.#whole) });
			this.#drop(this.#whole);
			this.#half = false;
		}
	}

	/** Passes over CRLFs between messages, each pair of them a ping. At most one of each kind is told. */
	#keepAlives(from: number, parts: StreamPart[]): number {
		if (this.#whole !== undefined) return from;
		let at = from;
		let [pings, pongs] = [0, 0];
		while (at + 1 < this.#length && this.#buffer[at] === CR && this.#buffer[at + 1] === LF) {
			at += 2;
			if (this.#half) {
				pings++;
				pongs--;
			} else pongs++;
			this.#half = !this.#half;
		}
		if (pings > 0) parts.push({ type: "ping" });
		if (pongs > 0) parts.push({ type: "pong" });
		return at;
	}

	/** @returns the length of the whole message, once its head is there */
	#head(parts: StreamPart[]): number | undefined {
		const end = this.#headEnd();
		if (end === undefined) {
			if (this.#length > MAX_HEAD_BYTE_LENGTH) this.#fault(parts, `a head of more than ${MAX_HEAD_BYTE_LENGTH} bytes`);
			return undefined;
		}
		if (end > MAX_HEAD_BYTE_LENGTH) {
			this.#fault(parts, `a head of more than ${MAX_HEAD_BYTE_LENGTH} bytes`);
			return undefined;
		}
		const body = this.#contentLength(end);
		if (typeof body === "string") {
			this.#fault(parts, body);
			return undefined;
		}
		if (end + body > MAX_MESSAGE_BYTE_LENGTH) {
			this.#fault(parts, `a message of more than ${MAX_MESSAGE_BYTE_LENGTH} bytes`);
			return undefined;
		}
		return end + body;
	}

	/** Where the empty line ends, bare LFs taken too, as the reader of messages takes them. */
	#headEnd(): number | undefined {
		for (let at = this.#scanned; at < this.#length; at++) {
			if (this.#buffer[at] !== LF) continue;
			const next = this.#buffer[at + 1];
			if (at + 1 < this.#length && next === LF) return at + 2;
			if (at + 2 < this.#length && next === CR && this.#buffer[at + 2] === LF) return at + 3;
		}
		// The last two bytes may be the beginning of the end.
		this.#scanned = Math.max(0, this.#length - 2);
		return undefined;
	}

	/** Of the head that ends there; or why there is none. A stream message must have it, once (sections 18.3, 20.14). */
	#contentLength(end: number): number | string {
		let found: number | undefined;
		let begin = 0;
		for (let at = 0; at < end; at++) {
			if (this.#buffer[at] !== LF) continue;
			const value = this.#valueOf(begin, at);
			begin = at + 1;
			if (value === undefined) continue;
			const length = parseNumber(value, 9);
			if (length === undefined) return "a Content-Length that is no length";
			if (found !== undefined && found !== length) return "two different Content-Lengths";
			found = length;
		}
		return found ?? "no Content-Length, without which a stream cannot be read";
	}

	/** The value of a Content-Length line, its short form too; undefined for any other line. */
	#valueOf(begin: number, end: number): string | undefined {
		let at = begin;
		const first = (this.#buffer[at] ?? 0) | 32;
		const long = first === NAME.charCodeAt(0);
		if (!long && first !== "l".charCodeAt(0)) return undefined;
		const name = long ? NAME : "l";
		for (let i = 0; i < name.length; i++, at++)
			if (((this.#buffer[at] ?? 0) | (name[i] === "-" ? 0 : 32)) !== name.charCodeAt(i)) return undefined;
		while (this.#buffer[at] === SPACE || this.#buffer[at] === TAB) at++;
		if (this.#buffer[at] !== COLON || at >= end) return undefined;
		let text = "";
		// No number is longer; what is, is none.
		for (at++; at < end && text.length < 64; at++) text += String.fromCharCode(this.#buffer[at] ?? 0);
		return text.trim();
	}

	#drop(byteLength: number): void {
		this.#buffer.copyWithin(0, byteLength, this.#length);
		this.#length -= byteLength;
		this.#scanned = 0;
		this.#whole = undefined;
		if (this.#length === 0 && this.#buffer.length > KEPT_BYTE_LENGTH) this.#buffer = new Uint8Array(0);
	}

	#fault(parts: StreamPart[], reason: string): void {
		this.#broken = true;
		this.#buffer = new Uint8Array(0);
		this.#length = 0;
		parts.push({ type: "fault", reason });
	}
}
