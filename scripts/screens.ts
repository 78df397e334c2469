/**
 * `node scripts/run.mjs screens [--docs] [--sheet FILE] [NAME...]`: draws the phone's screens on XS and writes what the frame
 * buffer holds to build/screens/NAME.png, and all of them side by side to FILE (build/screens/all.png).
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { buildFolder, root, shown } from "./builder/paths";
import { build } from "./builder/program";
import { flag, readArguments, text } from "./setup/arguments";

const COLUMNS = 4;
const GAP = 8;

const USAGE = `Usage: node scripts/run.mjs screens [--docs] [--sheet FILE] [NAME...]

Draws the phone's screens into build/screens.

  --docs         the pictures of docs/, too
  --sheet FILE   all of them side by side; default build/screens/all.png
  NAME           the screens on that sheet; all of them without one`;
const { values, positionals: wanted } = readArguments({
	usage: USAGE,
	options: { sheet: text, docs: flag },
	wordsMost: Number.POSITIVE_INFINITY,
});

/** Pictures that the documentation shows, and the screens they are of. */
const DOCS: Readonly<Record<string, string>> = {
	"docs/screens/home.png": "idle",
	"docs/screens/wifi.png": "idle-wifi-password",
	"docs/screens/closed.png": "call-closed",
	"docs/screens/verified.png": "call-verified",
};

/** What the scenes are made of, and the rigs behind them. */
const modules = ["ui", "zrtp-store", "flash"].flatMap((room) =>
	readdirSync(join(root, "test", "unit", room))
		.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
		.map((file) => `${room}/${file.slice(0, -3)}`),
);
const built = await build({
	name: "sotto-screens",
	manifest: join(root, "test", "manifest.json"),
	variant: "release",
	modules: new Map(modules.map((name) => [`test/unit/${name}`, join(root, "test", "unit", `${name}.ts`)])),
	keepGoing: true,
	main: "test/unit/ui/pictures",
});
const output = execFileSync(built.executable, [], { maxBuffer: 1 << 28, encoding: "utf8" });
const target = join(buildFolder, "screens");
mkdirSync(target, { recursive: true });
const drawn = new Map<string, PNG>();
for (const [, name = "", width, height, pixels = ""] of output.matchAll(/^frame (\S+) (\d+) (\d+) (\S+)$/gm)) {
	const picture = fromRgb565(Number(width), Number(height), Buffer.from(pixels, "base64"));
	writeFileSync(join(target, `${name}.png`), PNG.sync.write(picture));
	drawn.set(name, picture);
}
if (values.docs)
	for (const [file, name] of Object.entries(DOCS)) copyFileSync(join(target, `${name}.png`), join(root, file));
const pictures = (wanted.length > 0 ? wanted : [...drawn.keys()]).map((name) => {
	const picture = drawn.get(name);
	if (!picture) {
		process.stderr.write(`There is no screen "${name}". There are: ${[...drawn.keys()].join(", ")}\n`);
		process.exit(2);
	}
	return picture;
});
if (pictures.length > 0) writeFileSync(values.sheet ?? join(target, "all.png"), PNG.sync.write(sheetOf(pictures)));
process.stdout.write(`${pictures.length} screens are in ${shown(target)}\n`);

function fromRgb565(width: number, height: number, pixels: Buffer): PNG {
	const png = new PNG({ width, height });
	for (let index = 0; index < width * height; index += 1) {
		const value = pixels.readUInt16LE(index * 2);
		const five = (bits: number) => (bits << 3) | (bits >> 2);
		const green = (value >> 5) & 63;
		png.data.set([five(value >> 11), (green << 2) | (green >> 4), five(value & 31), 255], index * 4);
	}
	return png;
}

function sheetOf(screens: readonly PNG[]): PNG {
	const first = screens[0] as PNG;
	const rows = Math.ceil(screens.length / COLUMNS);
	const columns = Math.min(COLUMNS, screens.length);
	const sheet = new PNG({ width: columns * (first.width + GAP) + GAP, height: rows * (first.height + GAP) + GAP });
	sheet.data.fill(0x80);
	screens.forEach((screen, index) => {
		const x = GAP + (index % COLUMNS) * (first.width + GAP);
		const y = GAP + Math.floor(index / COLUMNS) * (first.height + GAP);
		PNG.bitblt(screen, sheet, 0, 0, first.width, first.height, x, y);
	});
	return sheet;
}
