/**
 * Somebody else's Hello in the middle of a call, where signalling has said nothing (RFC 6189 section 5: another source
 * may begin a session of its own). A Hello proves nothing, so it counts only where it is repeated, as a phone repeats it,
 * and the peer whose keys are on has not been heard meanwhile.
 */
import { equal } from "bytes/equal";
import { decodeMessage } from "zrtp/messages/message";
import { decodePacket } from "zrtp/packet";

/** How long the peer has to be silent, with the same other Hello coming again and again. */
const SILENCE_MS = 1000;
const HELLOS_LEAST = 4;
/** One that has been listened to for nothing is not listened to again at once. */
const REST_MS = 10_000;

export interface NewcomerOptions {
	readonly now: () => number;
	/** Packets of the peer with a good tag so far. */
	readonly heard: () => number;
}

interface Candidate {
	readonly hello: Uint8Array;
	readonly since: number;
	readonly heard: number;
	readonly count: number;
}

export class Newcomer {
	readonly #options: NewcomerOptions;
	#candidate: Candidate | undefined;
	#restUntil = Number.NEGATIVE_INFINITY;

	constructor(options: NewcomerOptions) {
		this.#options = options;
	}

	/** @param known the Hello of the peer @returns whether it may be somebody else */
	hear(bytes: Uint8Array, known: Uint8Array | undefined): boolean {
		const packet = decodePacket(bytes);
		const message = packet && decodeMessage(packet.message);
		if (message?.type !== "Hello" || (known && equal(message.bytes, known))) return false;
		const { now, heard } = this.#options;
		const time = now();
		if (time < this.#restUntil) return false;
		const former = this.#candidate;
		if (!former || !equal(former.hello, message.bytes) || former.heard !== heard()) {
			this.#candidate = { hello: message.bytes.slice(), since: time, heard: heard(), count: 1 };
			return false;
		}
		const count = former.count + 1;
		this.#candidate = { ...former, count };
		if (count < HELLOS_LEAST || time - former.since < SILENCE_MS) return false;
		this.#candidate = undefined;
		this.#restUntil = time + REST_MS;
		return true;
	}
}
