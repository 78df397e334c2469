/**
 * Modules to bytecode, by the engine's own parser run at build time (boards/sim/host/compiler.c). What goes out is C: the
 * code and its names as they are, a table of modules, and for each module the C functions its `@` bodies name.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAll, link, unit } from "./compile";
import { buildEngine, quoted } from "./engine";
import { hashOf, writeIfChanged } from "./files";
import { buildFolder, hostFolder } from "./paths";
import { BuildError, runTool, say } from "./process";
import type { EngineTarget } from "./target";

export interface BytecodeModule {
	readonly specifier: string;
	/** The lowered file; FILE.map is its source map. */
	readonly file: string;
	/** For stack traces. */
	readonly shown: string;
}

export interface Bytecode {
	/** C and assembly sources to compile into the program. */
	readonly sources: readonly string[];
	/** Where they and what they were made from lie. */
	readonly folder: string;
	/** What lies where in the code (boards/sim/host/compiler.c). */
	readonly index: string;
}

async function buildCompiler(target: EngineTarget): Promise<string> {
	const folder = join(buildFolder, "xs", target.name);
	const engine = await buildEngine(target);
	const flags = [...target.flags, "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"];
	const units = ["compiler.c", "stack-limit.c"].map((name) =>
		unit(join(hostFolder, name), folder, [...flags, ...target.defines, ...target.includes]),
	);
	await compileAll(units, () => say("Compiling the bytecode compiler ..."));
	const executable = join(folder, "compiler");
	await link(executable, [...units.map((it) => it.object), engine], [...target.flags, "-lm", "-lpthread"]);
	return executable;
}

/** A module that the engine's parser refuses ends the build, or with keepGoing is left out after its error was shown. */
export async function compileBytecode(
	target: EngineTarget,
	keeps: "lines" | "names" | "unnamed",
	folder: string,
	modules: readonly BytecodeModule[],
	keepGoing: boolean,
): Promise<Bytecode> {
	mkdirSync(folder, { recursive: true });
	const compiler = await buildCompiler(target);
	const list = join(folder, "modules.list");
	const [code, names, index] = ["code.bin", "names.bin", "index.txt"].map((name) => join(folder, name)) as [
		string,
		string,
		string,
	];
	/* A lowered file is named by its content, so the list stands for all that is compiled. */
	const text = modules.map((it) => `${it.specifier}\t${it.file}\t${it.shown}\n`).join("");
	writeIfChanged(list, text);
	const key = hashOf(text, readFileSync(compiler), keeps);
	const stamp = join(folder, "bytecode.key");
	if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== key) {
		try {
			await runTool(compiler, [list, code, names, index, ...(keeps === "names" ? [] : [keeps])]);
			writeFileSync(stamp, key);
		} catch (error) {
			if (!keepGoing || !existsSync(index)) throw error;
			say((error as Error).message);
		}
	}
	const tables = join(folder, "program.c");
	writeIfChanged(tables, programTables(readFileSync(index, "utf8")));
	const blobs = join(folder, "blobs.S");
	writeIfChanged(blobs, blobSource(code, names, hashOf(readFileSync(code), readFileSync(names))));
	return { sources: [tables, blobs], folder, index: readFileSync(index, "utf8") };
}

/** Bytecode of which a part is left. */
export interface KeptBytecode {
	/** Where a byte went; undefined: it is not of the code. */
	offsetOf(before: number): number | undefined;
	/** Writes the sources that take the place of all the code's. */
	write(): string[];
}

/**
 * Of modules that are loaded already, the functions that hold one of the given places; of all others everything. The table
 * names the others, and what they import.
 * @throws {BuildError} for a place in a part that is not kept
 */
