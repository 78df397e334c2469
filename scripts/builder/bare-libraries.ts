/**
 * The C libraries of a bare board: which files of Debian's source packages are compiled, and with which options of ours
 * (hal/DEVICE). What is not called is left out by the linker.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { compileAll, unit } from "./compile";
import { debianSource } from "./debian-source";
import { hashOf, writeIfChanged } from "./files";
import { root } from "./paths";
import { runTool, say } from "./process";
import type { EngineTarget } from "./target";

interface Library {
	/** Debian's source package. */
	readonly source: string;
	/** Folders of headers, below the package, for the library and for who uses it. */
	readonly headers: readonly string[];
	/** Folders of headers for the library alone. */
	readonly ownHeaders?: readonly string[];
	/** Folders of ours, below the root, that both need. */
	readonly options: readonly string[];
	readonly flags: readonly string[];
	/** Files below the package, or folders of which every C file is meant. */
	readonly files: readonly string[];
	/** Makes what the package's own configure would. */
	configure?(folder: string): void;
}

const sodium = "src/libsodium";

const libraries: readonly Library[] = [
	{
		source: "mbedtls",
		headers: ["include"],
		ownHeaders: ["library"],
		options: ["hal/crypto/virt"],
		flags: ['-DMBEDTLS_USER_CONFIG_FILE="mbedtls-options.h"'],
		files: ["library"],
	},
	{
		source: "libsodium",
		headers: [`${sodium}/include`],
		ownHeaders: [`${sodium}/include/sodium`, `${sodium}/include/sodium/private`],
		options: [],
		flags: ["-DCONFIGURED=1", "-DNATIVE_LITTLE_ENDIAN=1"],
		files: [
			`${sodium}/sodium/utils.c`,
			`${sodium}/crypto_verify/sodium/verify.c`,
			`${sodium}/crypto_scalarmult/crypto_scalarmult.c`,
			`${sodium}/crypto_scalarmult/curve25519/scalarmult_curve25519.c`,
			`${sodium}/crypto_scalarmult/curve25519/ref10/x25519_ref10.c`,
			`${sodium}/crypto_core/ed25519/ref10/ed25519_ref10.c`,
		],
		configure(folder) {
			const text = readFileSync(join(folder, sodium, "include/sodium/version.h.in"), "utf8");
			const version = text
				.replace("@VERSION@", "1.0.18")
				.replace("@SODIUM_LIBRARY_VERSION_MAJOR@", "10")
				.replace("@SODIUM_LIBRARY_VERSION_MINOR@", "3")
				.replace("@SODIUM_LIBRARY_MINIMAL_DEF@", "");
			writeIfChanged(join(folder, sodium, "include/sodium/version.h"), version);
		},
	},
	{
		source: "libsrtp2",
		headers: ["include"],
		ownHeaders: ["crypto/include"],
		options: ["hal/rtp/virt/libsrtp", "hal/net/virt/posix"],
		flags: ["-DHAVE_CONFIG_H=1", '-DMBEDTLS_USER_CONFIG_FILE="mbedtls-options.h"'],
		files: [
			"srtp/srtp.c",
			"crypto/cipher/cipher.c",
			"crypto/cipher/null_cipher.c",
			"crypto/cipher/aes_icm_mbedtls.c",
			"crypto/cipher/aes_gcm_mbedtls.c",
			"crypto/cipher/cipher_test_cases.c",
			"crypto/hash/auth.c",
			"crypto/hash/auth_test_cases.c",
			"crypto/hash/null_auth.c",
			"crypto/hash/hmac_mbedtls.c",
			"crypto/kernel",
			"crypto/math",
			"crypto/replay",
		],
		configure(folder) {
			const headers = join(folder, "include", "srtp2");
			/* Its header and its source differ in a type that is the same on most machines, but not on this one. */
			const header = readFileSync(join(folder, "include", "srtp.h"), "utf8").replace(
				"srtp_remove_stream(srtp_t session, unsigned int ssrc)",
				"srtp_remove_stream(srtp_t session, uint32_t ssrc)",
			);
			writeIfChanged(join(folder, "include", "srtp.h"), header);
			writeIfChanged(join(headers, "srtp.h"), header);
			for (const name of ["cipher.h", "auth.h", "crypto_types.h"])
				writeIfChanged(join(headers, name), readFileSync(join(folder, "crypto/include", name), "utf8"));
		},
	},
	{
		source: "lwip",
		headers: ["src/include"],
		options: ["hal/net/lwip"],
		flags: [],
		files: ["src/core", "src/core/ipv4", "src/netif/ethernet.c"],
	},
];

function sourcesOf(folder: string, library: Library): string[] {
	return library.files.flatMap((entry) => {
		const path = join(folder, entry);
		if (entry.endsWith(".c")) return [path];
		return readdirSync(path)
			.filter((name) => name.endsWith(".c"))
			.map((name) => join(path, name));
	});
}

/** Compiles what is not there yet into `folder`. What goes out are flags for who uses the libraries, and archives to link. */
export async function bareLibraries(
	engine: EngineTarget,
	folder: string,
): Promise<{ readonly flags: readonly string[]; readonly inputs: readonly string[] }> {
	const flags: string[] = [];
	const inputs: string[] = [];
	const includes: string[] = [];
	/* Seen from a library's header ours count as the system's, of which the compiler names none: so their content is a flag. */
	const options = [...new Set(libraries.flatMap((library) => library.options))].flatMap((path) =>
		readdirSync(join(root, path))
			.filter((name) => name.endsWith(".h"))
			.map((name) => readFileSync(join(root, path, name))),
	);
	flags.push(`-DSOTTO_LIBRARY_OPTIONS=0x${hashOf(...options).slice(0, 8)}u`);
	for (const library of libraries) {
		const source = await debianSource(library.source);
		library.configure?.(source);
		includes.push(...library.headers.map((path) => `-isystem${join(source, path)}`));
		includes.push(...library.options.map((path) => `-I${join(root, path)}`));
		flags.push(...library.flags);
	}
	for (const library of libraries) {
		const source = await debianSource(library.source);
		const own = [
			...engine.flags,
			"-std=gnu11",
			"-w",
			...flags,
			...includes,
			...(library.ownHeaders ?? []).map((path) => `-I${join(source, path)}`),
			`-I${root}`,
		];
		const units = sourcesOf(source, library).map((file) =>
			unit(file, join(folder, library.source), own, engine.compiler),
		);
		let changed = false;
		await compileAll(units, (count) => {
			changed = true;
			say(`Compiling ${count} files of ${library.source} ...`);
		});
		const archive = join(folder, `lib${library.source}-${hashOf(...units.map((it) => it.object))}.a`);
		if (changed || !existsSync(archive)) {
			rmSync(archive, { force: true });
			await runTool(engine.archiver, ["rcs", archive, ...units.map((it) => it.object)]);
		}
		inputs.push(archive);
	}
	/* libsrtp2 needs mbedTLS, which comes before it: the linker looks again. */
	return { flags: [...new Set([...flags, ...includes])], inputs: ["-Wl,--start-group", ...inputs, "-Wl,--end-group"] };
}
