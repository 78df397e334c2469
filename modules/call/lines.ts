/**
 * The lines of the phone: a few calls at a time, and at most one of them with the sound, or those that are joined in a
 * conference. Whoever gets the sound puts the others on hold first, so that no voice reaches two ends by mistake.
 */
import type { Line } from "./line";

/** Calls at a time; each costs a stream, its keys and its buffers. */
export const MAX_LINES = 4;

export class Lines {
	/** Live ones, by number. */
	#lines: readonly Line[] = [];
	/** The call that ended last, until a new one begins: its reason is still to be read. */
	#last: Line | undefined;
	#focus: Line | undefined;
	/** It talks until the one in front is answered in its place. */
	#giving: Line | undefined;

	get live(): readonly Line[] {
		return this.#lines;
	}

	/** The line with the sound: talking, being called, or on hold by the owner's wish; undefined: none has it. */
	get focus(): Line | undefined {
		return this.#focus;
	}

	/** What a command without an id means: the line with the sound, else one that rings, else one that waits. */
	get front(): Line | undefined {
		return this.#focus ?? this.#lines.find((line) => line.ringsHere) ?? this.#lines[0];
	}

	/** As they are told: the one in front, the others by number, the one that ended last. */
	get inOrder(): readonly Line[] {
		const { front } = this;
		const rest = this.#lines.filter((line) => line !== front);
		return [...(front ? [front] : []), ...rest, ...(this.#last ? [this.#last] : [])];
	}

	/** The lowest number that no line has; undefined: all are taken. */
	get freeNumber(): number | undefined {
		for (let number = 1; number <= MAX_LINES; number++) if (!this.numbered(number)) return number;
		return undefined;
	}

	numbered(number: number): Line | undefined {
		return this.#lines.find((line) => line.number === number);
	}

	/** @param id of a live call; undefined: the one in front */
	find(id: number | undefined): Line | undefined {
		return id === undefined ? this.front : this.#lines.find((line) => line.id === id);
	}

	/** The one that rings, in the order of the lines. */
	ringing(id: number | undefined): Line | undefined {
		return this.#lines.find((line) => line.ringsHere && (id === undefined || line.id === id));
	}

	add(line: Line): void {
		this.#last = undefined;
		this.#lines = [...this.#lines, line].sort((a, b) => a.number - b.number);
	}

	/**
	 * It has the sound from now on, and every other line that could be heard is on hold.
	 * @param instead the one that ends when this one is answered: it is not held for that, and has the sound again if it is not
	 */
	take(line: Line, instead?: Line): void {
		for (const other of this.#lines) if (other !== line && other !== instead) other.hold(true);
		this.#focus = line;
		this.#giving = instead;
		line.hold(false);
	}

	/** It has the sound already, and nobody else. */
	focusOn(line: Line): void {
		this.#focus = line;
	}

	/** Lines whose call has ended are free again. */
	settle(): void {
		for (const line of this.#lines) if (!line.live) this.#last = line;
		this.#lines = this.#lines.filter((line) => line.live);
		if (this.#giving && !this.#giving.live) this.#giving = undefined;
		if (this.#focus && !this.#focus.live) {
			this.#focus = this.#giving;
			this.#giving = undefined;
		}
	}
}
