/**
 * Three parties: two calls of this phone and its owner. The streams are mixed in hal/audio, each under its own keys, so
 * the conference is worth no more than the weakest of its calls, and that is what its lock says.
 */
import type { Line } from "./line";
import type { Lines } from "./lines";
import { worstLock } from "./lock";
import type { Lock } from "./state";

const LEGS = 2;

export class Conference {
	readonly #lines: Lines;
	#legs: readonly Line[] = [];

	constructor(lines: Lines) {
		this.#lines = lines;
	}

	/** undefined: nobody is joined. */
	get lock(): Lock | undefined {
		return worstLock(this.#legs.map((line) => line.call.describe().lock));
	}

	has(line: Line): boolean {
		return this.#legs.includes(line);
	}

	/** The call in front and one that waits. @returns why nothing was done */
	join(): string | undefined {
		if (this.#legs.length > 0) return "three are joined already";
		const { front, live } = this.#lines;
		const connected = live.filter((line) => line.connected);
		const legs = [...connected.filter((line) => line === front), ...connected.filter((line) => line !== front)];
		if (legs.length < LEGS) return "a conference takes two calls that were answered";
		this.#legs = legs.slice(0, LEGS);
		const [first] = this.#legs;
		if (first) this.#lines.take(first);
		for (const line of this.#legs) {
			line.call.conference = true;
			line.hold(false);
		}
		return undefined;
	}

	/** The one in front goes on, the other waits on hold. @returns why nothing was done */
	part(): string | undefined {
		if (this.#legs.length === 0) return "nobody is joined";
		const legs = this.#legs;
		this.#legs = [];
		for (const line of legs) {
			line.call.conference = false;
			if (line !== this.#lines.focus) line.hold(true);
		}
		return undefined;
	}

	hold(on: boolean): void {
		for (const line of this.#legs) line.hold(on);
	}

	/** The owner is silent; the others go on hearing each other. */
	mute(on: boolean): void {
		for (const line of this.#legs) line.call.mute(on);
	}

	/** One of them has hung up: whoever is left is an ordinary call again, and goes on. */
	settle(): void {
		if (this.#legs.every((line) => line.live)) return;
		const left = this.#legs.filter((line) => line.live);
		this.#legs = [];
		for (const line of left) line.call.conference = false;
		const [line] = left;
		if (line && !this.#lines.focus) this.#lines.focusOn(line);
	}
}
