/**
 * "commodetto/parseBMP": the header of a BMP picture, top row first, as a Bitmap over the same bytes. The simulator
 * takes 4-bit gray (masks) and 16-bit RGB 565.
 */
import Bitmap from "commodetto/Bitmap";

const FILE_HEADER_BYTES = 14;
const INFO_HEADER_BYTES = 40;
const GRAY16_PALETTE_BYTES = 64;

/** @throws {Error} where the bytes are not such a picture; the text says what is wrong */
export default function parseBMP(picture: ArrayBuffer): Bitmap {
	const headerBytes = FILE_HEADER_BYTES + INFO_HEADER_BYTES;
	if (picture.byteLength < headerBytes) throw new Error("a BMP is longer than this");
	const header = new DataView(picture.slice(0, Math.min(picture.byteLength, headerBytes + GRAY16_PALETTE_BYTES)));
	if (header.getUint16(0) !== 0x424d) throw new Error("not a BMP");
	const offset = header.getUint32(10, true);
	const infoBytes = header.getUint32(14, true);
	const width = header.getInt32(18, true);
	const height = header.getInt32(22, true);
	const depth = header.getUint16(28, true);
	const compression = header.getUint32(30, true);
	if (height >= 0) throw new Error("a BMP must have its top row first");
	if (depth === 4) {
		if (compression !== 0) throw new Error("a 4-bit BMP must not be compressed");
		if (width % 8 !== 0) throw new Error("a 4-bit BMP must be a multiple of 8 pixels wide");
		const palette = FILE_HEADER_BYTES + infoBytes;
		for (let gray = 0; gray < 16; gray += 1) {
			if (header.getUint16(palette + 4 * gray) !== gray * 0x1111) throw new Error("a 4-bit BMP must be gray");
		}
		return new Bitmap(width, -height, Bitmap.Gray16, picture, offset);
	}
	if (depth === 16) {
		if (compression !== 3) throw new Error("a 16-bit BMP must have 5, 6 and 5 bits of color");
		if (width % 2 !== 0) throw new Error("a 16-bit BMP must be a multiple of 2 pixels wide");
		return new Bitmap(width, -height, Bitmap.RGB565LE, picture, offset);
	}
	throw new Error(`a BMP of ${depth} bits a pixel is not supported`);
}
