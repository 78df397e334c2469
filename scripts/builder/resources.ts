/**
 * The resources of a manifest, as the simulator's Resource class serves them: what comes in is the manifest's list,
 * what goes out is one C source that carries the bytes. The forms and the names are those that the Moddable SDK's
 * tools give the same lines: "*" is copied, "*-alpha" makes NAME.fnt of a font description and NAME-alpha.bmp of a
 * picture: 4-bit gray, top row first, 0 where the picture is opaque.
 */
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { PNG } from "pngjs";
import { writeIfChanged } from "./files";
import type { ResourceEntry } from "./manifest";
import { shown } from "./paths";
import { BuildError } from "./process";

const copied = [".fnt", ".json", ".dat", ".der", ".txt", ".bmp"];

/** Writes FOLDER/resources.c with the host's table of resources (boards/sim/host/host.h); returns its path. */
export function compileResources(entries: readonly ResourceEntry[], folder: string): string {
	const resources = [...new Map(entries.map(convert))].sort(([a], [b]) => (a < b ? -1 : 1));
	const source = join(folder, "resources.c");
	const lines = ["/* Made by the builder from the manifest's resources. */", '#include "host.h"', ""];
	const rows = resources.map(([name, bytes], index) => {
		lines.push(`static const uint8_t resource${index}[] = {`, ...byteRows(bytes), "};");
		return `\t{${JSON.stringify(name)}, resource${index}, resource${index} + ${bytes.length}},`;
	});
	lines.push("", "const HostResource hostResources[] = {", ...rows, "\t{NULL, NULL, NULL},", "};");
	lines.push(`const int hostResourceCount = ${resources.length};`, "");
	writeIfChanged(source, lines.join("\n"));
	return source;
}

function byteRows(bytes: Uint8Array): string[] {
	const rows: string[] = [];
	for (let at = 0; at < bytes.length; at += 32) rows.push(`${Array.from(bytes.subarray(at, at + 32)).join(",")},`);
	return rows.length > 0 ? rows : ["0"];
}

function convert({ target, name, file }: ResourceEntry): [string, Uint8Array] {
	const extension = extname(file);
	const suffix = /\*(-[a-z0-9]+)?$/.exec(target)?.[1] ?? "";
	const stem = suffix === "" ? name : name.slice(0, -suffix.length);
	if (extension === ".png") {
		if (suffix !== "-alpha")
			throw new BuildError(`${shown(file)}: the simulator takes pictures as "*-alpha" alone, not as "${target}".`);
		return [`${stem}-alpha.bmp`, alphaBitmap(readFileSync(file), file)];
	}
	if (!copied.includes(extension)) throw new BuildError(`${shown(file)}: no rule for resources of this kind.`);
	return [`${stem}${extension}`, readFileSync(file)];
}

/** The alpha channel as a BMP of 4 bits a pixel with a gray palette; rows are as wide as a multiple of 8 pixels. */
export function alphaBitmap(bytes: Uint8Array, file: string): Uint8Array {
	let png: PNG;
	try {
		png = PNG.sync.read(Buffer.from(bytes));
	} catch (error) {
		throw new BuildError(`${shown(file)}: ${(error as Error).message}`);
	}
	const width = Math.ceil(png.width / 8) * 8;
	const rowBytes = width / 2;
	const pixelsAt = 14 + 40 + 16 * 4;
	const bmp = Buffer.alloc(pixelsAt + rowBytes * png.height, 0xff);
	bmp.fill(0, 0, pixelsAt);
	bmp.write("BM", 0, "latin1");
	bmp.writeUInt32LE(bmp.length, 2);
	bmp.writeUInt32LE(pixelsAt, 10);
	bmp.writeUInt32LE(40, 14);
	bmp.writeInt32LE(width, 18);
	bmp.writeInt32LE(-png.height, 22); // top row first
	bmp.writeUInt16LE(1, 26);
	bmp.writeUInt16LE(4, 28);
	bmp.writeUInt32LE(rowBytes * png.height, 34);
	bmp.writeUInt32LE(16, 46);
	for (let gray = 0; gray < 16; gray += 1) bmp.fill(gray * 0x11, 54 + gray * 4, 54 + gray * 4 + 3);
	for (let y = 0; y < png.height; y += 1) {
		for (let x = 0; x < png.width; x += 1) {
			const alpha = png.data[(y * png.width + x) * 4 + 3] ?? 0;
			const gray = 15 - Math.round((alpha * 15) / 255);
			const at = pixelsAt + y * rowBytes + (x >> 1);
			const old = bmp[at] ?? 0;
			bmp[at] = x & 1 ? (old & 0xf0) | gray : (gray << 4) | (old & 0x0f);
		}
	}
	return bmp;
}
