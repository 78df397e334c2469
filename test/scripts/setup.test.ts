/** scripts/run.mjs where something is missing: without root it must say what to run, and install nothing. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/builder/paths";

const missing = [
	{ package: "sotto-no-such-a", file: "/nowhere/a", why: "makes tea", commands: ["hello"] },
	{ package: "sotto-no-such-b", file: "/nowhere/b", why: "makes coffee", commands: ["other"] },
];
let folder = "";

/** A project of its own with one command, whose npm packages are said to be installed. */
before(() => {
	folder = mkdtempSync(join(tmpdir(), "sotto-setup-"));
	for (const name of ["scripts/setup", "node_modules", "bin"]) mkdirSync(join(folder, name), { recursive: true });
	copyFileSync(join(root, "scripts/run.mjs"), join(folder, "scripts/run.mjs"));
	writeFileSync(join(folder, "package-lock.json"), "{}");
	writeFileSync(join(folder, "node_modules/.package-lock.json"), "{}");
	writeFileSync(join(folder, "scripts/hello.ts"), 'console.log("hello ran");');
	writeFileSync(join(folder, "scripts/setup/debian.json"), JSON.stringify(missing));
	/* An apt-get and an npm that only leave a mark. */
	for (const name of ["apt-get", "npm"]) {
		const file = join(folder, "bin", name);
		writeFileSync(
			file,
			`#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "$@" >> "${join(folder, `${name}.log`)}"\nexit 1\n`,
		);
		chmodSync(file, 0o755);
	}
	chmodSync(folder, 0o755);
});
after(() => rmSync(folder, { recursive: true }));

function run(command: string, options: { path?: string; uid?: number } = {}) {
	const path = options.path ?? `${join(folder, "bin")}:${dirname(process.execPath)}:/usr/bin:/bin`;
	const result = spawnSync(process.execPath, [join(folder, "scripts/run.mjs"), command], {
		encoding: "utf8",
		env: { ...process.env, PATH: path },
		...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
	});
	return { code: result.status, text: result.stdout + result.stderr };
}

const isRoot = process.getuid?.() === 0;

test("without root it says what is missing, why, and the exact command", () => {
	const { code, text } = run("hello", isRoot ? { uid: 65534 } : {});
	assert.notEqual(code, 0);
	assert.match(text, /sotto-no-such-a\s+makes tea/);
	assert.match(text, /sudo apt-get install -y --no-install-recommends sotto-no-such-a$/m);
	assert.doesNotMatch(text, /sotto-no-such-b/, "only what this command needs");
	assert.ok(!existsSync(join(folder, "apt-get.log")), "nothing is installed");
	assert.doesNotMatch(text, /hello ran/);
});

test("without apt-get it says the command for Debian", () => {
	const { code, text } = run("hello", {
		path: dirname(process.execPath) === "/usr/bin" ? "/nowhere" : dirname(process.execPath),
	});
	assert.notEqual(code, 0);
	assert.match(text, /no apt-get here.*\n.*apt-get install .*sotto-no-such-a/);
});

test("as root it tries, refreshes the lists once, and then gives up in words", {
	skip: !isRoot && "needs root",
}, () => {
	const { code, text } = run("hello");
	assert.notEqual(code, 0);
	const log = readFileSync(join(folder, "apt-get.log"), "utf8").trim().split("\n");
	assert.deepEqual(log, ["install -y --no-install-recommends sotto-no-such-a", "update"]);
	assert.match(text, /could not install them/);
});

test("a command that does not exist is named", () => {
	const { code, text } = run("dance");
	assert.equal(code, 2);
	assert.match(text, /no command "dance"/);
	assert.equal(run("../escape").code, 2);
});

test("npm packages older than the lock file are installed first", () => {
	writeFileSync(join(folder, "package-lock.json"), "{ }");
	const { code, text } = run("hello");
	assert.notEqual(code, 0);
	assert.match(readFileSync(join(folder, "npm.log"), "utf8"), /^(?:ci|install) .*--ignore-scripts/);
	assert.match(text, /npm could not install the packages/);
});
