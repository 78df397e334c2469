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

/** Where a section is to be reached: its own c= or the session's; of the family of our own address alone. */
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
		if (!isIPv6(address)) return { fault: `the media address ${printable(address)} is not an IPv6 address` };
		return /^ff/i.test(address) ? { fault: "multicast media is not supported" } : address.toLowerCase();
	}
	if (addressType === "IP6") return { fault: "media over IPv6 is not supported" };
	const octets = IPV4.exec(address)?.slice(1).map(Number);
	if (octets === undefined || octets.some((octet) => octet > 255))
		return { fault: `the media address ${printable(address)} is not an IPv4 address` };
	if ((octets[0] ?? 0) >= 224) return { fault: "multicast media is not supported" };
	return octets.join(".");
}

/** Eight groups, or fewer about one "::"; the last two may be written as IPv4 (RFC 4291 section 2.2). */
export function isIPv6(text: string): boolean {
	if (text.length > 45 || !text.includes(":")) return false;
	const halves = text.split("::");
	if (halves.length > 2) return false;
	let count = 0;
	for (const [i, half] of halves.entries()) {
		if (half === "") continue;
		const groups = half.split(":");
		for (const [j, group] of groups.entries()) {
			const last = i === halves.length - 1 && j === groups.length - 1;
			if (last && IPV4.test(group)) count += 2;
			else if (HEX_GROUP.test(group)) count++;
			else return false;
		}
	}
	return halves.length === 2 ? count <= 7 : count === 8;
}
