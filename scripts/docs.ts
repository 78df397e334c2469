/** `npm run docs`: writes what is generated from the settings table. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./builder/paths";
import { generatedFiles } from "./checks/generated";

async function main(): Promise<void> {
	for (const [file, text] of await generatedFiles()) {
		mkdirSync(dirname(join(root, file)), { recursive: true });
		writeFileSync(join(root, file), text);
		console.log(`wrote ${file}`);
	}
}

void main();
