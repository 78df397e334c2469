/**
 * Makes the fonts and icons of the screen in build/resources from packages: Inter (SIL Open Font License) by
 * opentype.js, Lucide (ISC) by resvg. The same inputs give the same bytes, and nothing is made twice.
 * manifest.json names the files; both builders take them from there.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { CORNER_CELL, CORNER_RADII, ICONS, LARGE_ICONS } from "../modules/ui/icons";
import { makeFont } from "./builder/font";
import { readArguments } from "./setup/arguments";

const root = resolve(import.meta.dirname, "..");
const packages = join(root, "node_modules");
export const resourcesFolder = join(root, "build", "resources");

const range = (first: number, last: number): number[] =>
	Array.from({ length: last - first + 1 }, (_, index) => first + index);
const codes = (text: string): number[] => [...text].map((character) => character.codePointAt(0) ?? 0);
const latin1 = [...range(0x20, 0x7e), ...range(0xa0, 0xac), ...range(0xae, 0xff), ...codes("–—‘’“”•…€")];
/** Without the deprecated or digraph letters that the face leaves out. */
const extendedA = range(0x100, 0x17f).filter((code) => ![0x132, 0x133, 0x149, 0x17f].includes(code));

/** Sizes at which Inter's x-height falls on whole pixels, or close to. */
const FONTS = [
	{ name: "small-13", weight: 500, sizePx: 13, characters: [...latin1, ...extendedA] },
	{ name: "body-16", weight: 500, sizePx: 16.5, characters: [...latin1, ...extendedA] },
	{ name: "title-22", weight: 600, sizePx: 22, characters: [...latin1, ...extendedA] },
	{ name: "large-28", weight: 600, sizePx: 27.5, characters: latin1 },
	{ name: "sas-44", weight: 600, sizePx: 44, characters: codes("0123456789abcdefghijklmnopqrstuvwxyz?") },
] as const;

const STRIPS = [
	{ name: "icons-16", sizePx: 16, strokeWidth: 2.25, icons: ICONS },
	{ name: "icons-24", sizePx: 24, strokeWidth: 2, icons: ICONS },
	{ name: "icons-48", sizePx: 48, strokeWidth: 1.75, icons: LARGE_ICONS },
] as const;

/** Makes what is missing or out of date; returns true when something was made. */
export function makeAssets(): boolean {
	const stamp = join(resourcesFolder, "stamp");
	const key = inputsHash();
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return false;
	mkdirSync(resourcesFolder, { recursive: true });
	for (const font of FONTS) {
		const { fnt, png, missing } = makeFont({
			files: ["latin", "latin-ext"].map((subset) => faceFile(subset, font.weight)),
			sizePx: font.sizePx,
			characters: font.characters,
			faceName: "Inter",
		});
		if (missing.length > 0)
			throw new Error(`Inter has no ${missing.map((code) => `U+${code.toString(16)}`).join(", ")} (${font.name})`);
		writeFileSync(join(resourcesFolder, `${font.name}.fnt`), fnt);
		writeFileSync(join(resourcesFolder, `${font.name}.png`), png);
	}
	for (const strip of STRIPS) writeFileSync(join(resourcesFolder, `${strip.name}.png`), drawStrip(strip));
	writeFileSync(join(resourcesFolder, "corners.png"), drawCorners());
	writeFileSync(stamp, key);
	return true;
}

function faceFile(subset: string, weight: number): string {
	return join(packages, "@fontsource", "inter", "files", `inter-${subset}-${weight}-normal.woff`);
}

function inputsHash(): string {
	const hash = createHash("sha256");
	for (const name of ["@fontsource/inter", "lucide-static", "@resvg/resvg-js", "opentype.js"])
		hash.update(readFileSync(join(packages, name, "package.json")));
	for (const name of ["scripts/assets.ts", "scripts/builder/font.ts", "modules/ui/icons.ts"])
		hash.update(readFileSync(join(root, name)));
	return hash.digest("hex");
}

interface Strip {
	readonly sizePx: number;
	readonly strokeWidth: number;
	readonly icons: readonly string[];
}

/** Icons side by side, black on transparent. */
function drawStrip({ sizePx, strokeWidth, icons }: Strip): Uint8Array {
	const cells = icons.map((name, index) => {
		const source = readFileSync(join(packages, "lucide-static", "icons", `${name}.svg`), "utf8");
		const shapes = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(source)?.[1];
		if (shapes === undefined) throw new Error(`${name}.svg is not what an icon looks like`);
		return `<g transform="translate(${index * sizePx} 0) scale(${sizePx / 24})">${shapes}</g>`;
	});
	return draw(
		icons.length * sizePx,
		sizePx,
		`<g fill="none" stroke="black" stroke-width="${strokeWidth}" stroke-linecap="round" stroke-linejoin="round">${cells.join("")}</g>`,
	);
}

/** One disc per radius, each at the top left of its cell: the quarters are the corners of rounded boxes. */
function drawCorners(): Uint8Array {
	const discs = CORNER_RADII.map(
		(radius, index) => `<circle cx="${index * CORNER_CELL + radius}" cy="${radius}" r="${radius}"/>`,
	);
	return draw(CORNER_RADII.length * CORNER_CELL, CORNER_CELL, discs.join(""));
}

function draw(width: number, height: number, body: string): Uint8Array {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`;
	return new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
	readArguments({
		usage: "Usage: node scripts/run.mjs assets\n\nMakes the fonts and icons of the screen, where they are old.",
	});
	const made = makeAssets();
	process.stdout.write(made ? `Fonts and icons are in ${resourcesFolder}\n` : "Fonts and icons are up to date.\n");
}
