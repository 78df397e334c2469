/**
 * INVITE client transaction over UDP (RFC 3261 section 17.1.1 with the Accepted state of RFC 6026 section 7.2).
 * Requests enter from invite.ts and reinvite.ts; responses leave to them, packets to the shell.
 *
 *   calling -1xx-> proceeding -300..699-> completed -D-> terminated
 *      |               +-------2xx-----> accepted  -M-> terminated
 *      +-B or transport error-> terminated          (calling takes the final responses too)
 * @module
 */

import { TIMER_A_MS, TIMER_B_MS, TIMER_D_MS, TIMER_M_MS } from "./constants";
import { header, type Response } from "./message";
import { ackFor, formatRequest, type OutgoingRequest } from "./request";
import type { Timer } from "./timers";
import { type ClientTransaction, type ClientUser, clientKey, type Ground } from "./transaction";
import { type Destination, isReliable } from "./uri";
import { branchOf } from "./via";

export class InviteClient implements ClientTransaction {
	readonly key: string;
	readonly to: Destination;
	readonly request: OutgoingRequest;
	#state: "calling" | "proceeding" | "completed" | "accepted" | "terminated" = "calling";
	readonly #ground: Ground;
	readonly #user: ClientUser;
	readonly #packet: Uint8Array;
	#ack: Uint8Array | undefined;
	#retransmit: Timer | undefined;
	#timeout: Timer | undefined;

	constructor(ground: Ground, request: OutgoingRequest, to: Destination, user: ClientUser) {
		this.key = clientKey(branchOf(request.via) ?? "", "INVITE");
		this.to = to;
		this.request = request;
		this.#ground = ground;
		this.#user = user;
		this.#packet = formatRequest(request);
	}

	get state(): string {
		return this.#state;
	}

	start(): void {
		this.#ground.send(this.#packet, this.to);
		// Section 17.1.1.2: no timer A over a reliable transport.
		if (!isReliable(this.to)) this.#timerA(TIMER_A_MS);
		this.#timeout = this.#ground.timers.after(TIMER_B_MS, () => {
			// Timer B: nothing came, not even 100. No ACK.
			this.stop();
			this.#user.onFailure({ type: "timeout" });
		});
	}

	receive(response: Response): void {
		switch (this.#state) {
			case "calling":
			case "proceeding":
				if (response.status < 200) this.#proceed();
				else if (response.status < 300) this.#finish("accepted", TIMER_M_MS);
				else {
					this.#finish("completed", isReliable(this.to) ? 0 : TIMER_D_MS);
					// Section 17.1.1.3: to where the INVITE went, whatever the response says.
					this.#ack = formatRequest(ackFor(this.request, header(response, "to") ?? this.request.to));
					this.#ground.send(this.#ack, this.to);
				}
				this.#user.onResponse(response);
				return;
			case "completed":
				if (response.status >= 300 && this.#ack !== undefined) this.#ground.send(this.#ack, this.to);
				return;
			case "accepted":
				// RFC 6026 section 7.2: retransmissions and other branches of a fork; the user acknowledges each.
				if (response.status >= 200 && response.status < 300) this.#user.onResponse(response);
				return;
			case "terminated":
				return;
		}
	}

	sendFailed(error: string): void {
		const waiting = this.#state === "calling" || this.#state === "proceeding";
		if (!waiting) return;
		this.stop();
		this.#user.onFailure({ type: "transport", error });
	}

	stop(): void {
		this.#state = "terminated";
		this.#retransmit?.cancel();
		this.#timeout?.cancel();
		this.#ground.clientEnded(this.key);
	}

	#timerA(delayMs: number): void {
		this.#retransmit = this.#ground.timers.after(delayMs, () => {
			this.#ground.send(this.#packet, this.to);
			this.#timerA(2 * delayMs);
		});
	}

	/** No more retransmission, and timer B no longer counts: how long it may ring is the user's business. */
	#proceed(): void {
		this.#state = "proceeding";
		this.#retransmit?.cancel();
		this.#timeout?.cancel();
	}

	#finish(state: "completed" | "accepted", lingerMs: number): void {
		this.#proceed();
		this.#state = state;
		this.#timeout = this.#ground.timers.after(lingerMs, () => this.stop());
	}
}
