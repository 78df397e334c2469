/**
 * Words that the owners of two phones have agreed on (auxsecret, RFC 6189 section 4.3): they go into the keys of a call
 * where both have the same. What is typed becomes 32 octets at once, slowly, because the Hello and DHPart messages let who
 * listens try words against what is sent; those octets live in memory alone, and end with the power.
 */

import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import type { Provider } from "crypto/types";
import type { AreaLog } from "log/log";
import type { SharedWords as SharedWordsScreen } from "ui/screen";
import { pbkdf2, ROUNDS } from "zrtp-store/passphrase";

/** Octets of what is typed, spaces aside. */
export const WORDS_MINIMUM = 8;
const SPACE = 0x20;

export interface SharedWordsOptions {
	readonly provider: Provider;
	readonly log: AreaLog;
	/** Runs a task once the screen has been drawn. */
	readonly later: (task: () => void) => void;
	readonly onChange: () => void;
}

export class SharedWords implements SharedWordsScreen {
	readonly #options: SharedWordsOptions;
	#secret: Uint8Array | undefined;

	constructor(options: SharedWordsOptions) {
		this.#options = options;
	}

	get set(): boolean {
		return this.#secret !== undefined;
	}

	/** 32 octets, which stay its own: copy what is to be kept. */
	get secret(): Uint8Array | undefined {
		return this.#secret;
	}

	use(words: Uint8Array, done: (reason: string | undefined) => void): void {
		const { later, onChange } = this.#options;
		later(() => {
			done(this.take(words));
			// The screen says more than the phone's state does.
			onChange();
		});
	}

	/** Wipes the words. @returns why nothing was done */
	take(words: Uint8Array): string | undefined {
		const { provider, log, onChange } = this.#options;
		const plain = normalized(words);
		try {
			if (plain.length < WORDS_MINIMUM) return `shared words have ${WORDS_MINIMUM} characters or more`;
			const secret = pbkdf2(provider, plain, utf8Encode("sotto shared words"), ROUNDS);
			wipe(this.#secret);
			this.#secret = secret;
			log.info("shared words are in use");
			onChange();
			return undefined;
		} finally {
			wipe(words, plain);
		}
	}

	/** Safe to repeat. */
	forget(): void {
		if (this.#secret === undefined) return;
		wipe(this.#secret);
		this.#secret = undefined;
		this.#options.log.info("shared words are no longer in use");
		this.#options.onChange();
	}
}

/** Two people type the same words with other spaces and capitals: letters of ASCII become small, spaces go. */
function normalized(words: Uint8Array): Uint8Array {
	const plain = new Uint8Array(words.length);
	let length = 0;
	for (const octet of words) {
		if (octet === SPACE) continue;
		plain[length] = octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
		length += 1;
	}
	const cut = plain.slice(0, length);
	wipe(plain);
	return cut;
}
