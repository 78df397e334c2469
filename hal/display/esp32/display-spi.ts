/** The screen of a board with a display on SPI that the SDK has a driver for: pins and registers are the board's data. */
/// <reference path="../../../types/ili9341.d.ts" />
import Digital from "embedded:io/digital";
import ILI9341 from "ili9341";
import config from "mc/config";
import Timer from "timer";

export interface DisplayOptions {
	/** Pixels; the glass decides. */
	readonly width?: number;
	readonly height?: number;
}

const RESET_MS = 10;
const AFTER_RESET_MS = 120;

/** A glass that is in reset while its pin is high: the pin is left low, and kept, since a closed one would float. */
function leaveReset(pin: number): Digital {
	const reset = new Digital({ pin, mode: Digital.Output });
	reset.write(1);
	Timer.delay(RESET_MS);
	reset.write(0);
	Timer.delay(AFTER_RESET_MS);
	return reset;
}

export default class Display extends ILI9341 {
	declare reset: Digital | undefined;

	/** @throws {RangeError} where the glass is not of the size that the screens are drawn for */
	constructor(options: DisplayOptions) {
		const reset = config.screenReset === undefined ? undefined : leaveReset(config.screenReset);
		super({});
		this.reset = reset;
		const { width = this.width, height = this.height } = options;
		if (width !== this.width || height !== this.height)
			throw new RangeError(`display: ${this.width} by ${this.height} pixels instead of ${width} by ${height}`);
	}
}
