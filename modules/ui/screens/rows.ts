/** Pages of labels and values that can be longer than the screen: this phone, this call. */
import type { Canvas, Region } from "ui/canvas";
import type { IconName } from "ui/icons";
import type { InfoRow, SoftKeys } from "ui/screen";
import { soft } from "ui/screen";
import { TEXT } from "ui/text";
import { GRID } from "ui/theme";
import { header, scrollBar, valueRow } from "ui/widgets";

const TOP = 36;
const PITCH = 24;
const VISIBLE = 7;
/** As valueRow of widgets.ts has it. */
const VALUE_WIDTH = 196;
const SENTENCE_LINES = 4;

export class RowsPage {
	#first = 0;

	regions(title: string, right: string, rows: readonly InfoRow[], icon: IconName = "info"): Region[] {
		this.#first = Math.max(0, Math.min(this.#first, rows.length - VISIBLE));
		return [
			header(title, right, icon),
			...rows
				.slice(this.#first, this.#first + VISIBLE)
				.map((row, index) => valueRow(row.label, row.value, TOP + index * PITCH)),
			scrollBar(this.#first, VISIBLE, rows.length, TOP, GRID.softTop - TOP - 4),
		];
	}

	/** @returns whether the key was one for scrolling. */
	key(name: string): boolean {
		if (name === "up") this.#first -= 1;
		else if (name === "down") this.#first += 1;
		else return false;
		this.#first = Math.max(0, this.#first);
		return true;
	}
}

/** A sentence takes as many lines as it needs, of four. */
export function sentenceRows(canvas: Canvas, label: string, text: string): InfoRow[] {
	return canvas
		.wrap(text, "small", VALUE_WIDTH, SENTENCE_LINES)
		.map((value, line) => ({ label: line === 0 ? label : "", value }));
}

export const backKeys: SoftKeys = Object.freeze([undefined, undefined, undefined, soft(TEXT.soft.back)] as const);
