/** Small file helpers of the builder: write only what changed, so that time stamps tell what to compile again. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
	const hash = createHash("sha256");
	for (const part of parts) hash.update(part).update("\0");
	return hash.digest("hex").slice(0, 24);
}

/** Writes `text` unless the file already holds it. Returns whether it was written. */
export function writeIfChanged(file: string, text: string): boolean {
	if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	return true;
}
