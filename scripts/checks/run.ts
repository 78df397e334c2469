/** Runs every check and says what each found. */
import { arrows } from "./arrows";
import type { Check } from "./check";
import { flags } from "./flags";
import { generated } from "./generated";
import { length } from "./length";
import { moduleState } from "./module-state";
import { tools } from "./tools";
import { words } from "./words";

const checks: readonly Check[] = [...tools, arrows, moduleState, flags, generated, length, words];

/** Returns how many checks failed. */
export async function runChecks(): Promise<number> {
	let failed = 0;
	for (const check of checks) {
		const problems = await check.run();
		console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${check.name}`);
		if (problems.length > 0) {
			failed++;
			console.log(problems.map((line) => `  ${line}`).join("\n"));
		}
	}
	return failed;
}

export const checkCount = checks.length;
