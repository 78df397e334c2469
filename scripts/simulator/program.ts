/** The simulator's program: built when it is missing or old. */
import { join } from "node:path";
import { buildPhone } from "../builder/phone";
import { type Variant, variantFolder } from "../builder/variant";

export function programPath(variant: Variant): string {
	return join(variantFolder(variant), "sotto");
}

/** @returns the executable */
export async function buildProgram(variant: Variant = "release"): Promise<string> {
	const { executable } = await buildPhone(variant);
	return executable;
}
