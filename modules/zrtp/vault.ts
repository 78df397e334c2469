/** The secrets of one session in one place. session.ts has one; whoever derives a secret puts it in. */

import { wipe } from "bytes/wipe";

/** Every secret array of a session, so that its end can wipe all of them at once. */
export class Vault {
	readonly #arrays: Set<Uint8Array> = new Set();

	/** Arrays held now. */
	get size(): number {
		return this.#arrays.size;
	}

	/** Returns its argument, from now on wiped with the rest. */
	keep(array: Uint8Array): Uint8Array {
		this.#arrays.add(array);
		return array;
	}

	/** Wipes these now. */
	drop(...arrays: readonly (Uint8Array | undefined)[]): void {
		for (const array of arrays) {
			wipe(array);
			if (array) this.#arrays.delete(array);
		}
	}

	/** Wipes everything, but for what is named. */
	wipe(...except: readonly (Uint8Array | undefined)[]): void {
		for (const array of [...this.#arrays]) if (!except.includes(array)) this.drop(array);
	}
}
