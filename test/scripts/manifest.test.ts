import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { readManifest } from "../../scripts/builder/manifest";

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "sotto-manifest-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(files: Record<string, unknown>): void {
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
	}
}

function read(name = "manifest.json") {
	const program = readManifest(join(folder, name), {});
	const modules = Object.fromEntries(
		[...program.modules].map(([specifier, file]) => [specifier, relative(folder, file)]),
	);
	return { program, modules, natives: [...program.natives].map((file) => relative(folder, file)).sort() };
}

test("wildcards name modules, C goes to the natives, declarations to neither", () => {
	put({
		"manifest.json": { modules: { "room/*": "./room/*", "*": "./main" } },
		"room/a.ts": "",
		"room/b.js": "",
		"room/c.c": "",
		"room/d.d.ts": "",
		"room/deeper/e.ts": "",
		"main.ts": "",
	});
	const { modules, natives } = read();
	assert.deepEqual(modules, { "room/a": "room/a.ts", "room/b": "room/b.js", main: "main.ts" });
	assert.deepEqual(natives, ["room/c.c"]);
});

test("a list of patterns, a part of a name, and ~ that takes out", () => {
	put({
		"manifest.json": { modules: { "x/*": ["./x/one", "./x/net-*"], "~": ["./x/net-b"] } },
		"x/one.ts": "",
		"x/two.ts": "",
		"x/net-a.ts": "",
		"x/net-b.ts": "",
	});
	assert.deepEqual(read().modules, { "x/one": "x/one.ts", "x/a": "x/net-a.ts" });
});

test("includes are read once, with variables of build", () => {
	put({
		"manifest.json": { build: { PARTS: "./parts" }, include: ["$(PARTS)/a.json", "$(PARTS)/b.json"] },
		"parts/a.json": { include: "./b.json", modules: { a: "./a" } },
		"parts/b.json": { modules: { b: "./b" } },
		"parts/a.ts": "",
		"parts/b.ts": "",
	});
	const { modules, program } = read();
	assert.deepEqual(modules, { b: "parts/b.ts", a: "parts/a.ts" });
	assert.equal(program.manifests.length, 3);
});

test("the platform is ours, else the one for all others", () => {
	put({
		"manifest.json": { include: ["./ours.json", "./others.json"] },
		"ours.json": { platforms: { sim: { modules: { a: "./a" } }, "...": { error: "not for this" } } },
		"others.json": { platforms: { esp32: { error: "not for this" }, "...": { modules: { b: "./b" } } } },
		"a.ts": "",
		"b.ts": "",
	});
	assert.deepEqual(Object.keys(read().modules), ["a", "b"]);
});

test("creation, config and defines of several manifests are merged; the later wins", () => {
	put({
		"manifest.json": {
			include: "./base.json",
			creation: { stack: 2048, keys: { name: 7 } },
			defines: { rtp: { ring: 64, on: true } },
			config: { language: "en" },
		},
		"base.json": { creation: { stack: 512, keys: { initial: 9 } }, config: { language: "de", size: 3 } },
	});
	const { program } = read();
	assert.deepEqual(program.creation, { stack: 2048, keys: { initial: 9, name: 7 } });
	assert.deepEqual(program.config, { language: "en", size: 3 });
	assert.deepEqual(
		[...program.defines],
		[
			["MODDEF_RTP_RING", "64"],
			["MODDEF_RTP_ON", "1"],
		],
	);
});

test("headers bring their folder, libraries are gathered, resources keep their rule", () => {
	put({
		"manifest.json": {
			modules: { "hal/x/*": "./x/*" },
			libraries: ["libfoo", "-lbar"],
			resources: { "*-alpha": "./r/font" },
		},
		"x/x.h": "",
		"x/x.c": "",
		"r/font.png": "",
		"r/font.fnt": "",
	});
	const { program } = read();
	assert.deepEqual(
		[...program.includeFolders].map((path) => relative(folder, path)),
		["x"],
	);
	assert.deepEqual([...program.libraries], ["libfoo", "-lbar"]);
	assert.deepEqual(
		program.resources.map(({ target, file }) => [target, relative(folder, file)]),
		[
			["*-alpha", "r/font.fnt"],
			["*-alpha", "r/font.png"],
		],
	);
});

test("mistakes are told with the manifest's name", () => {
	put({ "manifest.json": { modules: { a: "./missing" } } });
	assert.throws(() => read(), /manifest\.json: nothing matches ".\/missing"/);
	put({ "manifest.json": { include: "./nowhere.json" } });
	assert.throws(() => read(), /nowhere\.json does not exist/);
	put({ "manifest.json": { include: "$(NOTHING)/a.json" } });
	assert.throws(() => read(), /\$\(NOTHING\) has no value/);
	put({ "manifest.json": "{ half" });
	assert.throws(() => read(), /manifest\.json: /);
	put({ "manifest.json": { platforms: { sim: { error: "no such board" } } } });
	assert.throws(() => read(), /no such board/);
});
