/**
 * The 32-bit C libraries of a phone built with -m32, unpacked into build/i386: the machine's own package list and
 * architecture stay as they are.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildFolder } from "../builder/paths";
import { BuildError, runTool, say } from "../builder/process";

const FOLDER = path.join(buildFolder, "i386");
const DONE = path.join(FOLDER, "done");
/** libsrtp2 and mbedTLS, and what libsrtp2 needs. The C library itself comes with gcc-multilib. */
const PACKAGES = ["libsrtp2-1", "libmbedcrypto7", "libnss3", "libnspr4", "libsqlite3-0", "zlib1g"];

/** Folders of the unpacked libraries, for the linker and for the loader. */
export const i386Libraries = [path.join(FOLDER, "usr/lib/i386-linux-gnu"), path.join(FOLDER, "lib/i386-linux-gnu")];

/** Fetches and unpacks what is missing. @throws {BuildError} with the reason when a package cannot be had */
export async function installI386Libraries(): Promise<void> {
	if (existsSync(DONE)) return;
	say(`Fetching the 32-bit libraries into build/i386: ${PACKAGES.join(", ")} ...`);
	const apt = path.join(FOLDER, "apt");
	for (const folder of ["lists/partial", "cache/archives/partial"])
		mkdirSync(path.join(apt, folder), { recursive: true });
	const options = [
		"APT::Architectures=amd64,i386",
		`Dir::State::Lists=${path.join(apt, "lists")}`,
		`Dir::Cache=${path.join(apt, "cache")}`,
		"Debug::NoLocking=1",
		"APT::Sandbox::User=root",
	].flatMap((option) => ["-o", option]);
	try {
		await runTool("apt-get", [...options, "update"], FOLDER);
	} catch (error) {
		// One list of several may be unreachable; whether the packages can be had is what counts.
		say(error instanceof Error ? (error.message.split("\n").at(-1) ?? "") : String(error));
	}
	await runTool("apt-get", [...options, "download", ...PACKAGES.map((name) => `${name}:i386`)], FOLDER);
	for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".deb")))
		await runTool("dpkg", ["-x", path.join(FOLDER, file), FOLDER]);
	const missing = ["libsrtp2.so.1", "libmbedcrypto.so.7"].filter(
		(name) => !i386Libraries.some((folder) => existsSync(path.join(folder, name))),
	);
	if (missing.length > 0) throw new BuildError(`The 32-bit packages did not bring ${missing.join(" and ")}.`);
	writeFileSync(DONE, "");
}
