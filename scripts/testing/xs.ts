/** Builds the XS test program and runs test files in it. What goes out are counts; failures are printed in full. */
import { spawn } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { root, shown } from "../builder/paths";
import { inParallel, jobs } from "../builder/process";
import { build } from "../builder/program";
import type { Variant } from "../builder/variant";
import { imageFile, type VirtSizes, virtSizes, virtTarget } from "../builder/virt";
import { runMachine } from "../virt/qemu";

export const xsTestFolders = ["unit", "vectors", "net", "fuzz", "powerloss"];

export interface Totals {
	passed: number;
	failed: number;
	skipped: number;
}

export interface XsRun {
	readonly files: readonly string[];
	readonly variant: Variant;
	/** On the bare board in QEMU instead of on this computer. */
	readonly board?: "virt-rv32" | undefined;
	/** Runs the tests whose name contains this text. */
	readonly only?: string | undefined;
	/** Shows the output of files that passed, too. */
	readonly verbose?: boolean;
	/** Build what can be built, and run against that. */
	readonly keepGoing?: boolean;
	/** A file's process is ended after this time. */
	readonly timeoutMs?: number | undefined;
}

/** Every test file for XS, as absolute paths. */
export function listXsTests(): string[] {
	return xsTestFolders.flatMap((name) => list(join(root, "test", name)));
}

function list(folder: string): string[] {
	let entries: string[];
	try {
		entries = readdirSync(folder).sort();
	} catch {
		return [];
	}
	return entries.flatMap((entry) => {
		const path = join(folder, entry);
		if (statSync(path).isDirectory()) return list(path);
		return entry.endsWith(".test.ts") ? [path] : [];
	});
}

/** Test files may import data and helpers that lie beside them: every module under test/ of the XS kinds is in the program. */
function helperModules(): Map<string, string> {
	const modules = new Map<string, string>();
	const walk = (folder: string) => {
		for (const entry of readdirSync(folder)) {
			const path = join(folder, entry);
			if (statSync(path).isDirectory()) walk(path);
			else if (entry.endsWith(".ts") && !entry.endsWith(".test.ts") && !entry.endsWith(".d.ts"))
				modules.set(specifierOf(path), path);
			else if (entry.endsWith(".json")) modules.set(specifierOf(path), path);
		}
	};
	for (const name of xsTestFolders) {
		const folder = join(root, "test", name);
		if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) walk(folder);
	}
	return modules;
}

function specifierOf(file: string): string {
	return shown(file).replace(/\.ts$/, "");
}

/** A test program holds far more modules than a phone: the VM's region is larger, the RAM of the chip is not. */
export const boardTestSizes: VirtSizes = { ...virtSizes, vmByteLength: 8 << 20, imageMostByteLength: 16 << 20 };

/** The test program of the bare board; any module of it can be its main one. @returns the executable */
export async function buildBoardTests(files: readonly string[] = []): Promise<string> {
	const built = await build({
		name: "sotto-test",
		manifest: join(root, "test", "manifest.json"),
		target: virtTarget(boardTestSizes),
		modules: new Map([...helperModules(), ...files.map((file): [string, string] => [specifierOf(file), file])]),
		main: "test/harness",
	});
	return built.executable;
}

export async function runXsTests(run: XsRun): Promise<Totals> {
	const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
	const files = run.files.map((file) => resolve(file));
	const folders = new Set(files.map(insteadOf));
	for (const folder of folders)
		await runProgram(
			run,
			files.filter((file) => insteadOf(file) === folder),
			folder,
			totals,
		);
	return totals;
}

/** Modules in a folder of this name take the place of those of the same specifier, for the tests beside it. */
const INSTEAD = "instead";

function insteadOf(file: string): string | undefined {
	const folder = join(dirname(file), INSTEAD);
	return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : undefined;
}

function modulesInstead(folder: string): Map<string, string> {
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
	return new Map(files.map((file) => [file.replace(/\.ts$/, ""), join(folder, file)]));
}

