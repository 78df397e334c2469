/**
 * One question to the name servers, events in and actions out: which server is asked and how often, when an answer is
 * believed (RFC 5452), and when it is fetched over TCP (RFC 7766). Datagrams and times enter from call/name-service.ts,
 * which runs the actions; the result leaves as the last of them.
 * @module
 */
import { Reader } from "bytes/reader";
import { encodeQuestion, readAnswer, type ServiceRecord, type ServiceType } from "./message";

export const DNS_PORT = 53;

export interface QuestionOptions {
	readonly name: string;
	readonly type: ServiceType;
	/** Numeric addresses, in the order of asking. */
	readonly servers: readonly string[];
	/** 0 to 65535, which nobody can guess. */
	readonly id: number;
}

export type QuestionEvent =
	| { readonly type: "start"; readonly nowMs: number }
	| {
			readonly type: "datagram";
			readonly nowMs: number;
			readonly address: string;
			readonly port: number;
			readonly bytes: Uint8Array;
	  }
	/** A piece of what came over the connection, of any length. */
	| { readonly type: "stream"; readonly nowMs: number; readonly bytes: Uint8Array }
	/** The connection ended, or could not be made; or a datagram did not get there. */
	| { readonly type: "lost"; readonly nowMs: number; readonly address: string }
	| { readonly type: "tick"; readonly nowMs: number };

/** `error` in plain words, lower case. */
export type QuestionResult =
	| { readonly records: readonly ServiceRecord[]; readonly ttlSec: number }
	| { readonly error: string };

export type QuestionAction =
	| { readonly type: "send"; readonly address: string; readonly bytes: Uint8Array }
	/** A connection, with this to be said on it; there is one at most. */
	| { readonly type: "open"; readonly address: string; readonly bytes: Uint8Array }
	| { readonly type: "close" }
	/** A tick is wanted then; the newest counts. */
	| { readonly type: "wakeAt"; readonly atMs: number }
	/** The last one. */
	| { readonly type: "done"; readonly result: QuestionResult };

const SERVERS_MOST = 3;
/** Each server in turn, then again with more patience. */
const TRY_MS = Object.freeze([2000, 4000]);
const STREAM_MS = 5000;
/** A server's answers that are none of ours: after so many somebody is guessing, and TCP cannot be guessed. */
const FOREIGN_MOST = 16;
/** Longer than that is no answer about eight records. */
const STREAM_MOST_BYTES = 16384;

export class Question {
	readonly #options: QuestionOptions;
	readonly #servers: readonly string[];
	readonly #bytes: Uint8Array;
	/** Tries so far; the server is the one of that number. */
	#tries = 0;
	#foreign = 0;
	#deadlineMs = 0;
	#stream: Uint8Array | undefined;
	#streamLength = 0;
	#done = false;

	/** @throws RangeError for a name that no DNS has */
	constructor(options: QuestionOptions) {
		this.#options = options;
		this.#servers = options.servers.slice(0, SERVERS_MOST);
		this.#bytes = encodeQuestion(options.id, options.name, options.type);
	}

	step(event: QuestionEvent): QuestionAction[] {
		if (this.#done) return [];
		switch (event.type) {
			case "start":
				return this.#ask(event.nowMs);
			case "datagram":
				return this.#datagram(event);
			case "stream":
				return this.#received(event.bytes, event.nowMs);
			case "lost":
				return event.address === this.#server ? this.#next(event.nowMs) : [];
			case "tick":
				return event.nowMs < this.#deadlineMs ? [{ type: "wakeAt", atMs: this.#deadlineMs }] : this.#next(event.nowMs);
		}
	}

	get #server(): string | undefined {
		return this.#servers[this.#tries % Math.max(1, this.#servers.length)];
	}

	#ask(nowMs: number): QuestionAction[] {
		const address = this.#server;
		if (address === undefined) return this.#finish({ error: "there is no name server" });
		const timeoutMs = TRY_MS[Math.floor(this.#tries / this.#servers.length)];
		if (timeoutMs === undefined) return this.#finish({ error: "the name server does not answer" });
		this.#foreign = 0;
		this.#deadlineMs = nowMs + timeoutMs;
		return [
			{ type: "send", address, bytes: this.#bytes },
			{ type: "wakeAt", atMs: this.#deadlineMs },
		];
	}

	/** The server has had its chance. */
	#next(nowMs: number): QuestionAction[] {
		const close = this.#closeStream();
		this.#tries++;
		return [...close, ...this.#ask(nowMs)];
	}

	#closeStream(): QuestionAction[] {
		if (this.#stream === undefined) return [];
		this.#stream = undefined;
		return [{ type: "close" }];
	}

	#finish(result: QuestionResult): QuestionAction[] {
		const close = this.#closeStream();
		this.#done = true;
		return [...close, { type: "done", result }];
	}

	#datagram({ nowMs, address, port, bytes }: Extract<QuestionEvent, { type: "datagram" }>): QuestionAction[] {
		// A server asked before may still answer; while a connection is being used, nobody else is listened to.
		if (port !== DNS_PORT || !this.#servers.includes(address) || this.#stream !== undefined) return [];
		return this.#judge(bytes, address, nowMs, false);
	}

	#judge(bytes: Uint8Array, address: string, nowMs: number, overStream: boolean): QuestionAction[] {
		const { id, name, type } = this.#options;
		const answer = readAnswer(bytes, id, name, type);
		switch (answer.type) {
			case "records":
				return this.#finish({ records: answer.records, ttlSec: answer.ttlSec });
			case "truncated":
				return overStream ? this.#next(nowMs) : this.#open(address, nowMs);
			case "failed":
				return address === this.#server ? this.#next(nowMs) : [];
			case "foreign":
				if (overStream) return this.#next(nowMs);
				return ++this.#foreign >= FOREIGN_MOST ? this.#open(address, nowMs) : [];
		}
	}

	#open(address: string, nowMs: number): QuestionAction[] {
		this.#stream = new Uint8Array(0);
		this.#streamLength = 0;
		// From now on it is this one that is asked.
		while (this.#server !== address) this.#tries++;
		this.#deadlineMs = nowMs + STREAM_MS;
		const bytes = new Uint8Array(2 + this.#bytes.length);
		bytes[0] = this.#bytes.length >> 8;
		bytes[1] = this.#bytes.length & 0xff;
		bytes.set(this.#bytes, 2);
		return [
			{ type: "open", address, bytes },
			{ type: "wakeAt", atMs: this.#deadlineMs },
		];
	}

	/** A length of two octets stands before the message (RFC 1035 section 4.2.2). */
	#received(bytes: Uint8Array, nowMs: number): QuestionAction[] {
		if (this.#stream === undefined) return [];
		const needed = this.#streamLength + bytes.length;
		if (needed > this.#stream.length) {
			const grown = new Uint8Array(Math.min(STREAM_MOST_BYTES + 2, Math.max(1024, 2 * needed)));
			if (needed > grown.length) return this.#next(nowMs);
			grown.set(this.#stream);
			this.#stream = grown;
		}
		this.#stream.set(bytes, this.#streamLength);
		this.#streamLength = needed;
		const reader = new Reader(this.#stream.subarray(0, needed));
		const byteLength = reader.u16();
		if (reader.overrun) return [];
		if (byteLength > STREAM_MOST_BYTES) return this.#next(nowMs);
		const message = reader.view(byteLength);
		return reader.overrun ? [] : this.#judge(message, this.#server ?? "", nowMs, true);
	}
}
