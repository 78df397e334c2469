/**
 * The one plain JavaScript file: it runs before npm has installed anything. `node scripts/run.mjs COMMAND args`
 * installs what is missing and hands over to scripts/COMMAND.ts through tsx.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command, ...args] = process.argv.slice(2);

const commands = readdirSync(join(root, "scripts")).flatMap((name) => /^([a-z][a-z0-9-]*)\.ts$/.exec(name)?.[1] ?? []);
const usage = `Usage: node scripts/run.mjs COMMAND [ARGUMENT...]\n\n  COMMAND   ${commands.join(", ")}; each answers --help`;

if (command === "--help") {
	console.log(usage);
	process.exit(0);
}
if (!commands.includes(command)) fail(`There is no command "${command ?? ""}".\n\n${usage}`);
if (Number(process.versions.node.split(".")[0]) < 20)
	fail(`Node.js 20 or later is needed; this is ${process.versions.node}.`);

if (nodeModulesAreOld()) await installNodeModules();
if (!args.includes("--help")) await installDebianPackages(command);
process.exit(await run(process.execPath, ["--import", "tsx", join(root, "scripts", `${command}.ts`), ...args]));

function fail(message) {
	console.error(message);
	process.exit(2);
}

/** npm writes node_modules/.package-lock.json last, so its age tells whether an install of this lock file was finished. */
function nodeModulesAreOld() {
	const marker = join(root, "node_modules", ".package-lock.json");
	return !existsSync(marker) || statSync(marker).mtimeMs < statSync(join(root, "package-lock.json")).mtimeMs;
}

async function installNodeModules() {
	console.error("Installing the npm packages of package-lock.json (no package's own scripts are run) ...");
	// Not "ci": it refuses a lock file without the optional packages of every other system, which not every registry carries.
	// Versions still come from the lock file, and it stays as it is.
	const arguments_ = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
	const code = await run("npm", arguments_, process.stderr);
	if (code !== 0) fail(`npm could not install the packages. Once there is a network, run: npm ${arguments_.join(" ")}`);
}

async function installDebianPackages(forCommand) {
	const all = JSON.parse(readFileSync(join(root, "scripts", "setup", "debian.json"), "utf8"));
	const missing = all.filter(
		(entry) =>
			entry.commands.includes(forCommand) &&
			(entry.machines?.includes(process.arch) ?? true) &&
			!existsSync(entry.file) &&
			!installed(entry.package),
	);
	if (missing.length === 0) return;
	const names = missing.map((entry) => entry.package);
	console.error(`"${forCommand}" needs Debian packages that are not installed:`);
	for (const entry of missing) console.error(`  ${entry.package.padEnd(16)} ${entry.why}`);
	const line = `apt-get install -y --no-install-recommends ${names.join(" ")}`;
	const apt = spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status === 0;
	if (!apt) fail(`There is no apt-get here. On Debian 12 the command is:\n  sudo ${line}`);
	if (process.getuid?.() !== 0) fail(`Only root can install them. Run this once, then try again:\n  sudo ${line}`);
	console.error("Installing them with apt-get ...");
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	const install = () => run("apt-get", line.split(" ").slice(1), process.stderr, env);
	if ((await install()) === 0) return;
	console.error("Refreshing the package lists first ...");
	if ((await run("apt-get", ["update"], process.stderr, env)) === 0 && (await install()) === 0) return;
	fail(`apt-get could not install them. Once there is a network, run:\n  ${line}`);
}

function installed(name) {
	const answer = spawnSync("dpkg-query", ["-W", "-f", "$" + "{Status}", name], { encoding: "utf8" });
	return answer.status === 0 && answer.stdout.includes("install ok installed");
}

/** Runs one program to its end; a signal sent to this process goes on to it, so that nothing is left behind. */
function run(program, programArgs, output = "inherit", env = process.env) {
	return new Promise((resolve) => {
		const child = spawn(program, programArgs, { cwd: root, stdio: ["inherit", output, "inherit"], env });
		const forward = (signal) => child.kill(signal);
		process.on("SIGINT", forward).on("SIGTERM", forward);
		child.on("error", (error) => fail(`${program}: ${error.message}`));
		child.on("exit", (code, signal) => {
			process.off("SIGINT", forward).off("SIGTERM", forward);
			resolve(code ?? (signal === "SIGINT" ? 130 : 143));
		});
	});
}