async function runProgram(
	run: XsRun,
	files: readonly string[],
	instead: string | undefined,
	totals: Totals,
): Promise<void> {
	const modules = new Map([
		...helperModules(),
		...files.map((file): [string, string] => [specifierOf(file), file]),
		...(instead === undefined ? [] : modulesInstead(instead)),
	]);
	const built = await build({
		name: instead === undefined ? "sotto-test" : `sotto-test-${basename(dirname(instead))}`,
		manifest: join(root, "test", "manifest.json"),
		...(run.board === undefined ? { variant: run.variant } : { target: virtTarget(boardTestSizes) }),
		modules,
		main: "test/harness",
		keepGoing: run.keepGoing ?? false,
	});
	const executable = ownCopy(built.executable, run.board === undefined ? undefined : imageFile);
	try {
		await runFiles(executable, files, run, totals);
	} finally {
		rmSync(dirname(executable), { recursive: true, force: true });
	}
}

/** A name of its own for this run: another build may put a newer program in its place meanwhile. */
function ownCopy(executable: string, beside?: (executable: string) => string): string {
	const folder = join(dirname(executable), `run-${process.pid}`);
	const copy = join(folder, basename(executable));
	mkdirSync(folder, { recursive: true });
	linkSync(executable, copy);
	if (beside) linkSync(beside(executable), beside(copy));
	return copy;
}

async function runFiles(executable: string, files: readonly string[], run: XsRun, totals: Totals): Promise<void> {
	await inParallel(
		files,
		async (file) => {
			const result = await (run.board === undefined ? runOne : runOnBoard)(executable, file, run);
			const last = /^# (\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(result.output);
			const failed = Number(last?.[2] ?? 0);
			const broken = last === null || (failed === 0 && result.code !== 0);
			totals.passed += Number(last?.[1] ?? 0);
			totals.skipped += Number(last?.[3] ?? 0);
			totals.failed += failed + (broken ? 1 : 0);
			const good = failed === 0 && !broken;
			const how = result.code === undefined ? "ended by force" : `exit code ${result.code}`;
			console.log(`${good ? "ok    " : "FAILED"} ${shown(file)} (${result.ms} ms)${broken ? `: ${how}` : ""}`);
			if (good && !run.verbose) for (const line of tableOf(result.output)) console.log(line);
			if (!good || run.verbose)
				console.log(good || run.verbose ? result.output.trimEnd() : failuresOf(result.output, broken));
		},
		// Many wait for timers most of their time; an emulator never does.
		run.board === undefined ? jobs + 1 : jobs,
	);
}

/** Rows of a table are figures that a reader wants to see although all is well. */
function tableOf(output: string): string[] {
	return output.split("\n").filter((line) => line.startsWith("| "));
}

/** What a reader of a failure needs: everything but the lines of tests that passed. */
function failuresOf(output: string, broken: boolean): string {
	if (broken) return output.trimEnd();
	return output
		.split("\n")
		.filter((line) => !line.startsWith("ok - "))
		.join("\n")
		.trimEnd();
}

interface Result {
	readonly output: string;
	/** Undefined: it had to be ended. */
	readonly code: number | undefined;
	readonly ms: number;
}

function runOnBoard(executable: string, file: string, run: XsRun): Promise<Result> {
	const args = ["--no-reset", "--main", specifierOf(file), ...(run.only === undefined ? [] : [run.only])];
	return runMachine({ executable, sizes: boardTestSizes, arguments: args }, run.timeoutMs ?? 180_000);
}

function runOne(executable: string, file: string, run: XsRun): Promise<Result> {
	return new Promise((resolveResult) => {
		const start = performance.now();
		const args = ["--main", specifierOf(file), ...(run.only === undefined ? [] : [run.only])];
		const env = {
			...process.env,
			ASAN_OPTIONS: "detect_leaks=1:abort_on_error=0",
			UBSAN_OPTIONS: "print_stacktrace=1",
		};
		const child = spawn(executable, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		child.stdout.on("data", (data: Buffer) => {
			output += data.toString();
		});
		child.stderr.on("data", (data: Buffer) => {
			output += data.toString();
		});
		const timer = setTimeout(() => child.kill("SIGKILL"), run.timeoutMs ?? 180_000);
		child.on("close", (code, signal) => {
			clearTimeout(timer);
			const ms = Math.round(performance.now() - start);
			resolveResult({
				output: signal === null ? output : `${output}\nended by ${signal}`,
				code: code ?? undefined,
				ms,
			});
		});
	});
}
