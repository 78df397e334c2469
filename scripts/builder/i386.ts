/**
 * The 32-bit C libraries of a phone built with -m32, unpacked into build/i386: the machine's own package list and
 * architecture stay as they are.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildFolder } from "./paths";
import { BuildError, runTool, say } from "./process";

const FOLDER = path.join(buildFolder, "i386");
const DONE = path.join(FOLDER, "done");
/** libsrtp2, mbedTLS and libsodium, and what libsrtp2 needs. The C library itself comes with gcc-multilib. */
const PACKAGES = [
	"libsrtp2-1",
	"libmbedcrypto7",
	"libmbedtls14",
	"libmbedx509-1",
	"libsodium23",
	"libnss3",
	"libnspr4",
	"libsqlite3-0",
	"zlib1g",
];

const LIBRARIES = path.join(FOLDER, "usr/lib/i386-linux-gnu");
const FOLDERS = [LIBRARIES, path.join(FOLDER, "lib/i386-linux-gnu")];

/** Fetches and unpacks what is missing. @throws {BuildError} with the reason when a package cannot be had */
export async function installI386Libraries(): Promise<void> {
	if (existsSync(DONE) && readFileSync(DONE, "utf8") === PACKAGES.join(" ")) return;
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
	const missing = ["libsrtp2.so.1", "libmbedcrypto.so.7", "libmbedtls.so.14", "libsodium.so.23"].filter(
		(name) => !FOLDERS.some((folder) => existsSync(path.join(folder, name))),
	);
	if (missing.length > 0) throw new BuildError(`The 32-bit packages did not bring ${missing.join(" and ")}.`);
	// The linker looks for a name without a version, which the packages for developers would bring.
	for (const [name, target] of [
		["libsrtp2.so", "libsrtp2.so.1"],
		["libmbedcrypto.so", "libmbedcrypto.so.7"],
		["libmbedtls.so", "libmbedtls.so.14"],
		["libmbedx509.so", "libmbedx509.so.1"],
		["libsodium.so", "libsodium.so.23"],
	] as const) {
		const link = path.join(LIBRARIES, name);
		if (!existsSync(link)) symlinkSync(target, link);
	}
	writeFileSync(DONE, PACKAGES.join(" "));
}

/** For the linker, and for the loader of the program it makes. */
export function i386LinkFlags(): string[] {
	// An rpath of the old kind: it serves the libraries that the libraries need, too.
	return ["-Wl,--disable-new-dtags", ...FOLDERS.flatMap((folder) => ["-L", folder, `-Wl,-rpath,${folder}`])];
}
