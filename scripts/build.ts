/**
 * `npm run build [-- --variant release|debug|asan|m32]`: builds the phone for this computer; with `--board virt-rv32` the
 * image for the bare board. Prints the path of what was built.
 */
import { shown } from "./builder/paths";
import { buildPhone, buildVirtPhone } from "./builder/phone";
import { BuildError, say } from "./builder/process";
import { parseVariant } from "./builder/variant";
import { imageByteLength, imageFile, virtName } from "./builder/virt";
import { readArguments, text } from "./setup/arguments";

const USAGE = `Usage: npm run build [-- --board sim|${virtName}] [--variant release|debug|asan|m32]

  --board B      sim, this computer (the default), or ${virtName}; npm run flash builds ESP32 boards
  --variant V    for this computer: debug keeps lines in stacks, asan adds the sanitizers, m32 has 32 bits`;

async function main(): Promise<void> {
	const { values } = readArguments({ usage: USAGE, options: { board: text, variant: text } });
	const board = values.board ?? "sim";
	const start = performance.now();
	let made: string;
	if (board === virtName) {
		if (values.variant !== undefined) throw new BuildError(`${virtName} is built in one variant.`);
		const { executable } = await buildVirtPhone();
		say(`The image has ${imageByteLength(executable)} bytes.`);
		made = imageFile(executable);
	} else if (board === "sim") made = (await buildPhone(parseVariant(values.variant ?? "release"))).executable;
	else throw new BuildError(`"${board}" is no board that is built here; there are sim and ${virtName}.`);
	say(`Built in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
	console.log(shown(made));
}

main().catch((error: unknown) => {
	if (!(error instanceof BuildError)) throw error;
	say(error.message);
	process.exitCode = 1;
});
