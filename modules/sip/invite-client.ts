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
import { ackFor, formatRequest, keptOf, type OutgoingRequest } from "./request";
import type { ClientUser, Ground } from "./transaction";
import { type Destination, isReliable } from "./uri";

export class InviteClient extends Client {
	/** What ACK and CANCEL are made from. */
	readonly request: OutgoingRequest;
	#state: "calling" | "proceeding" | "completed" | "accepted" | "terminated" = "calling";
	#ack: Uint8Array | undefined;

	constructor(ground: Ground, request: OutgoingRequest, to: Destination, user: ClientUser) {
		super(ground, request, to, user);
		this.request = keptOf(request);
	}

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
					this.#ack = formatRequest(ackFor(this.request, header(response, "to") ?? this.request.to));
					this.ground.send(this.#ack, this.to);
				}
				this.user.onResponse(response);
				return;
			case "completed":
				if (response.status >= 300 && this.#ack !== undefined) this.ground.send(this.#ack, this.to);
				return;
			case "accepted":
				// RFC 6026 section 7.2: retransmissions and other branches of a fork; the user acknowledges each.
				if (response.status >= 200 && response.status < 300) this.user.onResponse(response);
				return;
			case "terminated":
				return;
		}
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
