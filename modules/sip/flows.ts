/**
 * The connections that stand, as the shell tells of them: what TLS vouches for, and the address that the other side
 * sees us at. UDP has none.
 * @module
 */

import type { Destination, Transport } from "./uri";

/** One signalling leg, from this phone to the next server or phone and no further. */
export interface Leg {
	readonly transport: Transport;
	/** TLS whose certificate was checked or pinned: what stands in the messages is between us and that server alone. */
	readonly secure: boolean;
}

/** A TCP or TLS connection. */
export interface Flow {
	/** The numeric address and port of the other end, and the transport. */
	readonly to: Destination;
	/** Our end of it. */
	readonly local: Destination;
	/** Where others can reach us by the same transport without it; absent: by this connection alone. */
	readonly listening?: Destination | undefined;
	/** The other end's certificate was checked or pinned. */
	readonly verified: boolean;
}

/** More than the shell keeps at once. */
const MAX_FLOWS = 64;

export class Flows {
	readonly #flows = new Map<string, Flow>();
	readonly #old = new Set<string>();

	add(flow: Flow): void {
		this.#old.delete(keyOf(flow.to));
		if (this.#flows.size < MAX_FLOWS) this.#flows.set(keyOf(flow.to), flow);
	}

	remove(to: Destination): void {
		this.#old.delete(keyOf(to));
		this.#flows.delete(keyOf(to));
	}

	/** The network has gone: nobody knows what becomes of these. */
	age(): void {
		this.#old.clear();
		for (const key of this.#flows.keys()) this.#old.add(key);
	}

	/** Those that stood when the network went, which do not any more. What was made since has proved itself. */
	takeOld(): readonly Flow[] {
		const flows = [...this.#flows.values()].filter(({ to }) => this.#old.has(keyOf(to)));
		for (const { to } of flows) this.remove(to);
		return flows;
	}

	get(to: Destination): Flow | undefined {
		return this.#flows.get(keyOf(to));
	}

	/** undefined for UDP, which vouches for nothing. */
	leg(to: Destination): Leg | undefined {
		const { transport = "udp" } = to;
		if (transport === "udp") return undefined;
		return { transport, secure: transport === "tls" && this.get(to)?.verified === true };
	}
}

/** One text for one place, as a key of maps. */
export function keyOf(to: Destination): string {
	return `${to.transport ?? "udp"}|${to.address}|${to.port}`;
}
