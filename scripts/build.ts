/**
 * `npm run build [-- --variant release|debug|asan|m32]`: builds the phone for this computer; with `--board virt-rv32` the
 * image for the bare board. Prints the path of what was built.
 */
import { shown } from "./builder/paths";
import { buildPhone, buildVirtPhone } from "./builder/phone";
import { BuildError, say } from "./builder/process";
import { parseVariant } from "./builder/variant";
import { imageByteLength, imageFile, virtName } from "./builder/virt";

async function main(): Promise<void> {
	const args = process.argv.slice(2);
	const option = (name: string) => {
		const at = args.indexOf(name);
		return at < 0 ? undefined : (args[at + 1] ?? "");
	};
	const board = option("--board") ?? "sim";
	const start = performance.now();
	let made: string;
	if (board === virtName) {
		const { executable } = await buildVirtPhone();
		say(`The image has ${imageByteLength(executable)} bytes.`);
		made = imageFile(executable);
	} else if (board === "sim") made = (await buildPhone(parseVariant(option("--variant") ?? "release"))).executable;
	else throw new BuildError(`"${board}" is no board that is built here; there are sim and ${virtName}.`);
	say(`Built in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
	console.log(shown(made));
}

main().catch((error: unknown) => {
	if (!(error instanceof BuildError)) throw error;
	say(error.message);
	process.exitCode = 1;
});
