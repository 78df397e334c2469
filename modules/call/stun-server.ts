/**
 * The STUN server of the settings: its name is looked up when the phone starts and from time to time, so that a call finds an
 * address at hand and never waits for a name.
 */
import { type Query, resolve } from "hal/net/resolve";
import type { TransportAddress } from "ice/types";
import type { AreaLog } from "log/log";
import Timer from "timer";

const AGAIN_MS = 600_000;
const AFTER_FAILURE_MS = 30_000;

export class StunServer {
	readonly #host: string;
	readonly #port: number;
	readonly #log: AreaLog;
	#address: TransportAddress | undefined;
	#query: Query | undefined;
	#timer: Timer | undefined;

	constructor(server: { readonly host: string; readonly port: number }, log: AreaLog) {
		this.#host = server.host;
		this.#port = server.port;
		this.#log = log;
		this.#ask();
	}

	/** undefined: not known yet, or its name cannot be found. */
	get address(): TransportAddress | undefined {
		return this.#address;
	}

	/** Safe to repeat. */
	close(): void {
		this.#query?.close();
		this.#query = undefined;
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
	}

	#ask(): void {
		this.#query = resolve(this.#host, (result) => {
			this.#query = undefined;
			// Media is IPv4, and so is what it may be reached by.
			const address = "addresses" in result ? result.addresses.find((text) => !text.includes(":")) : undefined;
			if (address === undefined) this.#log.warn("error" in result ? result.error : `${this.#host} has no IPv4 address`);
			else this.#address = { address, port: this.#port };
			this.#timer = Timer.set(() => this.#ask(), address === undefined ? AFTER_FAILURE_MS : AGAIN_MS);
		});
	}
}
