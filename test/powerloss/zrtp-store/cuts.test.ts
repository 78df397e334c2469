/**
 * The power is cut in every single program and erase of random histories, torn in several ways. After the restart the
 * store holds the state before the interrupted call or after it: never a mixture, and no other peer is touched.
 */
import { print } from "board/process";
import { toHex } from "bytes/hex";
import { equal, ok, test } from "test/harness";
import { size } from "test/size";
import { Rig, Seeded, stateOf } from "test/unit/zrtp-store/rig";
import type { Store } from "zrtp-store/store";
import { type Call, history, lines } from "./history";

const POWER_OFF = /power/;

/** Runs calls until the power goes; returns the states between which the store must be. */
function runUntilCut(rig: Rig, calls: readonly Call[], state: Map<string, string>): { done: number; text: string } {
	let text = "opening";
	let done = 0;
	try {
		const store = rig.open();
		for (const call of calls) {
			text = call.text;
			call.run(store);
			call.expect(state);
			done++;
		}
	} catch (error) {
		if (!POWER_OFF.test(String(error))) throw error;
	}
	return { done, text };
}

/** Opens after a cut; the flash may be cut again while the store puts itself in order. */
function reopened(rig: Rig, random: Seeded): Store {
	for (let again = random.below(4); again > 0; again--) {
		rig.power({
			powerCutAfter: random.below(6),
			powerCutTear: random.below(101) / 100,
			powerCutNoise: random.below(5),
		});
		try {
			rig.open();
		} catch (error) {
			if (!POWER_OFF.test(String(error))) throw error;
		}
	}
	return rig.reopen();
}

interface Tear {
	readonly powerCutTear: number;
	readonly powerCutNoise: number;
}

const tears: readonly Tear[] = [
	{ powerCutTear: 0, powerCutNoise: 0 },
	{ powerCutTear: 0.07, powerCutNoise: 3 },
	{ powerCutTear: 0.5, powerCutNoise: 0 },
	{ powerCutTear: 0.93, powerCutNoise: 5 },
	{ powerCutTear: 1, powerCutNoise: 0 },
];

function everyCut(sectorCount: number, sectorByteLength: number, seed: number, length: number): void {
	const rig = new Rig(sectorCount, sectorByteLength);
	const calls = history(seed, length, 5);
	runUntilCut(rig, calls, new Map());
	const { programs, erases } = rig.flash.statistics;
	const operations = programs + erases;
	ok(erases >= sectorCount, `only ${erases} erases: the history is too short to fill ${sectorCount} sectors`);
	const random = new Seeded(seed);
	let cuts = 0;
	for (let cut = 0; cut < operations; cut += size(1, 5))
		for (const tear of tears.slice(0, size(tears.length, 3))) {
			rig.blank();
			rig.power({ powerCutAfter: cut, ...tear });
			const state = new Map<string, string>();
			const { done, text } = runUntilCut(rig, calls, state);
			ok(done < calls.length, "the power was not cut");
			const before = lines(state);
			calls[done]?.expect(state);
			const after = lines(state);
			const store = reopened(rig, random);
			const found = stateOf(store).sort();
			const where = `cut at operation ${cut} of ${operations}, tear ${tear.powerCutTear}, in ${text}`;
			if (String(found) !== String(before)) equal(found, after, where);
			// And it goes on as if nothing had been.
			const more = calls.slice(done, done + 5);
			for (const call of more) call.run(store);
			for (const call of more) call.expect(state);
			equal(stateOf(rig.reopen()).sort(), lines(state), `${where}, then ${more.length} calls more`);
			cuts++;
		}
	print(`# ${cuts} cuts in ${operations} operations (${sectorCount} sectors of ${sectorByteLength} bytes), lost 0`);
}

test("every operation, two sectors", () => everyCut(2, 2048, 1, 30), { timeoutMs: 150_000 });
test("every operation, three sectors", () => everyCut(3, size(2048, 1024), 2, size(70, 40)), { timeoutMs: 150_000 });

test(
	"a long history with a cut every few operations, two sectors of 4 KB",
	() => {
		const rig = new Rig(2);
		const random = new Seeded(11);
		const calls = history(3, size(2000, 120), 8);
		const state = new Map<string, string>();
		let zid: string | undefined;
		let done = 0;
		let cuts = 0;
		while (done < calls.length) {
			rig.power({
				powerCutAfter: random.below(40),
				powerCutTear: random.below(101) / 100,
				powerCutNoise: random.below(100),
			});
			const run = runUntilCut(rig, calls.slice(done, done + 60), state);
			done += run.done;
			cuts++;
			const before = lines(state);
			const store = reopened(rig, random);
			if (zid !== undefined) equal(toHex(store.zid), zid, "own ZID");
			if (before.length > 0) zid = toHex(store.zid);
			const found = stateOf(store).sort();
			if (String(found) === String(before)) continue;
			calls[done]?.expect(state);
			equal(found, lines(state), `cut ${cuts} in ${run.text} (call ${done})`);
			done++;
		}
		print(`# ${cuts} cuts in ${calls.length} calls, lost 0`);
	},
	{ timeoutMs: 150_000 },
);
