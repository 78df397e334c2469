/**
 * Text from twelve keys: a digit key pressed again within a second takes its next letter. Time comes in with every key.
 * "*" brings the next alphabet (123, abc, ABC); in letters "1" and "0" hold the signs of addresses.
 */

export type EntryMode = "123" | "abc" | "ABC";

const MODES: readonly EntryMode[] = Object.freeze(["123", "abc", "ABC"] as const);
const LETTERS: Readonly<Record<string, string>> = Object.freeze({
	"0": " 0+",
	"1": ".@:-_1/",
	"2": "abc2",
	"3": "def3",
	"4": "ghi4",
	"5": "jkl5",
	"6": "mno6",
	"7": "pqrs7",
	"8": "tuv8",
	"9": "wxyz9",
	"#": "#",
});
const NEXT_LETTER_MS = 1000;

export class TextEntry {
	readonly #maxLength: number;
	#text: string;
	#mode: EntryMode;
	#lastKey = "";
	#lastAt = Number.NEGATIVE_INFINITY;
	#turn = 0;

	constructor(options: { readonly text?: string; readonly mode: EntryMode; readonly maxLength: number }) {
		this.#text = options.text ?? "";
		this.#mode = options.mode;
		this.#maxLength = options.maxLength;
	}

	get text(): string {
		return this.#text;
	}
	get mode(): EntryMode {
		return this.#mode;
	}

	/** The mode that "*" or its soft key brings next. */
	get nextMode(): EntryMode {
		return MODES[(MODES.indexOf(this.#mode) + 1) % MODES.length] ?? "123";
	}

	switchMode(): void {
		this.#mode = this.nextMode;
		this.#lastKey = "";
	}

	delete(): void {
		this.#text = [...this.#text].slice(0, -1).join("");
		this.#lastKey = "";
	}

	clear(): void {
		this.#text = "";
		this.#lastKey = "";
	}

	/** @returns whether the key was one for text. */
	key(name: string, now: number): boolean {
		if (!/^[0-9*#]$/.test(name)) return false;
		if (this.#mode === "123") {
			this.#append(name);
			return true;
		}
		if (name === "*") {
			this.switchMode();
			return true;
		}
		const letters = LETTERS[name] ?? name;
		const again = name === this.#lastKey && now - this.#lastAt < NEXT_LETTER_MS && letters.length > 1;
		this.#turn = again ? (this.#turn + 1) % letters.length : 0;
		if (again) this.#text = [...this.#text].slice(0, -1).join("");
		const letter = letters[this.#turn] ?? name;
		this.#append(this.#mode === "ABC" ? letter.toUpperCase() : letter);
		this.#lastKey = name;
		this.#lastAt = now;
		return true;
	}

	#append(character: string): void {
		if ([...this.#text].length < this.#maxLength) this.#text += character;
	}
}
