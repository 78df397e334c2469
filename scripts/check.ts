/** `npm run check`: types, style and the rules of the house. `npm run check -- fix` lets the formatters write. */
import { join } from "node:path";
import { root } from "./builder/paths";
import { runTool } from "./builder/process";
import { runChecks } from "./checks/run";
import { projectFiles } from "./checks/tree";

async function main(): Promise<void> {
	if (process.argv[2] === "fix") {
		await runTool(join(root, "node_modules/.bin/biome"), ["check", "--write", ...process.argv.slice(3)], root);
		await runTool("clang-format", ["-i", ...projectFiles(".c", ".h")], root);
	}
	process.exitCode = (await runChecks()) === 0 ? 0 : 1;
}

void main();
