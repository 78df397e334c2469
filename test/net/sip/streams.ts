/**
 * TCP in miniature: what is sent arrives whole and in order, or later, as far as a lossy network and its own
 * retransmissions let it; a connection that cannot be made says so. Everything follows from the seed.
 */

import type { NetemOptions } from "test/net/netem";
import { seeded } from "test/net/seeded";
import type { Wish } from "./world";

interface Place {
	readonly address: string;
	readonly port: number;
}

/** A phone as the streams know it. */
export interface Owner {
	readonly name: string;
	readonly place: Place;
}

/** One end of a connection: its owner's view. */
interface End {
	readonly owner: Owner;
	readonly local: Place;
	readonly far: Place;
	/** When the last thing that was sent here arrives at the far end: nothing overtakes it. */
	lastAt: number;
}

/** Linux: the first retransmission of a segment, and of a SYN. */
const FIRST_RTO_MS = 600;
const FIRST_SYN_MS = 1000;
const LAST_RTO_MS = 60_000;
/** As connection.ts has it. */
export const CONNECT_LIMIT_MS = 10_000;
const FIRST_PORT = 40_000;

export class Streams {
	/** No network at that time. */
	isSilent: (now: number) => boolean = () => false;
	/** Gives an event to a phone. */
	tell: (name: string, wish: Wish) => void = () => {};
	readonly #random: () => number;
	readonly #delayMs: number;
	readonly #loss: number;
	/** By owner and far place. */
	readonly #ends = new Map<string, End>();
	readonly #later: { readonly at: number; readonly run: () => void }[] = [];
	#port = FIRST_PORT;

	constructor({ seed, delayMs = 10, loss = 0 }: NetemOptions) {
		this.#random = seeded(seed + 7);
		this.#delayMs = delayMs;
		this.#loss = loss;
	}

	get nextAt(): number | undefined {
		return this.#later[0]?.at;
	}

	deliver(now: number): void {
		for (let first = this.#later[0]; first !== undefined && first.at <= now; first = this.#later[0]) {
			this.#later.shift();
			first.run();
		}
	}

	has(near: Owner, to: Place): boolean {
		return this.#ends.has(keyOf(near, to));
	}

	/** @param far undefined: nobody listens there */
	connect(now: number, near: Owner, to: Place, far: Owner | undefined): void {
		const transport = "tcp" as const;
		if (far === undefined) {
			this.#at(now + 2 * this.#delayMs, () =>
				this.tell(near.name, { type: "disconnected", to: { ...to, transport }, error: "refused" }),
			);
			return;
		}
		const heardAt = this.#arrival(now, FIRST_SYN_MS);
		const readyAt = this.#arrival(heardAt, FIRST_SYN_MS);
		if (readyAt > now + CONNECT_LIMIT_MS) {
			this.#at(now + CONNECT_LIMIT_MS, () =>
				this.tell(near.name, { type: "disconnected", to: { ...to, transport }, error: "no answer" }),
			);
			return;
		}
		const local = { address: near.place.address, port: this.#port++ };
		const nearEnd: End = { owner: near, local, far: to, lastAt: readyAt };
		const farEnd: End = { owner: far, local: to, far: local, lastAt: heardAt };
		this.#ends.set(keyOf(near, to), nearEnd);
		this.#ends.set(keyOf(far, local), farEnd);
		const stands = (owner: Owner, place: Place, end: End | undefined) =>
			end !== undefined && this.#ends.get(keyOf(owner, place)) === end;
		const flow = (end: Place, from: Place, owner: Owner) =>
			({
				type: "connected",
				to: { ...end, transport },
				local: { ...from, transport },
				listening: { ...owner.place, transport },
				verified: false,
			}) as const;
		this.#at(heardAt, () => {
			if (stands(far, local, farEnd)) this.tell(far.name, flow(local, to, far));
		});
		this.#at(readyAt, () => {
			if (stands(near, to, nearEnd)) this.tell(near.name, flow(to, local, near));
		});
	}

	/** @param onArrival for who looks on */
	send(now: number, near: Owner, to: Place, bytes: Uint8Array, onArrival: (name: string) => void): void {
		const end = this.#ends.get(keyOf(near, to));
		if (end === undefined) {
			this.#at(now, () =>
				this.tell(near.name, { type: "sendFailed", to: { ...to, transport: "tcp" }, error: "no connection" }),
			);
			return;
		}
		end.lastAt = Math.max(end.lastAt, this.#arrival(now, FIRST_RTO_MS));
		this.#at(end.lastAt, () => {
			// What was not through when its sender gave the connection up never comes.
			if (this.#ends.get(keyOf(near, to)) !== end) return;
			const far = this.#farOf(end);
			if (far === undefined) {
				this.#lost(end, "reset by the other end");
				return;
			}
			onArrival(far.owner.name);
			this.tell(far.owner.name, { type: "datagram", bytes, from: { ...end.local, transport: "tcp" } });
		});
	}

	/** An end gives its connection up; the other one hears of it, as far as the network lets it. */
	drop(now: number, near: Owner, to: Place): void {
		const end = this.#ends.get(keyOf(near, to));
		if (end === undefined) return;
		this.#ends.delete(keyOf(near, to));
		const far = this.#farOf(end);
		if (far !== undefined) this.#at(this.#arrival(now, FIRST_RTO_MS), () => this.#lost(far, "closed"));
	}

	#lost(end: End, error: string): void {
		const key = keyOf(end.owner, end.far);
		if (this.#ends.get(key) !== end) return;
		this.#ends.delete(key);
		this.tell(end.owner.name, { type: "disconnected", to: { ...end.far, transport: "tcp" }, error });
	}

	#farOf({ local, far }: End): End | undefined {
		return [...this.#ends.values()].find((other) => same(other.local, far) && same(other.far, local));
	}

	/** Sent again until it comes through. */
	#arrival(now: number, firstMs: number): number {
		let sentAt = now;
		for (let waitMs = firstMs; this.isSilent(sentAt) || this.#random() < this.#loss; ) {
			sentAt += waitMs;
			waitMs = Math.min(2 * waitMs, LAST_RTO_MS);
		}
		return sentAt + this.#delayMs;
	}

	#at(at: number, run: () => void): void {
		const index = this.#later.findIndex((later) => later.at > at);
		this.#later.splice(index < 0 ? this.#later.length : index, 0, { at, run });
	}
}

function keyOf(owner: Owner, far: Place): string {
	return `${owner.name}|${far.address}:${far.port}`;
}

function same(a: Place, b: Place): boolean {
	return a.address === b.address && a.port === b.port;
}
