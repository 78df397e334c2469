/**
 * A picture: its size, the form of its pixels, and where they lie. The pixels stay in the buffer they came in, which
 * may be a read-only resource. Names and numbers are those of the Moddable SDK's "commodetto/Bitmap".
 */

const DEPTHS: Readonly<Record<number, number>> = Object.freeze({ 3: 1, 4: 4, 5: 8, 6: 8, 7: 16, 8: 16, 9: 24, 10: 32 });

export default class Bitmap {
	static readonly Default = 1;
	static readonly Monochrome = 3;
	static readonly Gray16 = 4;
	static readonly Gray256 = 5;
	static readonly RGB332 = 6;
	static readonly RGB565LE = 7;
	static readonly RGB565BE = 8;
	static readonly RGB24 = 9;
	static readonly RGBA32 = 10;

	readonly width: number;
	readonly height: number;
	readonly pixelFormat: number;
	readonly buffer: ArrayBuffer;
	/** Where the pixels begin in the buffer, in bytes. */
	readonly offset: number;

	/** @throws {RangeError} where the buffer is too small for such a picture */
	constructor(width: number, height: number, format: number, buffer: ArrayBuffer, offset: number) {
		const pixelFormat = format === Bitmap.Default ? Bitmap.RGB565LE : format;
		const byteLength = Math.ceil((width * Bitmap.depth(pixelFormat)) / 8) * height;
		if (!(width > 0 && height > 0 && offset >= 0) || offset + byteLength > buffer.byteLength)
			throw new RangeError(`a bitmap of ${width} x ${height} does not fit ${buffer.byteLength} bytes`);
		this.width = width;
		this.height = height;
		this.pixelFormat = pixelFormat;
		this.buffer = buffer;
		this.offset = offset;
	}

	/** Bits in one pixel. @throws {RangeError} for a format that is not known */
	static depth(pixelFormat: number): number {
		const depth = DEPTHS[pixelFormat === Bitmap.Default ? Bitmap.RGB565LE : pixelFormat];
		if (depth === undefined) throw new RangeError(`pixel format ${pixelFormat} is not known`);
		return depth;
	}
}
