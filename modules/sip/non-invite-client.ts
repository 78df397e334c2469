/**
 * Client transaction over UDP for every method but INVITE and ACK (RFC 3261 section 17.1.2). Requests enter from the
 * verbs; one final response or one failure leaves to them.
 *
 *   trying -1xx-> proceeding -200..699-> completed -K-> terminated      (trying takes the final responses too)
 *      +-----F or transport error-----> terminated
 * @module
 */

import { T2_MS, TIMER_E_MS, TIMER_F_MS, TIMER_K_MS } from "./constants";
import type { Response } from "./message";
import { formatRequest, type OutgoingRequest } from "./request";
import type { Timer } from "./timers";
import { type ClientTransaction, type ClientUser, clientKey, type Failure, type Ground } from "./transaction";
import { type Destination, isReliable } from "./uri";
import { branchOf } from "./via";

export class NonInviteClient implements ClientTransaction {
	readonly key: string;
	readonly to: Destination;
	#state: "trying" | "proceeding" | "completed" | "terminated" = "trying";
	readonly #ground: Ground;
	readonly #user: ClientUser;
	readonly #packet: Uint8Array;
	#retransmit: Timer | undefined;
	#timeout: Timer | undefined;

	constructor(ground: Ground, request: OutgoingRequest, to: Destination, user: ClientUser) {
		this.key = clientKey(branchOf(request.via) ?? "", request.method);
		this.to = to;
		this.#ground = ground;
		this.#user = user;
		this.#packet = formatRequest(request);
	}

	get state(): string {
		return this.#state;
	}

	start(): void {
		this.#ground.send(this.#packet, this.to);
		// Section 17.1.2.2: neither timer E nor K over a reliable transport.
		if (!isReliable(this.to)) this.#timerE(TIMER_E_MS);
		this.#timeout = this.#ground.timers.after(TIMER_F_MS, () => this.#fail({ type: "timeout" }));
	}

	receive(response: Response): void {
		switch (this.#state) {
			case "trying":
			case "proceeding":
				if (response.status < 200) this.#state = "proceeding";
				else {
					this.#state = "completed";
					this.#retransmit?.cancel();
					this.#timeout?.cancel();
					this.#timeout = this.#ground.timers.after(isReliable(this.to) ? 0 : TIMER_K_MS, () => this.stop());
				}
				this.#user.onResponse(response);
				return;
			case "completed":
			case "terminated":
				return;
		}
	}

	sendFailed(error: string): void {
		if (this.#state === "trying" || this.#state === "proceeding") this.#fail({ type: "transport", error });
	}

	stop(): void {
		this.#state = "terminated";
		this.#retransmit?.cancel();
		this.#timeout?.cancel();
		this.#ground.clientEnded(this.key);
	}

	#timerE(delayMs: number): void {
		this.#retransmit = this.#ground.timers.after(delayMs, () => {
			this.#ground.send(this.#packet, this.to);
			// Once something was heard the peer is slow, not lost: from then on every T2.
			this.#timerE(this.#state === "proceeding" ? T2_MS : Math.min(2 * delayMs, T2_MS));
		});
	}

	#fail(failure: Failure): void {
		this.stop();
		this.#user.onFailure(failure);
	}
}
