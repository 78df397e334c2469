/** One line of a manifest's modules or resources: which files does "target": "pattern" stand for? */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";

export interface Match {
	/** Module specifier or resource name. */
	readonly name: string;
	readonly file: string;
}

const scripts = [".ts", ".js", ".mjs"];
const natives = [".c", ".cc", ".S"];
const headers = [".h"];

export function isHeader(file: string): boolean {
	return headers.includes(extname(file));
}

export function isNative(file: string): boolean {
	return natives.includes(extname(file));
}

/**
 * Files matching `pattern` (relative to `base`, without extension), named by `target`. `*` in the last part of the
 * pattern stands for any name; `*` in the target is replaced by that name, or by the whole name where the pattern has none.
 */
export function matchPattern(
	target: string,
	pattern: string,
	base: string,
	kind: "module" | "resource" = "module",
): Match[] {
	const path = resolve(base, pattern);
	const folder = dirname(path);
	if (!existsSync(folder)) return [];
	const wanted = basename(path);
	const [before, after] = wanted.includes("*") ? wanted.split("*", 2) : [undefined, undefined];
	const matches: Match[] = [];
	for (const entry of readdirSync(folder).sort()) {
		const extension = extname(entry);
		if (entry.endsWith(".d.ts") || (kind === "module" && ![...scripts, ...natives, ...headers].includes(extension)))
			continue;
		const file = join(folder, entry);
		if (!statSync(file).isFile()) continue;
		const stem = entry.slice(0, entry.length - extension.length);
		let star: string;
		if (before !== undefined && after !== undefined) {
			if (!stem.startsWith(before) || !stem.endsWith(after) || stem.length < before.length + after.length) continue;
			star = stem.slice(before.length, stem.length - after.length);
		} else if (stem === wanted || entry === wanted) star = stem;
		else continue;
		matches.push({ name: target.replace("*", star), file: realpathSync(file) });
	}
	return matches;
}
