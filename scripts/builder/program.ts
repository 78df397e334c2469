/**
 * One program from one manifest: modules lowered and compiled to bytecode, C compiled, all linked into the one executable
 * build/sim/VARIANT/NAME, or build/BOARD/NAME for a bare board.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeAssets } from "../assets";
import { compileBytecode } from "./bytecode";
import { compileAll, link, type Unit, unit } from "./compile";
import { buildEngine } from "./engine";
import { collectIds, readCreation, writeIdHeader, writeTables } from "./generate";
import { withBuildLock } from "./lock";
import { type Lowered, lower } from "./lower";
import { type Program, readManifest } from "./manifest";
import { collectNatives, type NativeNames } from "./natives";
import { hostFolder, root, shown } from "./paths";
import { importsOf, preloadable, preloadSources, reachable, writePreloadList } from "./preload";
import { BuildError, runTool, say } from "./process";
import { compileResources } from "./resources";
import { unlistedFolders } from "./rooms";
import { simTarget, type Target } from "./target";
import type { Variant } from "./variant";

export interface BuildOptions {
	/** Name of the executable. */
	readonly name: string;
	/** The manifest file. */
	readonly manifest: string;
	/** For this computer, and nothing else is said. */
	readonly variant?: Variant;
	/** For another board. */
	readonly target?: Target;
	/** Modules added to the manifest's: specifier to source file. */
	readonly modules?: ReadonlyMap<string, string>;
	/** Specifier of the main module, where it is not the manifest's. */
	readonly main?: string;
	/** The modules are loaded while it is built, and lie in flash (preload.ts); the target must be able to. */
	readonly preload?: boolean;
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

const warnings = ["-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror"];

export function build(options: BuildOptions): Promise<Built> {
	return withBuildLock(() => buildLocked(options));
}

async function buildLocked(options: BuildOptions): Promise<Built> {
	const target = options.target ?? simTarget(options.variant ?? "release");
	const { folder } = target;
	const generated = join(folder, "generated", options.name);
	mkdirSync(generated, { recursive: true });
	if (makeAssets()) say("Fonts and icons made ...");
	const program = readManifest(
		options.manifest,
		{ BUILD: join(root, "build"), ROOT: root, MODDABLE: "" },
		target.platform,
	);
	for (const warning of program.warnings) say(warning);
	for (const folder of unlistedFolders(program))
		say(`${folder}: no manifest lists this folder; it is not in the program.`);
	const engine = await buildEngine(target.engine);

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
	}
	if (options.preload === true) {
		const needed = new Set(
			reachable(options.main ?? readCreation(program.creation).main, (it) => modules.get(it)?.code),
		);
		for (const specifier of modules.keys()) if (!needed.has(specifier)) modules.delete(specifier);
	}
	for (const { code } of modules.values()) collectNatives(code, natives);
	compileResources(program.resources, generated);
	const ids = collectIds(program.natives);
	writeIdHeader(generated, ids);
	const creation = readCreation({
		...program.creation,
		...(options.preload === true ? target.preload?.creation : undefined),
	});
	writeTables(generated, ids, natives, { ...creation, main: options.main ?? creation.main });

	const bytecode = await compileBytecode(
		target.bytecode,
		target.keepsLines ? "lines" : options.preload === true ? "unnamed" : "names",
		generated,
		[...modules].map(([specifier, { file }]) => ({
			specifier,
			file,
			shown: shown(specifiers.get(specifier) ?? specifier),
		})),
		options.keepGoing === true,
	);
	const more = await target.prepare?.(program);
	const units = await listUnits(target, generated, program, more?.flags ?? []);
	const executable = join(folder, options.name);
	const failed = await compileAll(
		units,
		(count) => say(`Compiling ${count} C ${count === 1 ? "file" : "files"} (${target.name}) ...`),
		options.keepGoing === true ? (error) => say(error.message) : undefined,
	);
	const linkWith = async (output: string, sources: readonly string[], linkFlags: readonly string[]) => {
		const added = listHostUnits(target, generated, sources);
		await compileAll(added, () => {});
		await link(
			output,
			[...[...units, ...added].filter((it) => !failed.has(it)).map((it) => it.object), ...(more?.inputs ?? []), engine],
			[
				...(failed.size > 0 ? ["-Wl,--unresolved-symbols=ignore-all"] : []),
				...(target.systemLibraries ? await libraryFlags(program, "--libs") : []),
				...linkFlags,
			],
			target.engine.compiler,
		);
	};
	const { preload } = target;
	if (options.preload === true && preload !== undefined) {
		const list = join(generated, "preload-list.c");
		const loaded = preloadable(modules.keys());
		const others = [...modules].filter(([specifier]) => !loaded.includes(specifier));
		const imported = others.flatMap(([specifier, { code }]) => importsOf(specifier, code));
		writePreloadList(list, loaded, imported);
		const seed = `${executable}-seed`;
		await linkWith(seed, [...preload.seedSources, list, ...bytecode.sources], preload.seedLinkFlags());
		await preload.finishSeed(seed);
		const heap = await preloadSources(generated, seed, preload, bytecode, new Set(loaded), new Set(imported));
		await linkWith(executable, [...preload.phoneSources, ...heap], target.linkFlags());
	} else await linkWith(executable, [...target.freshSources, ...bytecode.sources], target.linkFlags());
	await target.finish?.(executable);
	return { executable, program, modules };
}

function engineFlags(target: Target): string[] {
	return [...target.flags, ...warnings, ...target.engine.defines];
}

/** The host sees the engine from inside; its headers are not written for these warnings. */
function listHostUnits(target: Target, generated: string, sources: readonly string[]): Unit[] {
	const flags = [...engineFlags(target), ...target.engine.includes, "-Wno-unused-parameter", `-I${root}`];
	return sources.map((source) =>
		unit(source, generated, source.endsWith(".S") ? target.flags : flags, target.engine.compiler),
	);
}

async function listUnits(
	target: Target,
	generated: string,
	program: Program,
	libraries: readonly string[],
): Promise<Unit[]> {
	const common = [
		...engineFlags(target),
		...[...program.defines].map(([name, value]) => `-D${name}=${value}`),
		...target.engine.includes,
	];
	const folders = [...new Set([...[...program.natives].map(dirname), ...program.includeFolders])];
	const native = [
		...common,
		"-include",
		join(hostFolder, "compat.h"),
		`-I${generated}`,
		...folders.map((path) => `-I${path}`),
		`-I${root}`,
		...libraries,
		...(target.systemLibraries ? await libraryFlags(program, "--cflags") : []),
	];
	const of = (source: string, flags: readonly string[]) => unit(source, generated, flags, target.engine.compiler);
	return [
		...listHostUnits(target, generated, target.hostSources),
		...[...program.natives].map((source) => of(source, source.endsWith(".S") ? target.flags : native)),
		of(join(generated, "tables.c"), common),
		of(join(generated, "resources.c"), common),
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
