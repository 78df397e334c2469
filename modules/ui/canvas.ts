/**
 * What the screens draw with: fonts, icons and rounded boxes over Poco. Every text is given the width it may take; it
 * is cleaned and, where it is longer, cut with an ellipsis, so that no caller's name can leave its place.
 */

import Resource from "Resource";
import type Bitmap from "commodetto/Bitmap";
import type PixelsOut from "commodetto/PixelsOut";
import Poco, { type Font, type PocoPrototype } from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import parseBMP from "commodetto/parseBMP";
import {
	CORNER_CELL,
	CORNER_RADII,
	type CornerRadius,
	ICONS,
	type IconName,
	LARGE_ICONS,
	type LargeIconName,
} from "./icons";
import { printable } from "./printable";
import { COLORS, type ColorName, FONTS, type FontName, type Rgb } from "./theme";

export type Align = "left" | "center" | "right";

/** A part of the screen: drawn again when its key changes. The key says everything that draw depends on. */
export interface Region {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	readonly key: string;
	draw(canvas: Canvas): void;
}

/** Bytes for the calls of one region: about 250 characters and boxes. */
const DISPLAY_LIST_LENGTH = 8192;
const ELLIPSIS = "…";

export class Canvas {
	readonly #poco: PocoPrototype;
	readonly #fonts: Record<FontName, Font>;
	readonly #colors: Record<ColorName, number>;
	readonly #icons: Record<16 | 24, Bitmap>;
	readonly #largeIcons: Bitmap;
	readonly #corners: Bitmap;

	constructor(pixelsOut: PixelsOut) {
		const poco = new Poco(pixelsOut, { displayListLength: DISPLAY_LIST_LENGTH });
		this.#poco = poco;
		this.#fonts = mapValues(FONTS, loadFont);
		this.#colors = mapValues(COLORS, ([red, green, blue]: Rgb) => poco.makeColor(red, green, blue));
		this.#icons = { 16: loadMask("icons-16"), 24: loadMask("icons-24") };
		this.#largeIcons = loadMask("icons-48");
		this.#corners = loadMask("corners");
	}

	close(): void {
		this.#poco.close();
	}

