/**
 * Lowers one module to what XS 13.3 runs, with a cache keyed by content. Every module passes, packages' too: XS 13.3
 * fails on a class that has both an instance field and a static field that constructs the class, which
 * @noble/curves does. Our own modules keep private members and fields as they are: lowered to WeakMaps at module level
 * they would cost memory and could not be preloaded into ROM.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TransformOptions, transform, version } from "esbuild";
import { hashOf } from "./files";
import { rewriteNatives } from "./natives";
import { buildFolder, shown } from "./paths";
import { BuildError } from "./process";

const cacheFolder = join(buildFolder, "lowered");
/** Change it when this file changes what comes out. */
const revision = "3";

const common: TransformOptions = { target: "es2021", format: "esm", charset: "utf8", sourcemap: "external" };
const ours: TransformOptions = {
	...common,
	tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
	supported: {
		"class-field": true,
		"class-static-field": true,
		"class-private-accessor": true,
		"class-private-brand-check": true,
		"class-private-field": true,
		"class-private-method": true,
		"class-private-static-accessor": true,
		"class-private-static-field": true,
		"class-private-static-method": true,
	},
};

export interface Lowered {
	/** The JavaScript file in the cache; FILE.map beside it is its source map. */
	readonly file: string;
	readonly code: string;
}

export async function lower(source: string): Promise<Lowered> {
	const text = readFileSync(source, "utf8");
	const foreign = source.includes("/node_modules/");
	const file = join(cacheFolder, `${hashOf(revision, version, shown(source), text)}.js`);
	if (existsSync(file)) return { file, code: readFileSync(file, "utf8") };
	try {
		const json = source.endsWith(".json");
		const result = await transform(json ? `export default ${text.trimEnd()};` : text, {
			...(foreign ? common : ours),
			loader: source.endsWith(".ts") ? "ts" : "js",
			sourcefile: shown(source),
		});
		const code = rewriteNatives(result.code);
		mkdirSync(cacheFolder, { recursive: true });
		/* A module of types alone leaves nothing to map, and the engine expects a source. */
		if ((JSON.parse(result.map) as { sources: unknown[] }).sources.length > 0) writeFileSync(`${file}.map`, result.map);
		writeFileSync(file, code);
		return { file, code };
	} catch (error) {
		throw new BuildError((error as Error).message);
	}
}
