/**
 * Which modules an ESP32 image keeps in flash, linked and run at build time ("preload" in the SDK's words): every one of
 * ours but the entries. The SDK matches a star in "preload" with JavaScript files alone, so the list names each TypeScript module.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";

/** What is built on noble stays out: sha2 and the curves write into module state, and the native provider needs neither. */
const NOBLE = /^crypto\/noble/;

/** Where the program begins: importing them is what starts it, so that cannot happen at build time. */
const ENTRIES: readonly string[] = ["app/main"];

/** One of two: which of them is board/network stands in the board's manifest. */
const ALTERNATIVES: readonly string[] = ["board/wire"];

/** Folder on disk, and the beginning of its modules' specifiers. */
const FOLDERS: readonly (readonly [folder: string, specifier: string])[] = [
	["modules", ""],
	["zrtp-store", "zrtp-store/"],
	["boards/esp32", "board/"],
];

/** Of the simulator's folder, which boards/esp32/manifest.json takes them from. */
const SHARED: readonly string[] = ["board/heap", "board/joining"];

/** Devices whose binding is the port's own. */
const PORTED = new Map([
	["hal/display/display", "display-spi"],
	["hal/keys/keys", "keys"],
]);

function modulesIn(folder: string, specifier: string): string[] {
	const found: string[] = [];
	for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
		if (entry.isDirectory()) found.push(...modulesIn(`${folder}/${entry.name}`, `${specifier}${entry.name}/`));
		else if (entry.name.endsWith(".ts")) found.push(specifier + entry.name.slice(0, -".ts".length));
	}
	return found;
}

/** Modules of hal/: a device's own folder, not its ports'. */
function devices(): string[] {
	return readdirSync(join(root, "hal")).flatMap((device) =>
		readdirSync(join(root, "hal", device))
			.filter((file) => file.endsWith(".ts"))
			.map((file) => `hal/${device}/${file.slice(0, -".ts".length)}`)
			.filter((specifier) => !PORTED.has(specifier)),
	);
}

/** Text of the manifest that boards/esp32/manifest.json includes. */
export function preloadManifest(): string {
	const ours = FOLDERS.flatMap(([folder, specifier]) => modulesIn(folder, specifier));
	const names = [...ours, ...SHARED, ...devices(), ...PORTED.keys()]
		.filter((name) => !NOBLE.test(name) && !ENTRIES.includes(name) && !ALTERNATIVES.includes(name))
		.sort();
	return `${JSON.stringify({ preload: names }, null, "\t")}\n`;
}