export function keepFunctions(
	bytecode: Bytecode,
	loaded: ReadonlySet<string>,
	imported: ReadonlySet<string>,
	places: readonly number[],
): KeptBytecode {
	const pieces: { readonly from: number; readonly byteLength: number; to: number; readonly kept: boolean }[] = [];
	const wanted = [...places].sort((a, b) => a - b);
	const holdsOne = (from: number, byteLength: number): boolean => {
		let [low, high] = [0, wanted.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((wanted[middle] ?? 0) < from) low = middle + 1;
			else high = middle;
		}
		return (wanted[low] ?? Number.POSITIVE_INFINITY) < from + byteLength;
	};
	const moved: string[] = [];
	let [end, whole, to] = [0, true, 0];
	for (const line of bytecode.index.split("\n")) {
		const [kind, a, b, ...rest] = line.split(" ");
		const [from, byteLength] = [Number(a), Number(b)];
		if (kind === "module") {
			const specifier = rest.join(" ");
			whole = !loaded.has(specifier);
			end = from + byteLength;
			if (whole) moved.push(`module ${to} ${byteLength} ${specifier}`);
			else if (imported.has(specifier)) moved.push(`module 0 0 ${specifier}`);
			if (!whole) continue;
		} else if (kind === "code") {
			if (whole) continue;
		} else {
			if (kind !== "host" || whole) moved.push(line);
			continue;
		}
		const kept = whole || holdsOne(from, byteLength);
		pieces.push({ from, byteLength, to, kept });
		if (kept) to += byteLength;
	}
	const offsetOf = (before: number): number | undefined => {
		if (before < 0 || before >= end) return undefined;
		let [low, high] = [0, pieces.length];
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if ((pieces[middle]?.from ?? 0) <= before) low = middle;
			else high = middle;
		}
		const piece = pieces[low];
		if (piece === undefined || !piece.kept || before < piece.from || before >= piece.from + piece.byteLength)
			throw new BuildError(`Byte ${before} of the code is in no function that is kept.`);
		return piece.to + (before - piece.from);
	};
	return {
		offsetOf,
		write() {
			const { folder } = bytecode;
			const all = readFileSync(join(folder, "code.bin"));
			const code = Buffer.concat(
				pieces.filter(({ kept }) => kept).map(({ from, byteLength }) => all.subarray(from, from + byteLength)),
			);
			const file = join(folder, "code-kept.bin");
			writeFileSync(file, code);
			const names = join(folder, "names.bin");
			const sources = [join(folder, "program-kept.c"), join(folder, "blobs-kept.S")] as const;
			writeIfChanged(sources[0], programTables(moved.join("\n")));
			writeIfChanged(sources[1], blobSource(file, names, hashOf(code, readFileSync(names))));
			return [...sources];
		},
	};
}

/** The hash makes the source change with what it includes. */
function blobSource(code: string, names: string, hash: string): string {
	/* Each in a section of its own: a program that has its names elsewhere needs none here. */
	const blob = (symbol: string, file: string) =>
		`.section .rodata.${symbol},"a"\n.balign 16\n.global ${symbol}\n${symbol}:\n.incbin ${quoted(file)}\n.byte 0\n`;
	return `/* ${hash} */\n${blob("hostCode", code)}${blob("hostNames", names)}.section .note.GNU-stack,"",@progbits\n`;
}

interface Binding {
	readonly length: number;
	readonly id: number;
	readonly name: string;
}

interface Module {
	readonly specifier: string;
	readonly offset: number;
	readonly byteLength: number;
	readonly bindings: Binding[];
}

/** C of the tables that index.txt describes (see compiler.c). */
export function programTables(index: string): string {
	const modules: Module[] = [];
	let keys: readonly [number, number] | undefined;
	for (const line of index.split("\n")) {
		const [kind, a, b, ...rest] = line.split(" ");
		if (kind === "keys") keys = [Number(a), Number(b)];
		else if (kind === "module")
			modules.push({ specifier: rest.join(" "), offset: Number(a), byteLength: Number(b), bindings: [] });
		else if (kind === "host") modules.at(-1)?.bindings.push({ length: Number(a), id: Number(b), name: rest.join(" ") });
	}
	if (keys === undefined) throw new BuildError("The bytecode compiler did not finish.");
	modules.sort((a, b) => Buffer.compare(Buffer.from(a.specifier), Buffer.from(b.specifier)));
	const functions = [...new Set(modules.flatMap((it) => it.bindings.map((binding) => binding.name)))].sort();
	const lines = [
		'#include "host.h"',
		/* Weak: one that no C file has is reported when its module is loaded. As functions of any kind: destructors differ. */
		...functions.map((name) => `extern void ${name}(void) __attribute__((weak));`),
	];
	modules.forEach((it, at) => {
		if (it.bindings.length === 0) return;
		const rows = it.bindings.map((binding) => `\t{${binding.name}, ${binding.length}, (uint32_t)${binding.id}},`);
		lines.push(`static const HostBinding bindings${at}[] = {`, ...rows, "};");
		const names = it.bindings.map((binding) => quoted(binding.name)).join(", ");
		lines.push(`static const char* const names${at}[] = {${names}};`);
	});
	lines.push("const HostModule hostModules[] = {");
	modules.forEach((it, at) => {
		const tables = it.bindings.length === 0 ? "NULL, NULL" : `bindings${at}, names${at}`;
		lines.push(`\t{${quoted(it.specifier)}, ${it.offset}, ${it.byteLength}, ${tables}, ${it.bindings.length}},`);
	});
	lines.push("\t{NULL, 0, 0, NULL, NULL, 0}};", `const int hostModuleCount = ${modules.length};`);
	lines.push(`const int32_t hostFirstKey = ${keys[0]};`, `const int hostNameCount = ${keys[1]};`, "");
	return lines.join("\n");
}
