/** Runs the tests that need Node.js (real peers, the browser, the scripts themselves) by node:test and counts them. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildFolder, root, shown } from "../builder/paths";
import { onLoopbackAlone } from "./loopback";
import type { Totals } from "./xs";

/** In this order: the last one searches what the phones of all the others said. */
export const nodeTestFolders = ["scripts", "interop", "browser", "board", "logs"];

export function listNodeTests(): string[] {
	return nodeTestFolders.flatMap((name) => {
		const folder = join(root, "test", name);
		if (!existsSync(folder)) return [];
		return readdirSync(folder)
			.filter((entry) => entry.endsWith(".test.ts"))
			.sort()
			.map((entry) => join(folder, entry));
	});
}

/** A test that waits for what never comes fails, and the others still run. */
const TEST_TIMEOUT_MS = 300_000;
/** What takes longer by its nature: minutes of calls. */
const LONG_TIMEOUTS_MS: ReadonlyMap<string, number> = new Map([["test/board/many-calls.test.ts", 1_500_000]]);

/** Where others' phones, a browser or an emulator take part: what comes of their own timing is tried once more, and told. */
const WITH_OTHERS = /^test\/(?:interop|browser|board)\//;

/**
 * One process at a time: phones and browsers share the sound, the ports and the two cores. What is skipped for a missing
 * peer counts as a failure where CI is set, since there everything must be installed.
 */
export async function runNodeTests(files: readonly string[]): Promise<Totals> {
	const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
	rmSync(join(buildFolder, "test", "logs"), { recursive: true, force: true });
	for (const file of files) {
		const start = performance.now();
		let { output, code } = await runOne(file);
		if (code !== 0 && WITH_OTHERS.test(shown(file))) {
			console.log(output.trimEnd());
			console.log(`FAILED ${shown(file)} once (${Math.round(performance.now() - start)} ms); trying it again ...`);
			({ output, code } = await runOne(file));
		}
		const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
		const failed = count("fail") + count("cancelled");
		const broken = failed === 0 && code !== 0;
		totals.passed += count("pass");
		totals.failed += failed + (broken ? 1 : 0);
		const skipped = count("skipped");
		if (process.env.CI === "true") totals.failed += skipped;
		else totals.skipped += skipped;
		const good = code === 0 && failed === 0 && (skipped === 0 || process.env.CI !== "true");
		const reason = good || code !== 0 ? "" : `: ${skipped} skipped, which CI does not allow`;
		console.log(`${good ? "ok    " : "FAILED"} ${shown(file)} (${Math.round(performance.now() - start)} ms)${reason}`);
		if (!good) console.log(output.trimEnd());
	}
	return totals;
}

function runOne(file: string): Promise<{ output: string; code: number | null }> {
	return new Promise((resolve) => {
		const [program, args] = onLoopbackAlone([
			process.execPath,
			"--import",
			"tsx",
			"--test",
			"--test-reporter=tap",
			`--test-timeout=${LONG_TIMEOUTS_MS.get(shown(file)) ?? TEST_TIMEOUT_MS}`,
			file,
		]);
		const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		const add = (data: Buffer) => {
			output += data.toString();
		};
		child.stdout.on("data", add);
		child.stderr.on("data", add);
		child.on("close", (code) => resolve({ output, code }));
	});
}
