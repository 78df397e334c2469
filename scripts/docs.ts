/** `npm run docs`: writes what is generated from the settings table. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./builder/paths";
import { generatedFiles } from "./checks/generated";
import { readArguments } from "./setup/arguments";

async function main(): Promise<void> {
	readArguments({
		usage: "Usage: npm run docs\n\nWrites docs/settings.md and the schema of the config from modules/settings.",
	});
	for (const [file, text] of await generatedFiles()) {
		mkdirSync(dirname(join(root, file)), { recursive: true });
		writeFileSync(join(root, file), text);
		console.log(`wrote ${file}`);
	}
}

void main();
