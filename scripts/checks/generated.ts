/** Files that are generated and committed: each must be what `npm run docs` would write. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../builder/paths";
import type { Check } from "./check";

type Schema = typeof import("settings/schema");

/** A module of the phone that Node.js can run as it is: bundled by esbuild, which follows the rooms' paths in tsconfig.json. */
export async function loadRoom<Module>(specifier: string): Promise<Module> {
	const result = await build({
		stdin: { contents: `export * from ${JSON.stringify(specifier)};`, resolveDir: root, loader: "ts" },
		bundle: true,
		write: false,
		format: "esm",
		platform: "neutral",
		tsconfig: join(root, "tsconfig.json"),
		logLevel: "silent",
	});
	const code = Buffer.from(result.outputFiles[0]?.contents ?? []).toString("base64");
	return (await import(`data:text/javascript;base64,${code}`)) as Module;
}

/** Path from the root, and the whole text. */
export async function generatedFiles(): Promise<readonly (readonly [file: string, text: string])[]> {
	const { jsonSchema, settingsPage } = await loadRoom<Schema>("settings/schema");
	return [
		["docs/settings.md", settingsPage()],
		["modules/settings/config.schema.json", `${JSON.stringify(jsonSchema(), null, "\t")}\n`],
	];
}

/** @returns what is wrong with a committed text, or undefined. */
export function staleness(file: string, committed: string | undefined, generated: string): string | undefined {
	if (committed === undefined) return `${file}: is missing; npm run docs writes it`;
	if (committed === generated) return undefined;
	const [was, is] = [committed.split("\n"), generated.split("\n")];
	const line = is.findIndex((text, index) => text !== was[index]);
	return `${file}:${(line < 0 ? is.length : line) + 1}: is not what the settings table says; npm run docs writes it anew`;
}

export const generated: Check = {
	name: "generated files are fresh",
	async run() {
		const problems: string[] = [];
		for (const [file, text] of await generatedFiles()) {
			const path = join(root, file);
			const problem = staleness(file, existsSync(path) ? readFileSync(path, "utf8") : undefined, text);
			if (problem !== undefined) problems.push(problem);
		}
		return problems;
	},
};
