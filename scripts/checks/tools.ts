/** The checks that other programs make: TypeScript, Biome and clang-format. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";
import { runTool } from "../builder/process";
import type { Check } from "./check";
import { projectFiles } from "./tree";

/** Lines of what the program said when it failed. */
async function problemsOf(program: string, args: readonly string[]): Promise<readonly string[]> {
	try {
		await runTool(program, args, root);
		return [];
	} catch (error) {
		return (error as Error).message.split("\n").slice(1);
	}
}

function local(name: string): string {
	return join(root, "node_modules", ".bin", name);
}

function typescript(config: string, what: string): Check {
	return { name: `TypeScript: ${what}`, run: () => problemsOf(local("tsc"), ["-p", config, "--pretty", "false"]) };
}

export const tools: readonly Check[] = [
	typescript("tsconfig.json", "firmware and its tests"),
	typescript("tsconfig.node.json", "scripts and the tests that run in Node.js"),
	typescript("tsconfig.page.json", "the panel's page"),
	{
		name: "Biome",
		run: () => problemsOf(local("biome"), ["ci", "--colors=off", "--reporter=concise", "--max-diagnostics=200"]),
	},
	{
		name: "clang-format",
		async run() {
			const files = projectFiles(".c", ".h");
			if (files.length === 0) return [];
			if (!existsSync("/usr/bin/clang-format")) return ["clang-format is not installed (Debian package clang-format)"];
			return problemsOf("clang-format", ["--dry-run", "--Werror", ...files]);
		},
	},
];
