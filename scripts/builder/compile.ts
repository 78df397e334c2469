/** Compiles C files whose content, headers or flags changed, and links. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hashOf } from "./files";
import { inParallel, runTool } from "./process";

export interface Unit {
	readonly source: string;
	readonly flags: readonly string[];
	/** Written before -c: for example -include FILE. */
	readonly object: string;
	readonly compiler: string;
}

export function unit(source: string, folder: string, flags: readonly string[], compiler = "cc"): Unit {
	const where = createHash("sha256").update(source).digest("hex").slice(0, 8);
	return {
		source,
		flags,
		compiler,
		object: join(folder, "objects", `${basename(source).replace(/\.\w+$/, "")}-${where}.o`),
	};
}

/** With onFailure a file that does not compile is left out; without it the first one ends the build. Returns what was left out. */
export async function compileAll(
	units: readonly Unit[],
	onStart: (count: number) => void,
	onFailure?: (error: Error) => void,
): Promise<ReadonlySet<Unit>> {
	const failed = new Set<Unit>();
	const stale = units.filter((it) => !isFresh(it));
	if (stale.length > 0) onStart(stale.length);
	await inParallel(stale, async (it) => {
		mkdirSync(dirname(it.object), { recursive: true });
		try {
			await runTool(it.compiler, [...it.flags, "-MMD", "-MF", `${it.object}.d`, "-c", it.source, "-o", it.object]);
		} catch (error) {
			if (onFailure === undefined) throw error;
			failed.add(it);
			onFailure(error as Error);
			return;
		}
		writeFileSync(`${it.object}.key`, keyOf(it));
	});
	return failed;
}

function isFresh(it: Unit): boolean {
	const keyFile = `${it.object}.key`;
	return existsSync(it.object) && existsSync(keyFile) && readFileSync(keyFile, "utf8") === keyOf(it);
}

/** Flags, the source and every header the compiler named the last time; system headers change with the system alone. */
function keyOf(it: Unit): string {
	const list = `${it.object}.d`;
	const files = existsSync(list)
		? readFileSync(list, "utf8")
				.replace(/^[^:]*:/, "")
				.split(/[\s\\]+/)
				.filter((file) => file !== "")
		: [it.source];
	const parts: string[] = [...it.flags];
	for (const file of files) parts.push(file, existsSync(file) ? fingerprint(file) : "gone");
	return hashOf(...parts);
}

const fingerprints = new Map<string, string>();

function fingerprint(file: string): string {
	const { mtimeMs, size } = statSync(file);
	const known = `${file} ${mtimeMs} ${size}`;
	let value = fingerprints.get(known);
	if (value === undefined) {
		value = hashOf(readFileSync(file));
		fingerprints.set(known, value);
	}
	return value;
}

export async function link(
	output: string,
	inputs: readonly string[],
	flags: readonly string[],
	compiler = "cc",
): Promise<void> {
	const key = hashOf(...flags, ...inputs, ...inputs.filter(existsSync).map(fingerprint));
	const keyFile = `${output}.key`;
	if (existsSync(output) && existsSync(keyFile) && readFileSync(keyFile, "utf8") === key) return;
	/* A new file each time: one that is running stays as it is. */
	await runTool(compiler, [...inputs, ...flags, "-o", `${output}.new`]);
	renameSync(`${output}.new`, output);
	writeFileSync(keyFile, key);
}
