/** The power of the bare board goes fifty times, at any moment, while it keeps secrets: what it said was kept is there. */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { boardTestSizes, buildBoardTests } from "../../scripts/testing/xs";
import { flashFile } from "../../scripts/virt/board-phone";
import { startMachine } from "../../scripts/virt/qemu";

const CUTS = 50;
const FOLDER = path.join(buildFolder, "test", "board-power");
/** The writer stores about one secret in a millisecond or two; the power goes at any moment of this time. */
const MOST_MS = 400;

interface Life {
	readonly found: ReadonlyMap<number, number>;
	readonly kept: ReadonlyMap<number, number>;
	readonly output: string;
}

/** One life of the board: until it has opened the store, and a random while longer. */
function live(executable: string, flash: string, ms: number): Promise<Life> {
	return new Promise((resolve, reject) => {
		const child = startMachine({
			executable,
			sizes: boardTestSizes,
			flash,
			arguments: ["--no-reset", "--main", "test/powerloss/board/writer"],
		});
		let output = "";
		let cut: NodeJS.Timeout | undefined;
		const late = setTimeout(() => child.kill("SIGKILL"), 60_000);
		child.stdout?.on("data", (data: Buffer) => {
			output += data.toString();
			if (cut === undefined && /^open/m.test(output)) cut = setTimeout(() => child.kill("SIGKILL"), ms);
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
			resolve({ found: numbers("found"), kept: numbers("kept"), output });
		});
	});
}

test(`${CUTS} power cuts while storing: nothing that was kept is lost`, { timeout: 280_000 }, async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const executable = await buildBoardTests();
	const flash = flashFile(FOLDER);
	const kept = new Map<number, number>();
	let stored = 0;
	for (let cut = 0; cut <= CUTS; cut++) {
		const life = await live(executable, flash, Math.floor(Math.random() * MOST_MS));
		for (const [peer, number] of kept) {
			const found = life.found.get(peer);
			assert.ok(
				found !== undefined && found >= number && found % 20 === peer,
				`life ${cut}: peer ${peer} had ${number}, now ${found}:\n${life.output.slice(0, 2000)}`,
			);
		}
		for (const [peer, number] of life.kept) kept.set(peer, number);
		stored = Math.max(stored, ...kept.values());
	}
	console.log(`${stored + 1} secrets were kept in ${CUTS + 1} lives`);
	assert.ok(stored > CUTS, "it stored something in between");
});
