/**
 * The world of whole phones: a clock that only tests move, and a network that delays, loses and sometimes goes away, all
 * of it from a seed. Sockets, streams of voice and timers of phones are made in it by the modules of instead/.
 */
import { seeded } from "test/net/seeded";
import { stage } from "./stage";

export interface Place {
	readonly address: string;
	readonly port: number;
}

/** SIP and ZRTP as they are; of voice, which is never looked at, only whose keys it has. */
export type Packet =
	| { readonly bytes: Uint8Array }
	/** @property spoken from an open microphone, and no silence in its place */
	| { readonly voice: string | undefined; readonly report: boolean; readonly spoken: boolean };

/** What has bound a port. */
export interface Port {
	receive(packet: Packet, from: Place): void;
	/** The network says that nobody listens there, or that there is no way. */
	refused?(code: string, to: Place): void;
}

/** What waits for streams. @returns what becomes of one, undefined: it is not taken */
export type Accept = (end: StreamEnd) => void;

export interface Wait {
	readonly at: number;
	/** Whose it is. */
	readonly acting: string;
	readonly run: () => void;
}

export interface WorldOptions {
	readonly seed: number;
	readonly delayMs: number;
	/** 0..1 */
	readonly loss: number;
}

/** Linux: the first repeat of a segment, of a SYN, and the longest wait. */
const FIRST_RTO_MS = 600;
const FIRST_SYN_MS = 1000;
const LAST_RTO_MS = 60_000;
/** How long what was written before close() may still leave (hal/net/tcp.ts). */
const LEAVE_MS = 5000;
const FIRST_PORT = 40_000;

export class PhoneWorld {
	now = 1000;
	/** Address of the phone whose turn it is: its connections leave from there. */
	acting = "";
	/** Sees every SIP message as it leaves a place, and as it arrives at one. */
	onSend: (from: Place, bytes: Uint8Array) => void = () => {};
	onArrival: (to: Place, bytes: Uint8Array) => void = () => {};
	readonly #random: () => number;
	readonly #options: WorldOptions;
	readonly #waits: Wait[] = [];
	readonly #ports = new Map<string, Port>();
	readonly #listeners = new Map<string, Accept>();
	readonly #voices = new Map<string, number>();
	#nextPort = FIRST_PORT;
	#silentFrom = Number.POSITIVE_INFINITY;
	#silentMs = 0;
	#seen = false;

	constructor(options: WorldOptions) {
		this.#options = options;
		this.#random = seeded(options.seed);
		stage.world = this;
	}

	/** Nothing is left of it; what phones still had to do is not done. */
	close(): void {
		if (stage.world === this) stage.world = undefined;
	}

	/** No network for so long. @param seen the phones have no way out, rather than a network that carries nothing */
	silence(from: number, ms: number, seen: boolean): void {
		this.#silentFrom = from;
		this.#silentMs = ms;
		this.#seen = seen;
	}

	get silentFrom(): number {
		return this.#silentFrom;
	}

	/** Whether a device has a way to anybody. */
	get hasRoute(): boolean {
		return !this.#seen || !this.#isSilent(this.now);
	}

