/**
 * When a message goes out again (RFC 6189 section 6), as plain values: the states keep a Retransmission, the engine
 * asks for a tick at its nextAt, nobody sleeps.
 */

import type { Schedule } from "./constants";

export interface Retransmission {
	/** Identical each time (section 6). */
	readonly message: Uint8Array;
	readonly schedule: Schedule;
	/** Retransmissions done so far. */
	readonly count: number;
	readonly intervalMs: number;
	/** When to send again, or to give up. */
	readonly nextAt: number;
}

/** For a message that is sent for the first time now. */
export function startRetransmission(message: Uint8Array, schedule: Schedule, now: number): Retransmission {
	return { message, schedule, count: 0, intervalMs: schedule.firstMs, nextAt: now + schedule.firstMs };
}

/** After it went out once more: the interval doubles up to the cap. */
export function retransmitted(current: Retransmission, now: number): Retransmission {
	const intervalMs = Math.min(current.intervalMs * 2, current.schedule.capMs);
	return { ...current, count: current.count + 1, intervalMs, nextAt: now + intervalMs };
}

/** Every retransmission has been made and the last interval has passed. */
export function isExhausted(current: Retransmission, now: number): boolean {
	return now >= current.nextAt && current.count >= current.schedule.retransmissions;
}
