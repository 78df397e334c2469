/** Where the program begins: reads the command line, boots the handset, and turns what cannot be mended into an exit code. */
import { exit, onStop, print, programArguments } from "board/process";
import { Handset } from "./handset";
import { parseOptions, USAGE } from "./options";

function main(): void {
	const args = programArguments();
	if (args.includes("--help")) {
		print(USAGE);
		exit(0);
		return;
	}
	const options = parseOptions(args);
	if ("error" in options) {
		print(`${options.error}\n\n${USAGE}`);
		exit(2);
		return;
	}
	try {
		let ending = false;
		const stop = (): void => {
			// Asked twice, it does not wait for the last words.
			if (ending) exit(0);
			ending = true;
			end(handset);
		};
		const handset = new Handset(options, stop);
		onStop(stop);
		handset.start();
	} catch (error) {
		print(`cannot start: ${error instanceof Error ? error.message : String(error)}`);
		exit(1);
	}
}

function end(handset: Handset): void {
	handset.close(() => exit(0));
}

main();
