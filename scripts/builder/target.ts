/**
 * What a program is built for: which sections of the manifests count, and with which tools and flags C is compiled and
 * linked. The simulator's target is one for each variant; a bare board has its own (virt.ts).
 */
import { join } from "node:path";
import { engineDefines, engineIncludes } from "./engine";
import { i386LinkFlags, installI386Libraries } from "./i386";
import type { Program } from "./manifest";
import { hostFolder } from "./paths";
import type { SeedTools } from "./preload";
import { engineVariant, keepsLines, machineFlags, ownFlags, type Variant, variantFolder } from "./variant";

/** The XS engine as a library, and the compiler of bytecode that goes with it. */
export interface EngineTarget {
	/** Name of its folder under build/xs. */
	readonly name: string;
	readonly compiler: string;
	readonly archiver: string;
	/** All flags but those of the sources' folders. */
	readonly flags: readonly string[];
	/** Sources that are compiled for speed, whatever the flags say. */
	readonly fast?: readonly string[];
	readonly fastFlags?: readonly string[];
	readonly defines: readonly string[];
	readonly includes: readonly string[];
	/** The engine's platform header, whose content is part of what the library is made of. */
	readonly platformHeader: string;
}

export interface Target {
	/** Shown while it compiles. */
	readonly name: string;
	/** The section of a manifest's platforms that counts. */
	readonly platform: string;
	/** What is made is kept here. */
	readonly folder: string;
	readonly engine: EngineTarget;
	/** The engine that runs here, on this computer, and makes the bytecode. It has the same identifiers as `engine`. */
	readonly bytecode: EngineTarget;
	/** Bytecode keeps files and lines. */
	readonly keepsLines: boolean;
	/** Flags of our own C on top of the engine's. */
	readonly flags: readonly string[];
	readonly hostSources: readonly string[];
	/** What makes the machine, where no modules are preloaded. */
	readonly freshSources: readonly string[];
	/** A manifest's "libraries" are pkg-config names of this computer. */
	readonly systemLibraries: boolean;
	/** Before linking: fetches and compiles what the program links besides; gives more inputs. */
	prepare?(program: Program): Promise<{ readonly flags: readonly string[]; readonly inputs: readonly string[] }>;
	readonly linkFlags: () => readonly string[];
	/** After linking. */
	finish?(executable: string): Promise<void>;
	/** For programs whose modules are in flash as they are once loaded (preload.ts). */
	readonly preload?: PreloadTarget;
}

/** Of a target that can keep loaded modules in flash. */
export interface PreloadTarget extends SeedTools {
	/** In the place of a manifest's: little is left to be made when the phone starts. */
	readonly creation: Readonly<Record<string, unknown>>;
	/** What the seed has in the place of `phoneSources`. */
	readonly seedSources: readonly string[];
	readonly phoneSources: readonly string[];
	readonly seedLinkFlags: () => readonly string[];
	/** Makes the seed's image. */
	readonly finishSeed: (executable: string) => Promise<void>;
}

const common = ["main.c", "create.c", "program.c", "bindings.c", "report.c", "arguments.c", "figures.c", "resource.c"];

/** The sources of the host that every board shares. */
export const sharedHostSources = common.map((name) => join(hostFolder, name));

export const freshSources: readonly string[] = [join(hostFolder, "create-fresh.c")];

export function simEngine(variant: Variant): EngineTarget {
	return {
		name: engineVariant(variant),
		compiler: "cc",
		archiver: "ar",
		flags: machineFlags(engineVariant(variant)),
		defines: engineDefines(variant),
		includes: [`-I${hostFolder}`, ...engineIncludes()],
		platformHeader: join(hostFolder, "xsplat.h"),
	};
}

export function simTarget(variant: Variant): Target {
	const engine = simEngine(variant);
	return {
		name: variant,
		platform: "sim",
		folder: variantFolder(variant),
		engine,
		bytecode: engine,
		keepsLines: keepsLines(variant),
		flags: [...machineFlags(variant), ...ownFlags(variant)],
		hostSources: [...sharedHostSources, ...["stack-limit.c", "stop.c"].map((name) => join(hostFolder, name))],
		freshSources,
		systemLibraries: true,
		async prepare() {
			if (variant === "m32") await installI386Libraries();
			return { flags: [], inputs: [] };
		},
		linkFlags: () => [
			...machineFlags(variant),
			...ownFlags(variant),
			...(variant === "m32" ? i386LinkFlags() : []),
			"-lm",
			"-lpthread",
		],
	};
}
