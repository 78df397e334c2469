/**
 * Source packages of Debian 12, unpacked under build/debian with Debian's patches: the libraries that a bare board links
 * are compiled from them. The machine's own package lists and sources stay as they are.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildFolder } from "./paths";
import { BuildError, runTool, say } from "./process";

const FOLDER = path.join(buildFolder, "debian");
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const SUITES = ["debian bookworm", "debian bookworm-updates", "debian-security bookworm-security"];

let lists: Promise<string[]> | undefined;

/** Options for apt-get that keep everything in our folder; the package lists are fetched once. */
async function aptOptions(): Promise<string[]> {
	const apt = path.join(FOLDER, "apt");
	for (const folder of ["lists/partial", "cache/archives/partial"])
		mkdirSync(path.join(apt, folder), { recursive: true });
	const sources = path.join(apt, "sources.list");
	const line = (suite: string) => `deb-src [signed-by=${KEYRING}] ${mirror}/${suite} main\n`;
	writeFileSync(sources, SUITES.map(line).join(""));
	const options = [
		`Dir::Etc::SourceList=${sources}`,
		"Dir::Etc::SourceParts=/dev/null",
		`Dir::State::Lists=${path.join(apt, "lists")}`,
		`Dir::Cache=${path.join(apt, "cache")}`,
		"Debug::NoLocking=1",
		"APT::Sandbox::User=root",
	].flatMap((option) => ["-o", option]);
	await runTool("apt-get", [...options, "update"], FOLDER);
	return options;
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
	lists ??= aptOptions();
	const unpacked = path.join(FOLDER, `${name}.unpacking`);
	rmSync(unpacked, { recursive: true, force: true });
	const fetched = path.join(FOLDER, `${name}.package`);
	mkdirSync(fetched, { recursive: true });
	await runTool("apt-get", [...(await lists), "source", "--download-only", name], fetched);
	const description = readdirSync(fetched).find((file) => file.endsWith(".dsc"));
	if (description === undefined) throw new BuildError(`apt-get did not bring the source package ${name}.`);
	await runTool("dpkg-source", ["--extract", path.join(fetched, description), unpacked]);
	rmSync(fetched, { recursive: true });
	renameSync(unpacked, folder);
	return folder;
}
