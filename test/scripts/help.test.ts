/** Every command says how it is written, and refuses what it does not know before it begins with anything. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/builder/paths";

const commands = readdirSync(join(root, "scripts"))
	.filter((name) => name.endsWith(".ts"))
	.map((name) => name.slice(0, -3));

function run(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "scripts", "run.mjs"), ...args], {
		encoding: "utf8",
	});
	return { status, stdout, stderr };
}

for (const command of commands)
	test(`${command}: --help, and a word it does not know`, () => {
		const help = run(command, "--help");
		assert.equal(help.status, 0, help.stderr);
		assert.match(help.stdout, /^Usage: (?:npm |node scripts\/run\.mjs )/);
		const wrong = run(command, "--nonsense");
		assert.equal(wrong.status, 2, wrong.stdout);
		assert.equal(wrong.stdout, "");
		assert.match(wrong.stderr, /--nonsense/);
		assert.ok(wrong.stderr.includes(help.stdout.trim()), wrong.stderr);
		assert.doesNotMatch(wrong.stderr, /^\s+at /m, "no stack");
	});

test("a word too many is refused", () => {
	for (const command of ["start", "build", "docs", "sdk", "test"]) {
		const { status, stderr } = run(command, "nonsense");
		assert.equal(status, 2, command);
		assert.match(stderr, /"nonsense"/);
	}
});

test("a phone is not begun at what is no numeric address, or with what is no port", () => {
	const state = join(mkdtempSync(join(tmpdir(), "sotto-help-")), "state");
	const wrong = [
		["address", "foo"],
		["address", "127.0.0"],
		["address", "fe80::1%lo"],
		["address", ""],
		["panel", "70000"],
		["sip-port", "x"],
		["rtp-port", "5001"],
	] as const;
	for (const [option, value] of wrong) {
		const { status, stdout, stderr } = run("phone", "--state", state, `--${option}=${value}`);
		assert.equal(status, 2, `${option} ${value}`);
		assert.equal(stdout, "");
		assert.ok(stderr.startsWith(`--${option} `), stderr);
		assert.doesNotMatch(stderr, /^\s+at /m, "no stack");
	}
	assert.equal(existsSync(state), false, "nothing was begun");
	rmSync(dirname(state), { recursive: true });
});

test("a board's panel is not served at what is no port", () => {
	for (const value of ["x", "-1", "65536", ""]) {
		const { status, stdout, stderr } = run("board", "virt-rv32", `--panel=${value}`);
		assert.equal(status, 2, value);
		assert.equal(stdout, "");
		assert.ok(stderr.startsWith("--panel must be from 0 to 65535, "), stderr);
	}
});

test("test-xs refuses what holds no test, and says so where no test has the name", () => {
	for (const place of ["test/unit/nowhere.test.ts", "docs"]) {
		const { status, stdout, stderr } = run("test-xs", place);
		assert.equal(status, 2, place);
		assert.equal(stdout, "");
		assert.match(stderr.split("\n", 1)[0] ?? "", new RegExp(`^(?:There is no file|No test for XS is in) ${place}\\.$`));
	}
	const none = run("test-xs", "--only", "a name that none has", "test/unit/bytes");
	assert.equal(none.status, 1, none.stderr);
	assert.match(
		none.stdout + none.stderr,
		/^No test has run: none of the [1-9]\d* that there are has "a name that none has"/m,
	);
	assert.match(none.stdout, /^ok {4} test\/unit\/bytes\//m, "the files of the folder");
});

test("the commands of package.json are those that there are", () => {
	const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
		scripts: Record<string, string>;
	};
	for (const [name, line] of Object.entries(scripts)) assert.equal(line, `node scripts/run.mjs ${name}`);
	const { status, stderr } = run("nonsense");
	assert.equal(status, 2);
	for (const command of commands) assert.ok(stderr.includes(command), command);
});
