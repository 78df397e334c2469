/**
 * The arrows between rooms: who may import whom. A protocol room (zrtp, srtp, sdp, sip) gets time, randomness and packets
 * as arguments, so it imports no hardware, no timer and no clock; the hardware layer imports no room and no board.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../builder/paths";
import rules from "./arrows.json" with { type: "json" };
import type { Check } from "./check";
import { projectFiles } from "./tree";

const allowed = new Map(Object.entries(rules as Record<string, readonly string[]>));

/** The room a file lies in; undefined for scripts, tests and what else is no room. */
export function roomOfFile(file: string): string | undefined {
	const parts = file.split("/");
	if (parts[0] === "modules") return parts[1];
	if (parts[0] === "hal") return "hal";
	if (parts[0] === "boards") return "board";
	if (parts[0] === "zrtp-store") return "zrtp-store";
	return undefined;
}

/** What an import names, as the rules name it: a room, or "hal/DEVICE". Undefined: a package, or the own folder. */
export function roomOfImport(specifier: string): string | undefined {
	if (specifier.startsWith("./") || specifier.startsWith("@")) return undefined;
	const parts = specifier.split("/");
	return parts[0] === "hal" ? `hal/${parts[1] ?? ""}` : parts[0];
}

/** The SDK's own drivers and pins, which a port in TypeScript stands on. */
const SDK_MODULE = /^(?:embedded:|mc\/config$|timer$|ili9341$)/;

/** Problems of one file's imports. */
export function checkImports(file: string, text: string): string[] {
	const room = roomOfFile(file);
	if (room === undefined) return [];
	const may = allowed.get(room);
	if (may === undefined) return [`${file}: the room "${room}" is not in scripts/checks/arrows.json`];
	const problems: string[] = [];
	for (const { specifier, line } of importsOf(text)) {
		if (specifier.startsWith("..")) {
			problems.push(`${file}:${line}: import by the room's name, not by "${specifier}"`);
			continue;
		}
		const target = roomOfImport(specifier);
		if (target === undefined || target === room || may.includes("*") || may.includes(target)) continue;
		if (room === "hal" && target.startsWith("hal/")) continue;
		if (room === "hal" && file.includes("/esp32/") && SDK_MODULE.test(specifier)) continue;
		problems.push(`${file}:${line}: "${room}" must not import "${specifier}"`);
	}
	return problems;
}

interface Import {
	readonly specifier: string;
	readonly line: number;
}

function importsOf(text: string): Import[] {
	const found: Import[] = [];
	const pattern = /^\s*(?:import|export)\b[^;"']*?(?:\bfrom\s*)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;
	for (const match of text.matchAll(pattern)) {
		const specifier = match[1] ?? match[2];
		if (specifier === undefined) continue;
		if (match[1] !== undefined && !/\bfrom\s*["']|^\s*import\s*["']/.test(match[0])) continue;
		found.push({ specifier, line: text.slice(0, match.index + match[0].length).split("\n").length });
	}
	return found;
}

export const arrows: Check = {
	name: "arrows between rooms",
	async run() {
		return projectFiles(".ts").flatMap((file) => checkImports(file, readFileSync(join(root, file), "utf8")));
	},
};
