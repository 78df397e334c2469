/**
 * Timers without a clock: the time is given by whoever drives the agent, and the earliest timer is what it asks to be
 * woken for.
 * @module
 */

/** Something that will happen; cancel() is safe to repeat. */
export interface Timer {
	readonly at: number;
	cancel(): void;
}

class Entry implements Timer {
	readonly at: number;
	readonly fire: () => void;
	readonly #list: Set<Entry>;

	constructor(list: Set<Entry>, at: number, fire: () => void) {
		this.#list = list;
		this.at = at;
		this.fire = fire;
		list.add(this);
	}

	cancel(): void {
		this.#list.delete(this);
	}
}

export class Timers {
	#entries = new Set<Entry>();
	#now = 0;

	/** Milliseconds, monotonic. */
	get now(): number {
		return this.#now;
	}

	/** Time only goes forward; an earlier one is taken for the present. */
	advance(now: number): void {
		if (now > this.#now) this.#now = now;
	}

	after(delayMs: number, fire: () => void): Timer {
		return new Entry(this.#entries, this.#now + delayMs, fire);
	}

	/** When the earliest timer is due. */
	get next(): number | undefined {
		return this.#earliest()?.at;
	}

	/** Fires what is due, in order of time. */
	run(): void {
		for (;;) {
			const entry = this.#earliest();
			if (entry === undefined || entry.at > this.#now) return;
			entry.cancel();
			entry.fire();
		}
	}

	#earliest(): Entry | undefined {
		let earliest: Entry | undefined;
		for (const entry of this.#entries) if (earliest === undefined || entry.at < earliest.at) earliest = entry;
		return earliest;
	}
}
