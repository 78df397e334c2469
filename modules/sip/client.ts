/**
 * What both client transactions do (RFC 3261 section 17.1): send a request, repeat it over UDP, give up, linger. Requests
 * enter from exchange.ts; what becomes of one leaves to its user.
 * @module
 */

import { T1_MS, TIMER_B_MS } from "./constants";
import type { Response } from "./message";
import { type Body, formatHead, keptHead, type OutgoingRequest, readHead, withBody } from "./request";
import type { Timer } from "./timers";
import { type ClientTransaction, type ClientUser, clientKey, type Failure, type Ground } from "./transaction";
import { type Destination, isReliable } from "./uri";
import { branchOf } from "./via";

/** A server that ends each connection at each request would else be asked without end. */
const MAX_FLOWS_LOST = 2;

export abstract class Client implements ClientTransaction {
	readonly key: string;
	readonly to: Destination;
	protected readonly ground: Ground;
	protected readonly user: ClientUser;
	/** Of the request: the one text that is kept of it, whole for as long as it may have to be repeated. */
	#head: string;
	/** Belongs to the call, which has it for as long. */
	#body: Body | undefined;
	/** Nothing is repeated any more. */
	#settled = false;
	/** One timer for all of it: the next repeat, or the end. */
	#timer: Timer | undefined;
	#giveUpAt = 0;
	#delayMs = 0;
	#flowsLost = 0;

	constructor(ground: Ground, request: OutgoingRequest, to: Destination, user: ClientUser) {
		this.key = clientKey(branchOf(request.via) ?? "", request.method);
		this.to = to;
		this.ground = ground;
		this.user = user;
		this.#head = formatHead(request);
		this.#body = request.body;
	}

	/** What ACK, CANCEL and the dialog are made from; read anew each time. */
	get request(): OutgoingRequest {
		return readHead(this.#head);
	}

	abstract get state(): string;
	abstract receive(response: Response): void;
	/** No final response has come yet. */
	protected abstract get waiting(): boolean;
	/** Timers A and E. @param delayMs the wait before */
	protected abstract nextDelayMs(delayMs: number): number;
	protected abstract end(): void;

	start(): void {
		const { timers } = this.ground;
		// Timers B and F: 64*T1 both.
		this.#giveUpAt = timers.now + TIMER_B_MS;
		this.#send();
		// Sections 17.1.1.2 and 17.1.2.2: nothing is repeated over a reliable transport.
		this.#wait(isReliable(this.to) ? TIMER_B_MS : T1_MS);
	}

	sendFailed(error: string): void {
		if (!this.waiting) return;
		// What left before, and may have been heard, is not undone by a repeat that cannot leave.
		const repeated = this.#delayMs > T1_MS;
		if (!isReliable(this.to) && (this.user.patient === true || repeated)) return;
		this.#fail({ type: "transport", error });
	}

	/**
	 * RFC 3261 has the user told of it (section 17.1.4). That the other end closed the connection does not mean that it has
	 * gone (RFC 5626 section 4.2.1 makes it anew): the same request, which its transaction there knows by the branch, goes
	 * by another one, for as long as timers B and F allow.
	 */
	flowLost(error: string): void {
		if (!this.waiting) return;
		if (++this.#flowsLost > MAX_FLOWS_LOST) this.#fail({ type: "transport", error });
		else this.#again();
	}

	resume(): void {
		if (!this.waiting) return;
		this.#again();
		if (isReliable(this.to) || this.#settled) return;
		// The waits had grown in the dark; what is left of timers B and F is not to go by in one of them.
		this.#timer?.cancel();
		this.#wait(T1_MS);
	}

	stop(): void {
		this.end();
		this.#timer?.cancel();
		this.ground.clientEnded(this.key);
	}

	/** Nothing is repeated any more. */
	protected settle(): void {
		this.#timer?.cancel();
		if (this.#settled) return;
		this.#settled = true;
		this.#head = keptHead(this.#head);
		this.#body = undefined;
	}

	/** Nothing is repeated any more, but it is not waited for ever either. */
	protected expect(limitMs: number): void {
		this.settle();
		this.#timer = this.ground.timers.after(limitMs, () => this.#fail({ type: "timeout" }));
	}

	/** The end, after the time in which repeats of the response may still come. */
	protected linger(delayMs: number): void {
		this.settle();
		this.#timer = this.ground.timers.after(delayMs, () => this.stop());
	}

	#send(): void {
		if (!this.#settled) this.ground.send(withBody(this.#head, this.#body), this.to);
	}

	#wait(delayMs: number): void {
		const { timers } = this.ground;
		this.#delayMs = delayMs;
		this.#timer = timers.after(Math.min(delayMs, this.#giveUpAt - timers.now), () => this.#due());
	}

	/** Where it has been heard of, a connection is all that the answer may need. */
	#again(): void {
		this.ground.connect(this.to, (error) => {
			if (!this.waiting) return;
			if (error !== undefined) this.#fail({ type: "transport", error });
			else this.#send();
		});
	}

	#due(): void {
		if (this.ground.timers.now >= this.#giveUpAt) {
			this.#fail({ type: "timeout" });
			return;
		}
		this.#send();
		this.#wait(this.nextDelayMs(this.#delayMs));
	}

	#fail(failure: Failure): void {
		this.stop();
		this.user.onFailure(failure);
	}
}
