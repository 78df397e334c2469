/**
 * `node scripts/run.mjs test-xs [--variant debug|asan|release | --board virt-rv32] [--only TEXT] [--timeout SECONDS] [FILE...]`: builds one program that holds every module and
 * the test files, and runs each test file in it as the main module: one process each, two at a time.
 */
import { statSync } from "node:fs";
import { BuildError, say } from "./builder/process";
import { parseVariant, type Variant } from "./builder/variant";
import { virtName } from "./builder/virt";
import { listXsTests, runXsTests, xsTestFolders } from "./testing/xs";

const USAGE = `Usage: npm run test-xs -- [--variant debug|asan|release | --board virt-rv32] [--only TEXT] [--timeout SECONDS] [--verbose] [FILE...]

  --board B     virt-rv32: on the bare board in QEMU
  --only TEXT   the tests whose name contains TEXT
  FILE          test files below test/${xsTestFolders.join(", test/")}; all of them when none is named`;

/** Nothing is built for a command that cannot be carried out. */
function fail(why: string): never {
	say(`${why}\n\n${USAGE}`);
	process.exit(2);
}

const files: string[] = [];
let variant: Variant = "debug";
let board: "virt-rv32" | undefined;
let only: string | undefined;
let verbose = false;
let timeoutMs: number | undefined;
const args = process.argv.slice(2);
for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
	if (arg === "--help") {
		console.log(USAGE);
		process.exit(0);
	} else if (arg === "--variant") variant = variantOf(args.shift() ?? "");
	else if (arg === "--board") {
		if (args.shift() !== virtName) fail(`The tests run on this computer or with --board ${virtName}.`);
		board = virtName;
	} else if (arg === "--only") only = args.shift();
	else if (arg === "--timeout") timeoutMs = 1000 * Number(args.shift());
	else if (arg === "--verbose") verbose = true;
	else if (arg.startsWith("-")) fail(`${arg} is no option of test-xs.`);
	else if (statSync(arg, { throwIfNoEntry: false })?.isFile() !== true) fail(`There is no file ${arg}.`);
	else files.push(arg);
}

function variantOf(text: string): Variant {
	try {
		return parseVariant(text);
	} catch (error) {
		return fail(error instanceof Error ? error.message : String(error));
	}
}

try {
	const chosen = files.length === 0 ? listXsTests() : files;
	if (chosen.length === 1) verbose = true;
	const total = await runXsTests({ files: chosen, variant, board, only, verbose, keepGoing: true, timeoutMs });
	console.log(`${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
} catch (error) {
	if (!(error instanceof BuildError)) throw error;
	say(error.message);
	process.exitCode = 1;
}
