/**
 * `node scripts/run.mjs test-xs [--variant debug|asan|release] [--only TEXT] [--timeout SECONDS] [FILE...]`: builds one program that holds every module and
 * the test files, and runs each test file in it as the main module: one process each, two at a time.
 */
import { BuildError, say } from "./builder/process";
import { parseVariant, type Variant } from "./builder/variant";
import { listXsTests, runXsTests } from "./testing/xs";

const files: string[] = [];
let variant: Variant = "debug";
let only: string | undefined;
let verbose = false;
let timeoutMs: number | undefined;
const args = process.argv.slice(2);
for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
	if (arg === "--variant") variant = parseVariant(args.shift() ?? "");
	else if (arg === "--only") only = args.shift();
	else if (arg === "--timeout") timeoutMs = 1000 * Number(args.shift());
	else if (arg === "--verbose") verbose = true;
	else files.push(arg);
}
try {
	const chosen = files.length === 0 ? listXsTests() : files;
	if (chosen.length === 1) verbose = true;
	const total = await runXsTests({ files: chosen, variant, only, verbose, keepGoing: true, timeoutMs });
	console.log(`${total.passed} passed, ${total.failed} failed`);
	process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
} catch (error) {
	if (!(error instanceof BuildError)) throw error;
	say(error.message);
	process.exitCode = 1;
}
