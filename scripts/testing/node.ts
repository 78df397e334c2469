/** Runs the tests that need Node.js (real peers, the browser, the scripts themselves) by node:test and counts them. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildFolder, root, shown } from "../builder/paths";
import { onLoopbackAlone } from "./loopback";
import type { Totals } from "./xs";

/**
 * One after the other; the folders in each are lanes that run side by side, one file of each at a time: what mostly waits
 * for others' phones beside what computes. The last one searches what the phones of all the others said.
 */
const STAGES: readonly (readonly (readonly string[])[])[] = [
	[["interop"], ["scripts", "browser", "board"]],
	[["logs"]],
];

export const nodeTestFolders = STAGES.flat(2);

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
/** What takes longer by its nature: minutes of calls, and all that the board's slow core computes. */
const LONG_TIMEOUTS_MS: ReadonlyMap<string, number> = new Map([
	["test/board/many-calls.test.ts", 1_500_000],
	["test/board/xs.test.ts", 1_200_000],
	["test/board/power.test.ts", 900_000],
	["test/board/faults.test.ts", 600_000],
	["test/board/dhcp.test.ts", 600_000],
]);

/** Where others' phones, a browser or an emulator take part: what comes of their own timing is tried once more, and told. */
const WITH_OTHERS = /^test\/(?:interop|browser|board)\//;

/**
 * Each file is a process in a network of its own. What is skipped for a missing peer counts as a failure where CI is set,
 * since there everything must be installed.
 */
export async function runNodeTests(files: readonly string[]): Promise<Totals> {
	const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
	rmSync(join(buildFolder, "test", "logs"), { recursive: true, force: true });
	const inFolder = (file: string, folder: string) => shown(file).startsWith(`test/${folder}/`);
	for (const lanes of STAGES) {
		const queues = lanes.map((folders) => folders.flatMap((folder) => files.filter((file) => inFolder(file, folder))));
		await Promise.all(
			queues.map(async (own) => {
				for (;;) {
					// A lane that is done takes what another one has at its end.
					const file = own.shift() ?? queues.find((other) => other.length > 0)?.pop();
					if (file === undefined) return;
					await runCounted(file, totals);
				}
			}),
		);
	}
	return totals;
}

async function runCounted(file: string, totals: Totals): Promise<void> {
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

function runOne(file: string): Promise<{ output: string; code: number | null }> {
	return new Promise((resolve) => {
		const [program, args] = onLoopbackAlone([
			process.execPath,
			"--import",
			"tsx",
			"--test",
			"--test-reporter=tap",
			/* What a file leaves open (a connection of a phone whose power was cut) is no reason to wait. */
			"--test-force-exit",
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
