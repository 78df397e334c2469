/**
 * One answer of an HTTP/1.1 server (RFC 9112), read as it arrives. Bytes of any server come in piece by piece; status and
 * body go to fetch.ts. Every part of it has a limit.
 * @module
 */
import { Reader } from "bytes/reader";
import { latin1Decode } from "bytes/text";

const LINE_MAXIMUM = 2048;
/** Status line, header fields and trailers together. */
const HEAD_MAXIMUM = 16_384;
/** Answers of the kind 1xx that may come before the real one (RFC 9110 section 15.2). */
const INTERIM_MAXIMUM = 4;
const REASON_MAXIMUM = 64;

type State = "status" | "fields" | "counted" | "chunk-size" | "chunk" | "chunk-end" | "trailers" | "to-close" | "done";

export class HttpResponse {
	/** 0 before the status line was read. */
	status = 0;
	/** The server's words for the status, printable. */
	reason = "";
	location: string | undefined;
	readonly #bodyMaximum: number;
	#state: State = "status";
	#error: string | undefined;
	readonly #line = new Uint8Array(LINE_MAXIMUM);
	#lineLength = 0;
	#headLength = 0;
	#interim = 0;
	#contentLength: number | undefined;
	#chunked = false;
	/** Bytes still to come of a counted body or of a chunk. */
	#left = 0;
	#body: Uint8Array;
	#bodyLength = 0;

	/** @param bodyMaximum in bytes; a longer body is an error */
	constructor(bodyMaximum: number) {
		this.#bodyMaximum = bodyMaximum;
		this.#body = new Uint8Array(Math.min(bodyMaximum, 1024));
	}

	/** Why it is no answer, in plain words; nothing is read after it. */
	get error(): string | undefined {
		return this.#error;
	}

	/** The answer is whole. A body is read for status 200 alone. */
	get done(): boolean {
		return this.#state === "done" && this.#error === undefined;
	}

	/** Bytes of the body so far. */
	get bodyByteLength(): number {
		return this.#bodyLength;
	}

	get body(): Uint8Array {
		return this.#body.subarray(0, this.#bodyLength);
	}

