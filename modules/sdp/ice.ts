/**
 * How a section says by which addresses it can be reached (RFC 8839): a=ice-ufrag, a=ice-pwd, a=candidate, a=ice-lite. The
 * values go as text between offer-answer.ts and call/, which has the ICE agent; nothing here reads a candidate but for its
 * address.
 * @module
 */

import { type Attribute, attribute, type MediaDescription, type SessionDescription } from "./sdp";

/** What one section says, or shall say. */
export interface IceLines {
	readonly ufrag: string;
	readonly pwd: string;
	/** Values of a=candidate, in order. */
	readonly candidates: readonly string[];
	readonly lite: boolean;
}

/** More of a peer's candidates are passed over. */
const CANDIDATES_MOST = 32;
const ADDRESS_WORD = 4;
const PORT_WORD = 5;

/**
 * undefined: the section says nothing of ICE, or not enough; or its address is none of its candidates, since somebody on the
 * way has changed it and checks would lead elsewhere (section 4.2.5).
 */
export function iceOf(sd: SessionDescription, media: MediaDescription): IceLines | undefined {
	const either = (name: string) => attribute(media.attributes, name) ?? attribute(sd.attributes, name);
	const ufrag = either("ice-ufrag");
	const pwd = either("ice-pwd");
	if (ufrag === undefined || pwd === undefined) return undefined;
	const candidates: string[] = [];
	for (const { name, value } of media.attributes)
		if (name === "candidate" && value !== undefined && candidates.length < CANDIDATES_MOST) candidates.push(value);
	const address = (media.connection ?? sd.connection)?.address;
	const isDefault = (candidate: string): boolean => {
		const words = candidate.split(" ");
		return words[ADDRESS_WORD] === address && words[PORT_WORD] === String(media.port);
	};
	// 0.0.0.0 and port 9 are how a description says that its address comes later (section 4.2.5).
	if (address !== "0.0.0.0" && !candidates.some(isDefault)) return undefined;
	return { ufrag, pwd, candidates, lite: attribute(sd.attributes, "ice-lite") !== undefined };
}

export function iceAttributes({ ufrag, pwd, candidates }: IceLines): Attribute[] {
	return [
		{ name: "ice-ufrag", value: ufrag },
		{ name: "ice-pwd", value: pwd },
		...candidates.map((value) => ({ name: "candidate", value })),
	];
}