	/** Draws the regions as one frame; each is cleared to the background first. */
	frame(regions: readonly Region[]): void {
		const poco = this.#poco;
		let begun = false;
		for (const { x, y, width, height, draw } of regions) {
			if (begun) poco.continue(x, y, width, height);
			else poco.begin(x, y, width, height);
			begun = true;
			poco.fillRectangle(this.#colors.background, x, y, width, height);
			draw(this);
		}
		if (begun) poco.end();
	}

	/** The pixel value of a color, as the display holds it. */
	color(name: ColorName): number {
		return this.#colors[name];
	}

	fill(color: ColorName, x: number, y: number, width: number, height: number): void {
		this.#poco.fillRectangle(this.#colors[color], x, y, width, height);
	}

	/** A box with round corners. */
	box(color: ColorName, x: number, y: number, width: number, height: number, radius: CornerRadius = 8): void {
		const poco = this.#poco;
		const value = this.#colors[color];
		const cell = CORNER_RADII.indexOf(radius) * CORNER_CELL;
		const right = x + width - radius;
		const bottom = y + height - radius;
		poco.drawGray(this.#corners, value, x, y, cell, 0, radius, radius);
		poco.drawGray(this.#corners, value, right, y, cell + radius, 0, radius, radius);
		poco.drawGray(this.#corners, value, x, bottom, cell, radius, radius, radius);
		poco.drawGray(this.#corners, value, right, bottom, cell + radius, radius, radius, radius);
		poco.fillRectangle(value, x + radius, y, width - 2 * radius, height);
		poco.fillRectangle(value, x, y + radius, radius, height - 2 * radius);
		poco.fillRectangle(value, right, y + radius, radius, height - 2 * radius);
	}

	icon(name: IconName, size: 16 | 24, color: ColorName, x: number, y: number): void {
		const value = this.#colors[color];
		this.#poco.drawGray(this.#icons[size], value, x, y, ICONS.indexOf(name) * size, 0, size, size);
	}

	/** 48 by 48 pixels. */
	largeIcon(name: LargeIconName, color: ColorName, x: number, y: number): void {
		this.#poco.drawGray(this.#largeIcons, this.#colors[color], x, y, LARGE_ICONS.indexOf(name) * 48, 0, 48, 48);
	}

	/** One line in the box from x to x + width; y is the top of the line. Returns the width drawn. */
	text(
		text: string,
		font: FontName,
		color: ColorName,
		x: number,
		y: number,
		width: number,
		align: Align = "left",
	): number {
		const line = this.fit(text, font, width);
		const drawn = this.textWidth(line, font);
		const left = align === "left" ? x : align === "right" ? x + width - drawn : x + Math.floor((width - drawn) / 2);
		this.#poco.drawText(line, this.#fonts[font], this.#colors[color], left, y);
		return drawn;
	}

	lineHeight(font: FontName): number {
		return this.#fonts[font].height;
	}

	/** Of a text as it stands; what the font lacks has no width. */
	textWidth(text: string, font: FontName): number {
		return this.#poco.getTextWidth(text, this.#fonts[font]);
	}

	/** The text cleaned and, where it is wider than that, cut with an ellipsis. */
	fit(text: string, font: FontName, width: number): string {
		const clean = this.#clean(text, font);
		if (this.textWidth(clean, font) <= width) return clean;
		let left = width - this.textWidth(ELLIPSIS, font);
		let start = "";
		for (const character of clean) {
			left -= this.textWidth(character, font);
			if (left < 0) break;
			start += character;
		}
		const cut = `${start.trimEnd()}${ELLIPSIS}`;
		return this.textWidth(cut, font) <= width ? cut : "";
	}

	/** The end of the text that fits, for what is being typed. */
	fitEnd(text: string, font: FontName, width: number): string {
		const clean = this.#clean(text, font);
		if (this.textWidth(clean, font) <= width) return clean;
		let left = width - this.textWidth(ELLIPSIS, font);
		if (left < 0) return "";
		let end = "";
		for (const character of [...clean].reverse()) {
			left -= this.textWidth(character, font);
			if (left < 0) break;
			end = character + end;
		}
		return `${ELLIPSIS}${end}`;
	}

	/** The text cleaned and broken into lines at spaces, long words anywhere; the last line takes what is left, cut. */
	wrap(text: string, font: FontName, width: number, maxLines: number): string[] {
		const words = this.#clean(text, font).split(" ");
		const lines: string[] = [];
		let line = "";
		for (let index = 0; index < words.length; index += 1) {
			const word = words[index] ?? "";
			const longer = line === "" ? word : `${line} ${word}`;
			if (this.textWidth(longer, font) <= width) {
				line = longer;
				continue;
			}
			if (lines.length === maxLines - 1) {
				line = this.fit([...(line === "" ? [] : [line]), ...words.slice(index)].join(" "), font, width);
				break;
			}
			if (line !== "") {
				lines.push(line);
				line = "";
				index -= 1;
				continue;
			}
			const start = this.#startThatFits(word, font, width);
			if (start === "") break;
			lines.push(start);
			words[index] = word.slice(start.length);
			index -= 1;
		}
		if (line !== "") lines.push(line);
		return lines;
	}

	#startThatFits(word: string, font: FontName, width: number): string {
		let left = width;
		let start = "";
		for (const character of word) {
			left -= this.textWidth(character, font);
			if (left < 0) break;
			start += character;
		}
		return start;
	}

	#clean(text: string, font: FontName): string {
		return printable(text, (character) => this.textWidth(character, font) > 0);
	}
}

function loadMask(name: string): Bitmap {
	return parseBMP(new Resource(`${name}-alpha.bmp`));
}

function loadFont(name: string): Font {
	const font = parseBMF(new Resource(`${name}.fnt`));
	font.bitmap = loadMask(name);
	return font;
}

function mapValues<K extends string, A, B>(record: Readonly<Record<K, A>>, map: (value: A) => B): Record<K, B> {
	const result: Partial<Record<K, B>> = {};
	for (const key of Object.keys(record) as K[]) result[key] = map(record[key]);
	return result as Record<K, B>;
}
