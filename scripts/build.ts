/** `npm run build [-- --variant release|debug|asan|m32]`: builds the phone for this computer; prints the executable's path. */

import { shown } from "./builder/paths";
import { buildPhone } from "./builder/phone";
import { BuildError, say } from "./builder/process";
import { parseVariant } from "./builder/variant";

async function main(): Promise<void> {
	const args = process.argv.slice(2);
	const at = args.indexOf("--variant");
	const start = performance.now();
	const { executable } = await buildPhone(at < 0 ? "release" : parseVariant(args[at + 1] ?? ""));
	say(`Built in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
	console.log(shown(executable));
}

main().catch((error: unknown) => {
	if (!(error instanceof BuildError)) throw error;
	say(error.message);
	process.exitCode = 1;
});
