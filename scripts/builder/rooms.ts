/** Rooms on disk that the manifest does not list: their modules would be missing from the program without a word. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./manifest";
import { root, shown } from "./paths";

const rooms = ["modules", "hal", "zrtp-store"];
/** Ports of other boards lie beside the simulator's. */
const otherPorts = new Set(["esp32", "virt", "lin", "lwip"]);

/** Folders with TypeScript of which no file is in the program, relative to the root. */
export function unlistedFolders(program: Program): string[] {
	const files = new Set(program.modules.values());
	const found: string[] = [];
	const walk = (folder: string) => {
		const entries = readdirSync(folder);
		const scripts = entries.filter((entry) => entry.endsWith(".ts") && !entry.endsWith(".d.ts"));
		if (scripts.length > 0 && !scripts.some((entry) => files.has(join(folder, entry)))) found.push(shown(folder));
		for (const entry of entries)
			if (!otherPorts.has(entry) && statSync(join(folder, entry)).isDirectory()) walk(join(folder, entry));
	};
	for (const name of rooms) if (existsSync(join(root, name))) walk(join(root, name));
	return found;
}
