/** The screen of a board with a display on SPI that the SDK has a driver for: pins and registers are the board's data. */
/// <reference path="../../../types/ili9341.d.ts" />
import ILI9341 from "ili9341";

export interface DisplayOptions {
	/** Pixels; the glass decides. */
	readonly width?: number;
	readonly height?: number;
}

export default class Display extends ILI9341 {
	/** @throws {RangeError} where the glass is not of the size that the screens are drawn for */
	constructor(options: DisplayOptions) {
		super({});
		const { width = this.width, height = this.height } = options;
		if (width !== this.width || height !== this.height)
			throw new RangeError(`display: ${this.width} by ${this.height} pixels instead of ${width} by ${height}`);
	}
}
