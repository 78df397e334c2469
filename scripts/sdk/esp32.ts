/**
 * ESP32 boards, through the Moddable SDK: boards/NAME is a manifest, sizes and a partition table; mcconfig builds it with
 * ESP-IDF and puts it on the device. Without the IDF the TypeScript, the bytecode and the linking of every preloaded module
 * can still be done, and that is where mistakes of ours show.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAssets } from "../assets";
import { buildFolder, root, shown } from "../builder/paths";
import { BuildError, runTool, say } from "../builder/process";
import { preloadManifest } from "./preload";
import type { Sdk } from "./toolchain";

export interface Esp32Board {
	readonly name: string;
	/** The chip as the SDK names it: esp32, esp32s3 ... */
	readonly chip: string;
}

/** Names of the folders in boards/ that are ESP32 boards. */
export function esp32Boards(): readonly Esp32Board[] {
	const boards: Esp32Board[] = [];
	for (const name of readdirSync(join(root, "boards"))) {
		const file = join(root, "boards", name, "manifest.json");
		if (!existsSync(file)) continue;
		const { build } = JSON.parse(readFileSync(file, "utf8")) as { build?: Record<string, string> };
		if (build?.ESP32_SUBCLASS !== undefined) boards.push({ name, chip: build.ESP32_SUBCLASS });
	}
	return boards;
}

/** @throws {BuildError} that names the boards there are */
export function findEsp32Board(name: string | undefined): Esp32Board {
	const boards = esp32Boards();
	const board = boards.find((candidate) => candidate.name === name);
	if (board) return board;
	throw new BuildError(
		`${name === undefined ? "Which board?" : `There is no board ${name}.`} Give --board and one of: ${boards.map((it) => it.name).join(", ")}.`,
	);
}

/** What the image is told when it is built: the network to join and where its config is. */
export type ImageConfig = Readonly<Record<"ssid" | "password" | "config" | "name", string | undefined>>;

/** With `ssid` in its config the SDK joins the network itself, and starts no program before that and the time are there. */
const CONFIG_NAMES: Readonly<Record<string, string>> = { ssid: "wifiName" };

function prepare(board: Esp32Board): string {
	if (makeAssets()) say("Fonts and icons made ...");
	const folder = join(buildFolder, "esp32");
	const output = join(folder, board.name);
	/* From nothing each time: a file that tsc refused leaves its JavaScript, and the next make would take it. */
	rmSync(output, { recursive: true, force: true });
	mkdirSync(output, { recursive: true });
	writeFileSync(join(folder, "preload.json"), preloadManifest());
	return output;
}

function mcconfigArguments(board: Esp32Board, output: string, config: ImageConfig): string[] {
	const told = Object.entries(config).flatMap(([name, value]) =>
		value === undefined ? [] : [`${CONFIG_NAMES[name] ?? name}=${value}`],
	);
	return ["-p", `esp32:./boards/${board.name}`, "-o", output, ...told];
}

/** Builds with ESP-IDF; with `deploy` it also goes onto the device at UPLOAD_PORT. */
export async function buildWithIdf(board: Esp32Board, sdk: Sdk, config: ImageConfig, deploy: boolean): Promise<void> {
	if (process.env.IDF_PATH === undefined)
		throw new BuildError("ESP-IDF is not set up here: IDF_PATH is missing. docs/flash.md tells how to get it.");
	const output = prepare(board);
	const steps = deploy ? ["-m"] : ["-m", "-t", "build"];
	say(
		`Building ${board.name} (${board.chip}) with the Moddable SDK ${sdk.version} (several minutes the first time) ...`,
	);
	await runTool("mcconfig", [...steps, ...mcconfigArguments(board, output, config)], root, sdk.environment);
}

/** A git repository with the tag that the SDK's makefile asks for, in place of the IDF that linking does not need. */
async function pretendIdf(folder: string): Promise<void> {
	if (existsSync(join(folder, ".git"))) return;
	mkdirSync(folder, { recursive: true });
	const git = (...args: string[]) =>
		runTool("git", ["-c", "user.name=sotto", "-c", "user.email=sotto@localhost", ...args], folder);
	await git("init", "-q");
	await git("commit", "-q", "--allow-empty", "-m", "no IDF");
	await git("tag", "v6.0");
}

/** What the SDK's linker says of an image. */
export interface Linked {
	readonly modules: number;
	/** Slots of the VM that stay in flash. */
	readonly slotsInFlash: number;
	/** Of those, slots that may be written to: each keeps a pointer in RAM for its copy. */
	readonly aliases: number;
}

/** Everything of a build that needs no IDF: compiles and links the modules, and runs those that are preloaded. */
export async function linkWithoutIdf(board: Esp32Board, sdk: Sdk): Promise<Linked> {
	const output = prepare(board);
	const idf = join(buildFolder, "esp32", "no-idf");
	await pretendIdf(idf);
	const environment = { ...sdk.environment, IDF_PATH: idf };
	say(`Linking ${board.name} (${board.chip}) with the Moddable SDK ${sdk.version}, without ESP-IDF ...`);
	const none = { ssid: undefined, password: undefined, config: undefined, name: undefined };
	await runTool("mcconfig", mcconfigArguments(board, output, none), root, environment);
	const made = join(output, "tmp", "esp32", board.name, "release", "sotto");
	const header = join(made, `xsProj-${board.chip}`, "build", "config", "sdkconfig.h");
	mkdirSync(join(header, ".."), { recursive: true });
	writeFileSync(header, "");
	const linked = join(made, "mc.xs.c");
	await runTool("make", ["-f", join(made, "makefile"), "-o", header, linked], root, environment);
	if (!existsSync(linked)) throw new BuildError(`The linker left no ${shown(linked)}.`);
	const text = readFileSync(linked, "utf8");
	const count = (name: string) => Number(new RegExp(`#define mx${name}Count (\\d+)`).exec(text)?.[1]);
	return { modules: count("Scripts"), slotsInFlash: count("Heap"), aliases: count("Alias") };
}
