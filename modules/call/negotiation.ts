/**
 * What one call has said and heard of its media (RFC 3264): session id, version, the description sent last and the
 * offer that still waits for its answer. phone.ts carries the texts to and from the SIP agent; call.ts gets what was
 * agreed.
 */
import { equal } from "bytes/equal";
import type { RandomSource } from "crypto/types";
import { type AnnouncedStream, announcedStreams } from "sdp/announced";
import {
	answerStreams,
	type CodecName,
	type IceLines,
	isRejection,
	type LocalMedia,
	type LocalSession,
	type LocalStream,
	makeAnswer,
	type NegotiatedMedia,
	offerStreams,
	type Rejection,
	readStreams,
	type StreamKeys,
	type StreamsAnswer,
} from "sdp/offer-answer";

/** What offer and answer agreed: the call's own stream, and those that were added to it; undefined: refused. */
export interface AgreedMedia extends NegotiatedMedia {
	readonly added?: readonly (NegotiatedMedia | undefined)[];
}

/** What a description says of one of our streams. */
export interface OwnStream {
	readonly rtpPort: number;
	readonly helloHash: Uint8Array | undefined;
	/** Who keys it in SDP. */
	readonly keying?: StreamKeys;
	/** Offered where `offersIce`, answered always. */
	readonly ice?: IceLines | undefined;
	readonly offersIce?: boolean;
	readonly outside?: LocalStream["outside"];
}

/** What a description says of our side; a call has it. */
export interface LocalSide {
	/** One or more. @throws {Error} naming the port when a stream cannot be opened */
	readonly streams: readonly OwnStream[];
	readonly heldHere: boolean;
	/** The other end's offer is about to be answered: the streams above have to fit it. */
	expect(announced: readonly AnnouncedStream[]): void;
}

export interface NegotiationOptions {
	readonly side: LocalSide;
	/** Numeric address that descriptions name. */
	readonly address: string;
	readonly codecs: readonly CodecName[];
	readonly random: RandomSource;
}

export class Negotiation {
	readonly #options: NegotiationOptions;
	readonly #sessionId: number;
	#version = 0;
	#last: string | undefined;
	/** Our offer on its way, and what it said. */
	#open: { readonly text: string; readonly said: Said } | undefined;
	/** What the other end knows of us, as far as it has agreed. */
	#told: Said = { held: false, hashes: [] };

	constructor(options: NegotiationOptions) {
		this.#options = options;
		const bytes = options.random(4);
		this.#sessionId = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
	}

	/** An offer of ours has no answer yet. */
	get waiting(): boolean {
		return this.#open !== undefined;
	}

	/** Whether the other end, as far as it has agreed, knows that it is held. */
	get heldTold(): boolean {
		return this.#told.held;
	}

	/** The other end knows all that a description of ours would say now. */
	get upToDate(): boolean {
		const { held, hashes } = this.#say();
		const told = this.#told;
		return (
			held === told.held &&
			hashes.length === told.hashes.length &&
			hashes.every((hash, index) => sameHash(hash, told.hashes[index]))
		);
	}

	/** @throws {Error} naming the port when the media stream cannot be opened */
	offer(): string {
		const said = this.#say();
		const text = offerStreams(this.#session(), this.#streams("offer"));
		this.#open = { text, said };
		this.#sent(text);
		return text;
	}

	/** @throws {Error} as `offer` */
	answer(offer: string): { readonly text: string; readonly media: AgreedMedia } | Rejection {
		const { side, address } = this.#options;
		// A change that is refused leaves the streams and their keys as they are (RFC 3261 section 14.2).
		const refused = this.#last === undefined ? undefined : this.#answered(offer);
		if (refused && isRejection(refused)) return refused;
		side.expect(announcedStreams(offer, address));
		const said = this.#say();
		const answer = this.#answered(offer);
		if (isRejection(answer)) return answer;
		const [media, ...added] = answer.streams;
		if (media === undefined) return NO_AUDIO;
		this.#sent(answer.text);
		this.#told = said;
		return { text: answer.text, media: { ...media, ...(added.length > 0 && { added }) } };
	}

	/** Nothing is in force by it. */
	#answered(offer: string): StreamsAnswer | Rejection {
		return answerStreams(offer, this.#session(), this.#streams("answer"));
	}

	/** What a provisional answer to our offer says; the offer stays open. undefined: nothing was offered. */
	preview(answer: string): NegotiatedMedia | Rejection | undefined {
		if (this.#open === undefined) return undefined;
		const result = readStreams(this.#open.text, answer, this.#keys());
		return isRejection(result) ? result : result[0];
	}

	/** What the answer to our offer agreed to; undefined: nothing was offered. */
	read(answer: string): AgreedMedia | Rejection | undefined {
		const open = this.#open;
		if (open === undefined) return undefined;
		this.#open = undefined;
		const result = readStreams(open.text, answer, this.#keys());
		if (isRejection(result)) return result;
		const [media, ...others] = result;
		if (media === undefined) return NO_AUDIO;
		if (isRejection(media)) return media;
		const added = others.map((each) => (isRejection(each) ? undefined : each));
		const hashes = open.said.hashes.filter((_, index) => index === 0 || added[index - 1] !== undefined);
		this.#told = { held: open.said.held, hashes };
		return { ...media, ...(added.length > 0 && { added }) };
	}

	/** Our offer was refused: what was agreed before stays (section 8). */
	withdraw(): void {
		this.#open = undefined;
	}

	/** The next description has a higher version than this one (section 8). */
	#sent(text: string): void {
		this.#last = text;
		this.#version++;
	}

	#say(): Said {
		const { side } = this.#options;
		return { held: side.heldHere, hashes: side.streams.map(({ helloHash }) => helloHash) };
	}

	#session(): LocalSession {
		const { address } = this.#options;
		return { address, sessionId: this.#sessionId, version: this.#version, previous: this.#last };
	}

	#keys(): readonly (StreamKeys | undefined)[] {
		return this.#options.side.streams.map(({ keying }) => keying);
	}

	#streams(role: "offer" | "answer"): readonly LocalStream[] {
		const { side, codecs } = this.#options;
		return side.streams.map(({ rtpPort, helloHash, keying, ice, offersIce, outside }) => ({
			port: rtpPort,
			codecs,
			keys: keying,
			rtcpMux: "accept",
			direction: side.heldHere ? "sendonly" : "sendrecv",
			...(helloHash && { zrtpHash: helloHash }),
			...(ice && (role === "answer" || offersIce) && { ice }),
			...(outside && { outside }),
		}));
	}
}

/** Of a description: whether it held, and the a=zrtp-hash of each stream. */
interface Said {
	readonly held: boolean;
	readonly hashes: readonly (Uint8Array | undefined)[];
}

const NO_AUDIO: Rejection = Object.freeze({ reject: 488, reason: "there is no audio in the description" });

function sameHash(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
	return a === undefined || b === undefined ? a === b : equal(a, b);
}

/** Why an offer could never be answered, told before anything rings; undefined: it can be. */
export function refusalOf(
	offer: string,
	{ address, codecs, keys }: Pick<LocalMedia, "address" | "codecs" | "keys">,
): Rejection | undefined {
	// Only the offer's own faults matter here, so that any port of ours will do.
	const answer = makeAnswer(offer, { address, port: 9, sessionId: 0, version: 0, codecs, keys });
	return isRejection(answer) ? answer : undefined;
}
