/**
 * One program from one manifest: modules lowered and compiled to bytecode, C compiled, all linked into the one executable
 * build/sim/VARIANT/NAME.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeAssets } from "../assets";
import { compileBytecode } from "./bytecode";
import { compileAll, link, type Unit, unit } from "./compile";
import { buildEngine, engineDefines, engineIncludes } from "./engine";
import { collectIds, readCreation, writeIdHeader, writeTables } from "./generate";
import { i386LinkFlags, installI386Libraries } from "./i386";
import { withBuildLock } from "./lock";
import { type Lowered, lower } from "./lower";
import { type Program, readManifest } from "./manifest";
import { collectNatives, type NativeNames } from "./natives";
import { hostFolder, root, shown } from "./paths";
import { BuildError, runTool, say } from "./process";
import { compileResources } from "./resources";
import { unlistedFolders } from "./rooms";
import { machineFlags, ownFlags, type Variant, variantFolder } from "./variant";

export interface BuildOptions {
	/** Name of the executable. */
	readonly name: string;
	/** The manifest file. */
	readonly manifest: string;
	readonly variant: Variant;
	/** Modules added to the manifest's: specifier to source file. */
	readonly modules?: ReadonlyMap<string, string>;
	/** Specifier of the main module, where it is not the manifest's. */
	readonly main?: string;
	/**
	 * Leave out what does not compile, after showing why: what does not need it can still be tried. What needs it fails
	 * when it runs.
	 */
	readonly keepGoing?: boolean;
}

export interface Built {
	readonly executable: string;
	readonly program: Program;
	readonly modules: ReadonlyMap<string, Lowered>;
}

const hostSources = ["main.c", "stack-limit.c", "program.c", "bindings.c", "fault.c", "figures.c", "resource.c"].map(
	(name) => join(hostFolder, name),
);
const warnings = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"];

export function build(options: BuildOptions): Promise<Built> {
	return withBuildLock(() => buildLocked(options));
}

async function buildLocked(options: BuildOptions): Promise<Built> {
	const folder = variantFolder(options.variant);
	const generated = join(folder, "generated", options.name);
	mkdirSync(generated, { recursive: true });
	if (makeAssets()) say("Fonts and icons made ...");
	const program = readManifest(options.manifest, { BUILD: join(root, "build"), ROOT: root, MODDABLE: "" });
	for (const warning of program.warnings) say(warning);
	for (const folder of unlistedFolders(program))
		say(`${folder}: no manifest lists this folder; it is not in the program.`);
	const engine = await buildEngine(options.variant);

	const specifiers = new Map([...program.modules, ...(options.modules ?? [])]);
	const modules = new Map<string, Lowered>();
	const natives: NativeNames = { functions: new Set(), destructors: new Set() };
	for (const [specifier, source] of specifiers) {
		let lowered: Lowered;
		try {
			lowered = await lower(source);
		} catch (error) {
			if (options.keepGoing !== true) throw error;
			say((error as Error).message);
			continue;
		}
		modules.set(specifier, lowered);
		collectNatives(lowered.code, natives);
	}
	compileResources(program.resources, generated);
	const ids = collectIds(program.natives);
	writeIdHeader(generated, ids);
	const creation = readCreation(program.creation);
	writeTables(generated, ids, natives, { ...creation, main: options.main ?? creation.main });

	const bytecode = await compileBytecode(
		options.variant,
		generated,
		[...modules].map(([specifier, { file }]) => ({
			specifier,
			file,
			shown: shown(specifiers.get(specifier) ?? specifier),
		})),
		options.keepGoing === true,
	);
	const units = await listUnits(options.variant, generated, program, bytecode.sources);
	const executable = join(folder, options.name);
	const failed = await compileAll(
		units,
		(count) => say(`Compiling ${count} C ${count === 1 ? "file" : "files"} (${options.variant}) ...`),
		options.keepGoing === true ? (error) => say(error.message) : undefined,
	);
	if (options.variant === "m32") await installI386Libraries();
	await link(
		executable,
		[...units.filter((it) => !failed.has(it)).map((it) => it.object), engine],
		[
			...(failed.size > 0 ? ["-Wl,--unresolved-symbols=ignore-all"] : []),
			...machineFlags(options.variant),
			...ownFlags(options.variant),
			...(options.variant === "m32" ? i386LinkFlags() : []),
			...(await libraryFlags(program, "--libs")),
			"-lm",
			"-lpthread",
		],
	);
	return { executable, program, modules };
}

async function listUnits(
	variant: Variant,
	generated: string,
	program: Program,
	bytecode: readonly string[],
): Promise<Unit[]> {
	const common = [
		...machineFlags(variant),
		...ownFlags(variant),
		...warnings,
		...engineDefines(variant),
		...[...program.defines].map(([name, value]) => `-D${name}=${value}`),
		...engineIncludes(),
	];
	const libraries = await libraryFlags(program, "--cflags");
	const folders = [...new Set([...[...program.natives].map(dirname), ...program.includeFolders])].flatMap((path) => [
		"-I",
		path,
	]);
	const native = [
		...common,
		"-include",
		join(hostFolder, "compat.h"),
		"-I",
		generated,
		...folders,
		"-I",
		root,
		...libraries,
	];
	/* The host sees the engine from inside; its headers are not written for these warnings. */
	const host = [...common, "-Wno-unused-parameter"];
	return [
		...hostSources.map((source) => unit(source, generated, host)),
		...[...program.natives].map((source) => unit(source, generated, native)),
		unit(join(generated, "tables.c"), generated, common),
		...bytecode.map((source) => unit(source, generated, common)),
		unit(join(generated, "resources.c"), generated, common),
	];
}

/** A manifest's "libraries": pkg-config names, or -lNAME for a library that has no pkg-config file. */
async function libraryFlags(program: Program, what: "--cflags" | "--libs"): Promise<string[]> {
	const plain = [...program.libraries].filter((name) => name.startsWith("-l"));
	const names = [...program.libraries].filter((name) => !name.startsWith("-"));
	if (names.length > 0 && !existsSync("/usr/bin/pkg-config")) throw new BuildError("pkg-config is not installed.");
	const text = names.length === 0 ? "" : await runTool("pkg-config", [what, ...names]);
	return [...text.split(/\s+/).filter((flag) => flag !== ""), ...(what === "--libs" ? plain : [])];
}
