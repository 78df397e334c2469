/**
 * The power of the bare board goes at any moment: while it keeps secrets, while it puts a store in order after the cut before, and
 * while it makes the store of a blank part. What it said was kept is there, and nothing is there that was never meant to be.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { boardTestSizes, buildBoardTests } from "../../scripts/testing/xs";
import { flashFile } from "../../scripts/virt/board-phone";
import { startMachine } from "../../scripts/virt/qemu";

const CUTS = 50;
const CUTS_OPENING = 25;
const CUTS_BLANK = 15;
const FOLDER = path.join(buildFolder, "test", "board-power");
/** The writer stores about one secret in a millisecond or two; the power goes at any moment of this time. */
const MOST_MS = 400;
const LIFE_MS = 90_000;

type Moment = "storing" | "opening";

interface Life {
	readonly found: ReadonlyMap<number, number>;
	readonly kept: ReadonlyMap<number, number>;
	/** The newest secret that it began to keep; -1: none. */
	readonly begun: number;
	/** The power went in the middle of what it was to go in. */
	readonly inside: boolean;
	/** From the begin of opening to its end; undefined: the power went before. */
	readonly openingMs: number | undefined;
	readonly output: string;
}

let executable = "";

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	executable = await buildBoardTests();
});

after(() => rmSync(FOLDER, { recursive: true, force: true }));

/** One life of the board: until it opens the store or has opened it, and so much longer. */
function live(flash: string, moment: Moment, ms: number): Promise<Life> {
	return new Promise((resolve, reject) => {
		const child = startMachine({
			executable,
			sizes: boardTestSizes,
			flash,
			arguments: ["--no-reset", "--main", "test/powerloss/board/writer"],
		});
		let output = "";
		let cut: NodeJS.Timeout | undefined;
		let [openingAt, openAt]: (number | undefined)[] = [];
		const late = setTimeout(() => child.kill("SIGKILL"), LIFE_MS);
		child.stdout?.on("data", (data: Buffer) => {
			output += data.toString();
			if (/^opening\r?\n/m.test(output)) openingAt ??= performance.now();
			if (/^open\r?\n/m.test(output)) openAt ??= performance.now();
			if ((moment === "opening" ? openingAt : openAt) !== undefined)
				cut ??= setTimeout(() => child.kill("SIGKILL"), ms);
		});
		child.on("close", (_, signal) => {
			clearTimeout(late);
			clearTimeout(cut);
			if (cut === undefined || signal !== "SIGKILL") return reject(new Error(`it did not come so far:\n${output}`));
			/* Only whole lines were said. */
			const lines = output.slice(0, output.lastIndexOf("\n")).split(/\r?\n/);
			const numbers = (word: string) =>
				new Map(
					lines.flatMap((line): [number, number][] => {
						const [, peer, number] = new RegExp(`^${word} (\\d+) (-?\\d+)$`).exec(line) ?? [];
						return peer === undefined ? [] : [[Number(peer), Number(number)]];
					}),
				);
			const begun = Math.max(-1, ...numbers("keeping").values());
			const kept = numbers("kept");
			resolve({
				found: numbers("found"),
				kept,
				begun,
				inside: moment === "opening" ? openAt === undefined : begun > Math.max(-1, ...kept.values()),
				openingMs: openingAt === undefined || openAt === undefined ? undefined : openAt - openingAt,
				output,
			});
		});
	});
}

/** Lives on one part, one after the other; each must know what those before it have kept. */
class Lives {
	readonly #flash: string;
	readonly #kept = new Map<number, number>();
	#begun = -1;
	#count = 0;
	/** How often the power went in the middle. */
	inside = 0;

	constructor(name: string) {
		const folder = path.join(FOLDER, name);
		mkdirSync(folder, { recursive: true });
		this.#flash = flashFile(folder);
	}

	get stored(): number {
		return Math.max(-1, ...this.#kept.values()) + 1;
	}

	async one(moment: Moment, ms: number): Promise<Life> {
		const life = await live(this.#flash, moment, ms);
		const where = `life ${this.#count++}:\n${life.output.slice(0, 2000)}`;
		const opened = /^open\r?$/m.test(life.output);
		for (const [peer, number] of life.found)
			assert.ok(number % 20 === peer && number <= this.#begun, `${number} of peer ${peer} was never kept; ${where}`);
		for (const [peer, number] of opened ? this.#kept : []) {
			const found = life.found.get(peer);
			assert.ok(found !== undefined && found >= number, `peer ${peer} had ${number}, now ${found}; ${where}`);
		}
		for (const [peer, number] of life.kept) this.#kept.set(peer, number);
		this.#begun = Math.max(this.#begun, life.begun);
		if (life.inside) this.inside++;
		return life;
	}
}

test(`${CUTS} power cuts while storing and ${CUTS_OPENING} while it recovers from one: nothing that was kept is lost`, async () => {
	const lives = new Lives("stores");
	let [openingMs, insideOpening] = [100, 0];
	for (let cut = 0; cut < CUTS; cut++) {
		const life = await lives.one("storing", Math.floor(Math.random() * MOST_MS));
		if (life.openingMs !== undefined) openingMs = (openingMs + life.openingMs) / 2;
		if (cut % (CUTS / CUTS_OPENING) !== 0) continue;
		const { inside } = await lives.one("opening", Math.floor(Math.random() * openingMs));
		if (inside) {
			insideOpening++;
			lives.inside--;
		}
	}
	await lives.one("storing", 0);
	console.log(
		`${lives.stored} secrets were kept; the power went ${lives.inside} times inside a commit, ${insideOpening} times while the store was opened`,
	);
	assert.ok(lives.stored > CUTS, "it stored something in between");
	assert.ok(lives.inside > CUTS / 10, `${lives.inside} cuts inside a commit`);
	assert.ok(insideOpening > CUTS_OPENING / 5, `${insideOpening} cuts while opening`);
});

test(`${CUTS_BLANK} power cuts while a blank part becomes a store: it does, and keeps what it is given`, async () => {
	let inside = 0;
	/* How long it takes where nobody disturbs it. */
	let { openingMs = 200 } = await new Lives("blank-measured").one("storing", 0);
	for (let part = 0; part < 3; part++) {
		const lives = new Lives(`blank-${part}`);
		for (let cut = 0; cut < CUTS_BLANK / 3; cut++) {
			const life = await lives.one("opening", Math.floor(Math.random() * openingMs));
			if (life.inside) inside++;
			openingMs = Math.max(openingMs, life.openingMs ?? 0);
		}
		await lives.one("storing", MOST_MS);
		await lives.one("storing", 0);
		assert.ok(lives.stored > 0, "it stored something at last");
	}
	console.log(`the power went ${inside} times before there was a store`);
	assert.ok(inside > 2, `${inside} cuts`);
});
