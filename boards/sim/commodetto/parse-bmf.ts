/**
 * "commodetto/parseBMF": checks a BMFont description (binary, version 3) and puts what drawing needs of it on the
 * buffer itself, which is then the font. The picture of its glyphs is given to it afterwards: font.bitmap = ...
 * Layout: https://www.angelcode.com/products/bmfont/doc/file_format.html
 */
import type Bitmap from "commodetto/Bitmap";

const CHARACTER_BYTES = 20;

export interface Font extends ArrayBuffer {
	/** From the top of one line to the top of the next, in pixels. */
	readonly height: number;
	/** From the top of a line to its base line, in pixels. */
	readonly ascent: number;
	readonly charCount: number;
	/** Where the table of characters begins, in bytes. */
	readonly position: number;
	bitmap: Bitmap;
}

/** @throws {Error} where the bytes are not such a font; the text says what is wrong */
export default function parseBMF(bytes: ArrayBuffer): Font {
	const view = new DataView(bytes.slice(0));
	const byteLength = view.byteLength;
	if (byteLength < 4 || view.getUint32(0) !== 0x424d4603) throw new Error("not a BMFont of version 3");
	const found: Partial<Record<"height" | "ascent" | "charCount" | "position", number>> = {};
	for (let at = 4; at + 5 <= byteLength; ) {
		const block = view.getUint8(at);
		const blockBytes = view.getUint32(at + 1, true);
		at += 5;
		if (at + blockBytes > byteLength) throw new Error("a BMFont ends too early");
		if (block === 2) {
			found.height = view.getUint16(at, true);
			found.ascent = view.getUint16(at + 2, true);
			if (view.getUint16(at + 8, true) !== 1) throw new Error("a BMFont must have one page");
		} else if (block === 4) {
			if (blockBytes % CHARACTER_BYTES !== 0) throw new Error("a BMFont's table of characters is broken");
			found.charCount = blockBytes / CHARACTER_BYTES;
			found.position = at - 4;
		}
		at += blockBytes;
	}
	if (found.height === undefined || found.charCount === undefined) throw new Error("a BMFont lacks a block");
	return Object.assign(bytes, found) as Font;
}
