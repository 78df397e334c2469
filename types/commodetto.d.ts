/**
 * The drawing modules of the Moddable SDK as far as the screen uses them, for our own type check. When the SDK builds,
 * its own typings take their place; on the simulator boards/sim/commodetto supplies the modules. What is declared
 * here is never wider than what both accept.
 */

declare module "commodetto/Bitmap" {
	export default class Bitmap {
		/** @param offset where the pixels begin in the buffer, in bytes */
		constructor(width: number, height: number, format: number, buffer: ArrayBuffer, offset: number);
		readonly width: number;
		readonly height: number;
		readonly pixelFormat: number;
		readonly offset: number;
		/** Bits in one pixel of the format. */
		static depth(pixelFormat: number): number;
		static readonly Default: 1;
		static readonly Monochrome: 3;
		static readonly Gray16: 4;
		static readonly Gray256: 5;
		static readonly RGB565LE: 7;
	}
}

declare module "commodetto/PixelsOut" {
	/** A place for pixels: an area is begun, its rows are sent from the top, and the frame is ended. */
	export default interface PixelsOut {
		begin(x: number, y: number, width: number, height: number): void;
		/** Offset and count are in bytes. */
		send(pixels: ArrayBuffer, offset: number, count: number): void;
		end(): void;
		/** Ends one area and begins the next of the same frame. */
		continue(x: number, y: number, width: number, height: number): void;
		adaptInvalid(area: { x: number; y: number; width: number; height: number }): void;
		pixelsToBytes(count: number): number;
		readonly width: number;
		readonly height: number;
		readonly pixelFormat: number;
	}
}

declare module "commodetto/Poco" {
	import type Bitmap from "commodetto/Bitmap";
	import type PixelsOut from "commodetto/PixelsOut";

	export interface Font {
		readonly height: number;
		readonly ascent: number;
		readonly charCount: number;
		readonly position: number;
		bitmap: Bitmap;
	}

	export interface PocoPrototype {
		close(): void;
		begin(x?: number, y?: number, width?: number, height?: number): void;
		end(): void;
		continue(x: number, y: number, width: number, height: number): void;
		clip(x: number, y: number, width: number, height: number): void;
		clip(): void;
		origin(x: number, y: number): void;
		origin(): void;
		makeColor(r: number, g: number, b: number): number;
		fillRectangle(color: number, x: number, y: number, width: number, height: number): void;
		blendRectangle(color: number, blend: number, x: number, y: number, width: number, height: number): void;
		drawPixel(color: number, x: number, y: number): void;
		drawGray(bits: Bitmap, color: number, x: number, y: number): void;
		drawGray(
			bits: Bitmap,
			color: number,
			x: number,
			y: number,
			sx: number,
			sy: number,
			sw: number,
			sh: number,
			blend?: number,
		): void;
		drawBitmap(bits: Bitmap, x: number, y: number): void;
		drawBitmap(bits: Bitmap, x: number, y: number, sx: number, sy: number, sw: number, sh: number): void;
		drawText(text: string, font: Font, color: number, x: number, y: number, width?: number): void;
		getTextWidth(text: string, font: Font): number;
		readonly width: number;
		readonly height: number;
		readonly pixelsOut: PixelsOut;
	}

	export interface PocoConstructor {
		new (
			pixelsOut: PixelsOut,
			options?: { pixels?: number; displayListLength?: number; rotation?: 0 | 90 | 180 | 270 },
		): PocoPrototype;
	}

	const Poco: PocoConstructor;
	export default Poco;
}

declare module "commodetto/parseBMF" {
	import type { Font } from "commodetto/Poco";
	export default function parseBMF(font: ArrayBuffer): Font;
}

declare module "commodetto/parseBMP" {
	import type Bitmap from "commodetto/Bitmap";
	export default function parseBMP(picture: ArrayBuffer): Bitmap;
}

declare module "Resource" {
	/** Read-only bytes of a named resource; it passes wherever the drawing modules take a buffer. */
	export default class Resource extends ArrayBuffer {
		constructor(path: string);
		static exists(path: string): boolean;
	}
}
