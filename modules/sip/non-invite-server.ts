/**
 * Server transaction for every method but INVITE and ACK (RFC 3261 section 17.2.2). The request enters from
 * the agent; the verb's response is kept to answer retransmissions.
 *
 *   trying -1xx-> proceeding -200..699-> completed -J-> terminated      (trying takes the final response too)
 * @module
 */

import { TIMER_J_MS } from "./constants";
import { type Answerable, keep, readKept } from "./kept";
import type { Request } from "./message";
import type { Timer } from "./timers";
import { type Ground, mergeKey, type ServerTransaction } from "./transaction";
import { type Destination, isReliable } from "./uri";

export class NonInviteServer implements ServerTransaction {
	readonly key: string;
	readonly merge: string | undefined;
	/** Until the final response: see keep(). */
	#kept: string;
	#state: "trying" | "proceeding" | "completed" | "terminated" = "trying";
	readonly #ground: Ground;
	#to: Destination;
	#last: Uint8Array | undefined;
	#timeout: Timer | undefined;

	/** @param to where responses go, from the Via of the request */
	constructor(ground: Ground, key: string, request: Request, to: Destination) {
		this.key = key;
		this.merge = mergeKey(request);
		this.#kept = keep(request);
		this.#ground = ground;
		this.#to = to;
	}

	read(): Answerable {
		return readKept(this.#kept);
	}

	get to(): Destination {
		return this.#to;
	}

	get state(): string {
		return this.#state;
	}

	get over(): boolean {
		return this.#state === "completed";
	}

	receive(_request: Request, from: Destination): void {
		// Its connection from before is not the one that it looks to now.
		if (isReliable(from)) this.#to = from;
		switch (this.#state) {
			case "trying":
				return;
			case "proceeding":
			case "completed":
				if (this.#last !== undefined) this.#ground.send(this.#last, this.to);
				return;
			case "terminated":
				return;
		}
	}

	respond(status: number, bytes: Uint8Array): void {
		switch (this.#state) {
			case "trying":
			case "proceeding":
				this.#last = bytes;
				this.#ground.send(bytes, this.to);
				this.#state = status < 200 ? "proceeding" : "completed";
				if (status < 200) return;
				this.#kept = "";
				// Also over a reliable transport, where section 17.2.2 has 0: the answer may be lost with its connection, and the
				// request comes again by another one.
				this.#timeout = this.#ground.timers.after(TIMER_J_MS, () => this.stop());
				return;
			case "completed":
			case "terminated":
				return;
		}
	}

	/** Whoever asked asks again. */
	resume(): void {}

	stop(): void {
		this.#state = "terminated";
		this.#timeout?.cancel();
		this.#ground.serverEnded(this.key);
	}
}
