/**
 * Base64 (RFC 4648 section 4): SDES keys in SDP, pictures of the screen to the panel, binary settings.
 * @module
 */
import { utf8Encode } from "./text";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 text with padding and without line breaks. */
export function toBase64(bytes: Uint8Array): string {
	const parts: string[] = [];
	for (let i = 0; i < bytes.length; i += 3) {
		const left = bytes.length - i;
		const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
		const a = ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
		const b = left > 1 ? ALPHABET.charAt((group >> 6) & 63) : "=";
		const c = left > 2 ? ALPHABET.charAt(group & 63) : "=";
		parts.push(a + b + c);
	}
	return parts.join("");
}

/**
 * The octets of base64 text, padded or not. Undefined for other characters, misplaced padding, a length that no
 * encoder makes, or bits set beyond the last octet (RFC 4648 section 3.5).
 */
export function fromBase64(text: string): Uint8Array | undefined {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
	const padding = text.indexOf("=");
	const length = padding < 0 ? text.length : padding;
	if (length % 4 === 1 || (padding >= 0 && text.length % 4 !== 0)) return undefined;
	const bytes = new Uint8Array((length * 3) >> 2);
	// Octets: the engine counts a string's characters from its start for each one that is asked for.
	const characters = utf8Encode(text);
	let offset = 0;
	let bits = 0;
	let bitLength = 0;
	for (let i = 0; i < length; i++) {
		bits = ((bits << 6) | value(characters[i] ?? 0)) & 0xfff;
		bitLength += 6;
		if (bitLength >= 8) {
			bitLength -= 8;
			bytes[offset++] = (bits >> bitLength) & 0xff;
		}
	}
	return (bits & ((1 << bitLength) - 1)) === 0 ? bytes : undefined;
}

function value(code: number): number {
	if (code >= 0x61) return code - 0x61 + 26;
	if (code >= 0x41) return code - 0x41;
	if (code >= 0x30) return code - 0x30 + 52;
	return code === 0x2b ? 62 : 63;
}
