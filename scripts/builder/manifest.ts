/**
 * Reads a Moddable manifest and everything it includes into one flat description of a program. What comes in is
 * manifest.json as the Moddable SDK documents it; what goes out feeds lowering, compiling and linking.
 * A board's platform takes a manifest's platforms.BOARD, or "..." where there is none.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isHeader, isNative, matchPattern } from "./match";
import { shown } from "./paths";
import { BuildError } from "./process";

/** One source for the resource compiler: what the manifest says, with the file it stands for. */
export interface ResourceEntry {
	/** The left side of the manifest's line, for example "*", "*-mask" or "*-alpha". */
	readonly target: string;
	/** Name without folder and extension, or what the target makes of it. */
	readonly name: string;
	readonly file: string;
}

export interface Program {
	/** Module specifier to source file (.ts, .js, .mjs). */
	readonly modules: Map<string, string>;
	/** C sources. */
	readonly natives: Set<string>;
	/** Folders of the headers that the manifest's module patterns match. */
	readonly includeFolders: Set<string>;
	readonly resources: ResourceEntry[];
	readonly defines: Map<string, string>;
	readonly config: Record<string, unknown>;
	readonly creation: Record<string, unknown>;
	/** Libraries to compile and link with: pkg-config names, or -lNAME. */
	readonly libraries: Set<string>;
	readonly typescript: Record<string, unknown>;
	/** Every manifest file read. */
	readonly manifests: string[];
	/** For the reader; none of them keeps the program from being built. */
	readonly warnings: string[];
}

type Json = Record<string, unknown>;

/** @param platform the board whose sections are taken */
export function readManifest(file: string, variables: Readonly<Record<string, string>>, platform = "sim"): Program {
	return new ManifestReader(variables, platform).read(file);
}

class ManifestReader {
	readonly #platform: string;
	#variables: Map<string, string>;
	#seen = new Set<string>();
	/** Sources that some manifest takes out ("~"), whichever manifest lists them. */
	#excluded = new Set<string>();
	#program: Program = {
		modules: new Map(),
		natives: new Set(),
		includeFolders: new Set(),
		resources: [],
		defines: new Map(),
		config: {},
		creation: {},
		libraries: new Set(),
		typescript: {},
		manifests: [],
		warnings: [],
	};

	constructor(variables: Readonly<Record<string, string>>, platform: string) {
		this.#platform = platform;
		this.#variables = new Map(Object.entries(variables));
	}

	read(file: string): Program {
		this.#load(file, undefined);
		const { modules, natives } = this.#program;
		for (const [specifier, source] of modules) if (this.#excluded.has(source)) modules.delete(specifier);
		for (const source of this.#excluded) natives.delete(source);
		return this.#program;
	}

	#load(file: string, from: string | undefined): void {
		if (!existsSync(file))
			throw new BuildError(
				`${shown(file)} does not exist${from === undefined ? "" : ` (included by ${shown(from)})`}.`,
			);
		const path = realpathSync(file);
		if (this.#seen.has(path)) return;
		this.#seen.add(path);
		this.#program.manifests.push(path);
		let manifest: Json;
		try {
			manifest = JSON.parse(readFileSync(path, "utf8")) as Json;
		} catch (error) {
			throw new BuildError(`${shown(path)}: ${(error as Error).message}`);
		}
		for (const [name, value] of Object.entries(object(manifest.build)))
			this.#variables.set(name, this.#expand(String(value), path));
		this.#section(manifest, path);
		const platforms = object(manifest.platforms);
		const ours = platforms[this.#platform] ?? platforms["..."];
		if (ours !== undefined) this.#section(object(ours), path);
	}

	/** The top level of a manifest and each of its platforms have the same members. */
	#section(section: Json, from: string): void {
		const base = dirname(from);
		for (const item of list(section.include)) this.#load(resolve(base, this.#includePath(item, from)), from);
		this.#modules(object(section.modules), from);
		this.#resources(object(section.resources), from);
		this.#defines("", object(section.defines));
		merge(this.#program.config, object(section.config));
		merge(this.#program.creation, object(section.creation));
		merge(this.#program.typescript, object(section.typescript));
		for (const name of list(section.libraries)) this.#program.libraries.add(String(name));
		const error = section.error;
		if (typeof error === "string") throw new BuildError(`${shown(from)}: ${error}`);
	}

	#includePath(item: unknown, from: string): string {
		if (typeof item !== "string")
			throw new BuildError(`${shown(from)}: this builder includes manifests by path alone.`);
		return this.#expand(item, from);
	}

	#modules(rules: Json, from: string): void {
		const base = dirname(from);
		for (const pattern of list(rules["~"]))
			for (const { file } of matchPattern("*", this.#expand(String(pattern), from), base)) this.#excluded.add(file);
		for (const [target, patterns] of Object.entries(rules)) {
			if (target === "~") continue;
			for (const pattern of list(patterns)) {
				const matches = matchPattern(target, this.#expand(String(pattern), from), base);
				if (matches.length === 0) this.#unmatched(String(pattern), from);
				for (const { name, file } of matches) {
					if (isHeader(file)) this.#program.includeFolders.add(dirname(file));
					else if (isNative(file)) this.#program.natives.add(file);
					else this.#program.modules.set(name, file);
				}
			}
		}
	}

	/** A folder that is still empty is worth a word; a single file that is missing is a mistake. */
	#unmatched(pattern: string, from: string): void {
		if (!pattern.includes("*")) throw new BuildError(`${shown(from)}: nothing matches "${pattern}".`);
		this.#program.warnings.push(`${shown(from)}: nothing matches "${pattern}".`);
	}

	#resources(rules: Json, from: string): void {
		for (const [target, patterns] of Object.entries(rules)) {
			if (target === "~") continue;
			for (const pattern of list(patterns)) {
				const matches = matchPattern(target, this.#expand(String(pattern), from), dirname(from), "resource");
				if (matches.length === 0) this.#unmatched(String(pattern), from);
				for (const { name, file } of matches) this.#program.resources.push({ target, name, file });
			}
		}
	}

	/** { "sotto": { "rtp": { "ring": 64 } } } becomes MODDEF_SOTTO_RTP_RING, as the SDK names it. */
	#defines(prefix: string, defines: Json): void {
		for (const [name, value] of Object.entries(defines)) {
			const path = prefix === "" ? name : `${prefix}_${name}`;
			if (typeof value === "object" && value !== null && !Array.isArray(value)) this.#defines(path, value as Json);
			else this.#program.defines.set(`MODDEF_${path.toUpperCase().replace(/\W/g, "_")}`, defineText(value));
		}
	}

	#expand(text: string, from: string): string {
		return text.replace(/\$\((\w+)\)/g, (_, name: string) => {
			const value = this.#variables.get(name);
			if (value === undefined) throw new BuildError(`${shown(from)}: $(${name}) has no value.`);
			return value;
		});
	}
}

function defineText(value: unknown): string {
	if (typeof value === "boolean") return value ? "1" : "0";
	if (Array.isArray(value)) return `{ ${value.map(defineText).join(", ")} }`;
	return String(value);
}

function object(value: unknown): Json {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
	return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function merge(into: Json, from: Json): void {
	for (const [name, value] of Object.entries(from)) {
		const old = into[name];
		if (isObject(old) && isObject(value)) merge(old, value);
		else into[name] = isObject(value) ? structuredClone(value) : value;
	}
}

function isObject(value: unknown): value is Json {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
