/**
 * The C made for one program: the table of natives its modules ask for, the names of properties its C asks for
 * (xsID_name in mc.xs.h, as the SDK's tools make it), and the sizes of its machine.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quoted } from "./engine";
import { writeIfChanged } from "./files";
import type { NativeNames } from "./natives";

export interface Creation {
	readonly chunkInitial: number;
	readonly chunkIncremental: number;
	readonly heapInitial: number;
	readonly heapIncremental: number;
	readonly stack: number;
	readonly keyInitial: number;
	readonly keyIncremental: number;
	readonly nameModulo: number;
	readonly symbolModulo: number;
	readonly main: string;
}

/** Reads a manifest's "creation", with this computer's sizes for what it leaves open. Sizes: bytes for chunks, else counts. */
export function readCreation(creation: Readonly<Record<string, unknown>>): Creation {
	const part = (name: string) => (creation[name] ?? {}) as Record<string, unknown>;
	const number = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
	return {
		chunkInitial: number(part("chunk").initial, 1 << 20),
		chunkIncremental: number(part("chunk").incremental, 1 << 18),
		heapInitial: number(part("heap").initial, 1 << 15),
		heapIncremental: number(part("heap").incremental, 1 << 13),
		stack: number(creation.stack, 4096),
		keyInitial: number(part("keys").initial, 4096),
		keyIncremental: number(part("keys").incremental, 1024),
		nameModulo: number(part("keys").name, 1993),
		symbolModulo: number(part("keys").symbol, 127),
		main: typeof creation.main === "string" ? creation.main : "main",
	};
}

/** Property names that C sources ask for as xsID_name. */
export function collectIds(sources: Iterable<string>): string[] {
	const names = new Set<string>();
	for (const source of sources)
		for (const match of readFileSync(source, "utf8").matchAll(/\bxsID_(\w+)/g)) names.add(match[1] ?? "");
	return [...names].sort();
}

/** Writes mc.xs.h; it changes only when a new name is asked for, so that natives are rarely all compiled again. */
export function writeIdHeader(folder: string, ids: readonly string[]): void {
	const lines = ids.map((id, index) => `#define xsID_${id} (hostIds[${index}])`);
	writeIfChanged(join(folder, "mc.xs.h"), `#include "xs.h"\nextern xsIdentifier hostIds[];\n${lines.join("\n")}\n`);
}

/** The natives are weak: one that no C file has is reported by the host, with the module that asked for it. */
export function writeTables(folder: string, ids: readonly string[], natives: NativeNames, creation: Creation): void {
	const names = [...new Set([...natives.functions, ...natives.destructors])].sort();
	const prototypes = names.map(
		(name) =>
			`extern void ${name}(${natives.destructors.has(name) ? "void* data" : "xsMachine* the"}) __attribute__((weak));`,
	);
	const text = `#include "xs.h"
#include "host.h"
xsIdentifier hostIds[${ids.length + 1}];
const char* const hostIdNames[] = {${ids.map((id) => `${quoted(id)}, `).join("")}NULL};
const int hostIdCount = ${ids.length};
${prototypes.join("\n")}
const HostNative hostNatives[] = {
${names.map((name) => `\t{${quoted(name)}, (HostFunction)${name}},`).join("\n")}
	{NULL, NULL}};
const int hostNativeCount = ${names.length};
const HostCreation hostCreation = {
	${Object.entries(creation)
		.map(([name, value]) => `.${name} = ${typeof value === "string" ? quoted(value) : value}`)
		.join(",\n\t")}};
`;
	writeIfChanged(join(folder, "tables.c"), text);
}
