/** `--state`: what cannot be a folder is said in one sentence, and at once. */
import { deepEqual, equal, match, throws } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/builder/paths";
import { makeStateFolder } from "../../scripts/simulator/state-folder";

test("a folder is made with those it lies in, and one that is there is left", () => {
	const folder = mkdtempSync(join(tmpdir(), "sotto-state-"));
	try {
		const deep = join(folder, "a", "b", "c");
		makeStateFolder(deep);
		makeStateFolder(deep);
		equal(existsSync(deep), true);
		writeFileSync(join(folder, "file"), "");
		throws(() => makeStateFolder(join(folder, "file", "x")), /file is a file$/);
		throws(() => makeStateFolder(join(folder, "file")), /is a file$/);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

for (const folder of ["/proc/phone", "/proc/phone/state", "/proc/self/x/y"])
	test(`--state ${folder}: an error, no waiting`, () => {
		const { status, stderr, stdout, signal } = spawnSync(
			process.execPath,
			["scripts/run.mjs", "phone", "--state", folder],
			{ cwd: root, encoding: "utf8", timeout: 60_000 },
		);
		deepEqual([status, signal], [2, null]);
		match(stderr + stdout, new RegExp(`the state folder ${folder} cannot be made: /proc/\\S+ is refused \\(E`));
	});
