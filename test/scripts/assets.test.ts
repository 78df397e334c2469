/** Fonts and icons: made the same every time, complete, and in the forms that the SDK's tools take and make. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PNG } from "pngjs";
import { ICONS, LARGE_ICONS } from "../../modules/ui/icons";
import { TEXT } from "../../modules/ui/text";
import { makeAssets, resourcesFolder } from "../../scripts/assets";
import { makeFont } from "../../scripts/builder/font";
import { root } from "../../scripts/builder/paths";
import { alphaBitmap, compileResources } from "../../scripts/builder/resources";

makeAssets();

const readPng = (name: string) => PNG.sync.read(readFileSync(join(resourcesFolder, name)));

/** Code points of a BMFont's characters, in the file's order. */
function charactersOf(name: string): number[] {
	const bytes = readFileSync(join(resourcesFolder, name));
	let at = 4;
	while (bytes[at] !== 4) at += 5 + bytes.readUInt32LE(at + 1);
	const count = bytes.readUInt32LE(at + 1) / 20;
	return Array.from({ length: count }, (_, index) => bytes.readUInt32LE(at + 5 + index * 20));
}

test("the same inputs give the same bytes", () => {
	const options = {
		files: [join(root, "node_modules/@fontsource/inter/files/inter-latin-500-normal.woff")],
		sizePx: 13,
		characters: [0x41, 0x67, 0x31],
		faceName: "Inter",
	};
	const first = makeFont(options);
	const second = makeFont(options);
	assert.deepEqual(first.fnt, second.fnt);
	assert.deepEqual(first.png, second.png);
	assert.deepEqual(first.missing, []);
});

test("a character that no file has is told", () => {
	const files = [join(root, "node_modules/@fontsource/inter/files/inter-latin-500-normal.woff")];
	assert.deepEqual(makeFont({ files, sizePx: 13, characters: [0x41, 0x6f22], faceName: "Inter" }).missing, [0x6f22]);
});

test("nothing is made twice", () => {
	assert.equal(makeAssets(), false);
});

test("the fonts have every character the screen says, in ascending order", () => {
	const says = new Set<number>();
	const collect = (value: unknown): void => {
		if (typeof value === "string") for (const character of value) says.add(character.codePointAt(0) ?? 0);
		else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) collect(part);
	};
	collect(TEXT);
	for (const name of ["small-13", "body-16", "title-22", "large-28"]) {
		const characters = charactersOf(`${name}.fnt`);
		assert.deepEqual(
			characters,
			[...characters].sort((a, b) => a - b),
			name,
		);
		assert.deepEqual(
			[...says].filter((code) => !characters.includes(code)),
			[],
			name,
		);
	}
	const words = charactersOf("sas-44.fnt");
	for (const character of "ybndrfg8ejkmcpqxot1uwisza345h769")
		assert.ok(words.includes(character.charCodeAt(0)), character);
});

test("every icon is in its strip: something is drawn in each cell, and no two cells are the same", () => {
	for (const [name, size, icons] of [
		["icons-16.png", 16, ICONS],
		["icons-24.png", 24, ICONS],
		["icons-48.png", 48, LARGE_ICONS],
	] as const) {
		const strip = readPng(name);
		assert.equal(strip.width, size * icons.length);
		assert.equal(strip.height, size);
		const seen = new Map<string, string>();
		icons.forEach((icon, index) => {
			const cell: number[] = [];
			for (let y = 0; y < size; y += 1)
				for (let x = 0; x < size; x += 1) cell.push(strip.data[(y * strip.width + index * size + x) * 4 + 3] ?? 0);
			assert.ok(cell.filter((alpha) => alpha > 128).length > size, icon);
			assert.equal(seen.get(cell.join()), undefined, icon);
			seen.set(cell.join(), icon);
		});
	}
});

test("a picture becomes a 4-bit gray BMP, top row first, 0 where it is opaque, padded with nothing", () => {
	const png = new PNG({ width: 3, height: 2 });
	png.data.fill(0);
	png.data[3] = 255;
	png.data[7] = 128;
	png.data[(3 + 2) * 4 + 3] = 255;
	const bmp = Buffer.from(alphaBitmap(PNG.sync.write(png), "x.png"));
	assert.equal(bmp.toString("latin1", 0, 2), "BM");
	assert.equal(bmp.readUInt32LE(2), bmp.length);
	assert.equal(bmp.readInt32LE(18), 8);
	assert.equal(bmp.readInt32LE(22), -2);
	assert.equal(bmp.readUInt16LE(28), 4);
	assert.equal(bmp.readUInt32LE(54 + 4 * 15) & 0xffffff, 0xffffff);
	assert.equal(bmp.subarray(bmp.readUInt32LE(10)).toString("hex"), "07ffffffff0fffff");
});

test("resources that the simulator cannot serve are refused with the file's name", () => {
	const folder = mkdtempSync(join(tmpdir(), "resources-"));
	try {
		const picture = join(folder, "a.png");
		writeFileSync(picture, PNG.sync.write(new PNG({ width: 8, height: 1 })));
		writeFileSync(join(folder, "b.png"), "no picture");
		const refuse = (target: string, name: string, file: string, words: RegExp) =>
			assert.throws(() => compileResources([{ target, name, file }], folder), words);
		refuse("*-mask", "a-mask", picture, /a\.png.*\*-mask/);
		refuse("*", "a", picture, /a\.png/);
		refuse("*-alpha", "b-alpha", join(folder, "b.png"), /b\.png/);
		refuse("*", "c", join(folder, "c.exe"), /c\.exe/);
		const source = readFileSync(
			compileResources([{ target: "*-alpha", name: "a-alpha", file: picture }], folder),
			"utf8",
		);
		assert.match(source, /"a-alpha\.bmp"/);
		assert.match(source, /hostResourceCount = 1;/);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
