/**
 * Which server to try next (RFC 3263 section 4.3): what lookup.ts found is kept for as long as the name server allows,
 * a server that failed goes to the end of the list for a while, and takes its place again afterwards. Places enter from
 * exchange.ts, targets leave to it.
 * @module
 */

import { keyOf } from "./flows";
import { type DnsAnswer, lookUp, type QuestionKind, type Target } from "./lookup";
import { bare, type Destination, isNumeric, type Place, portOf } from "./uri";

/** In the order of trying; or why there is none. */
export type Located = { readonly targets: readonly Target[] } | { readonly error: string };

export interface LocatorOptions {
	now(): number;
	below(limit: number): number;
	ask(id: number, name: string, kind: QuestionKind): void;
	/** Whether this phone has a way to send there. */
	usable(target: Target): boolean;
}

/** How long a server that failed is tried last. */
export const FAILED_MS = 120000;
const MAX_FAILED = 32;
const MAX_PLACES = 16;
/** Searches at once, and questions of theirs. */
const MAX_SEARCHES = 16;

interface Entry {
	targets: readonly Target[];
	until: number;
	/** Whoever waits; undefined while nobody searches. */
	waiting: ((located: Located) => void)[] | undefined;
}

export class Locator {
	readonly #options: LocatorOptions;
	readonly #places = new Map<string, Entry>();
	readonly #failed = new Map<string, number>();
	readonly #questions = new Map<number, (answer: DnsAnswer) => void>();
	#nextQuestion = 1;

	constructor(options: LocatorOptions) {
		this.#options = options;
	}

	/** Calls back at once where the answer is known, else once later. */
	find(place: Place, onFound: (located: Located) => void): void {
		const known = this.known(place);
		if (known !== undefined) {
			onFound(known);
			return;
		}
		const key = placeKey(place);
		const entry: Entry = this.#places.get(key) ?? { targets: [], until: 0, waiting: undefined };
		if (entry.waiting !== undefined) {
			entry.waiting.push(onFound);
			return;
		}
		if ([...this.#places.values()].filter(({ waiting }) => waiting !== undefined).length >= MAX_SEARCHES) {
			onFound({ error: "too many names are being looked for at once" });
			return;
		}
		const waiting = [onFound];
		entry.waiting = waiting;
		this.#keep(key, entry);
		lookUp(place, {
			below: (limit) => this.#options.below(limit),
			ask: (name, kind, onAnswer) => {
				const id = this.#nextQuestion++;
				this.#questions.set(id, onAnswer);
				this.#options.ask(id, name, kind);
			},
			onDone: (result) => {
				entry.waiting = undefined;
				if ("targets" in result) {
					entry.targets = result.targets;
					entry.until = this.#options.now() + result.ttlSec * 1000;
				} else if (entry.targets.length === 0) this.#places.delete(key);
				// An old answer is better than none: a name server that is down must not take the phone with it.
				const located: Located = entry.targets.length > 0 ? this.#order(entry.targets) : result;
				for (const each of waiting) each(located);
			},
		});
	}

	/** What is known without asking: numeric addresses, and what was found lately. */
	known(place: Place): Located | undefined {
		const address = bare(place.address);
		if (isNumeric(address)) {
			const transport = place.transport ?? (place.sips ? "tls" : "udp");
			const target = { address, port: place.port ?? portOf(transport), transport, name: address };
			return this.#order([target]);
		}
		const entry = this.#places.get(placeKey(place));
		return entry === undefined || entry.until <= this.#options.now() ? undefined : this.#order(entry.targets);
	}

	/** Whether a place had the address when it was looked for last, however long ago: who has served it is no stranger yet. */
	hadAddress(place: Place, address: string): boolean {
		return this.#places.get(placeKey(place))?.targets.some((target) => target.address === address) === true;
	}

	/** The answer to a question; those that nobody asked are passed over. */
	answer(id: number, answer: DnsAnswer): void {
		const onAnswer = this.#questions.get(id);
		this.#questions.delete(id);
		onAnswer?.(answer);
	}

	/** Nothing came back from there, or it said that it cannot serve: others first, for a while. */
	failed(to: Destination, forMs = FAILED_MS): void {
		const key = keyOf(to);
		this.#failed.delete(key);
		this.#failed.set(key, this.#options.now() + forMs);
		for (const [oldest] of this.#failed) {
			if (this.#failed.size <= MAX_FAILED) return;
			this.#failed.delete(oldest);
		}
	}

	/** It answers (again). */
	works(to: Destination): void {
		this.#failed.delete(keyOf(to));
	}

	/** Whether it failed lately. */
	isFailed(target: Destination): boolean {
		return (this.#failed.get(keyOf(target)) ?? 0) > this.#options.now();
	}

	#order(targets: readonly Target[]): Located {
		const usable = targets.filter((target) => this.#options.usable(target));
		if (usable.length === 0) return { error: `this phone has no way to ${targets[0]?.address ?? "there"}` };
		const good = usable.filter((target) => !this.isFailed(target));
		return { targets: [...good, ...usable.filter((target) => this.isFailed(target))] };
	}

	#keep(key: string, entry: Entry): void {
		this.#places.delete(key);
		this.#places.set(key, entry);
		for (const [oldest, { waiting }] of this.#places) {
			if (this.#places.size <= MAX_PLACES) return;
			if (waiting === undefined) this.#places.delete(oldest);
		}
	}
}

function placeKey(place: Place): string {
	return `${place.address.toLowerCase()}|${place.port ?? ""}|${place.transport ?? (place.sips ? "sips" : "")}`;
}
