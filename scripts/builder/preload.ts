/**
 * The VM's heap with all modules in it as constants of a bare board's program. In goes the seed, a program that loads the
 * modules and writes its heap as words (boards/virt-rv32/seed); out come sources for the program itself. Addresses go by
 * the names of what lies there, so the program's own may be others than the seed's.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { type Bytecode, keepFunctions } from "./bytecode";
import { engineNames } from "./engine";
import { hashOf, writeIfChanged } from "./files";
import { PreloadedHeap } from "./preload-heap";
import { BuildError, runTool, say } from "./process";

/** Where the program begins: importing them starts it. */
const ENTRIES = /^(?:app\/main|test\/.*|bench\/.*)$/;
/** sha2 and the curves of noble write into module state, and nothing but tests asks for them. */
const NOBLE = /^crypto\/noble|^@noble\//;

/** Of a program's modules those that can be loaded while it is built. */
export function preloadable(specifiers: Iterable<string>): string[] {
	return [...specifiers].filter((name) => !ENTRIES.test(name) && !NOBLE.test(name)).sort();
}

/** What a module's text imports, by the names that the program has for it. */
export function importsOf(specifier: string, code: string): string[] {
	return [...code.matchAll(/\b(?:from|import)\s*"([^"]+)"/g)].map(([, name = ""]) =>
		name.startsWith(".") ? posix.join(posix.dirname(specifier), name) : name,
	);
}

/** Of a program's modules those that its main module comes to. */
export function reachable(main: string, codeOf: (specifier: string) => string | undefined): string[] {
	const found = new Set([main]);
	for (const specifier of found)
		for (const name of importsOf(specifier, codeOf(specifier) ?? "")) if (codeOf(name) !== undefined) found.add(name);
	return [...found];
}

/** C with the lists for the seed: the modules, what others import, and the built-ins' names that stay whoever asks for them. */
export function writePreloadList(file: string, specifiers: readonly string[], imports: readonly string[]): void {
	const list = (names: readonly string[]) => names.map((name) => `\t${JSON.stringify(name)},\n`).join("");
	const ids = engineNames().map((name) => `\tmxID(${name}),\n`);
	writeIfChanged(
		file,
		`#include "xsAll.h"
const char* const hostPreload[] = {\n${list(specifiers)}\tNULL};
const char* const hostEntryImports[] = {\n${list(imports)}\tNULL};
const txID seedEngineIds[] = {\n${ids.join("")}};
const int seedEngineIdCount = ${ids.length};
`,
	);
}

export interface SeedTools {
	readonly nm: string;
	/** Where the image lies in the address space. */
	readonly origin: number;
	/** Runs the seed, which is to write into a file; what it said, where it could not. */
	readonly run: (executable: string, file: string) => Promise<string | undefined>;
}

/**
 * Runs the seed unless it ran before, and writes the heap's sources and those of the bytecode that is left: of a module that
 * is loaded already its functions are needed, its body is not. @returns the sources
 */
export async function preloadSources(
	folder: string,
	executable: string,
	tools: SeedTools,
	bytecode: Bytecode,
	loaded: ReadonlySet<string>,
	imported: ReadonlySet<string>,
): Promise<string[]> {
	const image = readFileSync(`${executable}.bin`);
	const words = join(folder, "preload.words");
	const stamp = join(folder, "preload.key");
	const key = hashOf(image);
	if (!existsSync(words) || !existsSync(stamp) || readFileSync(stamp, "utf8") !== key) {
		say("Loading the modules once, for flash ...");
		rmSync(stamp, { force: true });
		const problem = await tools.run(executable, words);
		if (problem !== undefined) throw new BuildError(`The modules could not be loaded for flash:\n${problem}`);
		writeFileSync(stamp, key);
	}
	const symbols = new Symbols(await runTool(tools.nm, ["-n", "--defined-only", executable]));
	const text = (address: number) => {
		const at = address - tools.origin;
		const end = image.indexOf(0, at);
		if (at < 0 || end < 0) throw new BuildError(`A text at 0x${address.toString(16)} is not in the image.`);
		return image.subarray(at, end);
	};
	const heap = new PreloadedHeap(readFileSync(words, "utf8"));
	const codeAt = symbols.address("hostCode");
	const code = keepFunctions(
		bytecode,
		loaded,
		imported,
		heap.programAddresses().map((address) => address - codeAt),
	);
	const nameOf = (address: number): string => {
		const offset = code.offsetOf(address - codeAt);
		return offset === undefined ? symbols.name(address) : `hostCode+${offset}`;
	};
	const { assembly, table } = heap.program(nameOf, text);
	const sources = [join(folder, "preload.S"), join(folder, "preload.c")] as const;
	writeIfChanged(sources[0], assembly);
	writeIfChanged(sources[1], table);
	return [...sources, ...code.write()];
}

/** What lies where in a program, by what nm says of it. */
class Symbols {
	readonly #addresses: number[] = [];
	readonly #names: { readonly name: string; readonly local: boolean }[] = [];

	constructor(listing: string) {
		for (const line of listing.split("\n")) {
			const [address = "", type = "", name = ""] = line.split(" ");
			if (name === "" || !/^[TtRrWwVv]$/.test(type) || name.startsWith(".L") || name.startsWith("$")) continue;
			const local = type === type.toLowerCase() && type !== "w" && type !== "v";
			/* Of several names of one place, one that the linker knows. */
			const value = Number.parseInt(address, 16);
			if (this.#addresses.at(-1) === value) {
				if (!local) this.#names[this.#names.length - 1] = { name, local };
				continue;
			}
			this.#addresses.push(value);
			this.#names.push({ name, local });
		}
	}

	address(name: string): number {
		const at = this.#names.findIndex((it) => it.name === name);
		const address = this.#addresses[at];
		if (address === undefined) throw new BuildError(`The seed has no "${name}".`);
		return address;
	}

	/** An expression for an address. @throws {BuildError} for what has no name that others can use */
	name(address: number): string {
		let [low, high] = [0, this.#addresses.length];
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if ((this.#addresses[middle] ?? 0) <= address) low = middle;
			else high = middle;
		}
		const found = this.#names[low];
		const start = this.#addresses[low];
		if (found === undefined || start === undefined || start > address)
			throw new BuildError(`Nothing is known of 0x${address.toString(16)}.`);
		if (found.local) throw new BuildError(`A module leads to "${found.name}", which is static in its C file.`);
		return address === start ? found.name : `${found.name}+${address - start}`;
	}
}
