/**
 * A thousand short secure calls of the bare board in one life, or as many as CALLS in the environment says: none may fail,
 * and nothing may grow. Each is rung, answered, keyed and spoken in both directions and hung up, by the board and by the
 * simulator in turns. After the first hundred and after the last one the board rests until its garbage is collected, and
 * what it then holds is compared.
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
const CALLS = Number(process.env.CALLS ?? 1000);
/** What every call leaves behind for good shows between the first and the last; lists that are bounded are full before. */
const FIRST_MEASURED = 100;
const MEASURED_AFTER = [FIRST_MEASURED, CALLS];
/** A call that is over leaves its state for a while (timers of RFC 3261 of 32 s). */
const REST_MS = 36_000;
/** Figures are told after each collection. */
const COLLECTED_EVERY_MS = 1000;
/** Besides; printing costs time. */
const FIGURES_EVERY_MS = 10_000;
const FIGURES_LOOKED_AT = 4;
const LONGER_RESTS = 2;
/** The lines of the log, which are in it, differ in their digits. Two bytes a call left for good would be more. */
const GROWTH_MOST = 1536;
/** Voice frames that each end must have heard in each call. */
const FRAMES_LEAST = 2;

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
	/** The least of the last seconds: just after a collection, while nothing goes on. */
	const held = async (restMs: number): Promise<Held> => {
		await new Promise((resolve) => setTimeout(resolve, restMs));
		const last = recent.splice(0).slice(-FIGURES_LOOKED_AT);
		assert.equal(last.length, FIGURES_LOOKED_AT, "the board prints its figures");
		const least = (of: (figures: BoardFigures) => number) => Math.min(...last.map(of));
		return {
			slots: least(({ vm }) => vm.slots),
			chunks: least(({ vm }) => vm.chunks),
			c: least(({ heap }) => heap.used),
		};
	};
	let [first, last]: (Held | undefined)[] = [];
	try {
		await pair.boot();
		const start = performance.now();
		let leastHeard = Number.POSITIVE_INFINITY;
		for (let count = 1; count <= CALLS; count++) {
			const caller = count % 2 === 0 ? "board" : "simulator";
			const { board, simulator } = await pair.connect(caller).catch((error: unknown) => {
				throw new Error(`call ${count} from the ${caller}: ${String(error)}`);
			});
			assert.equal(board.sas, simulator.sas, `call ${count}`);
			assert.equal(board.retained, count === 1 ? "none" : "match", `call ${count}`);
			assert.deepEqual([board.lock, simulator.lock], ["closed", "closed"], `call ${count}`);
			await pair.hangUp(count % 4 < 2 ? "board" : "simulator");
			const heard = [pair.board, pair.simulator].map(({ call }) => call?.stats?.encryptedReceived ?? 0);
			leastHeard = Math.min(leastHeard, ...heard);
			assert.ok(
				leastHeard >= FRAMES_LEAST,
				`call ${count}: the board heard ${heard[0]} frames, the simulator ${heard[1]}`,
			);
			if (!MEASURED_AFTER.includes(count)) continue;
			const seconds = Math.round((performance.now() - start) / 1000);
			const now = await held(REST_MS);
			first ??= now;
			last = now;
			console.log(`after ${count} calls, ${seconds} s, ${leastHeard} frames or more heard: ${textOf(now)}`);
		}
		assert.ok(first !== undefined && last !== undefined);
		// What a slow computer has not done yet goes by itself; what a call left for good does not.
		for (let more = 0; more < LONGER_RESTS && grown(first, last).length > 0; more++) {
			last = await held(REST_MS);
			console.log(`after a longer rest: ${textOf(last)}`);
		}
		assert.deepEqual(grown(first, last), []);
	} finally {
		await pair.close();
	}
});

const textOf = ({ slots, chunks, c }: Held) => `${slots} bytes of slots, ${chunks} of chunks, ${c} of C heap`;

function grown(first: Held, last: Held): string[] {
	return (["slots", "chunks", "c"] as const)
		.filter((what) => last[what] - first[what] >= GROWTH_MOST)
		.map((what) => `${what} grew from ${first[what]} to ${last[what]} bytes`);
}
