/**
 * Joining a network by a driver of ECMA-419: it is tried again whenever it is lost, later and later, and the person is told
 * what is in the way. Who opens sockets does not wait for it: no route is an answer like another.
 */
import Timer from "timer";

const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 60_000;
/** Values of `connection` (ECMA-419, network interface): addressed from here on, disconnected from here down. */
const ADDRESSED = 500;
const DISCONNECTED = 200;

/** Why an attempt ended, where the radio knows: its key was refused, or nobody by that name answered. */
export type JoinFault = "password" | "absent" | undefined;

export interface JoiningOptions {
	/** What the network is called: "Wi-Fi Office". */
	readonly name: string;
	/** One attempt; its end is told by `changed`. */
	readonly join: () => void;
	/** Of the attempt that ended last. */
	readonly fault: () => JoinFault;
	readonly onJoined: () => void;
	/** A sentence for the screen; undefined: joined. Once for each change. */
	readonly onNotice: (text: string | undefined) => void;
}

export class Joining {
	readonly #options: JoiningOptions;
	#retryMs = RETRY_FIRST_MS;
	#retry: Timer | undefined;
	#joined = false;
	#told: string | undefined;

	constructor(options: JoiningOptions) {
		this.#options = options;
	}

	start(): void {
		this.#options.join();
	}

	/** The driver's `connection` is another than before. */
	changed(connection: number): void {
		if (connection >= ADDRESSED) {
			if (this.#retry !== undefined) Timer.clear(this.#retry);
			this.#retry = undefined;
			this.#retryMs = RETRY_FIRST_MS;
			this.#joined = true;
			this.#tell(undefined);
			this.#options.onJoined();
		} else if (connection <= DISCONNECTED) this.#again();
	}

	/** Safe to repeat. */
	close(): void {
		if (this.#retry !== undefined) Timer.clear(this.#retry);
		this.#retry = undefined;
	}

	#again(): void {
		if (this.#retry !== undefined) return;
		this.#tell(this.#words());
		this.#retry = Timer.set(() => {
			this.#retry = undefined;
			this.#options.join();
		}, this.#retryMs);
		this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
	}

	#words(): string {
		const { name, fault } = this.#options;
		switch (fault()) {
			case "password":
				return `${name} does not take the password that this phone was given.`;
			case "absent":
				return `${name} is not within reach.`;
			default:
				return this.#joined
					? `${name} is lost; this phone tries to join it again.`
					: `${name} does not let this phone in.`;
		}
	}

	#tell(text: string | undefined): void {
		if (text === this.#told) return;
		this.#told = text;
		this.#options.onNotice(text);
	}
}
