/**
 * One bitmap font of the screen: outlines come in from an OpenType face (one file per script subset, as its package
 * ships them), out go a BMFont description (binary, version 3) and the picture of its glyphs, black with an alpha
 * channel, as the Moddable SDK's manifests take them.
 */
import { readFileSync } from "node:fs";
import { Resvg } from "@resvg/resvg-js";
import opentype, { type Font, type Glyph } from "opentype.js";

export interface FontOptions {
	/** Files of one face, in the order they are asked for a character. */
	readonly files: readonly string[];
	/** Em size in pixels; fractions are welcome where they bring the x-height onto the pixel grid. */
	readonly sizePx: number;
	/** Code points, in any order. */
	readonly characters: readonly number[];
	readonly faceName: string;
}

export interface BitmapFont {
	readonly fnt: Uint8Array;
	readonly png: Uint8Array;
	/** Asked for, but in none of the files. */
	readonly missing: readonly number[];
}

interface Placed {
	readonly code: number;
	readonly advance: number;
	readonly svg: string;
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	readonly xOffset: number;
	readonly yOffset: number;
}

const ATLAS_WIDTH = 256;
const DIGITS = "0123456789";

export function makeFont(options: FontOptions): BitmapFont {
	const faces = options.files.map(openFace);
	const first = faces[0];
	if (!first) throw new RangeError("a font needs at least one file");
	const scale = options.sizePx / first.unitsPerEm;
	const ascent = Math.ceil(first.ascender * scale);
	const height = ascent + Math.ceil(-first.descender * scale);
	const digitAdvance = Math.round(
		Math.max(...[...DIGITS].map((digit) => first.charToGlyph(digit).advanceWidth ?? 0)) * scale,
	);
	const codes = [...new Set(options.characters)].sort((a, b) => a - b);
	const missing: number[] = [];
	const glyphs: Placed[] = [];
	let x = 1;
	let y = 1;
	let rowHeight = 0;
	for (const code of codes) {
		const glyph = find(faces, code);
		if (!glyph) {
			missing.push(code);
			continue;
		}
		const exact = (glyph.advanceWidth ?? 0) * scale;
		// Digits stand in equal columns, so that a running clock does not shiver.
		const advance = DIGITS.includes(String.fromCodePoint(code)) ? digitAdvance : Math.round(exact);
		const shift = (advance - exact) / 2;
		const box = glyph.getPath(shift, 0, options.sizePx).getBoundingBox();
		const left = Math.floor(box.x1);
		const top = Math.floor(box.y1);
		const width = box.x2 > box.x1 ? Math.ceil(box.x2) - left : 0;
		const glyphHeight = box.y2 > box.y1 ? Math.ceil(box.y2) - top : 0;
		if (x + width + 1 > ATLAS_WIDTH) {
			x = 1;
			y += rowHeight + 1;
			rowHeight = 0;
		}
		const path = width > 0 ? glyph.getPath(x - left + shift, y - top, options.sizePx).toPathData(3) : "";
		glyphs.push({
			code,
			advance,
			svg: path === "" ? "" : `<path d="${path}"/>`,
			x,
			y,
			width,
			height: glyphHeight,
			xOffset: left,
			yOffset: ascent + top,
		});
		x += width + 1;
		rowHeight = Math.max(rowHeight, glyphHeight);
	}
	const atlasHeight = y + rowHeight + 1;
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${ATLAS_WIDTH}" height="${atlasHeight}">${glyphs.map((glyph) => glyph.svg).join("")}</svg>`;
	const png = new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
	return { fnt: bmFont(options, glyphs, height, ascent, atlasHeight), png, missing };
}

function openFace(file: string): Font {
	const bytes = readFileSync(file);
	return opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
}

function find(faces: readonly Font[], code: number): Glyph | undefined {
	for (const face of faces) {
		const glyph = face.charToGlyph(String.fromCodePoint(code));
		if (glyph.index !== 0) return glyph;
	}
	return undefined;
}

/** Blocks 1 to 4 of the binary BMFont format; one page, no kerning. */
function bmFont(
	options: FontOptions,
	glyphs: readonly Placed[],
	height: number,
	ascent: number,
	atlasHeight: number,
): Uint8Array {
	const name = Buffer.from(`${options.faceName}\0`, "latin1");
	const info = Buffer.alloc(14);
	info.writeInt16LE(Math.round(options.sizePx), 0);
	info.writeUInt8(0b10000010, 2); // smooth, Unicode
	info.writeUInt16LE(100, 4); // stretch in percent
	const common = Buffer.alloc(15);
	common.writeUInt16LE(height, 0);
	common.writeUInt16LE(ascent, 2);
	common.writeUInt16LE(ATLAS_WIDTH, 4);
	common.writeUInt16LE(atlasHeight, 6);
	common.writeUInt16LE(1, 8);
	const pages = Buffer.from("atlas.png\0", "latin1");
	const characters = Buffer.alloc(glyphs.length * 20);
	glyphs.forEach((glyph, index) => {
		const at = index * 20;
		characters.writeUInt32LE(glyph.code, at);
		characters.writeUInt16LE(glyph.x, at + 4);
		characters.writeUInt16LE(glyph.y, at + 6);
		characters.writeUInt16LE(glyph.width, at + 8);
		characters.writeUInt16LE(glyph.height, at + 10);
		characters.writeInt16LE(glyph.xOffset, at + 12);
		characters.writeInt16LE(glyph.yOffset, at + 14);
		characters.writeInt16LE(glyph.advance, at + 16);
		characters.writeUInt8(15, at + 19); // all channels
	});
	return Buffer.concat([
		Buffer.from([0x42, 0x4d, 0x46, 3]),
		...[Buffer.concat([info, name]), common, pages, characters].flatMap((block, index) => {
			const header = Buffer.alloc(5);
			header.writeUInt8(index + 1, 0);
			header.writeUInt32LE(block.length, 1);
			return [header, block];
		}),
	]);
}
