/**
 * One frame for the time when there is no phone to show yet: while the config is fetched, or when the SIP port cannot
 * be had. The Ui draws over it when it begins.
 */
import type PixelsOut from "commodetto/PixelsOut";
import { Canvas } from "./canvas";
import { TEXT } from "./text";
import { GRID } from "./theme";

const INNER = GRID.width - 2 * GRID.margin;
const MAX_LINES = 4;

/** Draws the phone's name and, below it, what it is doing or why it cannot go on. */
export function splash(pixelsOut: PixelsOut, name: string, text: string = TEXT.starting): void {
	const canvas = new Canvas(pixelsOut);
	canvas.frame([
		{
			x: 0,
			y: 0,
			width: GRID.width,
			height: GRID.height,
			key: "",
			draw() {
				canvas.text(name, "large", "white", GRID.margin, 76, INNER, "center");
				canvas.wrap(text, "body", INNER, MAX_LINES).forEach((line, index) => {
					canvas.text(line, "body", "muted", GRID.margin, 122 + index * 22, INNER, "center");
				});
			},
		},
	]);
	canvas.close();
}
