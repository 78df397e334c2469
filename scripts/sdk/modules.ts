/**
 * Which modules does a program import that are not in it? The SDK's typings satisfy tsc for modules that no manifest names,
 * and its linker resolves imports when the program runs, so that would be found late.
 */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** Module specifier to the file its code is in. */
export type ModuleFiles = ReadonlyMap<string, string>;

/** @param folder where mcconfig put its makefile */
export function readModules(folder: string): ModuleFiles {
	const makefile = readFileSync(join(folder, "makefile"), "utf8");
	const files = new Map<string, string>();
	for (const [, target = "", source = ""] of makefile.matchAll(/^\$\(MODULES_DIR\)\/(\S+)\.xsb: (\S+)/gm)) {
		/* "embedded:io/x" is written "~.embedded/io/x". */
		files.set(target.replace(/^~\.([^/]+)\//, "$1:"), source.replace("$(TMP_DIR)", folder));
	}
	return files;
}

export interface Reach {
	/** Specifiers that are loaded, beginning with the main module. */
	readonly reached: ReadonlySet<string>;
	/** Each as "wanted, imported by module". */
	readonly unresolved: readonly string[];
}

export function reachOf(
	main: string,
	files: ModuleFiles,
	read: (file: string) => string = (file) => readFileSync(file, "utf8"),
): Reach {
	const reached = new Set<string>();
	const unresolved: string[] = [];
	const waiting = [{ specifier: main, from: "the manifest" }];
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		const { specifier, from } = next;
		if (reached.has(specifier)) continue;
		const file = files.get(specifier);
		if (file === undefined) {
			unresolved.push(`${specifier}, imported by ${from}`);
			continue;
		}
		reached.add(specifier);
		for (const wanted of importsOf(read(file)))
			waiting.push({ specifier: resolve(wanted, specifier), from: specifier });
	}
	return { reached, unresolved };
}

/** As the engine does: relative to the importing module, and without the ending. */
function resolve(wanted: string, importer: string): string {
	const bare = wanted.replace(/\.m?js$/, "");
	return bare.startsWith(".") ? posix.join(posix.dirname(importer), bare) : bare;
}

function importsOf(code: string): string[] {
	const declarations = code.matchAll(/^\s*(?:import|export)\s(?:[^"'`;]*?\sfrom\s*)?["']([^"'\n]+)["']/gm);
	const calls = code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)/g);
	return [...declarations, ...calls].flatMap(([, specifier]) => specifier ?? []);
}
