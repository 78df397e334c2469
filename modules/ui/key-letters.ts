/**
 * Characters from twelve keys: a digit key pressed again within a second takes its next letter. Keys and times come in
 * from what keeps the text (text-entry.ts, passphrase-entry.ts); a character goes back.
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

export interface Typed {
	/** Of ASCII; empty: the key brought the next alphabet. */
	readonly character: string;
	/** It is the next letter of the key before, and comes in that one's place. */
	readonly replaces: boolean;
}

export class KeyLetters {
	#mode: EntryMode;
	#lastKey = "";
	#lastAt = Number.NEGATIVE_INFINITY;
	#turn = 0;

	constructor(mode: EntryMode) {
		this.#mode = mode;
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
		this.settle();
	}

	/** The letter stays as it is: the next key begins another. */
	settle(): void {
		this.#lastKey = "";
	}

	/** The same key pressed now would turn the letter. */
	isTurning(now: number): boolean {
		return this.#lastKey !== "" && now - this.#lastAt < NEXT_LETTER_MS;
	}

	/** @returns undefined where the key is none for text */
	key(name: string, now: number): Typed | undefined {
		if (!/^[0-9*#]$/.test(name)) return undefined;
		if (this.#mode === "123") return { character: name, replaces: false };
		if (name === "*") {
			this.switchMode();
			return { character: "", replaces: false };
		}
		const letters = LETTERS[name] ?? name;
		const replaces = name === this.#lastKey && this.isTurning(now) && letters.length > 1;
		this.#turn = replaces ? (this.#turn + 1) % letters.length : 0;
		this.#lastKey = letters.length > 1 ? name : "";
		this.#lastAt = now;
		const letter = letters[this.#turn] ?? name;
		return { character: this.#mode === "ABC" ? letter.toUpperCase() : letter, replaces };
	}
}

/** What a digit key stands for, lower case. */
export function lettersOf(digit: string): string {
	return LETTERS[digit] ?? digit;
}
