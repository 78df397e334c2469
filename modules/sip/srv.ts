/**
 * The order of SRV and NAPTR records (RFC 2782, RFC 3403). Records enter from the name server by way of lookup.ts, and
 * leave in the order in which they are to be tried.
 * @module
 */

import type { NaptrRecord, SrvRecord } from "dns/message";
import type { Transport } from "./uri";

/**
 * By priority; inside one priority by chance, as often first as the weights say.
 * @param below a random whole number from 0 to below its argument
 */
export function orderSrv(records: readonly SrvRecord[], below: (limit: number) => number): SrvRecord[] {
	const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
	const ordered: SrvRecord[] = [];
	while (left.length > 0) {
		const first = left[0];
		if (first === undefined) break;
		const group = left.filter(({ priority }) => priority === first.priority);
		const sum = group.reduce((total, { weight }) => total + weight, 0);
		// Those of weight 0 stand first and are drawn when the number is 0 (RFC 2782, page 4).
		let number = below(sum + 1);
		const drawn = group.find(({ weight }) => {
			if (weight >= number) return true;
			number -= weight;
			return false;
		});
		const record = drawn ?? first;
		ordered.push(record);
		left.splice(left.indexOf(record), 1);
	}
	return ordered;
}

/** A way to a domain that NAPTR records name. */
export interface Way {
	readonly transport: Transport;
	/** Name to ask SRV records for, or with flag `a` a host. */
	readonly name: string;
	readonly kind: "SRV" | "HOST";
}

/** RFC 3263 section 4.1: the services this phone can use, in the domain's order. */
export function waysOf(records: readonly NaptrRecord[], sips: boolean): Way[] {
	const ways: Way[] = [];
	for (const record of [...records].sort((a, b) => a.order - b.order || a.preference - b.preference)) {
		const transport = transportOf(record.service.toUpperCase());
		const flags = record.flags.toLowerCase();
		const kind = flags === "s" ? "SRV" : flags === "a" ? "HOST" : undefined;
		// A sips: URI goes over TLS alone.
		if (transport === undefined || kind === undefined || record.replacement === "" || (sips && transport !== "tls"))
			continue;
		ways.push({ transport, name: record.replacement, kind });
	}
	return ways;
}

function transportOf(service: string): Transport | undefined {
	switch (service) {
		case "SIP+D2U":
			return "udp";
		case "SIP+D2T":
			return "tcp";
		case "SIPS+D2T":
			return "tls";
		default:
			return undefined;
	}
}
