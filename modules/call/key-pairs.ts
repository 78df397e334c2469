/**
 * When key pairs are made ahead (crypto/key-pool.ts): while no call is on its way to its keys and no account to its first
 * registration, so that neither waits for one that is being made, and so many that each line finds one.
 */
import type { Schedule } from "crypto/key-pool";
import Timer from "timer";
import { MAX_LINES } from "./lines";
import { REGISTERING } from "./registrations";
import type { PhoneState } from "./state";

/** A pair of each kind for every line: all of them may be called at once. */
export const KEY_PAIRS_READY = MAX_LINES;

/** How soon it is looked again whether the handshakes have ended. */
const BUSY_MS = 50;

/** Whether a call agrees its keys, or a registrar has not said anything yet. */
export function hurries({ calls, registered }: Pick<PhoneState, "calls" | "registered">): boolean {
	return calls.some(({ securing }) => securing) || registered.some(({ ok, reason }) => !ok && reason === REGISTERING);
}

/** @param busy whether something is under way that must not wait */
export function whenQuiet(busy: () => boolean): Schedule {
	const schedule: Schedule = (task) => later(task, 0);
	const later = (task: () => void, ms: number): void =>
		void Timer.set(() => (busy() ? later(task, BUSY_MS) : task()), ms);
	return schedule;
}
