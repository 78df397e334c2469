/**
 * What to call the other party of one call: the owner's name that the store keeps with its secrets, else what the call
 * itself says. A store that fails costs the name alone.
 */
import type { AreaLog } from "log/log";
import type { SecretStore } from "zrtp/store";
import { wipeSecrets } from "./secret-keeper";

export class PeerName {
	readonly #store: SecretStore;
	readonly #log: AreaLog;
	#given: string | undefined;
	#sought = false;

	constructor(store: SecretStore, log: AreaLog) {
		this.#store = store;
		this.#log = log;
	}

	/** The owner's name; undefined: none is known. */
	get given(): string | undefined {
		return this.#given;
	}

	/** The peer has shown its ZID. Asked of the store once: the record is decrypted for it. */
	learn(zid: Uint8Array): void {
		if (this.#sought) return;
		this.#sought = true;
		try {
			const record = this.#store.lookup(zid);
			wipeSecrets(record);
			this.#given ??= record?.name;
		} catch (error) {
			this.#log.warn(`the peer's name was not read: ${reasonOf(error)}`);
		}
	}

	/** A name for this call alone. */
	callOnce(name: string): void {
		this.#given = name;
	}

	/** The owner names the peer; a name that cannot be kept stands for this call. */
	give(zid: Uint8Array, name: string): void {
		this.#given = name;
		try {
			if (!this.#store.rename(zid, name)) this.#log.warn("the name was not stored: nothing is kept of this peer");
		} catch (error) {
			this.#log.warn(`the name was not stored: ${reasonOf(error)}`);
		}
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
