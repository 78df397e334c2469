/**
 * When key pairs are made ahead (crypto/key-pool.ts): while no call is on its way to its keys, so that no step of a
 * handshake waits for one that is being made, and so many that each line finds one.
 */
import type { Schedule } from "crypto/key-pool";
import Timer from "timer";
import { MAX_LINES } from "./lines";

/** A pair of each kind for every line: all of them may be called at once. */
export const KEY_PAIRS_READY = MAX_LINES;

/** How soon it is looked again whether the handshakes have ended. */
const BUSY_MS = 50;

/** @param busy whether some call agrees its keys now */
export function whenQuiet(busy: () => boolean): Schedule {
	const schedule: Schedule = (task) => later(task, 0);
	const later = (task: () => void, ms: number): void =>
		void Timer.set(() => (busy() ? later(task, BUSY_MS) : task()), ms);
	return schedule;
}
