/**
 * Source packages of Debian 12, unpacked under build/debian with Debian's patches: the libraries that a bare board links
 * are compiled from them. The machine's own package lists and sources stay as they are.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildFolder } from "./paths";
import { BuildError, runTool, say } from "./process";

const FOLDER = path.join(buildFolder, "debian");
/** Where apt itself looks, with the same suites and keys: the machine's own lists say from where packages come. */
const APT = "/etc/apt";
/** Of the machine's lists those that are Debian's. */
const DEBIAN = /\/debian(?:-security)?\/?(?:\s|$)/m;

let options: Promise<string[]> | undefined;

/** The machine's package lists, asked for source packages. File names end as apt wants them. */
function sourceLists(): Map<string, string> {
	const lists = new Map<string, string>();
	const parts = path.join(APT, "sources.list.d");
	const files = [path.join(APT, "sources.list")];
	if (existsSync(parts)) files.push(...readdirSync(parts).map((name) => path.join(parts, name)));
	for (const file of files) {
		if (!existsSync(file)) continue;
		const text = readFileSync(file, "utf8");
		if (file.endsWith(".sources")) {
			const stanzas = text.split(/\n\s*\n/).filter((stanza) => DEBIAN.test(stanza) && /^Types:.*\bdeb\b/m.test(stanza));
			if (stanzas.length > 0)
				lists.set(
					path.basename(file),
					`${stanzas.map((it) => it.replace(/^Types:.*$/m, "Types: deb-src")).join("\n\n")}\n`,
				);
		} else if (file.endsWith(".list")) {
			const lines = text.split("\n").filter((line) => /^deb\s/.test(line) && DEBIAN.test(line));
			if (lines.length > 0)
				lists.set(path.basename(file), `${lines.map((it) => it.replace(/^deb/, "deb-src")).join("\n")}\n`);
		}
	}
	return lists;
}

/** Options for apt-get that keep everything in our folder; the package lists are fetched once. */
async function aptOptions(): Promise<string[]> {
	const apt = path.join(FOLDER, "apt");
	const sources = path.join(apt, "sources.list.d");
	rmSync(sources, { recursive: true, force: true });
	for (const folder of [sources, path.join(apt, "lists/partial"), path.join(apt, "cache/archives/partial")])
		mkdirSync(folder, { recursive: true });
	const lists = sourceLists();
	if (lists.size === 0) throw new BuildError(`${APT} names no place that Debian's packages come from.`);
	for (const [name, text] of lists) writeFileSync(path.join(sources, name), text);
	const chosen = [
		"Dir::Etc::SourceList=/dev/null",
		`Dir::Etc::SourceParts=${sources}`,
		`Dir::State::Lists=${path.join(apt, "lists")}`,
		`Dir::Cache=${path.join(apt, "cache")}`,
		"Debug::NoLocking=1",
		"APT::Sandbox::User=root",
	].flatMap((option) => ["-o", option]);
	await runTool("apt-get", [...chosen, "update"], FOLDER);
	return chosen;
}

/**
 * The folder of the unpacked package.
 * @throws {BuildError} when it cannot be had; apt-get has checked what it fetched against Debian's signature
 */
export async function debianSource(name: string): Promise<string> {
	const folder = path.join(FOLDER, name);
	if (existsSync(folder)) return folder;
	say(`Fetching Debian's source package ${name} into build/debian ...`);
	mkdirSync(FOLDER, { recursive: true });
	options ??= aptOptions();
	const unpacked = path.join(FOLDER, `${name}.unpacking`);
	rmSync(unpacked, { recursive: true, force: true });
	const fetched = path.join(FOLDER, `${name}.package`);
	mkdirSync(fetched, { recursive: true });
	await runTool("apt-get", [...(await options), "source", "--download-only", name], fetched);
	const description = readdirSync(fetched).find((file) => file.endsWith(".dsc"));
	if (description === undefined) throw new BuildError(`apt-get did not bring the source package ${name}.`);
	await runTool("dpkg-source", ["--extract", path.join(fetched, description), unpacked]);
	rmSync(fetched, { recursive: true });
	renameSync(unpacked, folder);
	return folder;
}
