/**
 * Client transaction for every method but INVITE and ACK (RFC 3261 section 17.1.2). Requests enter from the
 * verbs; one final response or one failure leaves to them.
 *
 *   trying -1xx-> proceeding -200..699-> completed -K-> terminated      (trying takes the final responses too)
 *      +-----F or transport error-----> terminated
 * @module
 */

import { Client } from "./client";
import { T2_MS, TIMER_K_MS } from "./constants";
import type { Response } from "./message";
import { isReliable } from "./uri";

export class NonInviteClient extends Client {
	#state: "trying" | "proceeding" | "completed" | "terminated" = "trying";

	get state(): string {
		return this.#state;
	}

	receive(response: Response): void {
		if (!this.waiting) return;
		if (response.status < 200) this.#state = "proceeding";
		else {
			this.#state = "completed";
			// No timer K over a reliable transport.
			this.linger(isReliable(this.to) ? 0 : TIMER_K_MS);
		}
		this.user.onResponse(response);
	}

	protected override get waiting(): boolean {
		return this.#state === "trying" || this.#state === "proceeding";
	}

	/** Timer E: 17.1.2.2. Once something was heard the peer is slow, not lost: from then on every T2. */
	protected override nextDelayMs(delayMs: number): number {
		return this.#state === "proceeding" ? T2_MS : Math.min(2 * delayMs, T2_MS);
	}

	protected override end(): void {
		this.#state = "terminated";
	}
}
