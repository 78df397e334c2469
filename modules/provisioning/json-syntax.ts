/**
 * Says where a text stops being JSON (RFC 8259), which the engine's own parser does not, and keeps nesting within what
 * the device's stack bears. Bytes come from fetch.ts before they are parsed.
 * @module
 */
import { latin1Decode } from "bytes/text";

/** Arrays and objects inside each other. */
const DEPTH_MAXIMUM = 32;
/** Characters of a number. */
const WORD_MAXIMUM = 64;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Undefined when the octets are one JSON text; else what is wrong and where: "line 3, column 5: expected a value". */
export function jsonFault(bytes: Uint8Array): string | undefined {
	return new Scanner(bytes).run();
}

class Scanner {
	readonly #bytes: Uint8Array;
	#at = 0;
	/** The closing character of each array or object we are in. */
	readonly #open: number[] = [];

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	run(): string | undefined {
		this.#space();
		for (;;) {
			// Here a value begins, perhaps with its name.
			const fault = this.#value();
			if (fault !== undefined) return this.#say(fault);
			for (;;) {
				this.#space();
				const closing = this.#open[this.#open.length - 1];
				const byte = this.#bytes[this.#at];
				if (closing === undefined) return byte === undefined ? undefined : this.#say("nothing may follow the end");
				if (byte === closing) {
					this.#open.pop();
					this.#at++;
					continue;
				}
				if (byte === undefined) return this.#say("it ends too early");
				if (byte !== COMMA) return this.#say(`expected "," or "${String.fromCharCode(closing)}"`);
				this.#at++;
				this.#space();
				break;
			}
			if (this.#open[this.#open.length - 1] === CLOSE_BRACE) {
				const wrong = this.#name();
				if (wrong !== undefined) return this.#say(wrong);
			}
		}
	}

	/** One value; of an array or object that is not empty, all up to its first value. */
	#value(): string | undefined {
		for (;;) {
			const byte = this.#bytes[this.#at];
			if (byte === undefined) return "it ends too early";
			if (byte === QUOTE) return this.#string();
			if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) return this.#word();
			if (this.#open.length === DEPTH_MAXIMUM) return `more than ${DEPTH_MAXIMUM} levels deep`;
			const closing = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
			this.#open.push(closing);
			this.#at++;
			this.#space();
			if (this.#bytes[this.#at] === closing) {
				this.#open.pop();
				this.#at++;
				return undefined;
			}
			const wrong = byte === OPEN_BRACE ? this.#name() : undefined;
			if (wrong !== undefined) return wrong;
		}
	}

	#name(): string | undefined {
		if (this.#bytes[this.#at] === undefined) return "it ends too early";
		if (this.#bytes[this.#at] !== QUOTE) return "expected a name in double quotes";
		const fault = this.#string();
		if (fault !== undefined) return fault;
		this.#space();
		if (this.#bytes[this.#at] !== COLON)
			return this.#bytes[this.#at] === undefined ? "it ends too early" : 'expected ":"';
		this.#at++;
		this.#space();
		return undefined;
	}

	#string(): string | undefined {
		this.#at++;
		for (;;) {
			const byte = this.#bytes[this.#at];
			if (byte === undefined) return "it ends inside a string";
			if (byte < SPACE) return "a string may not contain a line break or another control character";
			this.#at++;
			if (byte === QUOTE) return undefined;
			if (byte !== BACKSLASH) continue;
			const escaped = String.fromCharCode(this.#bytes[this.#at] ?? 0);
			if (!'"\\/bfnrtu'.includes(escaped)) return "unknown escape in a string";
			this.#at++;
			if (escaped !== "u") continue;
			for (let i = 0; i < 4; i++, this.#at++)
				if (!/[0-9A-Fa-f]/.test(String.fromCharCode(this.#bytes[this.#at] ?? 0)))
					return "expected four hexadecimal digits";
		}
	}

	/** A number, true, false or null. */
	#word(): string | undefined {
		const start = this.#at;
		while (isWord(this.#bytes[this.#at])) this.#at++;
		const word = latin1Decode(this.#bytes.subarray(start, Math.min(this.#at, start + WORD_MAXIMUM + 1)));
		if (word === "true" || word === "false" || word === "null") return undefined;
		if (word.length <= WORD_MAXIMUM && /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(word))
			return undefined;
		this.#at = start;
		return word === "" ? "expected a value" : `expected a value, found "${word.slice(0, 20)}"`;
	}

	#space(): void {
		for (;;) {
			const byte = this.#bytes[this.#at];
			if (byte !== SPACE && byte !== TAB && byte !== LINE_FEED && byte !== CARRIAGE_RETURN) return;
			this.#at++;
		}
	}

	/** Line and column, counted from 1 in characters. */
	#say(fault: string): string {
		let line = 1;
		let column = 1;
		for (const byte of this.#bytes.subarray(0, this.#at)) {
			if (byte === LINE_FEED) {
				line++;
				column = 1;
			} else if ((byte & 0xc0) !== 0x80) column++;
		}
		return `line ${line}, column ${column}: ${fault}`;
	}
}

/** Letters, digits and the signs of numbers. */
function isWord(byte: number | undefined): boolean {
	if (byte === undefined) return false;
	return (
		(byte >= 0x30 && byte <= 0x39) ||
		(byte >= 0x41 && byte <= 0x5a) ||
		(byte >= 0x61 && byte <= 0x7a) ||
		byte === 0x2b ||
		byte === 0x2d ||
		byte === 0x2e ||
		byte === 0x5f
	);
}
