/**
 * What the lock may say, from what is known of a call's keys. A pure function, so that every row of it can be
 * tested: the display never claims more than the truth.
 */
import type { Keying, Lock, Retained } from "./state";

export interface KeyingFacts {
	readonly keying: Keying;
	/** Both directions are encrypted right now. */
	readonly secure: boolean;
	/** Something about this call's security is wrong, whatever else holds. */
	readonly alarmed: boolean;
	readonly retained: Retained;
	/** The two people have compared the SAS, in this call or in an earlier one, unbroken since. */
	readonly verified: boolean;
	/** ZRTP ends at a trusted man in the middle, a PBX or gateway (RFC 6189 section 7.3). */
	readonly gateway: boolean;
}

/** A mismatch is an alarm until the people have compared the words of this very call. */
export function lockOf(facts: KeyingFacts): Lock {
	if (facts.alarmed) return "warning";
	if (facts.retained === "mismatch" && !facts.verified) return "warning";
	if (!facts.secure) return "open";
	switch (facts.keying) {
		case "zrtp":
			if (facts.gateway) return "gateway";
			return facts.verified ? "verified" : "closed";
		case "sdes":
		case "dtls":
			return "server";
		case "none":
			return "open";
	}
}

/** From the one that promises most to the one that is wrong. */
const WORSE: readonly Lock[] = Object.freeze(["verified", "closed", "gateway", "server", "open", "warning"] as const);

/** The lock of streams that are heard together: no better than the worst. @returns undefined: there is none */
export function worstLock(locks: readonly Lock[]): Lock | undefined {
	return WORSE[Math.max(...locks.map((lock) => WORSE.indexOf(lock)))];
}

/**
 * The tone for a lock that was another one before, in this call or in the one whose place it takes: nothing gets worse in
 * silence. Between the locks of two phones there is no worse; what a server can read is worse than they are.
 * @param lostKeys keys between the phones were on and went
 */
export function toneOf(former: Lock, lock: Lock, lostKeys: boolean): "warning" | "secure" | undefined {
	if (former === lock) return undefined;
	if (lock === "warning") return "warning";
	if (isEncrypted(former) && (lock === "open" || lock === "server")) return "warning";
	return isEncrypted(lock) && !isEncrypted(former) && lostKeys ? "secure" : undefined;
}

function isEncrypted(lock: Lock): boolean {
	return lock !== "open" && lock !== "warning";
}
