/** What must not be in the tree: paths of one machine, download addresses in the lock file, type checks switched off. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";
import type { Check } from "./check";
import { projectFiles } from "./tree";

interface Rule {
	readonly files: RegExp;
	readonly pattern: RegExp;
	readonly why: string;
}

const rules: readonly Rule[] = [
	{ files: /./, pattern: /(?:^|[\s"'`=(:])\/(?:home|Users|root|work)\/[\w.-]/m, why: "a path of one machine" },
	{
		files: /./,
		pattern: /\b(?:deb|security)\.debian\.org\b|\bregistry\.npmjs\b/,
		why: "a host that packages come from",
	},
	{
		files: /(?:package-lock|npm-shrinkwrap)\.json$/,
		pattern: /"resolved":\s*"https?:/,
		why: "a download address in a lock file",
	},
	{ files: /\.tsx?$/, pattern: /@ts-(?:ignore|nocheck|expect-error)/, why: "a type check switched off" },
	{ files: /^(?:modules|hal|boards|zrtp-store)\/.*\.ts$/, pattern: /[:<,|]\s*any\b(?!\s*\()/, why: "the type any" },
	{
		files: /^(?:modules|hal|boards|zrtp-store)\/.*\.ts$/,
		pattern: /\b(?:console|setTimeout|setInterval|structuredClone|TextEncoder|TextDecoder)\s*[.(]/,
		why: "a global that the engine does not have",
	},
	{
		// The engine goes through such a group in every possible number of pieces: one packet would hold it for good.
		files: /^(?:modules|hal|boards|zrtp-store)\/.*\.ts$/,
		pattern: /(?:(?<!\\)\.|\[\^(?:[^\]\\\n]|\\.)*\])[*+](?:[^()\\\n]|\\.)*\)+\?(?!\.\w)/,
		why: "an optional group of a regular expression that holds any number of any character; write (...|) instead",
	},
	{
		files: /^(?:modules|hal|boards|zrtp-store)\/.*\.ts$/,
		pattern: /^await\s|^(?:export )?(?:const|let) .*=\s*await\s/m,
		why: "top-level await",
	},
];

export function checkWords(file: string, text: string): string[] {
	const problems: string[] = [];
	for (const { files, pattern, why } of rules) {
		if (!files.test(file)) continue;
		const code = file.endsWith(".ts") ? withoutComments(text) : text;
		const match = pattern.exec(code);
		if (match === null) continue;
		const line = code.slice(0, match.index + match[0].length).split("\n").length;
		problems.push(`${file}:${line}: ${why} (${match[0].trim()})`);
	}
	return problems;
}

/** Comments blanked out, lines kept. */
function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).replace(/^\s*\/\/.*$/gm, "");
}

export const words: Check = {
	name: "words that must not be in the tree",
	async run() {
		return projectFiles(".ts", ".mjs", ".json", ".c", ".h", ".md", ".html", ".css", ".S", ".mk", "run")
			.filter((file) => !file.startsWith("scripts/checks/words") && !file.startsWith("test/scripts/words"))
			.flatMap((file) => checkWords(file, readFileSync(join(root, file), "utf8")));
	},
};
