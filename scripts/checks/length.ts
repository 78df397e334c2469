/** How long a file may be: what is longer is about more than one thing, and nobody reads it whole. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";
import type { Check } from "./check";
import { projectFiles } from "./tree";

const MAX_LINES = 400;

/** Problems of one file; a last line without its line feed counts too. */
export function checkLength(file: string, text: string): string[] {
	const lines = text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0);
	if (lines <= MAX_LINES) return [];
	return [`${file}: ${lines} lines are more than the ${MAX_LINES} that a file may have; split it by what it is about`];
}

export const length: Check = {
	name: `no source of more than ${MAX_LINES} lines`,
	async run() {
		return projectFiles(".ts", ".c", ".h").flatMap((file) => checkLength(file, readFileSync(join(root, file), "utf8")));
	},
};
