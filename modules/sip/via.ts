/**
 * The Via header (RFC 3261 section 20.42) with rport and received (RFC 3581). The top value enters from parse.ts; where
 * the response goes leaves to core.ts.
 * @module
 */

import { formatParams, type Param, param, parseHostPort, parseNumber, parseParams } from "./syntax";
import { bare, DEFAULT_PORT, type Destination, isReliable } from "./uri";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const VIA = /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s+([^;]+)(;.*|)$/i;

export interface Via {
	/** Upper case: UDP, TCP, TLS. */
	readonly transport: string;
	/** sent-by host, lower case. */
	readonly host: string;
	readonly port: number | undefined;
	readonly params: readonly Param[];
}

/** Every branch of RFC 3261 begins so (section 8.1.1.7). */
export const MAGIC_COOKIE = "z9hG4bK";

/** The client asks for rport (RFC 3581 section 3). */
export const RPORT: Param = Object.freeze({ name: "rport", value: undefined });

/** One Via value; undefined when malformed or of another protocol than SIP/2.0. */
export function parseVia(text: string): Via | undefined {
	const match = VIA.exec(text.trim());
	const transport = match?.[1];
	const sentBy = match?.[2] === undefined ? undefined : parseHostPort(match[2].trim());
	const params = match?.[3] ? parseParams(match[3].slice(1)) : [];
	if (transport === undefined || sentBy === undefined || params === undefined) return undefined;
	return { transport: transport.toUpperCase(), host: sentBy.host, port: sentBy.port, params };
}

export function formatVia(via: Via): string {
	return `SIP/2.0/${via.transport} ${via.host}${via.port === undefined ? "" : `:${via.port}`}${formatParams(via.params)}`;
}

/** The branch, or undefined. */
export function branchOf(via: Via): string | undefined {
	return param(via.params, "branch");
}

/**
 * What the server transport adds to the top Via of a request: received when sent-by is not the source address
 * (section 18.2.1), and always, with the source port, when the client asked by rport (RFC 3581 section 4).
 */
export function withSource(via: Via, from: Destination): Via {
	const rport = param(via.params, "rport");
	// A client that says itself where it was received from would choose where the answer goes.
	const params = via.params.filter((entry) => entry.name !== "received" && entry.name !== "rport");
	if (rport === undefined && bare(via.host) === from.address) return { ...via, params };
	params.push({ name: "received", value: from.address });
	if (rport !== undefined) params.push({ name: "rport", value: String(from.port) });
	return { ...via, params };
}

/**
 * Where a response goes: over TCP and TLS back by the connection; over UDP, from a Via that withSource has seen (section 18.2.2, RFC 3581 section 4): always to the
 * address that the request came from. maddr is not followed, for it would let anybody aim a phone's answers, and their
 * repeats, at anybody else; it was meant for multicast, which a phone does not take.
 */
export function responseDestination(via: Via, from?: Destination): Destination {
	// Section 18.2.2: over a stream, the connection that the request came by.
	if (from?.transport === "tcp") return { ...from, otherwise: { ...from, port: via.port ?? DEFAULT_PORT } };
	// Nobody can be reached by TLS whose certificate is not that of a server.
	if (from !== undefined && isReliable(from)) return from;
	const received = param(via.params, "received");
	const address = bare(received === undefined || received === "" ? via.host : received);
	const rport = parseNumber(param(via.params, "rport"), 5);
	if (rport !== undefined && rport > 0 && rport < 65536) return { address, port: rport };
	return { address, port: via.port ?? DEFAULT_PORT };
}
