/**
 * Strings and bytes: the engine has no TextEncoder. SIP, SDP, JSON and the log pass here.
 * @module
 */

/** Characters joined at once: arguments of String.fromCharCode lie on the small JS stack of the device. */
const CHUNK_LENGTH = 64;

/**
 * What XS has beyond the language. Both walk a text in C, hundreds of times as fast as a loop here, but let malformed text
 * pass. A text that has as many characters as octets is plain ASCII (and no NUL ended it), so for that they are exact.
 */
type EngineStrings = StringConstructor & {
	fromArrayBuffer?(buffer: ArrayBufferLike, byteOffset: number, byteLength: number): string;
};
type EngineBuffers = ArrayBufferConstructor & { fromString?(text: string): ArrayBuffer };

/** UTF-8 octets of a string (RFC 3629); a surrogate without its other half becomes U+FFFD. */
export function utf8Encode(text: string): Uint8Array {
	const ascii = asciiEncode(text);
	if (ascii !== undefined) return ascii;
	// Iterating walks the engine's own UTF-8 once; an index into it would walk from the start each time.
	let byteLength = 0;
	for (const character of text) byteLength += encodedByteLength(scalar(character));
	const bytes = new Uint8Array(byteLength);
	let offset = 0;
	for (const character of text) {
		const value = scalar(character);
		const length = encodedByteLength(value);
		if (length === 1) bytes[offset] = value;
		else {
			bytes[offset] = ((0xf00 >> length) & 0xff) | (value >> (6 * (length - 1)));
			for (let i = 1; i < length; i++) bytes[offset + i] = 0x80 | ((value >> (6 * (length - 1 - i))) & 0x3f);
		}
		offset += length;
	}
	return bytes;
}

/**
 * The string that UTF-8 octets stand for. Undefined when they are malformed: cut short, overlong, a surrogate,
 * above U+10FFFF (RFC 3629 section 3). A byte order mark is kept.
 */
export function utf8Decode(bytes: Uint8Array): string | undefined {
	const ascii = asciiDecode(bytes);
	if (ascii !== undefined) return ascii;
	const units = new Units();
	let i = 0;
	while (i < bytes.length) {
		const lead = bytes[i++] ?? 0;
		if (lead < 0x80) {
			units.push(lead);
			continue;
		}
		const more =
			lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
		if (more === 0 || i + more > bytes.length) return undefined;
		let value = lead & (0x3f >> more);
		for (let n = 0; n < more; n++) {
			const next = bytes[i++] ?? 0;
			if ((next & 0xc0) !== 0x80) return undefined;
			value = (value << 6) | (next & 0x3f);
		}
		if (encodedByteLength(value) !== more + 1 || (value >= 0xd800 && value < 0xe000) || value > 0x10ffff)
			return undefined;
		if (value > 0xffff) {
			units.push(0xd800 | ((value - 0x10000) >> 10));
			units.push(0xdc00 | ((value - 0x10000) & 0x3ff));
		} else units.push(value);
	}
	return units.finish();
}

/** One octet for each character U+0000..U+00FF (ISO 8859-1); undefined when another character is in the string. */
export function latin1Encode(text: string): Uint8Array | undefined {
	const ascii = asciiEncode(text);
	if (ascii !== undefined) return ascii;
	const values: number[] = [];
	for (const character of text) {
		const value = scalar(character);
		if (value > 0xff) return undefined;
		values.push(value);
	}
	return Uint8Array.from(values);
}

/** The character U+0000..U+00FF for each octet: never fails. For four-character codes and text that is only shown. */
export function latin1Decode(bytes: Uint8Array): string {
	const ascii = asciiDecode(bytes);
	if (ascii !== undefined) return ascii;
	const units = new Units();
	for (const byte of bytes) units.push(byte);
	return units.finish();
}

/** The engine's octets of a text of U+0001..U+007F; undefined for any other, and where the engine has no such function. */
function asciiEncode(text: string): Uint8Array | undefined {
	const ascii = (ArrayBuffer as EngineBuffers).fromString?.(text);
	return ascii?.byteLength === text.length ? new Uint8Array(ascii) : undefined;
}

/**
 * The engine's string of octets 0x01..0x7F; undefined for any other, and where the engine has no such function: then the
 * caller takes one of the functions above.
 */
export function asciiDecode(bytes: Uint8Array): string | undefined {
	try {
		const text = (String as EngineStrings).fromArrayBuffer?.(bytes.buffer, bytes.byteOffset, bytes.length);
		return text?.length === bytes.length ? text : undefined;
	} catch {
		return undefined;
	}
}

/** UTF-16 code units on their way to a string. */
class Units {
	#parts: string[] = [];
	#units: number[] = [];

	push(unit: number): void {
		// A pair of surrogates must arrive in one call, or the engine would store its halves apart.
		if (this.#units.length >= CHUNK_LENGTH && (unit & 0xfc00) !== 0xdc00) this.#flush();
		this.#units.push(unit);
	}

	finish(): string {
		this.#flush();
		return this.#parts.join("");
	}

	#flush(): void {
		this.#parts.push(String.fromCharCode(...this.#units));
		this.#units = [];
	}
}

function scalar(character: string): number {
	const value = character.codePointAt(0) ?? 0xfffd;
	return value >= 0xd800 && value < 0xe000 ? 0xfffd : value;
}

function encodedByteLength(value: number): 1 | 2 | 3 | 4 {
	return value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
}
