/**
 * The phone's screen: a PixelsOut of the Moddable SDK, RGB565LE. What comes in are areas of rows from a renderer; the
 * port under sim/, esp32/ ... shows them. A frame is whole when end is called.
 */

/** The number the SDK gives to RGB565 little-endian. */
const RGB565LE = 7;

export interface DisplayOptions {
	/** Pixels. The glass decides; the simulator's is 320 by 240. */
	readonly width?: number;
	readonly height?: number;
}

/** An area of the screen in pixels. */
export interface DisplayArea {
	x: number;
	y: number;
	width: number;
	height: number;
}

export default class Display extends Native("xs_display_destructor") {
	/** @throws {RangeError} for a size the port cannot show */
	constructor(options: DisplayOptions) {
		super();
		native("xs_display_constructor").call(this, options);
	}
	/** Safe to repeat; no other call may follow. */
	close(): void {
		native("xs_display_close").call(this);
	}

	/** Begins a frame with one area of it; an area as one object is how renderers with ECMA-419 displays say it. */
	begin(x: number | DisplayArea, y = 0, width = 0, height = 0): void {
		const area = typeof x === "object" ? x : { x, y, width, height };
		native("xs_display_begin").call(this, area.x, area.y, area.width, area.height);
	}
	/** Rows of the area from the top, in any portions. Offset and count are in bytes. */
	send(pixels: ArrayBuffer, offset = 0, count = pixels.byteLength - offset): void {
		native("xs_display_send").call(this, pixels, offset, count);
	}
	/** The frame is whole. */
	end(): void {
		native("xs_display_end").call(this);
	}
	/** Another area of the same frame. */
	continue(x: number, y: number, width: number, height: number): void {
		native("xs_display_begin").call(this, x, y, width, height);
	}

	/** Any area can be shown as it is. */
	adaptInvalid(_area: DisplayArea): void {}
	pixelsToBytes(count: number): number {
		return count * 2;
	}
	get width(): number {
		return native("xs_display_width").call(this);
	}
	get height(): number {
		return native("xs_display_height").call(this);
	}
	get pixelFormat(): number {
		return RGB565LE;
	}
	/**
	 * What the screen shows now, RGB565LE row by row; for pictures and tests.
	 * @throws {Error} on a port whose glass cannot be read back
	 */
	snapshot(): ArrayBuffer {
		return native("xs_display_snapshot").call(this);
	}
}
