/**
 * What one call has said and heard of its media (RFC 3264): session id, version, the description sent last and the
 * offer that still waits for its answer. phone.ts carries the texts to and from the SIP agent; call.ts gets what was
 * agreed.
 */
import type { RandomSource } from "crypto/types";
import {
	type CodecName,
	isRejection,
	type LocalMedia,
	makeAnswer,
	makeOffer,
	type NegotiatedMedia,
	type Rejection,
	readAnswer,
} from "sdp/offer-answer";

/** What a description says of our side; a call has it. */
export interface LocalSide {
	readonly rtpPort: number;
	readonly helloHash: Uint8Array | undefined;
	readonly heldHere: boolean;
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
	/** Our offer on its way, and whether it held. */
	#open: { readonly text: string; readonly held: boolean } | undefined;
	#heldTold = false;

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
		return this.#heldTold;
	}

	/** @throws {Error} naming the port when the media stream cannot be opened */
	offer(): string {
		const local = this.#local();
		const text = makeOffer(local);
		this.#open = { text, held: local.direction === "sendonly" };
		this.#sent(text);
		return text;
	}

	/** @throws {Error} as `offer` */
	answer(offer: string): { readonly text: string; readonly media: NegotiatedMedia } | Rejection {
		const local = this.#local();
		const answer = makeAnswer(offer, local);
		if (isRejection(answer)) return answer;
		this.#sent(answer.text);
		this.#heldTold = local.direction === "sendonly";
		return answer;
	}

	/** What a provisional answer to our offer says; the offer stays open. undefined: nothing was offered. */
	preview(answer: string): NegotiatedMedia | Rejection | undefined {
		return this.#open && readAnswer(this.#open.text, answer);
	}

	/** What the answer to our offer agreed to; undefined: nothing was offered. */
	read(answer: string): NegotiatedMedia | Rejection | undefined {
		const open = this.#open;
		if (open === undefined) return undefined;
		this.#open = undefined;
		const media = readAnswer(open.text, answer);
		if (!isRejection(media)) this.#heldTold = open.held;
		return media;
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

	#local(): LocalMedia {
		const { side, address, codecs } = this.#options;
		// The port first: reading it opens the stream, whose session the hash belongs to.
		const port = side.rtpPort;
		return {
			address,
			port,
			sessionId: this.#sessionId,
			version: this.#version,
			previous: this.#last,
			codecs,
			direction: side.heldHere ? "sendonly" : "sendrecv",
			...(side.helloHash && { zrtpHash: side.helloHash }),
		};
	}
}

/** Why an offer could never be answered, told before anything rings; undefined: it can be. */
export function refusalOf(offer: string, codecs: readonly CodecName[]): Rejection | undefined {
	// Only the offer's own faults matter here, so that any address and port of ours will do.
	const answer = makeAnswer(offer, { address: "0.0.0.0", port: 9, sessionId: 0, version: 0, codecs });
	return isRejection(answer) ? answer : undefined;
}
