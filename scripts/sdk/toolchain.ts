/**
 * A Moddable SDK that is set up on this computer: where it is, whether it is new enough, and whether its command-line tools
 * are there.
 */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { root } from "../builder/paths";
import { BuildError, jobs } from "../builder/process";

const OLDEST = [8, 2] as const;

export interface Sdk {
	readonly folder: string;
	readonly version: string;
	/** For programs that run the SDK's tools, or are run by them. */
	readonly environment: NodeJS.ProcessEnv;
}

/** Is a version such as "8.2.3" one the manifest can count on? */
export function isNewEnough(version: string): boolean {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** @throws {BuildError} where there is no SDK, or an old one */
export function findSdk(path: string | undefined): Sdk {
	if (path === undefined || path === "")
		throw new BuildError(
			"Where is the Moddable SDK? Give --moddable DIR or set MODDABLE; docs/sdk.md tells how to get it.",
		);
	const folder = resolve(path);
	const file = join(folder, "tools", "VERSION");
	if (!existsSync(file)) throw new BuildError(`${folder} is no checkout of the Moddable SDK: it has no tools/VERSION.`);
	const version = readFileSync(file, "utf8").trim();
	if (!isNewEnough(version))
		throw new BuildError(`${folder} is SDK ${version}; ${OLDEST.join(".")} or later is needed (native functions).`);
	const tools = join(folder, "build", "bin", "lin", "release");
	if (!existsSync(join(tools, "mcconfig")))
		throw new BuildError(
			`${folder} has no mcconfig for Linux: set the SDK up as its own documentation says, for example by npx xs-dev setup.`,
		);
	const programs = [join(root, "node_modules", ".bin"), tools];
	const environment = {
		...process.env,
		MODDABLE: folder,
		XS_DIR: join(folder, "xs"),
		BUILD_DIR: join(folder, "build"),
		PATH: [...programs, process.env.PATH ?? ""].join(delimiter),
		MAKEFLAGS: `-j${jobs}`,
	};
	return { folder, version, environment };
}
