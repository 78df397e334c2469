/**
 * Who a description says is there, before anything is decided about it: call/ has to know whether it is the ZRTP session
 * that it has keys with, since an answer names its own (RFC 6189 section 8).
 * @module
 */
import { addressOf } from "./address";
import { iceOf } from "./ice";
import { directionOf, zrtpHashOf } from "./media";
import type { NegotiatedMedia } from "./offer-answer";
import { isSdpError, parse } from "./sdp";

export type AnnouncedStream = Pick<NegotiatedMedia, "remoteAddress" | "remotePort" | "zrtpHash" | "heldByPeer" | "ice">;

/**
 * The audio sections that are on and can be reached, in order; none where the text cannot be read.
 * @param own our address, whose family counts
 */
export function announcedStreams(text: string, own: string): readonly AnnouncedStream[] {
	const remote = parse(text);
	if (isSdpError(remote)) return [];
	const found: AnnouncedStream[] = [];
	for (const section of remote.media) {
		const remoteAddress = addressOf(remote, section, own);
		if (section.media !== "audio" || section.port === 0 || typeof remoteAddress !== "string") continue;
		const direction = directionOf(remote, section);
		const silenced = remoteAddress === "0.0.0.0" || remoteAddress === "::";
		const zrtpHash = zrtpHashOf(remote, section);
		const ice = iceOf(remote, section);
		found.push({
			remoteAddress,
			remotePort: section.port,
			heldByPeer: silenced || direction === "sendonly" || direction === "inactive",
			...(zrtpHash && { zrtpHash }),
			...(ice && { ice }),
		});
	}
	return found;
}
