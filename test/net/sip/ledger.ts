/**
 * What a phone waits for an answer to, by what really went out and came in: it tells whether a timer of RFC 3261 may have
 * run out.
 */
import { parse } from "sip/parse";
import { branchOf } from "sip/via";

/** 64*T1: timers B, F and H. */
export const GIVE_UP_MS = 32_000;
/** Between two attempts to make a connection (sip/exchange.ts). */
const RECONNECT_MS = 2000;

export class Ledger {
	/** First sent at, by branch and method. */
	readonly #asked = new Map<string, number>();
	readonly #answered = new Set<string>();
	/** First sent at, by CSeq of the INVITE that a 2xx answers. */
	readonly #accepted = new Map<string, number>();
	readonly #acknowledged = new Set<string>();

	/** Since when a connection is wanted, by where to. */
	readonly #wanted = new Map<string, number>();

	wants(now: number, place: string): void {
		if (!this.#wanted.has(place)) this.#wanted.set(place, now);
	}

	/** For how long a connection has been wanted by then that was not there, at most. */
	wantedMs(now: number): number {
		return Math.max(0, ...[...this.#wanted.values()].map((at) => now - at));
	}

	has(place: string): void {
		this.#wanted.delete(place);
	}

	sent(now: number, bytes: Uint8Array): void {
		const message = parse(bytes);
		if (message.type === "malformed") return;
		const key = `${branchOf(message.via)}|${message.method}`;
		if (message.type === "request" && !this.#asked.has(key)) this.#asked.set(key, now);
		if (message.type === "response" && message.method === "INVITE" && message.status >= 200 && message.status < 300) {
			const accepted = `${message.callId}|${message.cseq}`;
			if (!this.#accepted.has(accepted)) this.#accepted.set(accepted, now);
		}
	}

	arrived(bytes: Uint8Array): void {
		const message = parse(bytes);
		if (message.type === "malformed") return;
		if (message.type === "response") this.#answered.add(`${branchOf(message.via)}|${message.method}`);
		else if (message.method === "ACK") this.#acknowledged.add(`${message.callId}|${message.cseq}`);
	}

	/** Whether a timer may have run out at that time: something was sent 64*T1 before, and nothing was heard. */
	excuses(now: number): boolean {
		// Tried for as long, up to the last attempt that still had time to begin.
		for (const at of this.#wanted.values()) if (now - at >= GIVE_UP_MS - RECONNECT_MS) return true;
		const due = (at: number): boolean => Math.abs(now - GIVE_UP_MS - at) <= 1;
		for (const [key, at] of this.#asked) if (due(at) && !this.#answered.has(key)) return true;
		for (const [key, at] of this.#accepted) if (due(at) && !this.#acknowledged.has(key)) return true;
		return false;
	}
}
