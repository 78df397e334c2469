/**
 * How the short authentication string is written for people (RFC 6189 section 5.1.6). The sashash of kdf.ts comes in,
 * the text that both owners read aloud goes out.
 */

import { pgpWord } from "./pgp-words";
import type { SasTypeCode } from "./types";

/** The permuted alphabet of section 5.1.6. */
const BASE32 = "ybndrfg8ejkmcpqxot1uwisza345h769";

/** The leftmost bits of sashash: 20 as four characters for B32, 16 as two words for B256. */
export function renderSas(sasType: SasTypeCode, sashash: Uint8Array): string {
	const [first = 0, second = 0, third = 0] = sashash;
	switch (sasType) {
		case "B32":
			return base32((first << 12) | (second << 4) | (third >> 4));
		case "B256":
			return `${pgpWord(first, 0)} ${pgpWord(second, 1)}`;
	}
}

/** Four characters of 20 bits, most significant quintet first. */
function base32(bits: number): string {
	let text = "";
	for (let shift = 15; shift >= 0; shift -= 5) text += BASE32.charAt((bits >>> shift) & 31);
	return text;
}
