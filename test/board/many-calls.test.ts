/**
 * Short secure calls of the bare board, 200 of them, or as many as CALLS in the environment says (a thousand take a quarter of an hour): none may fail, and nothing may grow. Each is rung, answered, keyed in
 * both directions and hung up, by the board and by the simulator in turns. After so many calls the board rests until
 * its garbage is collected, and what it then holds is compared.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { buildVirtPhone } from "../../scripts/builder/phone";
import { virtSizes } from "../../scripts/builder/virt";
import { buildProgram } from "../../scripts/simulator/program";
import { type BoardFigures, figuresOf } from "../../scripts/virt/figures";
import { makeTap } from "../../scripts/virt/network";
import { Pair } from "../../scripts/virt/pair";

const FOLDER = path.join(buildFolder, "test", "board-many-calls");
const CALLS = Number(process.env.CALLS ?? 200);
/** What every call leaves behind for good shows between the first and the last; lists that are bounded are full before. */
const FIRST_MEASURED = 100;
const MEASURED_AFTER = [FIRST_MEASURED, CALLS];
/** A call that is over leaves its state for a while (timers of RFC 3261 of 32 s). */
const REST_MS = 40_000;
const COLLECTED_EVERY_MS = 1000;
const FIGURES_EVERY_MS = 250;
/** Less than the smallest thing that each call could leave, 16 bytes by half, beside what comes and goes. */
const GROWTH_MOST = 2048 + 8 * (CALLS - FIRST_MEASURED);

interface Held {
	/** Bytes. */
	readonly slots: number;
	readonly chunks: number;
	/** C heap, bytes. */
	readonly c: number;
}

test(`${CALLS} calls leave nothing behind`, { timeout: 1_500_000 }, async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	makeTap();
	const { executable } = await buildVirtPhone();
	await buildProgram();
	const recent: BoardFigures[] = [];
	const pair = await Pair.start({
		executable,
		sizes: virtSizes,
		folder: FOLDER,
		onStep: (line) => console.log(line),
		onLine: (line) => {
			const figures = figuresOf(line);
			if (figures !== undefined) recent.push(figures);
		},
		machineArguments: [`--collect=${COLLECTED_EVERY_MS}`, `--figures=${FIGURES_EVERY_MS}`],
	});
	/** The least of the last seconds: just after a collection. */
	const held = async (): Promise<Held> => {
		await new Promise((resolve) => setTimeout(resolve, REST_MS));
		const last = recent.splice(0).slice((-3 * COLLECTED_EVERY_MS) / FIGURES_EVERY_MS);
		assert.ok(last.length > 4, "the board prints its figures");
		const least = (of: (figures: BoardFigures) => number) => Math.min(...last.map(of));
		return {
			slots: least(({ vm }) => vm.slots),
			chunks: least(({ vm }) => vm.chunks),
			c: least(({ heap }) => heap.used),
		};
	};
	const measured: Held[] = [];
	try {
		await pair.boot();
		const start = performance.now();
		for (let count = 1; count <= CALLS; count++) {
			const caller = count % 2 === 0 ? "board" : "simulator";
			const { board, simulator } = await pair.connect(caller).catch((error: unknown) => {
				throw new Error(`call ${count} from the ${caller}: ${String(error)}`);
			});
			assert.equal(board.sas, simulator.sas, `call ${count}`);
			assert.equal(board.retained, count === 1 ? "none" : "match", `call ${count}`);
			await pair.hangUp(count % 4 < 2 ? "board" : "simulator");
			if (!MEASURED_AFTER.includes(count)) continue;
			const now = await held();
			measured.push(now);
			console.log(
				`after ${count} calls (${Math.round((performance.now() - start) / 1000)} s): ${now.slots} bytes of slots, ${now.chunks} bytes of chunks, ${now.c} bytes of C heap`,
			);
		}
	} finally {
		await pair.close();
	}
	const [first, last] = [measured[0], measured.at(-1)];
	assert.ok(first !== undefined && last !== undefined && measured.length === MEASURED_AFTER.length);
	for (const what of ["slots", "chunks", "c"] as const)
		assert.ok(last[what] - first[what] < GROWTH_MOST, `${what} grew from ${first[what]} to ${last[what]}`);
});
