/** A line of text that is typed with twelve keys (key-letters.ts). Time comes in with every key. */
import { type EntryMode, KeyLetters } from "./key-letters";

export class TextEntry {
	readonly #letters: KeyLetters;
	/** In characters. */
	readonly #maxLength: number;
	#text: string;

	constructor(options: { readonly text?: string; readonly mode: EntryMode; readonly maxLength: number }) {
		this.#letters = new KeyLetters(options.mode);
		this.#text = options.text ?? "";
		this.#maxLength = options.maxLength;
	}

	get text(): string {
		return this.#text;
	}
	get mode(): EntryMode {
		return this.#letters.mode;
	}

	/** The mode that "*" or its soft key brings next. */
	get nextMode(): EntryMode {
		return this.#letters.nextMode;
	}

	switchMode(): void {
		this.#letters.switchMode();
	}

	delete(): void {
		this.#text = [...this.#text].slice(0, -1).join("");
		this.#letters.settle();
	}

	clear(): void {
		this.#text = "";
		this.#letters.settle();
	}

	/** @returns whether the key was one for text. */
	key(name: string, now: number): boolean {
		const typed = this.#letters.key(name, now);
		if (!typed) return false;
		const characters = [...this.#text];
		if (typed.replaces) characters.pop();
		if (characters.length < this.#maxLength) this.#text = characters.join("") + typed.character;
		else this.#letters.settle();
		return true;
	}
}
