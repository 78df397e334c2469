/**
 * Texts that came over the network, made fit to be drawn: a caller chooses its own display name. Control characters,
 * direction marks and joiners go, so that a name cannot reorder or hide what stands beside it; what the font lacks
 * becomes a question mark, so that nothing vanishes silently.
 */

/** More than any line holds; a peer must not make the phone measure a novel. */
export const MAX_PRINTABLE_LENGTH = 160;

export function printable(text: string, isKnown: (character: string) => boolean): string {
	let clean = "";
	let count = 0;
	for (const character of text) {
		if (count === MAX_PRINTABLE_LENGTH) break;
		count += 1;
		const code = character.codePointAt(0) ?? 0;
		if (code >= 0x20 && code < 0x7f) clean += character;
		else if (isSpace(code)) clean += " ";
		else if (isInvisible(code)) continue;
		else clean += isKnown(character) ? character : "?";
	}
	return clean;
}

function isSpace(code: number): boolean {
	return (
		code === 0x09 ||
		code === 0x0a ||
		code === 0x0d ||
		code === 0xa0 ||
		code === 0x1680 ||
		(code >= 0x2000 && code <= 0x200a) ||
		code === 0x2028 ||
		code === 0x2029 ||
		code === 0x202f ||
		code === 0x205f ||
		code === 0x3000
	);
}

/** Controls, soft hyphen, combining marks, joiners, direction marks, variation selectors, tags, non-characters. */
function isInvisible(code: number): boolean {
	return (
		code < 0x20 ||
		(code >= 0x7f && code < 0xa0) ||
		code === 0xad ||
		(code >= 0x300 && code <= 0x36f) ||
		code === 0x61c ||
		(code >= 0x200b && code <= 0x200f) ||
		(code >= 0x202a && code <= 0x202e) ||
		(code >= 0x2060 && code <= 0x206f) ||
		(code >= 0xfe00 && code <= 0xfe0f) ||
		code === 0xfeff ||
		(code >= 0xfff0 && code <= 0xfffb) ||
		(code >= 0xe0000 && code <= 0xe0fff)
	);
}
