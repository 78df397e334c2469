/**
 * The XS engine: the C sources come from one npm package, taken as a tarball alone (its own dependencies and install
 * script build a worker we have no use for) and checked against the hash in engine.json. What goes out is libxs.a.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import engine from "./engine.json" with { type: "json" };
import { hashOf, writeIfChanged } from "./files";
import { buildFolder } from "./paths";
import { BuildError, inParallel, runTool, say } from "./process";
import type { EngineTarget } from "./target";
import { keepsLines, type Variant } from "./variant";

export const engineSources = join(buildFolder, "xs", `package-${engine.version}`, "package", "moddable", "xs");

export function engineDefines(variant: Variant): readonly string[] {
	const defines = [
		"INCLUDE_XSPLATFORM=1",
		'XSPLATFORM="xsplat.h"',
		"mxParse=1",
		"mxRun=1",
		"mxSloppy=1",
		"mxInstrument=1",
		"mxRegExpUnicodePropertyEscapes=1",
		"mxStringNormalize=1",
		"mxMinusZero=1",
		"mxNoConsole=1",
		"mxBoundsCheck=1",
		...(keepsLines(variant) ? ["mxDebug=1"] : []),
		...(variant === "m32" ? [] : ["mx32bitID=1"]),
	];
	return defines.map((define) => `-D${define}`);
}

export function engineIncludes(): readonly string[] {
	const folders = ["includes", "platforms", "sources"].map((name) => join(engineSources, name));
	return folders.flatMap((folder) => ["-isystem", folder]);
}

/** Downloads the sources where they are missing. */
export async function fetchEngine(): Promise<void> {
	if (existsSync(join(engineSources, "sources", "xsAll.c"))) return;
	say(`Fetching the XS engine's sources (npm package ${engine.package} ${engine.version}) ...`);
	const folder = join(buildFolder, "xs");
	mkdirSync(folder, { recursive: true });
	const spec = `${engine.package}@${engine.version}`;
	const answer = await runTool(
		"npm",
		["pack", spec, "--ignore-scripts", "--json", "--pack-destination", folder],
		folder,
	);
	const file = join(folder, (JSON.parse(answer) as [{ filename: string }])[0].filename);
	const integrity = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
	if (integrity !== engine.integrity) {
		rmSync(file);
		throw new BuildError(`${spec} is not what it was when it was chosen: ${integrity} instead of ${engine.integrity}.`);
	}
	const target = join(folder, `package-${engine.version}`);
	const unpacking = `${target}.unpacking`;
	rmSync(unpacking, { recursive: true, force: true });
	mkdirSync(unpacking);
	await runTool("tar", ["xzf", file, "-C", unpacking]);
	rmSync(target, { recursive: true, force: true });
	renameSync(unpacking, target);
	rmSync(file);
}

/** Compiles build/xs/NAME/libxs.a unless it is there with the same flags. Returns its path. */
export async function buildEngine(target: EngineTarget): Promise<string> {
	await fetchEngine();
	const folder = join(buildFolder, "xs", target.name);
	const library = join(folder, "libxs.a");
	const flags = [
		...target.flags,
		"-fno-common",
		"-w",
		"-Werror=implicit-function-declaration",
		...target.defines,
		...target.includes,
	];
	const key = hashOf(
		target.compiler,
		flags.join(" "),
		[...(target.fast ?? []), ...(target.fastFlags ?? [])].join(" "),
		engine.integrity,
		readFileSync(target.platformHeader),
	);
	const stamp = join(folder, "stamp");
	if (existsSync(library) && existsSync(stamp) && readFileSync(stamp, "utf8") === key) return library;
	say(`Compiling the XS engine (${target.name}) ...`);
	mkdirSync(folder, { recursive: true });
	rmSync(stamp, { force: true });
	writeIfChanged(join(folder, "flags"), flags.map((flag) => `${quoted(flag)}\n`).join(""));
	const sources = readdirSync(join(engineSources, "sources")).filter((name) => name.endsWith(".c"));
	const object = (name: string) => join(folder, `${basename(name, ".c")}.o`);
	await inParallel(sources, async (name) => {
		const source = join(engineSources, "sources", name);
		const speed = target.fast?.includes(name) === true ? ["-O2", ...(target.fastFlags ?? [])] : [];
		await runTool(target.compiler, [`@${join(folder, "flags")}`, ...speed, "-c", source, "-o", object(name)]);
	});
	rmSync(library, { force: true });
	await runTool(target.archiver, ["rcs", library, ...sources.map(object)]);
	writeFileSync(stamp, key);
	return library;
}

/** Names of properties that the engine's C asks for, as its enumeration has them: of its built-ins, not those it only makes. */
export function engineNames(): string[] {
	const folder = join(engineSources, "sources");
	const makes = /fxNextHost(?:Function|Accessor)Property|fx(?:Build|New)Host(?:Function|Constructor)/;
	const names = new Set<string>();
	for (const file of readdirSync(folder).filter((name) => name.endsWith(".c")))
		for (const line of readFileSync(join(folder, file), "utf8").split("\n"))
			if (!makes.test(line)) for (const [, name] of line.matchAll(/\bmxID\((_\w+)\)/g)) names.add(name ?? "");
	return [...names].sort();
}

/** One argument as the compiler's @file reads it. */
export function quoted(flag: string): string {
	return `"${flag.replace(/[\\"]/g, "\\$&")}"`;
}
