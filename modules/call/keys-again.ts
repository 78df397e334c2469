/**
 * Keys that could not be agreed because nothing came through: both phones have given up by then, and neither would ever
 * begin anew although the network is back. So one of them offers a new ZRTP session by re-INVITE, which SIP repeats for as
 * long as its timers allow; the other end's phone begins anew with it (rekeying.ts). line.ts says how the session stands.
 */
import Timer from "timer";

export interface KeysAgainOptions {
	/** Whether the call lives and its session has given up in silence. */
	readonly failed: () => boolean;
	/** Offers a new session, where it can be now. */
	readonly begin: () => void;
	/** Whoever called is the first to try, so that the two do not meet. */
	readonly first: boolean;
}

/** From the failure to each new attempt; an attempt takes ZRTP 12 s. Then nothing but signalling gets through. */
const WAITS_MS: readonly number[] = Object.freeze([500, 10_000, 30_000]);
/** For the other one: by then an offer has been heard, where there is a network. */
const SECOND_MS = 5000;

export class KeysAgain {
	readonly #options: KeysAgainOptions;
	#timer: Timer | undefined;
	#tries = 0;

	constructor(options: KeysAgainOptions) {
		this.#options = options;
	}

	/** Something changed. */
	look(): void {
		const { failed, first } = this.#options;
		if (!failed()) {
			this.close();
			return;
		}
		const waitMs = WAITS_MS[this.#tries];
		if (this.#timer !== undefined || waitMs === undefined) return;
		this.#timer = Timer.set(
			() => {
				this.#timer = undefined;
				if (!this.#options.failed()) return;
				this.#tries++;
				this.#options.begin();
			},
			waitMs + (first ? 0 : SECOND_MS),
		);
	}

	/** Safe to repeat. */
	close(): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
	}
}
