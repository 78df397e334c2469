/** The XS host as a process: exit codes, faults in words, signals. Each case is a main module of one program. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../scripts/builder/paths";
import { build } from "../../scripts/builder/program";

const cases = {
	arguments:
		'import { exit, print, programArguments } from "board/process"; print(programArguments().join("|")); exit(7);',
	empty: "export {};",
	throws: 'function inner(): never {\n\tthrow new RangeError("too far");\n}\ninner();',
	"throws-later":
		'import Timer from "timer"; Timer.set(() => { throw new Error("from a timer"); }, 1); Timer.repeat(() => {}, 10);',
	rejects: 'import Timer from "timer"; void Promise.reject(new Error("nobody listens")); Timer.repeat(() => {}, 10);',
	missing: 'import { x } from "no/such/module"; x();',
	waits: 'import { print } from "board/process"; import Timer from "timer"; Timer.repeat(() => {}, 1000); print("up");',
	stops: `import { exit, onStop, print } from "board/process";
import Timer from "timer";
Timer.repeat(() => {}, 1000);
onStop(() => { print("stopping"); Timer.set(() => { print("stopped"); exit(3); }, 20); });
print("up");`,
	hangs:
		'import { onStop, print } from "board/process"; import Timer from "timer"; Timer.repeat(() => {}, 1000); onStop(() => print("stopping")); print("up");',
};

let folder = "";
let executable = "";

before(async () => {
	folder = mkdtempSync(join(tmpdir(), "sotto-host-"));
	const modules = new Map<string, string>();
	for (const [name, text] of Object.entries(cases)) {
		const file = join(folder, `${name}.ts`);
		writeFileSync(file, text);
		modules.set(`case/${name}`, file);
	}
	const manifest = join(root, "boards/sim/host/test-manifest.json");
	executable = (await build({ name: "sotto-host-test", manifest, variant: "debug", modules })).executable;
});
after(() => rmSync(folder, { recursive: true }));

interface Ended {
	readonly code: number | null;
	readonly out: string;
	readonly err: string;
}

/** Runs a case to its end; the first time it says "up" or "stopping", that signal is sent. */
function run(
	name: keyof typeof cases,
	signals: Record<string, NodeJS.Signals> = {},
	args: string[] = [],
): Promise<Ended> {
	return new Promise((resolve) => {
		const child = spawn(executable, ["--main", `case/${name}`, ...args], { timeout: 5000 });
		let out = "";
		let err = "";
		child.stdout.on("data", (data: Buffer) => {
			out += data.toString();
			const signal = signals[data.toString().trim()];
			if (signal !== undefined) child.kill(signal);
		});
		child.stderr.on("data", (data: Buffer) => {
			err += data.toString();
		});
		child.on("close", (code) => resolve({ code, out, err }));
	});
}

test("arguments reach the program, and its exit code the caller", async () => {
	assert.deepEqual(await run("arguments", {}, ["--config", "a b", ""]), { code: 7, out: "--config|a b|\n", err: "" });
});

test("a program with nothing left to wait for ends", async () => {
	assert.deepEqual(await run("empty"), { code: 0, out: "", err: "" });
});

test("an exception that nobody catches is told with its stack, and ends the process with 1", async () => {
	const { code, err } = await run("throws");
	assert.equal(code, 1);
	assert.match(err, /unhandled exception: RangeError: .*too far/);
	assert.match(err, /at inner \(.*throws\.ts:2\)\n at \(.*throws\.ts:4\)/);
	const later = await run("throws-later");
	assert.equal(later.code, 1);
	assert.match(later.err, /from a timer/);
});

test("a rejection that nobody handles ends the process with 1", async () => {
	const { code, err } = await run("rejects");
	assert.equal(code, 1);
	assert.match(err, /unhandled rejection: Error: .*nobody listens/);
});

test("a module that is not there is named, with who asked", async () => {
	const { code, err } = await run("missing");
	assert.equal(code, 1);
	assert.match(err, /"no\/such\/module" is not in the program; imported by case\/missing/);
});

test("SIGTERM and SIGINT end a program that has nothing to say to it, with 0", async () => {
	assert.equal((await run("waits", { up: "SIGTERM" })).code, 0);
	assert.equal((await run("waits", { up: "SIGINT" })).code, 0);
});

test("a program that asks for it stops in its own time", async () => {
	assert.deepEqual(await run("stops", { up: "SIGTERM" }), { code: 3, out: "up\nstopping\nstopped\n", err: "" });
});

test("a second signal ends a program that does not stop", async () => {
	const { code, out } = await run("hangs", { up: "SIGTERM", stopping: "SIGINT" });
	assert.equal(out, "up\nstopping\n");
	assert.equal(code, 130);
});
