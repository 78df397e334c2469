/**
 * Two ICE agents, each on an address of its own or behind a NAT, a STUN server between them, and a seeded network that loses
 * and delays. A NAT here maps a socket to one outside port and lets in only who was written to (RFC 4787: endpoint-independent
 * mapping, address- and port-dependent filtering); a symmetric one maps anew for each destination.
 */

import { nativeProvider } from "crypto/native";
import { createIce, type Ice, step } from "ice/agent";
import { BINDING, buildStun, parseStun } from "ice/stun";
import type { ComponentId, IceAction, IceDescription, TransportAddress } from "ice/types";
import { Netem, type NetemOptions } from "../netem";
import { seeded } from "../seeded";

export type NatKind = "none" | "cone" | "symmetric";

const SERVER: TransportAddress = Object.freeze({ address: "192.0.2.1", port: 3478 });

interface Datagram {
	readonly from: TransportAddress;
	readonly bytes: Uint8Array;
}

class Nat {
	readonly #kind: NatKind;
	readonly #outside: string;
	/** Inside socket (and destination, where symmetric) to outside port. */
	readonly #ports = new Map<string, number>();
	readonly #written = new Set<string>();
	readonly #inside = new Map<number, TransportAddress>();
	#next = 40000;

	constructor(kind: NatKind, outside: string) {
		this.#kind = kind;
		this.#outside = outside;
	}

	out(from: TransportAddress, to: TransportAddress): TransportAddress {
		if (this.#kind === "none") return from;
		const key = `${textOf(from)}${this.#kind === "symmetric" ? ` ${textOf(to)}` : ""}`;
		let port = this.#ports.get(key);
		if (port === undefined) {
			port = this.#next++;
			this.#ports.set(key, port);
			this.#inside.set(port, from);
		}
		this.#written.add(`${port} ${textOf(to)}`);
		return { address: this.#outside, port };
	}

	in(from: TransportAddress, to: TransportAddress): TransportAddress | undefined {
		if (this.#kind === "none") return to;
		return this.#written.has(`${to.port} ${textOf(from)}`) ? this.#inside.get(to.port) : undefined;
	}
}

export interface Station {
	readonly ice: Ice;
	readonly selected: Map<ComponentId, TransportAddress>;
	description: IceDescription | undefined;
	completedAt: number | undefined;
	failedAt: number | undefined;
	consentLostAt: number | undefined;
}

interface Place extends Station {
	readonly nat: Nat;
	readonly inside: string;
	readonly outside: string;
	wakeAt: number | undefined;
}

export interface WorldOptions extends Omit<NetemOptions, "seed"> {
	readonly seed: number;
	readonly nats: readonly [NatKind, NatKind];
	readonly components?: readonly ComponentId[];
	/** Both think that they control. */
	readonly conflict?: boolean;
	/** How long SDP takes to the other end, in milliseconds. */
	readonly signallingMs?: number;
}

/** Runs until `untilMs`, or until both have ended one way or the other. `disturb` sees each datagram and may swallow it. */
export class World {
	readonly stations: readonly [Station, Station];
	readonly #places: readonly [Place, Place];
	readonly #net: Netem<TransportAddress, Datagram>;
	readonly #options: WorldOptions;
	#now = 0;
	#descriptions: { at: number; to: Place; description: IceDescription }[] = [];
	disturb: (datagram: Datagram, to: TransportAddress) => boolean = () => false;

	constructor(options: WorldOptions) {
		this.#options = options;
		this.#net = new Netem(options);
		const place = (index: 0 | 1): Place => {
			const behind = options.nats[index] !== "none";
			const outside = `198.51.100.${index + 1}`;
			const inside = behind ? `10.0.${index}.2` : outside;
			const random = seeded(options.seed * 2 + index);
			const components = (options.components ?? [1, 2]).map((id) => ({ id, address: inside, port: 16384 + id - 1 }));
			const ice = createIce({
				provider: nativeProvider,
				random: (byteLength) => Uint8Array.from({ length: byteLength }, () => Math.floor(random() * 256)),
				controlling: index === 0 || options.conflict === true,
				components,
				stunServer: SERVER,
			});
			return {
				ice,
				selected: new Map(),
				description: undefined,
				completedAt: undefined,
				failedAt: undefined,
				consentLostAt: undefined,
				nat: new Nat(options.nats[index], outside),
				inside,
				outside,
				wakeAt: undefined,
			};
		};
		this.#places = [place(0), place(1)];
		this.stations = this.#places;
		for (const station of this.#places) this.#run(station, step(station.ice, { type: "start", now: 0 }));
	}

	get now(): number {
		return this.#now;
	}

	run(untilMs: number, done: () => boolean = () => this.stations.every((it) => it.completedAt ?? it.failedAt)): void {
		while (!done()) {
			const times = [
				this.#net.nextAt,
				...this.#places.map((it) => it.wakeAt),
				...this.#descriptions.map((it) => it.at),
			];
			const next = times.reduce(
				(least, at) => (at !== undefined && (least === undefined || at < least) ? at : least),
				undefined,
			);
			if (next === undefined || next > untilMs) {
				this.#now = untilMs;
				return;
			}
			this.#now = Math.max(this.#now, next);
			this.#pass();
		}
	}

	#pass(): void {
		const now = this.#now;
		for (const { to, packet } of this.#net.deliver(now)) this.#arrive(to, packet);
		const ripe = this.#descriptions.filter(({ at }) => at <= now);
		this.#descriptions = this.#descriptions.filter(({ at }) => at > now);
		for (const { to, description } of ripe) this.#run(to, step(to.ice, { type: "remote", now, description }));
		for (const station of this.#places)
			if (station.wakeAt !== undefined && station.wakeAt <= now) {
				station.wakeAt = undefined;
				this.#run(station, step(station.ice, { type: "tick", now }));
			}
	}

	#arrive(to: TransportAddress, { from, bytes }: Datagram): void {
		if (to.address === SERVER.address) {
			const request = parseStun(bytes);
			if (request === undefined) return;
			const answer = buildStun({ type: BINDING.success, transactionId: request.transactionId, mapped: from });
			this.#net.send(this.#now, from, { from: SERVER, bytes: answer });
			return;
		}
		const station = this.#places.find((it) => it.outside === to.address);
		const inside = station?.nat.in(from, to);
		if (station === undefined || inside === undefined || inside.address !== station.inside) return;
		const component = inside.port === 16384 ? 1 : 2;
		this.#run(station, step(station.ice, { type: "packet", now: this.#now, component, bytes, from }));
	}

	#run(station: Place, actions: readonly IceAction[]): void {
		for (const action of actions)
			switch (action.type) {
				case "send": {
					const inside = { address: station.inside, port: 16384 + action.component - 1 };
					const datagram = { from: station.nat.out(inside, action.to), bytes: action.bytes.slice() };
					if (!this.disturb(datagram, action.to)) this.#net.send(this.#now, action.to, datagram);
					break;
				}
				case "wakeAt":
					station.wakeAt = action.at;
					break;
				case "gathered": {
					station.description = action.description;
					const other = station === this.#places[0] ? this.#places[1] : this.#places[0];
					const at = this.#now + (this.#options.signallingMs ?? 30);
					this.#descriptions.push({ at, to: other, description: action.description });
					break;
				}
				case "selected":
					station.selected.set(action.component, action.remote);
					break;
				case "completed":
					station.completedAt = this.#now;
					break;
				case "failed":
					station.failedAt = this.#now;
					break;
				case "consentLost":
					station.consentLostAt = this.#now;
			}
	}
}

function textOf({ address, port }: TransportAddress): string {
	return `${address}:${port}`;
}
