/**
 * When a description of the other end means that somebody else is there, or the same phone with another ZRTP session
 * (RFC 6189 sections 4.4.3 and 8): a transfer, a move, a phone that began anew. Pure functions; leg.ts acts on them.
 */
import { equal } from "bytes/equal";
import type { AnnouncedStream as Announced } from "sdp/announced";

/** Music on hold comes from anywhere and nothing of ours goes there: the keys of the held call wait. */
export function isParked(after: Announced): boolean {
	return after.heldByPeer && after.zrtpHash === undefined;
}

/**
 * Whether keys have to be agreed anew.
 * @param keyedFor the description that the present ZRTP session belongs to
 */
export function beginsAnew(keyedFor: Announced, after: Announced): boolean {
	if (isParked(after)) return false;
	const { zrtpHash: was } = keyedFor;
	const { zrtpHash: is } = after;
	// The same Hello means the same session, wherever it has gone; another one, another session.
	if (was !== undefined && is !== undefined) return !equal(was, is);
	// What ICE found out moves the address of one and the same session (RFC 8839 section 4.4.3).
	if (keyedFor.ice && after.ice && keyedFor.ice.ufrag === after.ice.ufrag) return false;
	return keyedFor.remoteAddress !== after.remoteAddress || keyedFor.remotePort !== after.remotePort;
}

/** What the present session belongs to, once `after` has been taken over without a new one. */
export function stillKeyedFor(keyedFor: Announced, after: Announced): Announced {
	if (isParked(after)) return keyedFor;
	const zrtpHash = after.zrtpHash ?? keyedFor.zrtpHash;
	const { remoteAddress, remotePort, heldByPeer, ice } = after;
	return { remoteAddress, remotePort, heldByPeer, ...(zrtpHash && { zrtpHash }), ...(ice && { ice }) };
}
