/**
 * Candidates and pairs of them (RFC 8445 sections 5.1.2 and 6.1.2), and how a candidate stands in SDP (RFC 8839 section 5.1).
 * @module
 */

import { addressNumber } from "./stun";
import type { Candidate, CandidateType, ComponentId } from "./types";

/** RFC 8445 section 5.1.2.2. */
const TYPE_PREFERENCE: Readonly<Record<CandidateType, number>> = Object.freeze({
	host: 126,
	prflx: 110,
	srflx: 100,
	relay: 0,
});
/** There is one address on this phone, so it is liked best. */
const LOCAL_PREFERENCE = 65535;
const PRIORITY_MOST = 0x7fffffff;
const FOUNDATION_MOST_CHARACTERS = 32;
/** RFC 8839 section 5.1: ALPHA, DIGIT, "+" and "/". */
const ICE_CHARS = /^[A-Za-z0-9+/]+$/;

export function priorityOf(type: CandidateType, component: ComponentId): number {
	return TYPE_PREFERENCE[type] * 0x1000000 + LOCAL_PREFERENCE * 0x100 + (256 - component);
}

/** RFC 8445 section 6.1.2.3 compares 64-bit numbers; this gives their parts in the order in which they count. */
export function pairOrder(
	controlling: number,
	controlled: number,
): readonly [least: number, most: number, tie: number] {
	return [Math.min(controlling, controlled), Math.max(controlling, controlled), controlling > controlled ? 1 : 0];
}

export function isIceText(text: string, least: number, most: number): boolean {
	return text.length >= least && text.length <= most && ICE_CHARS.test(text);
}

/** The value of a=candidate. */
export function formatCandidate(candidate: Candidate): string {
	const { foundation, component, priority, address, port, type, related } = candidate;
	const line = `${foundation} ${component} UDP ${priority} ${address} ${port} typ ${type}`;
	return related === undefined ? line : `${line} raddr ${related.address} rport ${related.port}`;
}

/** undefined: malformed, or of a kind this phone does not use (TCP, IPv6, a name, a third component). */
export function parseCandidate(value: string): Candidate | undefined {
	const [foundation, component, transport, priority, address, port, typ, type] = value.split(" ");
	if (foundation === undefined || !isIceText(foundation, 1, FOUNDATION_MOST_CHARACTERS)) return undefined;
	if (component !== "1" && component !== "2") return undefined;
	if (transport?.toUpperCase() !== "UDP" || typ !== "typ" || !isType(type)) return undefined;
	const rank = decimal(priority, 1, PRIORITY_MOST);
	const number = decimal(port, 1, 65535);
	if (rank === undefined || number === undefined || address === undefined || addressNumber(address) === undefined)
		return undefined;
	return { foundation, component: component === "1" ? 1 : 2, priority: rank, address, port: number, type };
}

function isType(text: string | undefined): text is CandidateType {
	return text === "host" || text === "srflx" || text === "prflx" || text === "relay";
}

function decimal(text: string | undefined, least: number, most: number): number | undefined {
	if (text === undefined || text.length > 10 || !/^\d+$/.test(text)) return undefined;
	const value = Number(text);
	return value >= least && value <= most ? value : undefined;
}
