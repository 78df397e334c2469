/**
 * A network in miniature: what is sent at one time arrives at another, or not, or twice, or after what was sent later.
 * Everything follows from the seed and the times given, so that a run that failed can be run again.
 */

import { seeded } from "./seeded";

export interface NetemOptions {
	readonly seed: number;
	/** Every packet takes this long at least, in milliseconds. Default 10. */
	readonly delayMs?: number;
	/** Up to this much is added, evenly distributed; more than the gap between two packets reorders them. Default 0. */
	readonly jitterMs?: number;
	/** Share of packets that are lost, 0..1. Default 0. */
	readonly loss?: number;
	/** Share of packets that arrive twice, 0..1. Default 0. */
	readonly duplicate?: number;
	/** Share of packets that are held back by three more delays, so that later ones overtake them, 0..1. Default 0. */
	readonly reorder?: number;
}

export interface Delivery<To, Packet> {
	readonly at: number;
	readonly to: To;
	readonly packet: Packet;
}

/** `To` names the receivers, `Packet` is whatever is sent. */
export class Netem<To, Packet> {
	readonly #random: () => number;
	readonly #options: Required<NetemOptions>;
	/** By time of arrival; equal times in the order they were sent. */
	readonly #underway: Delivery<To, Packet>[] = [];
	#lost = 0;

	constructor(options: NetemOptions) {
		this.#options = { delayMs: 10, jitterMs: 0, loss: 0, duplicate: 0, reorder: 0, ...options };
		this.#random = seeded(options.seed);
	}

	/** Packets that were lost so far. */
	get lost(): number {
		return this.#lost;
	}

	/** When the next packet arrives; undefined: none is under way. */
	get nextAt(): number | undefined {
		return this.#underway[0]?.at;
	}

	send(now: number, to: To, packet: Packet): void {
		const { loss, duplicate } = this.#options;
		if (this.#random() < loss) {
			this.#lost++;
			return;
		}
		this.#arrive(now, to, packet);
		if (this.#random() < duplicate) this.#arrive(now, to, packet);
	}

	/** Takes out everything that has arrived by now, oldest first. */
	deliver(now: number): readonly Delivery<To, Packet>[] {
		const count = this.#underway.findIndex(({ at }) => at > now);
		return this.#underway.splice(0, count < 0 ? this.#underway.length : count);
	}

	#arrive(now: number, to: To, packet: Packet): void {
		const { delayMs, jitterMs, reorder } = this.#options;
		const held = this.#random() < reorder ? 3 * delayMs : 0;
		const at = now + delayMs + held + this.#random() * jitterMs;
		const index = this.#underway.findIndex((delivery) => delivery.at > at);
		this.#underway.splice(index < 0 ? this.#underway.length : index, 0, { at, to, packet });
	}
}
