/** `npm run check`: types, style and the rules of the house. `npm run check -- fix` lets the formatters write. */
import { join } from "node:path";
import { root } from "./builder/paths";
import { runTool, say } from "./builder/process";
import { runChecks } from "./checks/run";
import { projectFiles } from "./checks/tree";

async function main(): Promise<void> {
	const [what] = process.argv.slice(2);
	if (what !== undefined && what !== "fix") {
		say(`Usage: npm run check [-- fix]\n\n  fix   lets the formatters write first`);
		process.exitCode = what === "--help" ? 0 : 2;
		return;
	}
	if (what === "fix") {
		await runTool(join(root, "node_modules/.bin/biome"), ["check", "--write", ...process.argv.slice(3)], root);
		await runTool("clang-format", ["-i", ...projectFiles(".c", ".h")], root);
	}
	process.exitCode = (await runChecks()) === 0 ? 0 : 1;
}

void main();
