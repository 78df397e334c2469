/** One line of the screen for several that have something to say to the person: the one that explains the others goes first. */

/** In this order: without a network there is no config either. */
const SOURCES = ["network", "config", "storage"] as const;

export type NoticeSource = (typeof SOURCES)[number];

export class Notices {
	readonly #texts = new Map<NoticeSource, string>();
	readonly #onChange: () => void;

	/** @param onChange comes where `text` is another than before */
	constructor(onChange: () => void) {
		this.#onChange = onChange;
	}

	get text(): string | undefined {
		for (const source of SOURCES) {
			const text = this.#texts.get(source);
			if (text !== undefined) return text;
		}
		return undefined;
	}

	/** undefined: it has nothing to say any more. */
	set(source: NoticeSource, text: string | undefined): void {
		const before = this.text;
		if (text === undefined) this.#texts.delete(source);
		else this.#texts.set(source, text);
		if (this.text !== before) this.#onChange();
	}
}
