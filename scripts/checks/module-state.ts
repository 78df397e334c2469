/**
 * No module keeps state of its own: on a device modules are run when the image is linked and lie in flash afterwards. What
 * stands at the beginning of a line is module level; there nothing may be reassigned, and no collection or array be made
 * that somebody could write to.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";
import type { Check } from "./check";
import { projectFiles } from "./tree";

const PLACES = /^(?:modules|zrtp-store|hal|boards\/esp32)\//;
/** noble's wrappers may have tables: they stay out of the preloaded image, where that matters (scripts/sdk/preload.ts). */
const EXEMPT = /^modules\/crypto\/noble/;
const VARIABLE = /^(?:export\s+)?(?:let|var)\s/;
const COLLECTION =
	/^(?:export\s+)?const\s[^=]+=\s*new\s+(?:Map|Set|WeakMap|WeakSet|ArrayBuffer|DataView|(?:Ui|I)nt\d+Array|Uint8ClampedArray|Float\d+Array)\b/;
/** Matching writes into it: lastIndex. */
const GLOBAL_PATTERN = /^(?:export\s+)?const\s[^=]+=.*[^\\]\/[dimsu]*[gy][dgimsuy]*[;,)\]]/;

/** Problems of one file. */
export function checkState(file: string, text: string): string[] {
	if (!PLACES.test(file)) return [];
	return text.split("\n").flatMap((line, index) => {
		if (VARIABLE.test(line)) return [`${file}:${index + 1}: a variable at module level would lie in flash`];
		if (COLLECTION.test(line) && !EXEMPT.test(file))
			return [`${file}:${index + 1}: this collection at module level could not be written to`];
		if (GLOBAL_PATTERN.test(line))
			return [`${file}:${index + 1}: a pattern with g or y at module level cannot keep its lastIndex in flash`];
		return [];
	});
}

export const moduleState: Check = {
	name: "no state at module level",
	async run() {
		return projectFiles(".ts").flatMap((file) => checkState(file, readFileSync(join(root, file), "utf8")));
	},
};
