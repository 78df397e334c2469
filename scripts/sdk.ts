/**
 * `node scripts/run.mjs sdk [-- --moddable DIR]`: builds the phone from the same manifest with mcconfig of the Moddable SDK
 * (platform x-cli-lin), looks for imports that nothing answers, and makes a secure call between two phones so built. Then it
 * links the image of each ESP32 board, as far as that goes without ESP-IDF.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeAssets } from "./assets";
import { buildFolder, root, shown } from "./builder/paths";
import { BuildError, runTool, say } from "./builder/process";
import { esp32Boards, linkWithoutIdf } from "./sdk/esp32";
import { reachOf, readModules } from "./sdk/modules";
import { findSdk, type Sdk } from "./sdk/toolchain";
import { readArguments, text } from "./setup/arguments";
import { serveConfigs } from "./simulator/config-server";
import { PhoneProcess } from "./simulator/phone-process";
import { freeUdpPorts } from "./simulator/ports";

const USAGE = `Usage: npm run sdk [-- --moddable DIR]

Builds the phone with the Moddable SDK for this computer, makes a call between two such phones, and links the image of each
ESP32 board, as far as that goes without ESP-IDF.

  --moddable DIR the Moddable SDK; default: $MODDABLE`;

const PLATFORM = "x-cli-lin";
const folder = join(buildFolder, "sdk");

async function main(): Promise<void> {
	const { values } = readArguments({ usage: USAGE, options: { moddable: text } });
	const sdk = findSdk(values.moddable ?? process.env.MODDABLE);
	const program = await buildPhone(sdk);
	await call(program);
	for (const board of esp32Boards()) {
		const { modules, slotsInFlash } = await linkWithoutIdf(board, sdk);
		say(`  ${modules} modules, all of ours preloaded but the entries: ${slotsInFlash} slots stay in flash.`);
	}
	console.log(shown(program));
}

async function buildPhone(sdk: Sdk): Promise<string> {
	if (makeAssets()) say("Fonts and icons made ...");
	/* From nothing each time: a file that tsc refused leaves its JavaScript, and the next make would take it. */
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	say(`Building with the Moddable SDK ${sdk.version}, platform ${PLATFORM} (about a minute) ...`);
	await runTool("mcconfig", ["-m", "-p", PLATFORM, "-o", folder], root, sdk.environment);
	const manifest = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8")) as {
		build: { NAME: string };
		platforms: Record<string, { creation: { main: string } }>;
	};
	const made = join(folder, "tmp", "lin", "release", manifest.build.NAME);
	const modules = readModules(made);
	const main = manifest.platforms[PLATFORM]?.creation.main ?? "main";
	const { reached, unresolved } = reachOf(main, modules);
	if (unresolved.length > 0) throw new BuildError(`Modules are missing:\n  ${unresolved.join("\n  ")}`);
	const program = join(folder, "bin", "lin", "release", manifest.build.NAME);
	if (!existsSync(program)) throw new BuildError(`mcconfig ended well, but there is no ${shown(program)}.`);
	say(`  ${modules.size} modules, ${reached.size} of them reached from ${main}; every import is answered.`);
	return program;
}

async function call(program: string): Promise<void> {
	const [aliceSip = 0, bobSip = 0] = await freeUdpPorts(2);
	const bobUri = `sip:bob@127.0.0.1:${bobSip}`;
	const account = (name: string, sipPort: number) => ({
		account: { aor: `sip:${name}@127.0.0.1:${sipPort}` },
		sip: { port: sipPort },
	});
	const configs = await serveConfigs({ alice: account("alice", aliceSip), bob: account("bob", bobSip) });
	const state = join(folder, "state");
	const phones: PhoneProcess[] = [];
	try {
		for (const name of ["alice", "bob"])
			phones.push(await PhoneProcess.start({ name, state: join(state, name), config: configs.url(name), program }));
		const [alice, bob] = phones;
		if (!alice || !bob) throw new BuildError("The phones did not start.");
		await Promise.all([alice.until("Alice to be ready", () => true), bob.until("Bob to be ready", () => true)]);
		say("  Two phones have booted from a config URL.");
		alice.send({ dial: bobUri });
		await bob.until("Bob to ring", ({ calls: [it] }) => it?.state === "ringing");
		bob.send({ answer: true });
		const words: (string | undefined)[] = [];
		for (const phone of phones) {
			const { calls } = await phone.until(
				"keys in both directions",
				({ calls: [it] }) => it?.keying === "zrtp" && it.secureAfterMs !== undefined,
			);
			words.push(calls[0]?.sas);
		}
		if (words[0] === undefined || words[0] !== words[1])
			throw new BuildError(`Alice reads "${words[0]}" and Bob reads "${words[1]}".`);
		say(`  They call each other; the lock is closed, and both read "${words[0]}".`);
	} finally {
		await Promise.all(phones.map((phone) => phone.stop()));
		configs.close();
	}
}

main().catch((error: unknown) => {
	say(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
