/** Where things are on disk: everything made by a build is under build/. */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const buildFolder = join(root, "build");
export const hostFolder = join(root, "boards/sim/host");

/** A path as the project writes it: relative to the root, with forward slashes. */
export function shown(file: string): string {
	return relative(root, file).split("\\").join("/");
}
