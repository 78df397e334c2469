/** `npm run check`: types, style and the rules of the house. `npm run check -- fix` lets the formatters write. */
import { join } from "node:path";
import { root } from "./builder/paths";
import { runTool } from "./builder/process";
import { runChecks } from "./checks/run";
import { projectFiles } from "./checks/tree";
import { readArguments, refuse } from "./setup/arguments";

const USAGE = `Usage: npm run check [-- fix]\n\n  fix   lets the formatters write first`;

async function main(): Promise<void> {
	const [what] = readArguments({ usage: USAGE, wordsMost: 1 }).positionals;
	if (what !== undefined && what !== "fix") refuse(`Nothing is known of "${what}".`, USAGE);
	if (what === "fix") {
		await runTool(join(root, "node_modules/.bin/biome"), ["check", "--write"], root);
		await runTool("clang-format", ["-i", ...projectFiles(".c", ".h")], root);
	}
	process.exitCode = (await runChecks()) === 0 ? 0 : 1;
}

void main();
