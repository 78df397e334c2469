/**
 * Tells when this device has lost its way to every server of its accounts, and when it has one again: then whoever waits to
 * try again need not wait (RFC 5626 section 4.5 makes the waits long). Addresses of servers come in; an event for the agent
 * goes out at each change.
 */
import Timer from "timer";

const LOOK_EVERY_MS = 2000;
/** While there is none: what waits for an answer has 32 s, and may have used up nearly all of it. */
const LOOK_AGAIN_EVERY_MS = 250;

export interface NetworkWatchOptions {
	/** Numeric addresses of the accounts' servers; none: nobody knows. */
	readonly servers: () => readonly string[];
	/** hal/net/route's localAddress: undefined where there is no way to that address. */
	readonly route: (address: string) => string | undefined;
	/** Only on a change; at the beginning there is a network. */
	readonly onChange: (up: boolean) => void;
	/** 2000 without it; 250 while there is no network. */
	readonly everyMs?: number;
}

export class NetworkWatch {
	readonly #options: NetworkWatchOptions;
	#timer: Timer | undefined;
	#up = true;

	constructor(options: NetworkWatchOptions) {
		this.#options = options;
		this.#wait();
	}

	/** Safe to repeat. */
	close(): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
	}

	#wait(): void {
		const { everyMs } = this.#options;
		const delayMs = everyMs ?? (this.#up ? LOOK_EVERY_MS : LOOK_AGAIN_EVERY_MS);
		const timer = Timer.set(() => {
			this.#look();
			// Whoever was told may have closed it.
			if (this.#timer === timer) this.#wait();
		}, delayMs);
		this.#timer = timer;
	}

	#look(): void {
		const servers = this.#options.servers();
		const up = servers.length === 0 || servers.some((address) => this.#options.route(address) !== undefined);
		if (up === this.#up) return;
		this.#up = up;
		this.#options.onChange(up);
	}
}
