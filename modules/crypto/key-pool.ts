/**
 * Key pairs made ahead while the phone is idle, so that a call does not wait for them (RFC 6189 section 4.4.1.1 allows
 * it). A pair is handed out once, and belongs from then on to whoever took it, who wipes it after use.
 * @module
 */
import { wipe } from "bytes/wipe";
import type { KeyAgreement, KeyPair, RandomSource } from "./types";

/** Runs a task later, when there is nothing better to do: a timer, an idle hook. Never runs it inside the call. */
export type Schedule = (task: () => void) => void;

export interface KeyPoolOptions {
	readonly random: RandomSource;
	readonly schedule: Schedule;
	/** Which agreements to make pairs for, by the code that asks for them, the one most likely to be needed first. */
	readonly keyAgreements: ReadonlyMap<string, KeyAgreement>;
	/** Pairs kept ready for each agreement, 1 or more. One is what a call takes; 2 lets a second call come at once. */
	readonly capacity?: number;
}

/** Makes one pair per scheduled task, so that no task is longer than one key generation. */
export class KeyPool {
	readonly #options: KeyPoolOptions;
	readonly #capacity: number;
	readonly #ready = new Map<string, KeyPair[]>();
	#scheduled = false;
	#closed = false;

	/** Begins to fill at once. @throws RangeError for a capacity that is no positive integer */
	constructor(options: KeyPoolOptions) {
		const capacity = options.capacity ?? 1;
		if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`capacity: ${capacity}`);
		this.#options = options;
		this.#capacity = capacity;
		for (const code of options.keyAgreements.keys()) this.#ready.set(code, []);
		this.#refill();
	}

	/** Pairs ready for a code. */
	ready(code: string): number {
		return this.#ready.get(code)?.length ?? 0;
	}

	/** A pair that nobody has had before and nobody will get again; undefined when none is ready. */
	take(code: string): KeyPair | undefined {
		const pair = this.#ready.get(code)?.shift();
		this.#refill();
		return pair;
	}

	/** Wipes what is left and makes no more. Safe to repeat. */
	close(): void {
		this.#closed = true;
		for (const pairs of this.#ready.values()) {
			for (const pair of pairs) wipe(pair.privateKey);
			pairs.length = 0;
		}
	}

	#refill(): void {
		if (this.#scheduled || this.#closed || this.#hungry() === undefined) return;
		this.#scheduled = true;
		this.#options.schedule(() => {
			this.#scheduled = false;
			const code = this.#closed ? undefined : this.#hungry();
			if (code === undefined) return;
			const pair = this.#options.keyAgreements.get(code)?.generate(this.#options.random);
			if (pair !== undefined) this.#ready.get(code)?.push(pair);
			this.#refill();
		});
	}

	/** The first agreement with the fewest pairs, so that every one has a pair before any has two. */
	#hungry(): string | undefined {
		let hungriest: string | undefined;
		let fewest = this.#capacity;
		for (const [code, pairs] of this.#ready) {
			if (pairs.length >= fewest) continue;
			fewest = pairs.length;
			hungriest = code;
		}
		return hungriest;
	}
}
