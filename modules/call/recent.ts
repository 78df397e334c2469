/** Calls that are over, for who wants to call back: a few, in memory alone. */

export interface RecentCall {
	/** SIP URI. */
	readonly peer: string;
	readonly name: string;
	readonly direction: "incoming" | "outgoing";
	/** It rang here, and nobody answered, here or elsewhere. */
	readonly missed: boolean;
	/** Monotonic milliseconds. */
	readonly at: number;
}

const MOST = 20;

export class Recent {
	/** Latest first. */
	#calls: readonly RecentCall[] = [];

	get calls(): readonly RecentCall[] {
		return this.#calls;
	}

	add(call: RecentCall): void {
		this.#calls = [call, ...this.#calls].slice(0, MOST);
	}
}
