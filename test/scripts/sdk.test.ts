/** The SDK's half that can be tested without a checkout of it: versions, and imports that nothing answers. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { reachOf, readModules } from "../../scripts/sdk/modules";
import { findSdk, isNewEnough } from "../../scripts/sdk/toolchain";

function inFolder(body: (folder: string) => void): void {
	const folder = mkdtempSync(join(tmpdir(), "sotto-sdk-"));
	try {
		body(folder);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

const program = (files: Readonly<Record<string, string>>) => ({
	files: new Map(Object.keys(files).map((name) => [name, name])),
	read: (name: string) => files[name] ?? "",
});

test("imports are followed by room, by folder and with the packages' endings", () => {
	const { files, read } = program({
		"app/main": 'import { step } from "zrtp/engine";\nimport "./options";\n',
		"app/options": "export const a = 1;\n",
		"zrtp/engine": 'import {\n\tone,\n\ttwo,\n} from "./states/secure";\nexport * from "@noble/hashes/sha2.js";\n',
		"zrtp/states/secure": 'export { x } from "../kdf";\n',
		"zrtp/kdf": "",
		"@noble/hashes/sha2": "",
		unused: "",
	});
	const { reached, unresolved } = reachOf("app/main", files, read);
	assert.deepEqual(unresolved, []);
	assert.equal(reached.size, 6);
	assert.ok(!reached.has("unused"));
});

test("an import that nothing answers is told with its importer", () => {
	const { files, read } = program({
		"app/main": 'import Timer from "timer";\nimport b from "./b";\nconst s = "import";\n',
	});
	assert.deepEqual([...reachOf("app/main", files, read).unresolved].sort(), [
		"app/b, imported by app/main",
		"timer, imported by app/main",
	]);
	assert.deepEqual(reachOf("ui/main", files, read).unresolved, ["ui/main, imported by the manifest"]);
});

test("text that speaks of imports is none, a call of import is one", () => {
	const { files, read } = program({
		main: '/* import from "nowhere" */\nconst text = `x\n`;\nexport const from = "elsewhere";\nexport function f() {\n\treturn "y";\n}\nconst late = () => import("late");\n',
	});
	assert.deepEqual(reachOf("main", files, read).unresolved, ["late, imported by main"]);
});

test("modules come from mcconfig's makefile", () => {
	inFolder((folder) => {
		const rules = [
			"$(MODULES_DIR)/zrtp/engine.xsb: $(TMP_DIR)/tsc/zrtp/engine.js",
			"\txsc $(TMP_DIR)/tsc/zrtp/engine.js -e -o $(@D) -r engine",
			"$(MODULES_DIR)/~.embedded/io.xsb: /sdk/io.js",
		];
		writeFileSync(join(folder, "makefile"), `${rules.join("\n")}\n`);
		assert.deepEqual(
			[...readModules(folder)],
			[
				["zrtp/engine", `${folder}/tsc/zrtp/engine.js`],
				["embedded:io", "/sdk/io.js"],
			],
		);
	});
});

test("a missing, wrong or old SDK is told in plain words", () => {
	assert.throws(() => findSdk(undefined), /--moddable DIR or set MODDABLE/);
	inFolder((folder) => {
		assert.throws(() => findSdk(folder), /is no checkout of the Moddable SDK/);
		mkdirSync(join(folder, "tools"));
		writeFileSync(join(folder, "tools", "VERSION"), "8.1.9\n");
		assert.throws(() => findSdk(folder), /is SDK 8\.1\.9; 8\.2 or later is needed/);
		writeFileSync(join(folder, "tools", "VERSION"), "8.2.3\n");
		assert.throws(() => findSdk(folder), /has no mcconfig for Linux/);
		const tools = join(folder, "build", "bin", "lin", "release");
		mkdirSync(tools, { recursive: true });
		writeFileSync(join(tools, "mcconfig"), "");
		const sdk = findSdk(folder);
		assert.equal(sdk.version, "8.2.3");
		assert.equal(sdk.environment.MODDABLE, folder);
	});
	assert.deepEqual(["7.9.0", "8.1", "8.2", "8.10.0", "9.0.0", "text"].map(isNewEnough), [
		false,
		false,
		true,
		true,
		true,
		false,
	]);
});
