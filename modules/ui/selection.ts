/** Which entry of a list is selected, and which of them are visible. */

export class Selection {
	readonly #visible: number;
	#selected = 0;
	#first = 0;

	/** @param visible how many entries have room */
	constructor(visible: number) {
		this.#visible = visible;
	}

	get selected(): number {
		return this.#selected;
	}
	/** The entry at the top. */
	get first(): number {
		return this.#first;
	}

	/** Selects an entry of so many, or the nearest there is, and brings it into sight. */
	select(index: number, count: number): void {
		this.#selected = Math.max(0, Math.min(index, count - 1));
		const least = Math.max(0, this.#selected - this.#visible + 1);
		const most = Math.max(0, Math.min(this.#selected, count - this.#visible));
		this.#first = Math.max(least, Math.min(this.#first, most));
	}
}
