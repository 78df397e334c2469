/** Which pairs of ports the phone's own streams use: from the first one of the settings upwards, the lowest that is free. */

/** More than any phone has streams; beyond it something has not been given back. */
const MOST_PAIRS = 64;

export class RtpPorts {
	readonly #first: number;
	readonly #taken: Set<number> = new Set();

	/** @param first even; 0: any free pair, as the system gives them */
	constructor(first: number) {
		this.#first = first;
	}

	/** @returns an even port, 0 for any. @throws {Error} when all are taken */
	take(): number {
		if (this.#first === 0) return 0;
		for (let pair = 0; pair < MOST_PAIRS; pair++) {
			const port = this.#first + 2 * pair;
			if (port > 65534) break;
			if (this.#taken.has(port)) continue;
			this.#taken.add(port);
			return port;
		}
		throw new Error(`all RTP ports from ${this.#first} on are in use by calls of this phone`);
	}

	/** Safe to repeat. */
	give(port: number): void {
		this.#taken.delete(port);
	}
}
