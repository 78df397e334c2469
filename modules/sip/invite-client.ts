/**
 * INVITE client transaction (RFC 3261 section 17.1.1 with the Accepted state of RFC 6026 section 7.2).
 * Requests enter from invite.ts and reinvite.ts; responses leave to them, packets to the shell.
 *
 *   calling -1xx-> proceeding -300..699-> completed -D-> terminated
 *      |               +-------2xx-----> accepted  -M-> terminated
 *      +-B or transport error-> terminated          (calling takes the final responses too)
 * @module
 */

import { Client } from "./client";
import { PROCEEDING_LIMIT_MS, TIMER_D_MS, TIMER_M_MS } from "./constants";
import { header, type Response } from "./message";
import { ackFor, formatRequest } from "./request";
import { isReliable } from "./uri";

export class InviteClient extends Client {
	#state: "calling" | "proceeding" | "completed" | "accepted" | "terminated" = "calling";
	/** To of the refusal, which the ACK repeats. */
	#refusedBy: string | undefined;

	get state(): string {
		return this.#state;
	}

	receive(response: Response): void {
		switch (this.#state) {
			case "calling":
			case "proceeding":
				if (response.status < 200) {
					// Timer B no longer counts: how long it may ring is the user's business, which nobody may be any more.
					this.#state = "proceeding";
					this.expect(PROCEEDING_LIMIT_MS);
				} else if (response.status < 300) {
					this.#state = "accepted";
					this.linger(TIMER_M_MS);
				} else {
					this.#state = "completed";
					// No timer D over a reliable transport.
					this.linger(isReliable(this.to) ? 0 : TIMER_D_MS);
					// Section 17.1.1.3: to where the INVITE went, whatever the response says.
					this.#refusedBy = header(response, "to");
					this.#acknowledge();
				}
				this.user.onResponse(response);
				return;
			case "completed":
				if (response.status >= 300) this.#acknowledge();
				return;
			case "accepted":
				// RFC 6026 section 7.2: retransmissions and other branches of a fork; the user acknowledges each.
				if (response.status >= 200 && response.status < 300) this.user.onResponse(response);
				return;
			case "terminated":
				return;
		}
	}

	/** Made anew each time: repeats are rare, and the packet would be kept for 32 s. */
	#acknowledge(): void {
		const { request } = this;
		this.ground.send(formatRequest(ackFor(request, this.#refusedBy ?? request.to)), this.to);
	}

	protected override get waiting(): boolean {
		return this.#state === "calling" || this.#state === "proceeding";
	}

	/** Timer A: 17.1.1.2 */
	protected override nextDelayMs(delayMs: number): number {
		return 2 * delayMs;
	}

	protected override end(): void {
		this.#state = "terminated";
	}
}
