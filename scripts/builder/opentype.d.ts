/** The part of opentype.js that scripts/builder/font.ts uses; the package ships no types. */
declare module "opentype.js" {
	export interface Path {
		getBoundingBox(): { x1: number; y1: number; x2: number; y2: number };
		toPathData(decimalPlaces: number): string;
	}
	export interface Glyph {
		readonly index: number;
		readonly advanceWidth?: number;
		getPath(x: number, y: number, fontSize: number): Path;
	}
	export interface Font {
		readonly unitsPerEm: number;
		readonly ascender: number;
		readonly descender: number;
		charToGlyph(character: string): Glyph;
	}
	const opentype: { parse(bytes: ArrayBuffer): Font };
	export default opentype;
}
