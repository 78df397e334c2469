/**
 * Parts of the bare board that fail: flash that takes nothing, no source of random numbers, an image that is not there. What was
 * kept stays, no key is made from nothing, and each says what it is where it can still say anything.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { buildVirtPhone } from "../../scripts/builder/phone";
import { imageFile, virtSizes } from "../../scripts/builder/virt";
import { boardTestSizes, buildBoardTests } from "../../scripts/testing/xs";
import { flashFile, startBoardPhone } from "../../scripts/virt/board-phone";
import { runMachine } from "../../scripts/virt/qemu";

const FOLDER = path.join(buildFolder, "test", "board-parts");
const LONG_MS = 90_000;

let phone = "";
let tests = "";

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	({ executable: phone } = await buildVirtPhone());
	tests = await buildBoardTests();
});

after(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A life of the program that keeps one secret after the other; it ends by itself after so many. */
const keep = (flash: string, count: number, more: object = {}) =>
	runMachine(
		{
			executable: tests,
			sizes: boardTestSizes,
			flash,
			arguments: ["--no-reset", "--main", "test/powerloss/board/writer", String(count)],
			...more,
		},
		LONG_MS,
	);

const found = (output: string) => [...output.matchAll(/^found (\d+) (\d+)$/gm)].map(([line]) => line);

test("flash that takes no program and no erase: it is said, and what was kept is there", {
	timeout: 5 * LONG_MS,
}, async () => {
	const state = path.join(FOLDER, "flash");
	mkdirSync(state, { recursive: true });
	const flash = flashFile(state);
	const first = await keep(flash, 50);
	assert.match(first.output, /^kept 9 49$/m);
	const bytes = readFileSync(flash);
	const worn = await keep(flash, 5, { flashReadOnly: true });
	assert.match(worn.output, /Error: flash: (?:programming|erasing) failed/);
	assert.doesNotMatch(worn.output, /^kept /m);
	assert.ok(readFileSync(flash).equals(bytes), "the chips took something");
	const again = await keep(flash, 1);
	assert.deepEqual(
		found(again.output).sort(),
		Array.from({ length: 20 }, (_, peer) => `found ${peer} ${peer + (peer < 10 ? 40 : 20)}`).sort(),
	);

	/* The phone on the same part, whose settings and device key are blank besides. */
	const board = await startBoardPhone({ executable: phone, name: "Board", state, flashReadOnly: true });
	try {
		const { notice } = await board.until("the notice", (it) => it.notice !== undefined, LONG_MS);
		assert.match(
			notice ?? "",
			/^Secrets cannot be kept, every peer will be new .*: flash: (?:programming|erasing) failed$/,
		);
	} finally {
		await board.stop("SIGKILL");
	}
});

test("no source of random numbers: no key is made, and it says so", { timeout: 2 * LONG_MS }, async () => {
	const state = path.join(FOLDER, "entropy");
	mkdirSync(state, { recursive: true });
	const { output, code } = await runMachine(
		{
			executable: phone,
			sizes: virtSizes,
			flash: flashFile(state),
			entropy: false,
			arguments: ["--state", "flash", "--name", "Board"],
		},
		30_000,
	);
	assert.match(output, /^cannot start: there are no random numbers/m);
	assert.doesNotMatch(output, /ready for calls/);
	assert.equal(code, 1);
});

test("an erased first bank: there is nothing that could say anything", { timeout: LONG_MS }, async () => {
	const image = path.join(FOLDER, "erased.flash");
	writeFileSync(image, Buffer.alloc(readFileSync(imageFile(phone)).length, 0xff));
	const { output } = await runMachine({ executable: phone, sizes: virtSizes, image }, 5000);
	assert.equal(output.trim(), "ended by SIGKILL");
});
