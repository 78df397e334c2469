/**
 * `node scripts/run.mjs test-xs [--variant debug|asan|release | --board virt-rv32] [--only TEXT] [--timeout SECONDS] [FILE|FOLDER...]`: builds one program that holds every module and
 * the test files, and runs each test file in it as the main module: one process each, two at a time.
 */
import { statSync } from "node:fs";
import { resolve, sep } from "node:path";
import { BuildError, say } from "./builder/process";
import { parseVariant, type Variant } from "./builder/variant";
import { virtName } from "./builder/virt";
import { flag, readArguments, refuse, text } from "./setup/arguments";
import { listXsTests, runXsTests, xsTestFolders } from "./testing/xs";

const USAGE = `Usage: npm run test-xs -- [--variant debug|asan|release | --board virt-rv32] [--only TEXT] [--timeout SECONDS] [--verbose] [FILE|FOLDER...]

  --board B     virt-rv32: on the bare board in QEMU
  --variant V   for this computer: debug (the default), asan or release
  --only TEXT   the tests whose name contains TEXT
  --timeout S   what one file may take, in seconds
  --verbose     each test, not each file alone
  FILE, FOLDER  test files, or folders of them, below test/${xsTestFolders.join(", test/")};
                all of them when none is named`;

const { values, positionals: places } = readArguments({
	usage: USAGE,
	options: { variant: text, board: text, only: text, timeout: text, verbose: flag },
	wordsMost: Number.POSITIVE_INFINITY,
});
if (values.board !== undefined && values.board !== virtName)
	refuse(`The tests run on this computer or with --board ${virtName}.`, USAGE);
const timeoutMs = values.timeout === undefined ? undefined : 1000 * Number(values.timeout);
if (timeoutMs !== undefined && !(timeoutMs > 0))
	refuse(`--timeout is a number of seconds, not ${values.timeout}.`, USAGE);
const files = [...new Set(places.flatMap(filesAt))];
const variant = variantOf(values.variant ?? "debug");
const board = values.board === undefined ? undefined : virtName;

/** A file itself; of a folder, the tests in it and below it. */
function filesAt(place: string): string[] {
	const path = resolve(place);
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) return refuse(`There is no file ${place}.`, USAGE);
	if (found.isFile()) return [path];
	const tests = listXsTests().filter((file) => file.startsWith(path + sep));
	return tests.length === 0 ? refuse(`No test for XS is in ${place}.`, USAGE) : tests;
}

function variantOf(text: string): Variant {
	try {
		return parseVariant(text);
	} catch (error) {
		return refuse(error instanceof Error ? error.message : String(error), USAGE);
	}
}

try {
	const chosen = files.length === 0 ? listXsTests() : files;
	const verbose = values.verbose === true || chosen.length === 1;
	const total = await runXsTests({
		files: chosen,
		variant,
		board,
		only: values.only,
		verbose,
		keepGoing: true,
		timeoutMs,
	});
	console.log(`${total.passed} passed, ${total.failed} failed`);
	if (total.passed + total.failed === 0)
		say(`No test has run: none of the ${total.skipped} that there are has "${values.only ?? ""}" in its name.`);
	process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
} catch (error) {
	if (!(error instanceof BuildError)) throw error;
	say(error.message);
	process.exitCode = 1;
}
