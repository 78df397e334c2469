/**
 * Numeric addresses of SDP: where a section is to be reached, and how our own address is written. Text comes from
 * offer-answer.ts; what is no address of our own family is refused in words.
 * @module
 */

import { printable } from "./media";
import type { Connection, MediaDescription, SessionDescription } from "./sdp";

// Regular expressions stand here because the engine compiles a literal each time it is evaluated.
const IPV4 = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/;
const HEX_GROUP = /^[0-9A-Fa-f]{1,4}$/;

/** o= and c= name the family beside the address (RFC 4566 section 5.7). */
export function connectionOf(address: string): Connection {
	return { addressType: isIPv6(address) ? "IP6" : "IP4", address };
}

/**
 * Where a section is to be reached: its own c= or the session's; of the family of our own address alone, and written so
 * that the same address is always the same text.
 */
export function addressOf(
	sd: SessionDescription,
	media: MediaDescription,
	own: string,
): string | { readonly fault: string } {
	const connection = media.connection ?? sd.connection;
	if (connection === undefined) return { fault: "the description has no c= line for its audio" };
	const { addressType, address } = connection;
	if (isIPv6(own)) {
		if (addressType === "IP4") return { fault: "media over IPv4 is not supported where this phone has IPv6" };
		const groups = groupsOf(address);
		if (groups === undefined) return { fault: `the media address ${printable(address)} is not an IPv6 address` };
		if (isMapped(groups)) return { fault: "media over IPv4 is not supported where this phone has IPv6" };
		if ((groups[0] ?? 0) >= 0xff00) return { fault: "multicast media is not supported" };
		return textOf(groups);
	}
	if (addressType === "IP6") return { fault: "media over IPv6 is not supported" };
	const octets = octetsOf(address);
	if (octets === undefined) return { fault: `the media address ${printable(address)} is not an IPv4 address` };
	if ((octets[0] ?? 0) >= 224) return { fault: "multicast media is not supported" };
	return octets.join(".");
}

export function isIPv6(text: string): boolean {
	return groupsOf(text) !== undefined;
}

/** Eight groups, or fewer about one "::"; the last two may be written as IPv4 (RFC 4291 section 2.2). No scope. */
function groupsOf(text: string): number[] | undefined {
	if (text.length > 45 || text.indexOf(":") < 0) return undefined;
	const halves = text.split("::");
	const [head, tail] = [halves[0] ?? "", halves[1]];
	if (halves.length > 2) return undefined;
	const before = partOf(head, tail === undefined);
	const after = tail === undefined ? [] : partOf(tail, true);
	if (before === undefined || after === undefined) return undefined;
	const missing = 8 - before.length - after.length;
	if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
	return [...before, ...new Array<number>(missing).fill(0), ...after];
}

function partOf(text: string, last: boolean): number[] | undefined {
	const groups: number[] = [];
	if (text === "") return groups;
	const words = text.split(":");
	for (const [index, word] of words.entries()) {
		if (HEX_GROUP.test(word)) {
			groups.push(Number.parseInt(word, 16));
			continue;
		}
		const octets = last && index === words.length - 1 ? octetsOf(word) : undefined;
		if (octets === undefined) return undefined;
		const [a = 0, b = 0, c = 0, d = 0] = octets;
		groups.push((a << 8) | b, (c << 8) | d);
	}
	return groups;
}

function octetsOf(text: string): number[] | undefined {
	const octets = IPV4.exec(text)?.slice(1).map(Number);
	return octets?.some((octet) => octet > 255) ? undefined : octets;
}

/** An IPv4 address dressed up (RFC 4291 section 2.5.5.2). */
function isMapped(groups: readonly number[]): boolean {
	return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** The one way of writing it (RFC 5952 section 4): "::" for the longest run of zeros, the first of equals, never for one. */
function textOf(groups: readonly number[]): string {
	let [start, length] = [0, 1];
	for (let from = 0; from < 8; from++) {
		let zeros = 0;
		while (from + zeros < 8 && groups[from + zeros] === 0) zeros++;
		if (zeros > length) [start, length] = [from, zeros];
	}
	const words = groups.map((group) => group.toString(16));
	if (length === 1) return words.join(":");
	return `${words.slice(0, start).join(":")}::${words.slice(start + length).join(":")}`;
}
