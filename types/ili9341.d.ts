/** The SDK's driver of displays on SPI, which it has no typings for: whoever imports it refers to this file. */

declare module "ili9341" {
	export default class ILI9341 {
		constructor(options: object);
		begin(x: number, y: number, width: number, height: number): void;
		send(pixels: ArrayBuffer, offset: number, count: number): void;
		end(): void;
		continue(x: number, y: number, width: number, height: number): void;
		adaptInvalid(area: { x: number; y: number; width: number; height: number }): void;
		pixelsToBytes(count: number): number;
		close(): void;
		readonly width: number;
		readonly height: number;
		readonly pixelFormat: number;
	}
}
