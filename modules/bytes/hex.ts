/**
 * Bytes as hexadecimal text: zrtp-hash attributes, ZIDs, digest responses, test vectors.
 * @module
 */

import { utf8Encode } from "./text";

/** Two lower-case digits for each octet. */
export function toHex(bytes: Uint8Array): string {
	const parts: string[] = [];
	for (const byte of bytes) parts.push((byte < 16 ? "0" : "") + byte.toString(16));
	return parts.join("");
}

/** The octets that hexadecimal text of either case stands for; undefined when it is anything else. */
export function fromHex(text: string): Uint8Array | undefined {
	// Plainly: an expression that repeats takes memory for each character of a long text.
	const digits = utf8Encode(text);
	if (digits.length % 2 !== 0) return undefined;
	const bytes = new Uint8Array(digits.length / 2);
	for (let i = 0; i < bytes.length; i++) {
		const high = digit(digits[2 * i] ?? 0);
		const low = digit(digits[2 * i + 1] ?? 0);
		if (high < 0 || low < 0) return undefined;
		bytes[i] = high * 16 + low;
	}
	return bytes;
}

/** What the character with this code is worth, -1 for one that is no hexadecimal digit. */
function digit(code: number): number {
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	const lower = code | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
