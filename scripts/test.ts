/**
 * `npm test`: the checks, every XS test with lines in its stacks and again under the sanitizers, the tests of Node.js. The last line is "N passed, N failed", with ", N skipped" where something could not run here.
 */
import { buildVirtPhone } from "./builder/phone";
import { BuildError, say } from "./builder/process";
import type { Variant } from "./builder/variant";
import { checkCount, runChecks } from "./checks/run";
import { readArguments } from "./setup/arguments";
import { listNodeTests, runNodeTests } from "./testing/node";
import { listXsTests, runXsTests, type Totals } from "./testing/xs";

const totals: Totals = { passed: 0, failed: 0, skipped: 0 };

function add(part: Totals): void {
	totals.passed += part.passed;
	totals.failed += part.failed;
	totals.skipped += part.skipped;
}

/** Runs of many seeds test the engine, not the C below it, which the shorter tests of the same room reach too. */
const LONG = ".long.test.ts";

async function xs(variant: Variant): Promise<Totals> {
	console.log(`\nTests on XS (${variant})`);
	try {
		const files = listXsTests().filter((file) => variant !== "asan" || !file.endsWith(LONG));
		return await runXsTests({ files, variant });
	} catch (error) {
		if (!(error instanceof BuildError)) throw error;
		say(error.message);
		return { passed: 0, failed: 1, skipped: 0 };
	}
}

async function main(): Promise<void> {
	console.log("Checks");
	const failedChecks = await runChecks();
	add({ passed: checkCount - failedChecks, failed: failedChecks, skipped: 0 });
	add(await xs("debug"));
	add(await xs("asan"));
	console.log("\nTests in Node.js");
	// Here, since these tests run where there is no network: Debian's sources of what the bare board links are fetched.
	await buildVirtPhone().catch((error: unknown) => say(error instanceof Error ? error.message : String(error)));
	add(await runNodeTests(listNodeTests()));
	const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
	console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
	process.exitCode = totals.failed === 0 ? 0 : 1;
}

readArguments({
	usage: `Usage: npm test

The checks, every test on XS and again under the sanitizers, and the tests with others' phones, a browser and the bare board.
It takes no arguments: it runs everything. One file on XS: npm run test-xs -- FILE`,
});
void main();
