/**
 * The SDK writes its own tsconfig from the manifest and does not read ours: both must say the same. What our file has
 * beyond that concerns the editor alone.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";
import type { Check } from "./check";

/** Members of our tsconfig that the SDK's tools set for themselves, or that emit nothing. */
const ours = ["module", "moduleResolution", "types", "noEmit", "paths", "resolveJsonModule"];

type Options = Record<string, unknown>;

export function compareFlags(manifest: Options, tsconfig: Options): string[] {
	const problems: string[] = [];
	for (const name of new Set([...Object.keys(manifest), ...Object.keys(tsconfig)])) {
		if (ours.includes(name)) continue;
		const a = JSON.stringify(manifest[name]);
		const b = JSON.stringify(tsconfig[name]);
		if (a !== b)
			problems.push(
				`compilerOptions.${name}: manifest.json has ${a ?? "nothing"}, tsconfig.json has ${b ?? "nothing"}`,
			);
	}
	return problems;
}

function read(file: string): Record<string, unknown> {
	return JSON.parse(readFileSync(join(root, file), "utf8")) as Record<string, unknown>;
}

export const flags: Check = {
	name: "TypeScript flags of both builders",
	async run() {
		const typescript = read("manifest.json").typescript as { tsconfig: { compilerOptions: Options } };
		return compareFlags(typescript.tsconfig.compilerOptions, read("tsconfig.json").compilerOptions as Options);
	},
};
