/**
 * Bytes as hexadecimal text: zrtp-hash attributes, ZIDs, digest responses, test vectors.
 * @module
 */

/** Two lower-case digits for each octet. */
export function toHex(bytes: Uint8Array): string {
	const parts: string[] = [];
	for (const byte of bytes) parts.push((byte < 16 ? "0" : "") + byte.toString(16));
	return parts.join("");
}

/** The octets that hexadecimal text of either case stands for; undefined when it is anything else. */
export function fromHex(text: string): Uint8Array | undefined {
	if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
	const bytes = new Uint8Array(text.length / 2);
	for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}
