/**
 * When a secret was stored and until when it counts (RFC 6189 section 4.9). The clock's time comes in from store.ts;
 * what is kept goes into a peer's record.
 * @module
 */
import { equal } from "bytes/equal";
import { NEVER, type PeerRecord, type SecretTimes } from "./peer-record";

/** The times of a secret that is new at `nowMs` (since 1970; 0: no clock). */
export function timesAt(nowMs: number, lifetimeSec: number | undefined): SecretTimes {
	const storedAtSec = Math.min(Math.floor(nowMs / 1000), NEVER - 1);
	if (lifetimeSec === undefined || lifetimeSec >= NEVER) return { storedAtSec, expiresAtSec: NEVER };
	return { storedAtSec, expiresAtSec: Math.min(storedAtSec + lifetimeSec, NEVER - 1) };
}

/** The times of a secret that was rs1 or rs2 before. */
export function timesOf(old: PeerRecord | undefined, secret: Uint8Array): SecretTimes | undefined {
	if (old?.rs1 !== undefined && equal(old.rs1, secret)) return old.rs1Times;
	if (old?.rs2 !== undefined && equal(old.rs2, secret)) return old.rs2Times;
	return undefined;
}

export function hasExpired(nowMs: number, times: SecretTimes | undefined): boolean {
	if (times === undefined || times.expiresAtSec === NEVER) return false;
	if (times.expiresAtSec <= times.storedAtSec) return true;
	// Without a clock nothing has expired: a mismatch is then shown rather than passed over.
	return nowMs > 0 && nowMs / 1000 >= times.expiresAtSec;
}

/** When a peer was last met, in seconds since 1970; undefined: nobody knows. */
export function lastSeenSec({ rs1Times, rs2Times }: PeerRecord): number | undefined {
	const storedAtSec = (rs1Times ?? rs2Times)?.storedAtSec ?? 0;
	return storedAtSec === 0 ? undefined : storedAtSec;
}
