/** `npm start` as a person and as a script runs it: two phones, a secure call, and an exit code that tells the truth. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder, root } from "../../scripts/builder/paths";
import { buildProgram } from "../../scripts/simulator/program";
import { LOGS } from "./peers/sotto";

const STATE = join(buildFolder, "start");
const TIMEOUT_MS = 30_000;

interface Ran {
	readonly output: string;
	readonly errors: string;
	readonly code: number | null;
}

function run(
	command: string,
	args: readonly string[],
	onOutput?: (text: string, end: () => void) => void,
): Promise<Ran> {
	return new Promise((resolve, reject) => {
		// A group of its own: npm's children end with it.
		const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], detached: true });
		const end = (signal: NodeJS.Signals = "SIGTERM"): void => {
			if (child.pid !== undefined) process.kill(-child.pid, signal);
		};
		const timer = setTimeout(() => end("SIGKILL"), TIMEOUT_MS);
		let [output, errors] = ["", ""];
		child.stdout.on("data", (data: Buffer) => {
			output += data.toString();
			onOutput?.(output, end);
		});
		child.stderr.on("data", (data: Buffer) => {
			errors += data.toString();
			onOutput?.(output, end);
		});
		child.on("error", reject);
		child.on("close", (code) => {
			clearTimeout(timer);
			resolve({ output, errors, code });
		});
	});
}

const once = (): Promise<Ran> => run("npm", ["start", "--silent", "--", "--once"]);

function lastLine({ output, errors }: Ran): Record<string, unknown> {
	const last = output.trimEnd().split("\n").at(-1) ?? "";
	assert.match(last, /^\{.*\}$/, `the last line is no JSON object: ${last}\n${errors}`);
	return JSON.parse(last) as Record<string, unknown>;
}

const FIELDS = [
	"secure",
	"sas",
	"keyAgreement",
	"hash",
	"cipher",
	"authTag",
	"retained",
	"heard",
	"secureAfterMs",
] as const;

describe("npm start", { concurrency: false }, () => {
	before(async () => {
		rmSync(STATE, { recursive: true, force: true });
		mkdirSync(LOGS, { recursive: true });
		await buildProgram();
	});
	after(() => rmSync(STATE, { recursive: true, force: true }));

	test("--once: a secure call, heard by both, told in one JSON line", async () => {
		const ran = await once();
		const summary = lastLine(ran);
		assert.equal(ran.code, 0, ran.errors);
		assert.deepEqual(Object.keys(summary), FIELDS);
		const { sas, secureAfterMs, ...rest } = summary;
		assert.deepEqual(rest, {
			secure: true,
			keyAgreement: "X255",
			hash: "S256",
			cipher: "AES1",
			authTag: "HS80",
			retained: "none",
			heard: [true, true],
		});
		assert.ok(Array.isArray(sas) && sas.length === 2 && /^[a-z0-9]{4}$/.test(sas[0]) && sas[0] === sas[1], String(sas));
		assert.ok(typeof secureAfterMs === "number" && secureAfterMs > 0 && secureAfterMs < 5000, String(secureAfterMs));
		assert.match(ran.errors, /Both phones are ready[\s\S]*Bob rings[\s\S]*the same words/, "each step is told");
		writeFileSync(join(LOGS, "start.console"), ran.output + ran.errors);
	});

	test("--once again: the retained secrets match, and the words are others", async () => {
		const summary = lastLine(await once());
		assert.equal(summary.secure, true);
		assert.equal(summary.retained, "match");
	});

	test("a phone that cannot start makes the exit code a failure, with the reason", async () => {
		rmSync(STATE, { recursive: true, force: true });
		mkdirSync(STATE, { recursive: true });
		writeFileSync(join(STATE, "bob"), "not a folder");
		const ran = await once();
		assert.notEqual(ran.code, 0);
		assert.doesNotMatch(ran.output, /"secure":true/);
		assert.match(ran.errors, /bob/);
		rmSync(STATE, { recursive: true, force: true });
	});

	test("an option that does not exist is told", async () => {
		const ran = await run("npm", ["start", "--silent", "--", "--twice"]);
		assert.equal(ran.code, 2);
		assert.match(ran.errors, /[Oo]ption[\s\S]*--twice[\s\S]*Usage/);
	});

	test("with a terminal it stays up and prints the panel's address, which answers, until it is told to end", async () => {
		rmSync(STATE, { recursive: true, force: true });
		let status: number | undefined;
		let asked = false;
		const ran = await run("script", ["-qefc", "npm start --silent", "/dev/null"], (text, end) => {
			const url = /http:\/\/127\.0\.0\.1:\d+\/\?phones=\d+,\d+/.exec(text)?.[0];
			if (url === undefined || asked || !/stay up/.test(text)) return;
			asked = true;
			void fetch(url)
				.then(async (response) => {
					status = response.status;
					await response.text();
				})
				.finally(() => end());
		});
		assert.equal(status, 200, `no panel answered: ${ran.output.slice(-1500)}`);
		assert.match(ran.output, /heard Bob's tone: yes/);
	});
});
