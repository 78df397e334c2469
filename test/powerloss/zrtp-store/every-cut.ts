/**
 * One long history on a part in memory. Before every program and every erase the part is copied, the operation torn in the
 * copy, and a store opened there: it must hold the state before the interrupted call or after it.
 */
import type { Provider } from "crypto/types";
import { MemoryFlash, type Operation, type Tear } from "test/unit/zrtp-store/memory-flash";
import { DEVICE_KEY_FILL, Seeded, stateOf } from "test/unit/zrtp-store/plain";
import { openStore, type Store } from "zrtp-store/store";
import { history, lines } from "./history";

export interface Plan {
	readonly seed: number;
	readonly calls: number;
	readonly peers: number;
	readonly sectorCount: number;
	readonly sectorByteLength: number;
	readonly provider: Provider;
	/** The power is cut in one operation of so many, at random; 1: in every one. */
	readonly cutEvery: number;
}

/** The power goes once more while a store puts itself in order: one time in so many. */
const NESTED_EVERY = 4;
/** After the restart the history goes on for a few calls: one time in so many. */
const FURTHER_EVERY = 16;
const FURTHER_CALLS = 3;

class PowerCut extends Error {}

/** @returns what was tried, in one line. @throws Error when anything was lost */
export function everyCut(plan: Plan): string {
	const { sectorCount, sectorByteLength } = plan;
	const random = new Seeded(plan.seed);
	const calls = history(plan.seed, plan.calls, plan.peers);
	const flash = new MemoryFlash(sectorCount, sectorByteLength, random);
	const fork = new MemoryFlash(sectorCount, sectorByteLength, random);
	const state = new Map<string, string>();
	let [done, cuts, nested, further] = [-1, 0, 0, 0];
	let [before, after] = [lines(state), lines(state)];
	let operations = 0;
	flash.onOperation = (operation) => {
		operations++;
		if (plan.cutEvery > 1 && random.below(plan.cutEvery) !== 0) return;
		fork.copyFrom(flash);
		fork.onOperation = () => {};
		fork.tear(operation, tearOf(random, operation.bytes?.length ?? sectorByteLength));
		cuts++;
		const where = `seed ${plan.seed}, cut ${cuts} in call ${done}, ${calls[done]?.text ?? "opening"}`;
		while (random.below(NESTED_EVERY) === 0) if (cutWhileOpening(fork, random, plan.provider)) nested++;
		let held = checked(fork, before, after, where);
		if (random.below(FURTHER_EVERY) !== 0) return;
		further++;
		held = new Map(held);
		const store = open(fork, plan.provider);
		// The interrupted call is made again, whether it came through or not.
		for (const call of calls.slice(Math.max(0, done), done + 1 + FURTHER_CALLS)) {
			call.run(store);
			call.expect(held);
		}
		checked(fork, lines(held), lines(held), `${where}, then ${FURTHER_CALLS} calls more`);
	};

	/** What the store holds after a restart, as a state to go on from. */
	function checked(part: MemoryFlash, one: string[], other: string[], where: string): Map<string, string> {
		const found = stateOf(open(part, plan.provider)).sort();
		if (String(found) !== String(one)) same(found, other, where);
		return new Map(found.map((line) => [line.slice(0, 24), line]));
	}

	const store = open(flash, plan.provider);
	for (const call of calls) {
		done++;
		const next = new Map(state);
		call.expect(next);
		after = lines(next);
		call.run(store);
		call.expect(state);
		before = after;
	}
	flash.onOperation = () => {};
	if (operations !== flash.operations) throw new Error("an operation was not seen");
	const { programs } = flash;
	const [least, most] = [Math.min(...flash.eraseCounts), Math.max(...flash.eraseCounts)];
	if (least === 0) throw new Error(`erases ${flash.eraseCounts}: the history is too short`);
	if (most - least > 2) throw new Error(`erases ${flash.eraseCounts}: the sectors do not wear evenly`);
	same(stateOf(open(flash, plan.provider)).sort(), lines(state), "at the end");
	return (
		`${plan.calls} operations on the store, ${sectorCount} sectors of ${sectorByteLength} bytes: ` +
		`${cuts} cuts tried in ${programs} programs and ${operations - programs} erases, ` +
		`${nested} more while it recovered, ${further} continued; lost 0`
	);
}

function open(flash: MemoryFlash, provider: Provider): Store {
	return openStore({
		flash,
		provider,
		deviceKey: new Uint8Array(32).fill(DEVICE_KEY_FILL),
		random: new Seeded(flash.operations).bytes,
		now: () => 1_800_000_000_000,
	});
}

/** Any beginning of the operation, with three kinds of edges; nothing, all and all but one octet more often than the rest. */
function tearOf(random: Seeded, byteLength: number): Tear {
	const edge = (["none", "steady", "marginal"] as const)[random.below(3)] ?? "none";
	const whole = [0, byteLength, byteLength - 1][random.below(8)] ?? random.below(byteLength);
	return { whole, edge };
}

/** The power goes in one of the operations with which a store puts itself in order; false: it had nothing to do. */
function cutWhileOpening(part: MemoryFlash, random: Seeded, provider: Provider): boolean {
	let left = random.below(4);
	let off = false;
	part.onOperation = (operation: Operation) => {
		if (off) throw new PowerCut();
		if (left-- > 0) return;
		off = true;
		part.tear(operation, tearOf(random, operation.bytes?.length ?? part.sectorByteLength));
		throw new PowerCut();
	};
	try {
		open(part, provider);
		return false;
	} catch (error) {
		if (!(error instanceof PowerCut)) throw error;
		return true;
	} finally {
		part.onOperation = () => {};
	}
}

function same(found: readonly string[], expected: readonly string[], where: string): void {
	if (String(found) !== String(expected))
		throw new Error(`${where}:\nfound\n${found.join("\n")}\ninstead of\n${expected.join("\n")}`);
}