	/** Ports that are bound, and connections with an end that nobody closed. */
	get bound(): readonly string[] {
		return [...this.#ports.keys()];
	}

	/** Somebody's voice came out at that address. */
	heard(address: string): void {
		this.#voices.set(address, this.voicesAt(address) + 1);
	}

	voicesAt(address: string): number {
		return this.#voices.get(address) ?? 0;
	}

	after(ms: number, run: () => void): Wait {
		const wait = { at: this.now + Math.max(0, ms), run, acting: this.acting };
		// Equal times in the order in which they were asked for.
		let index = this.#waits.length;
		for (; index > 0; index--) if ((this.#waits[index - 1]?.at ?? 0) <= wait.at) break;
		this.#waits.splice(index, 0, wait);
		return wait;
	}

	cancel(wait: Wait): void {
		const index = this.#waits.indexOf(wait);
		if (index >= 0) this.#waits.splice(index, 1);
	}

	/** It is the turn of the phone at that address. */
	as(address: string, run: () => void): void {
		const before = this.acting;
		this.acting = address;
		run();
		this.acting = before;
	}

	/** Lets that much time pass. */
	run(ms: number): void {
		this.until(ms, () => false);
	}

	/** Lets time pass until something is so. @returns whether it is */
	until(limitMs: number, condition: () => boolean): boolean {
		const end = this.now + limitMs;
		while (!condition()) {
			const next = this.#waits[0];
			if (next === undefined || next.at > end) {
				this.now = end;
				return condition();
			}
			this.#waits.shift();
			this.now = Math.max(this.now, next.at);
			this.acting = next.acting;
			next.run();
		}
		return true;
	}

	/** @param port 0: any, an even one whose neighbour is free @throws where it is taken */
	bind(address: string, port: number, to: Port): number {
		let chosen = port;
		if (port === 0) {
			chosen = this.#nextPort;
			this.#nextPort += 2;
		}
		const key = `${address}:${chosen}`;
		if (this.#ports.has(key)) throw new Error(`${key} is in use`);
		this.#ports.set(key, to);
		return chosen;
	}

	free(address: string, port: number): void {
		this.#ports.delete(`${address}:${port}`);
	}

	/** One datagram, as far as the network lets it. */
	send(packet: Packet, from: Place, to: Place): void {
		if ("bytes" in packet && isSip(packet.bytes)) this.onSend(from, packet.bytes);
		if (!this.hasRoute) {
			this.after(0, () => this.#port(from)?.refused?.("ENETUNREACH", to));
			return;
		}
		if (this.#isLost(this.now)) return;
		this.after(this.#options.delayMs, () => {
			const port = this.#port(to);
			if (port === undefined) {
				if (!this.#isLost(this.now))
					this.after(this.#options.delayMs, () => this.#port(from)?.refused?.("ECONNREFUSED", to));
				return;
			}
			if ("bytes" in packet && isSip(packet.bytes)) this.onArrival(to, packet.bytes);
			this.as(to.address, () => port.receive(packet, from));
		});
	}

	listen(place: Place, accept: Accept): void {
		this.#listeners.set(`${place.address}:${place.port}`, accept);
	}

	unlisten(place: Place): void {
		this.#listeners.delete(`${place.address}:${place.port}`);
	}

	/** A connection on its way to be made. */
	connect(to: Place): StreamEnd {
		const near = new StreamEnd(this, { address: this.acting, port: this.#nextPort++ }, to);
		if (!this.hasRoute) {
			this.after(0, () => near.fail("ENETUNREACH"));
			return near;
		}
		const accept = this.#listeners.get(`${to.address}:${to.port}`);
		const heardAt = this.arrival(this.now, FIRST_SYN_MS);
		const readyAt = this.arrival(heardAt, FIRST_SYN_MS);
		if (accept === undefined) {
			this.after(readyAt - this.now, () => near.fail("ECONNREFUSED"));
			return near;
		}
		const far = new StreamEnd(this, to, near.local);
		near.far = far;
		far.far = near;
		this.after(heardAt - this.now, () => {
			if (near.closed) return;
			this.as(to.address, () => accept(far));
		});
		this.after(readyAt - this.now, () => near.open());
		return near;
	}

	/** When something that is repeated until it comes through arrives. */
	arrival(sentAt: number, firstMs: number = FIRST_RTO_MS): number {
		let at = sentAt;
		for (let waitMs = firstMs; this.#isLost(at); ) {
			at += waitMs;
			waitMs = Math.min(2 * waitMs, LAST_RTO_MS);
		}
		return at + this.#options.delayMs;
	}

	#isSilent(at: number): boolean {
		return at >= this.#silentFrom && at < this.#silentFrom + this.#silentMs;
	}

	#isLost(at: number): boolean {
		return this.#isSilent(at) || this.#random() < this.#options.loss;
	}

	#port({ address, port }: Place): Port | undefined {
		return this.#ports.get(`${address}:${port}`);
	}
}

/** One end of a TCP connection. */
export class StreamEnd {
	readonly local: Place;
	readonly remote: Place;
	far: StreamEnd | undefined;
	onOpen: () => void = () => {};
	onBytes: (bytes: Uint8Array) => void = () => {};
	/** Once; nothing comes afterwards. */
	onEnd: (code: string) => void = () => {};
	closed = false;
	readonly #world: PhoneWorld;
	/** When the last thing that was sent arrives: nothing overtakes it. */
	#lastAt = 0;
	#closedAt = Number.POSITIVE_INFINITY;

	constructor(world: PhoneWorld, local: Place, remote: Place) {
		this.#world = world;
		this.local = local;
		this.remote = remote;
	}

	open(): void {
		if (!this.closed) this.#world.as(this.local.address, this.onOpen);
	}

	fail(code: string): void {
		if (this.closed) return;
		this.closed = true;
		this.#world.as(this.local.address, () => this.onEnd(code));
	}

	write(bytes: Uint8Array): void {
		const world = this.#world;
		if (isSip(bytes)) world.onSend(this.local, bytes);
		this.#lastAt = Math.max(this.#lastAt, world.arrival(world.now));
		const at = this.#lastAt;
		world.after(at - world.now, () => this.#arrive(bytes, at));
	}

	close(): void {
		if (this.closed) return;
		this.closed = true;
		const world = this.#world;
		this.#closedAt = world.now;
		const { far } = this;
		if (far !== undefined)
			world.after(Math.max(this.#lastAt, world.arrival(world.now)) - world.now, () => far.fail("closed"));
	}

	#arrive(bytes: Uint8Array, at: number): void {
		const { far } = this;
		if (far === undefined || at > this.#closedAt + LEAVE_MS) return;
		if (far.closed) {
			this.fail("ECONNRESET");
			return;
		}
		if (isSip(bytes)) this.#world.onArrival(far.local, bytes);
		this.#world.as(far.local.address, () => far.onBytes(bytes));
	}
}

/** No keep-alive, no ZRTP, no STUN: it begins with a letter. */
function isSip(bytes: Uint8Array): boolean {
	return (bytes[0] ?? 0) >= 0x41;
}
