/** The heap of loaded modules on its way into flash: equal slots are one, and of the bytecode what is needed is left. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { keepFunctions } from "../../scripts/builder/bytecode";
import { importsOf, preloadable, reachable } from "../../scripts/builder/preload";
import { PreloadedHeap } from "../../scripts/builder/preload-heap";

/** Kind, flags and identifier as the engine packs them. */
const head = (kind: number, flags: number, id: number): string => (kind | (flags << 8) | (id << 16)).toString(16);
const INTEGER = 3;
const STRING_X = 6;
const REFERENCE = 10;
const INSTANCE = 13;

test("equal slots are one, objects are not, and a text loses its header", () => {
	const slots = [
		["@1", head(INSTANCE, 0, 0), "0", "0"],
		["0", head(INTEGER, 0, 7), "2a", "0"],
		["@3", head(INSTANCE, 0, 0), "0", "0"],
		["0", head(INTEGER, 0, 7), "2a", "0"],
		["0", head(STRING_X, 0, 8), "=8", "0"],
	];
	const words = [
		"value slots 5",
		"value aliases 3",
		"section data",
		"3",
		"0",
		"6968",
		"0",
		"section slots",
		...slots.flat(),
		"section stack",
		"0",
		head(REFERENCE, 0, 0),
		"@2",
		"0",
		"section keys",
		"0",
		"@4",
		"section names",
		"section symbols",
		"section end",
	].join("\n");
	const { assembly, table } = new PreloadedHeap(words).program(
		() => assert.fail("nothing of the program is asked for"),
		() => assert.fail("no text of C is asked for"),
	);
	assert.match(table, /\.heapCount = 4,/);
	assert.match(table, /\.aliasCount = 3,/);
	assert.match(table, /\.keyCount = 2,/);
	assert.equal(assembly.match(/\.word hostPreloadSlots\+16$/gm)?.length, 2, "both objects lead to the one number");
	assert.match(assembly, /\.asciz "hi"/);
	assert.doesNotMatch(assembly, /\.Ldata8:/);
});

test("a heap that was not written to its end is refused", () => {
	assert.throws(() => new PreloadedHeap("section slots\n0\n"), /did not finish/);
});

test("of a loaded module its functions stay, and no place in what went is told", () => {
	const index = [
		"module 0 100 a",
		"code 10 20",
		"code 40 30",
		"host 1 5 xs_a",
		"module 100 50 main",
		"code 110 5",
		"keys 3 4",
	].join("\n");
	const kept = keepFunctions({ sources: [], folder: "", index }, new Set(["a"]), new Set(["a"]), [45, 40]);
	assert.equal(kept.offsetOf(45), 5);
	assert.equal(kept.offsetOf(100), 30);
	assert.equal(kept.offsetOf(200), undefined);
	assert.throws(() => kept.offsetOf(12), /no function that is kept/);
});

test("what begins, and noble, is not loaded beforehand; what nobody imports is not there", () => {
	assert.deepEqual(preloadable(["ui/ui", "app/main", "crypto/noble-hash", "bytes/text"]), ["bytes/text", "ui/ui"]);
	assert.deepEqual(importsOf("app/main", 'import { a } from "./handset";\nimport "bytes/text";'), [
		"app/handset",
		"bytes/text",
	]);
	const code = new Map([
		["app/main", 'import "./handset";'],
		["app/handset", ""],
		["crypto/noble", ""],
	]);
	assert.deepEqual(
		reachable("app/main", (name) => code.get(name)),
		["app/main", "app/handset"],
	);
});
