/**
 * "commodetto/Poco" for the simulator: the drawing calls of the Moddable SDK's renderer, 16-bit RGB 565 little-endian.
 * Between begin and end everything is listed, in C; end paints it band by band and sends the rows to the PixelsOut, so that
 * no board needs memory for a whole area. Two habits of the SDK are kept so that a mistake is found here and not on the device: a frame may hold
 * only as many calls as fit displayListLength, and what is not painted has no meaning (here it is magenta).
 */
import Bitmap from "commodetto/Bitmap";
import type PixelsOut from "commodetto/PixelsOut";
import type { Font } from "commodetto/Poco";

export interface PocoOptions {
	/** Pixels in one call of send, at least one row. */
	readonly pixels?: number;
	/** Bytes for the calls of one frame; the SDK's default. */
	readonly displayListLength?: number;
	readonly rotation?: 0 | 90 | 180 | 270;
}

const DEFAULT_DISPLAY_LIST_LENGTH = 1024;

export default class Poco extends Native("xs_poco_destructor") {
	readonly pixelsOut: PixelsOut;
	readonly #band: ArrayBuffer;

	/** @throws {Error} for a pixel format or a rotation this build does not draw */
	constructor(pixelsOut: PixelsOut, options: PocoOptions = {}) {
		super();
		if (pixelsOut.pixelFormat !== Bitmap.RGB565LE) throw new Error("the simulator draws RGB565LE alone");
		if (options.rotation) throw new Error("the simulator does not draw rotated");
		this.pixelsOut = pixelsOut;
		const pixels = Math.max(options.pixels ?? 0, pixelsOut.width * 16);
		this.#band = new ArrayBuffer(pixelsOut.pixelsToBytes(pixels));
		pocoBuild.call(this, pixelsOut.width, pixelsOut.height, options.displayListLength ?? DEFAULT_DISPLAY_LIST_LENGTH);
	}
	close(): void {
		native("xs_poco_close").call(this);
	}

	begin(x?: number, y?: number, width?: number, height?: number): void {
		native("xs_poco_begin").call(this, x, y, width, height);
	}
	/** @throws {Error} where the frame's calls overflowed the display list or the stack of clips and origins */
	end(): void {
		this.#finish();
		this.pixelsOut.end();
	}
	continue(x: number, y: number, width: number, height: number): void {
		this.#finish();
		this.begin(x, y, width, height);
	}
	#finish(): void {
		const out = this.pixelsOut;
		const area = pocoFinish.call(this) as [number, number, number, number];
		const [x, y, width, height] = area;
		out.begin(x, y, width, height);
		for (let byteOffset = 0; ; ) {
			const count = pocoRows.call(this, this.#band, byteOffset) as number;
			if (count === 0) break;
			out.send(this.#band, 0, count);
			byteOffset += count;
		}
	}

	/** With an area: makes the clip smaller, and is true where something of it is left. Without: back to the last. */
	clip(x?: number, y?: number, width?: number, height?: number): boolean | undefined {
		return native("xs_poco_clip").call(this, x, y, width, height) as boolean | undefined;
	}
	/** With a position: moves the origin by it. Without: back to the last. */
	origin(x?: number, y?: number): void {
		native("xs_poco_origin").call(this, x, y);
	}
	makeColor(r: number, g: number, b: number): number {
		return native("xs_poco_makeColor").call(this, r, g, b) as number;
	}
	fillRectangle(color: number, x: number, y: number, width: number, height: number): void {
		native("xs_poco_fillRectangle").call(this, color, x, y, width, height);
	}
	blendRectangle(color: number, blend: number, x: number, y: number, width: number, height: number): void {
		native("xs_poco_blendRectangle").call(this, color, blend, x, y, width, height);
	}
	drawPixel(color: number, x: number, y: number): void {
		native("xs_poco_drawPixel").call(this, color, x, y);
	}
	drawGray(
		bits: Bitmap,
		color: number,
		x: number,
		y: number,
		sx?: number,
		sy?: number,
		sw?: number,
		sh?: number,
		blend?: number,
	): void {
		native("xs_poco_drawGray").call(this, bits, color, x, y, sx, sy, sw, sh, blend);
	}
	drawBitmap(bits: Bitmap, x: number, y: number, sx?: number, sy?: number, sw?: number, sh?: number): void {
		native("xs_poco_drawBitmap").call(this, bits, x, y, sx, sy, sw, sh);
	}
	/** Characters the font lacks are left out. With a width, text that is wider ends in an ellipsis. */
	drawText(text: string, font: Font, color: number, x: number, y: number, width?: number): void {
		native("xs_poco_drawText").call(this, text, font, color, x, y, width);
	}
	getTextWidth(text: string, font: Font): number {
		return native("xs_poco_getTextWidth").call(this, text, font) as number;
	}
	get width(): number {
		return this.pixelsOut.width;
	}
	get height(): number {
		return this.pixelsOut.height;
	}
}

function pocoBuild(this: Poco, width: number, height: number, displayListLength: number): void {
	native("xs_poco_build").call(this, width, height, displayListLength);
}

function pocoFinish(this: Poco): unknown {
	return native("xs_poco_finish").call(this);
}

function pocoRows(this: Poco, band: ArrayBuffer, byteOffset: number): unknown {
	return native("xs_poco_rows").call(this, band, byteOffset);
}
