/**
 * INVITE server transaction (RFC 3261 section 17.2.1 with the Accepted state of RFC 6026 section 7.1). The
 * INVITE enters from the agent; responses enter from accept.ts, which also repeats the 2xx; packets leave to the shell.
 *
 *   proceeding -300..699-> completed -ACK-> confirmed -I-> terminated
 *       |                      +-H-> terminated
 *       +-2xx-> accepted -L-> terminated
 * @module
 */

import { T2_MS, TIMER_G_MS, TIMER_H_MS, TIMER_I_MS, TIMER_L_MS } from "./constants";
import { type Answerable, keep, readKept } from "./kept";
import type { Request } from "./message";
import type { Timer } from "./timers";
import { type Ground, mergeKey, type ServerTransaction } from "./transaction";
import { type Destination, isReliable } from "./uri";

export interface InviteServerUser {
	/** An ACK that belongs to a 2xx although it has the INVITE's own branch (RFC 2543 peers). */
	onAck(request: Request): void;
	/** A response other than 2xx was never acknowledged. */
	onTimeout(): void;
}

export class InviteServer implements ServerTransaction {
	readonly key: string;
	readonly merge: string | undefined;
	/** Until the final response: see keep(). */
	#kept: string;
	#state: "proceeding" | "completed" | "confirmed" | "accepted" | "terminated" = "proceeding";
	readonly #ground: Ground;
	#to: Destination;
	readonly #user: InviteServerUser;
	#last: Uint8Array | undefined;
	#settled = false;
	#retransmit: Timer | undefined;
	#timeout: Timer | undefined;

	/** @param to where responses go, from the Via of the request */
	constructor(ground: Ground, key: string, request: Request, to: Destination, user: InviteServerUser) {
		this.key = key;
		this.merge = mergeKey(request);
		this.#kept = keep(request);
		this.#ground = ground;
		this.#to = to;
		this.#user = user;
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

	/** True until a final response has been sent: the INVITE can be cancelled or answered. */
	get pending(): boolean {
		return this.#state === "proceeding";
	}

	get over(): boolean {
		return this.#state === "completed" || this.#state === "confirmed" || (this.#state === "accepted" && this.#settled);
	}

	/** Its 2xx is not repeated any more: the ACK is here, or the call over. */
	settle(): void {
		this.#settled = true;
	}

	receive(request: Request, from: Destination): void {
		const ack = request.method === "ACK";
		// Its connection from before is not the one that it looks to now.
		if (isReliable(from)) this.#to = from;
		switch (this.#state) {
			case "proceeding":
				if (!ack) this.#again();
				return;
			case "completed":
				if (!ack) {
					this.#again();
					return;
				}
				this.#state = "confirmed";
				this.#retransmit?.cancel();
				this.#timeout?.cancel();
				this.#timeout = this.#ground.timers.after(isReliable(this.to) ? 0 : TIMER_I_MS, () => this.stop());
				return;
			case "accepted":
				// The repeated INVITE is absorbed: the 2xx is repeated by its own timer (RFC 6026 section 7.1).
				if (ack) this.#user.onAck(request);
				return;
			case "confirmed":
			case "terminated":
				return;
		}
	}

	respond(status: number, bytes: Uint8Array): void {
		switch (this.#state) {
			case "proceeding":
				this.#last = bytes;
				this.#ground.send(bytes, this.to);
				if (status >= 200) this.#kept = "";
				if (status >= 300) {
					this.#state = "completed";
					// Section 17.2.1: neither timer G nor I over a reliable transport.
					if (!isReliable(this.to)) this.#timerG(TIMER_G_MS);
					this.#timeout = this.#ground.timers.after(TIMER_H_MS, () => {
						this.stop();
						this.#user.onTimeout();
					});
				} else if (status >= 200) {
					this.#state = "accepted";
					this.#timeout = this.#ground.timers.after(TIMER_L_MS, () => this.stop());
				}
				return;
			case "accepted":
				if (status >= 200 && status < 300) this.#ground.send(bytes, this.to);
				return;
			case "completed":
			case "confirmed":
			case "terminated":
				return;
		}
	}

	resume(): void {
		// A 2xx that has its ACK brings another one, no more.
		if (this.#state !== "confirmed" && this.#state !== "terminated") this.#again();
	}

	stop(): void {
		this.#state = "terminated";
		this.#retransmit?.cancel();
		this.#timeout?.cancel();
		this.#ground.serverEnded(this.key);
	}

	#again(): void {
		if (this.#last !== undefined) this.#ground.send(this.#last, this.to);
	}

	#timerG(delayMs: number): void {
		this.#retransmit = this.#ground.timers.after(delayMs, () => {
			this.#again();
			this.#timerG(Math.min(2 * delayMs, T2_MS));
		});
	}
}
