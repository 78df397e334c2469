/**
 * The builds of one program for this computer. release is what is shipped and measured; debug is the same but for stack
 * traces that tell files and lines, and asan adds the sanitizers: tests run in these two. m32 counts the VM's memory as a
 * 32-bit board does.
 */
import { join } from "node:path";
import { buildFolder } from "./paths";
import { BuildError } from "./process";

export type Variant = "release" | "debug" | "asan" | "m32";

export function parseVariant(text: string): Variant {
	if (text === "release" || text === "debug" || text === "asan" || text === "m32") return text;
	throw new BuildError(`"${text}" is no variant; there are release, debug, asan and m32.`);
}

export function variantFolder(variant: Variant): string {
	return join(buildFolder, "sim", variant);
}

/**
 * Which engine library a variant links. The sanitizers watch our C alone: the engine reads text by the word past its end,
 * shifts and aligns in ways they would report.
 */
export function engineVariant(variant: Variant): "release" | "debug" | "m32" {
	return variant === "asan" ? "debug" : variant;
}

/** Compiler flags that engine, host and hardware layer share. */
export function machineFlags(variant: Variant): readonly string[] {
	switch (variant) {
		case "release":
		case "debug":
			return ["-O2", "-g1"];
		case "asan":
			return ["-O1", "-g", "-fno-omit-frame-pointer"];
		case "m32":
			return ["-O2", "-g1", "-m32"];
	}
}

/** What our own C gets on top. */
export function ownFlags(variant: Variant): readonly string[] {
	return variant === "asan" ? ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"] : [];
}

/** The engine keeps the line of what it runs, at a price in speed. */
export function keepsLines(variant: Variant): boolean {
	return variant === "debug" || variant === "asan";
}
