/**
 * A passphrase that is typed with twelve keys (key-letters.ts): octets that are wiped, never a string, and nothing that
 * could be drawn but their number.
 */
import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import { type EntryMode, KeyLetters } from "./key-letters";

export const PASSPHRASE_MAXIMUM = 64;

export class PassphraseEntry {
	readonly #letters = new KeyLetters("abc");
	readonly #octets = new Uint8Array(PASSPHRASE_MAXIMUM);
	#length = 0;

	/** In characters, which are octets here: keys type ASCII. */
	get length(): number {
		return this.#length;
	}
	get mode(): EntryMode {
		return this.#letters.mode;
	}
	get nextMode(): EntryMode {
		return this.#letters.nextMode;
	}

	/** The same key pressed now would turn the last letter. */
	isTurning(now: number): boolean {
		return this.#length > 0 && this.#letters.isTurning(now);
	}

	switchMode(): void {
		this.#letters.switchMode();
	}

	delete(): void {
		if (this.#length > 0) this.#octets[--this.#length] = 0;
		this.#letters.settle();
	}

	/** @returns whether the key was one for text. */
	key(name: string, now: number): boolean {
		const typed = this.#letters.key(name, now);
		if (!typed) return false;
		if (typed.replaces && this.#length > 0) this.#length -= 1;
		if (typed.character === "") return true;
		if (this.#length < PASSPHRASE_MAXIMUM) this.#octets[this.#length++] = typed.character.charCodeAt(0);
		else this.#letters.settle();
		return true;
	}

	equals(other: PassphraseEntry): boolean {
		return this.#length === other.#length && equal(this.#octets, other.#octets);
	}

	/** A copy for whoever wipes it. */
	copy(): Uint8Array {
		return this.#octets.slice(0, this.#length);
	}

	wipe(): void {
		wipe(this.#octets);
		this.#length = 0;
		this.#letters.settle();
	}
}