	/** The next bytes of the connection. What follows a whole answer is left unread. */
	push(bytes: Uint8Array): void {
		const reader = new Reader(bytes);
		while (reader.remaining > 0 && this.#state !== "done" && this.#error === undefined) {
			if (this.#state === "counted" || this.#state === "chunk") this.#readBody(reader);
			else if (this.#state === "to-close") this.#append(reader.view(reader.remaining));
			else this.#readLine(reader);
		}
	}

	/** The connection was closed by the server. */
	end(): void {
		if (this.#state === "done" || this.#error !== undefined) return;
		if (this.#state === "to-close") this.#state = "done";
		else if (this.#state === "status" && this.#headLength === 0)
			this.#fail("the server closed the connection without an answer");
		else if (this.#state === "status" || this.#state === "fields")
			this.#fail("the connection was closed inside the answer's head");
		else {
			const total = this.#chunked ? "" : ` of ${this.#contentLength ?? 0}`;
			this.#fail(`half a file: the connection was closed after ${this.#bodyLength}${total} bytes`);
		}
	}

	#fail(error: string): void {
		this.#error ??= error;
	}

	#readBody(reader: Reader): void {
		const piece = reader.view(Math.min(this.#left, reader.remaining));
		this.#left -= piece.length;
		this.#append(piece);
		if (this.#left > 0) return;
		this.#state = this.#state === "chunk" ? "chunk-end" : "done";
	}

	#append(piece: Uint8Array): void {
		const byteLength = this.#bodyLength + piece.length;
		if (byteLength > this.#bodyMaximum) {
			this.#tooLong();
			return;
		}
		if (byteLength > this.#body.length) {
			const larger = new Uint8Array(Math.min(this.#bodyMaximum, Math.max(byteLength, 2 * this.#body.length)));
			larger.set(this.body);
			this.#body = larger;
		}
		this.#body.set(piece, this.#bodyLength);
		this.#bodyLength = byteLength;
	}

	#tooLong(): void {
		this.#fail(`longer than ${this.#bodyMaximum} bytes`);
	}

	/** Collects one line; a line feed alone ends it too (RFC 9112 section 2.2). */
	#readLine(reader: Reader): void {
		while (reader.remaining > 0) {
			const byte = reader.u8();
			if (++this.#headLength > HEAD_MAXIMUM && this.#state !== "chunk-size" && this.#state !== "chunk-end") {
				this.#fail(`the answer's head is longer than ${HEAD_MAXIMUM} bytes`);
				return;
			}
			if (byte === 0x0a) {
				const end =
					this.#lineLength > 0 && this.#line[this.#lineLength - 1] === 0x0d ? this.#lineLength - 1 : this.#lineLength;
				const line = latin1Decode(this.#line.subarray(0, end));
				this.#lineLength = 0;
				this.#take(line);
				return;
			}
			if (this.#lineLength === LINE_MAXIMUM) {
				this.#fail(`the answer has a line of more than ${LINE_MAXIMUM} bytes`);
				return;
			}
			this.#line[this.#lineLength++] = byte;
		}
	}

	#take(line: string): void {
		if (this.#state === "status") this.#takeStatus(line);
		else if (this.#state === "fields") this.#takeField(line);
		else if (this.#state === "chunk-size") this.#takeChunkSize(line);
		else if (this.#state === "chunk-end") this.#takeChunkEnd(line);
		else if (line === "") this.#state = "done";
	}

	#takeStatus(line: string): void {
		const match = /^HTTP\/1\.[0-9] ([1-9][0-9][0-9])( .*|)$/.exec(line);
		if (match === null) {
			this.#fail("what answers there is no HTTP server");
			return;
		}
		this.status = Number(match[1]);
		this.reason = (match[2] ?? "")
			.slice(1)
			.replace(/[^\x20-\x7e]/g, "?")
			.slice(0, REASON_MAXIMUM);
		this.#state = "fields";
	}

	#takeField(line: string): void {
		if (line === "") {
			this.#endHead();
			return;
		}
		const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/.exec(line);
		if (match === null) {
			this.#fail("the answer's head is malformed");
			return;
		}
		const [, name = "", rest = ""] = match;
		const value = rest.trim();
		switch (name.toLowerCase()) {
			case "content-length":
				this.#takeContentLength(value);
				break;
			case "transfer-encoding":
				if (value.toLowerCase() === "chunked" && !this.#chunked) this.#chunked = true;
				else this.#fail(`the transfer coding "${printable(value)}" is not supported`);
				break;
			case "content-encoding":
				if (value.toLowerCase() !== "identity") this.#fail(`the content coding "${printable(value)}" is not supported`);
				break;
			case "location":
				this.location = value;
				break;
		}
	}

	#takeContentLength(value: string): void {
		const length = /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
		if (length === undefined || (this.#contentLength !== undefined && this.#contentLength !== length))
			this.#fail("the answer's Content-Length is malformed");
		this.#contentLength = length;
	}

	/** What kind of body follows (RFC 9112 section 6.3). */
	#endHead(): void {
		if (this.status < 200) {
			this.#state = "status";
			this.#contentLength = undefined;
			this.#chunked = false;
			if (++this.#interim > INTERIM_MAXIMUM) this.#fail("the server goes on answering without an answer");
		} else if (this.status !== 200) this.#state = "done";
		else if (this.#chunked) this.#state = "chunk-size";
		else if (this.#contentLength === undefined) this.#state = "to-close";
		else if (this.#contentLength > this.#bodyMaximum) this.#tooLong();
		else {
			this.#left = this.#contentLength;
			this.#state = this.#left === 0 ? "done" : "counted";
		}
	}

	#takeChunkSize(line: string): void {
		// Extensions after the size are passed over (RFC 9112 section 7.1.1).
		const match = /^([0-9A-Fa-f]{1,8})[ \t]*(;.*|)$/.exec(line);
		if (match === null) {
			this.#fail("the answer's chunks are malformed");
			return;
		}
		this.#left = Number.parseInt(match[1] ?? "", 16);
		if (this.#left > this.#bodyMaximum - this.#bodyLength) this.#tooLong();
		this.#state = this.#left === 0 ? "trailers" : "chunk";
	}

	#takeChunkEnd(line: string): void {
		if (line !== "") this.#fail("the answer's chunks are malformed");
		this.#state = "chunk-size";
	}
}

function printable(text: string): string {
	return text.replace(/[^\x20-\x7e]/g, "?").slice(0, REASON_MAXIMUM);
}
