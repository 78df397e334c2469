/**
 * One search for the servers of a domain (RFC 3263 section 4): NAPTR, then SRV, then addresses. It asks by a function
 * and is told the answers; a list of targets in the order of trying, or the reason why there is none, leaves to
 * locator.ts.
 * @module
 */

import type { NaptrRecord, SrvRecord } from "dns/message";
import { orderSrv, type Way, waysOf } from "./srv";
import { type Destination, type Place, portOf, type Transport } from "./uri";

/** What a name server is asked; HOST: IPv4 and IPv6 addresses. */
export type QuestionKind = "NAPTR" | "SRV" | "HOST";

/** `records` may be empty: there is no such name or it has none. `error`: nobody could say, in plain words. */
export type DnsAnswer =
	| { readonly kind: "NAPTR"; readonly records: readonly NaptrRecord[]; readonly ttlSec: number }
	| { readonly kind: "SRV"; readonly records: readonly SrvRecord[]; readonly ttlSec: number }
	/** Numeric. */
	| { readonly kind: "HOST"; readonly addresses: readonly string[]; readonly ttlSec: number }
	| { readonly kind: "error"; readonly error: string };

/** A server to try. */
export interface Target extends Destination {
	readonly transport: Transport;
	/** The domain that was looked for: what its certificate must be for (RFC 5922 section 4). */
	readonly name: string;
}

export type LookupResult =
	| { readonly targets: readonly Target[]; readonly ttlSec: number }
	| { readonly error: string };

export interface LookupOptions {
	ask(name: string, kind: QuestionKind, onAnswer: (answer: DnsAnswer) => void): void;
	below(limit: number): number;
	onDone(result: LookupResult): void;
}

const MAX_SERVERS = 8;
const MAX_ADDRESSES = 4;
const MAX_WAYS = 4;
/** What this phone would rather use where a domain leaves it the choice. */
const PREFERRED: readonly Transport[] = Object.freeze(["tls", "tcp", "udp"]);
const LEAST_TTL_SEC = 10;
const MOST_TTL_SEC = 3600;

interface Server {
	readonly host: string;
	readonly port: number;
	readonly transport: Transport;
}

/** Begins a search; onDone comes once. */
export function lookUp(place: Place, options: LookupOptions): void {
	new Lookup(place, options).start();
}

class Lookup {
	readonly #place: Place;
	readonly #options: LookupOptions;
	#ttlSec = MOST_TTL_SEC;
	/** Why nobody could say, for when nothing is found. */
	#error: string | undefined;

	constructor(place: Place, options: LookupOptions) {
		this.#place = place;
		this.#options = options;
	}

	start(): void {
		const { address, port, transport, sips } = this.#place;
		// Section 4.2: with a port there are no SRV records to ask for.
		if (port !== undefined) this.#hosts([{ host: address, port, transport: transport ?? (sips ? "tls" : "udp") }]);
		else if (transport !== undefined) this.#services([transport]);
		else this.#ask(address, "NAPTR", (answer) => this.#naptr(answer));
	}

	#ask(name: string, kind: QuestionKind, then: (answer: DnsAnswer) => void): void {
		this.#options.ask(name, kind, (answer) => {
			if (answer.kind === "error") this.#error ??= answer.error;
			else if (answer.kind === kind) this.#ttlSec = Math.min(this.#ttlSec, answer.ttlSec);
			then(answer);
		});
	}

	#naptr(answer: DnsAnswer): void {
		const ways = answer.kind === "NAPTR" ? waysOf(answer.records, this.#place.sips === true) : [];
		if (ways.length > 0) this.#ways(ways.slice(0, MAX_WAYS));
		else this.#services(this.#place.sips ? ["tls"] : PREFERRED);
	}

	/** No NAPTR: SRV records for each transport, in our order. */
	#services(transports: readonly Transport[]): void {
		const { address } = this.#place;
		this.#ways(transports.map((transport) => ({ transport, kind: "SRV", name: `${SERVICE[transport]}.${address}` })));
	}

	/** All the ways asked for at once, for a name server that is slow is slow for each; the list is in their order. */
	#ways(ways: readonly Way[]): void {
		const found: (readonly Server[])[] = ways.map(() => []);
		let waiting = ways.length;
		let refused = false;
		const done = (): void => {
			if (--waiting === 0)
				this.#servers(
					found.reduce((all, some) => all.concat(some), []),
					refused,
				);
		};
		ways.forEach(({ transport, name, kind }, index) => {
			if (kind === "HOST") {
				found[index] = [{ host: name, port: portOf(transport), transport }];
				done();
				return;
			}
			this.#ask(name, "SRV", (answer) => {
				const records = answer.kind === "SRV" ? answer.records : [];
				// RFC 2782: a single "." says that there is no such service here.
				refused ||= records.length === 1 && records[0]?.target === "";
				found[index] = orderSrv(records.slice(0, MAX_SERVERS), this.#options.below)
					.filter(({ target, port }) => target !== "" && port > 0)
					.map(({ target, port }) => ({ host: target, port, transport }));
				done();
			});
		});
	}

	#servers(servers: readonly Server[], refused: boolean): void {
		if (servers.length > 0) {
			this.#hosts(servers.slice(0, MAX_SERVERS));
			return;
		}
		const { address, sips } = this.#place;
		if (refused) {
			this.#options.onDone({ error: `${address} says that it has no SIP service` });
			return;
		}
		// Section 4.2: no SRV records, so the name is a host's.
		const transport = this.#place.transport ?? (sips ? "tls" : "udp");
		this.#hosts([{ host: address, port: portOf(transport), transport }]);
	}

	#hosts(servers: readonly Server[]): void {
		const targets: Target[] = [];
		const name = this.#place.address;
		const next = (index: number): void => {
			const server = servers[index];
			if (server === undefined) {
				this.#done(targets);
				return;
			}
			const { host, port, transport } = server;
			this.#ask(host, "HOST", (answer) => {
				const addresses = answer.kind === "HOST" ? answer.addresses : [];
				for (const address of addresses.slice(0, MAX_ADDRESSES)) targets.push({ address, port, transport, name });
				next(index + 1);
			});
		};
		next(0);
	}

	#done(targets: readonly Target[]): void {
		const ttlSec = Math.max(this.#ttlSec, LEAST_TTL_SEC);
		if (targets.length > 0) this.#options.onDone({ targets, ttlSec });
		else this.#options.onDone({ error: this.#error ?? `cannot find the host ${this.#place.address}: no such name` });
	}
}

/** RFC 3263 section 4.1 */
const SERVICE: Readonly<Record<Transport, string>> = Object.freeze({
	udp: "_sip._udp",
	tcp: "_sip._tcp",
	tls: "_sips._tcp",
});
