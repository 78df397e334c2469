/**
 * The keys of one stream by SDP security descriptions (RFC 4568 sections 5.1 and 7.1): what stands in our offers and
 * answers, whether the peer's will do, and the key material of both directions. Texts of a=crypto come from and go to
 * call/; nothing here is in force until call/ has given `agreed` to the media stream.
 * @module
 */

import { equal } from "bytes/equal";
import { wipe } from "bytes/wipe";
import type { RandomSource } from "crypto/types";
import { type CryptoLine, formatCryptoLine, headOf, type Mki, parseCryptoLine } from "./crypto-attribute";
import { type SrtpSuite, type SuiteName, suiteNamed } from "./suites";

/** Both directions of one agreement. Whoever is given it wipes it. */
export interface SdesKeys {
	readonly suite: SrtpSuite;
	readonly send: { readonly key: Uint8Array; readonly salt: Uint8Array };
	readonly receive: { readonly key: Uint8Array; readonly salt: Uint8Array; readonly mki: Mki | undefined };
}

export interface SdesOptions {
	/** Best liked first; what is offered, and all that is taken. */
	readonly suites: readonly SuiteName[];
	readonly random: RandomSource;
}

interface OwnKey {
	readonly key: Uint8Array;
	readonly salt: Uint8Array;
}

export class Sdes {
	readonly #options: SdesOptions;
	/** Ours, one for each suite: a second key stream under one key is what SRTP must never have. */
	readonly #own: Map<SuiteName, OwnKey> = new Map();
	/** Of the peer, in force. */
	#peerKey: Uint8Array | undefined;
	/** The answer to a line of the peer, for whoever asks again. */
	#answered: { readonly theirs: string; readonly ours: string } | undefined;

	constructor(options: SdesOptions) {
		this.#options = options;
	}

	/**
	 * Values of a=crypto. The same keys in every offer: a re-INVITE that changes nothing keeps ROC and replay list.
	 * @param anew other keys than before: those before are not in use and their packet index is lost
	 */
	offer(anew: boolean): string[] {
		if (anew) this.#wipeOwn();
		return this.#options.suites.map((name, i) => {
			const { key, salt } = this.#ownKey(name);
			return formatCryptoLine({ tag: String(i + 1), suiteName: name, key, salt });
		});
	}

	/**
	 * The one line that answers: the first of the offer that is valid and among our suites (section 5.1.2). Where the peer
	 * has a new key we take one too, for another end may be behind it that knows nothing of our rollovers.
	 * @param anew as `offer`
	 */
	answer(theirs: readonly string[], anew: boolean): string | { readonly fault: string } {
		let fault = "it has no a=crypto line";
		for (const value of theirs) {
			if (this.#answered?.theirs === value) return this.#answered.ours;
			const line = parseCryptoLine(value);
			if ("fault" in line) {
				fault = line.fault;
				continue;
			}
			const { suite } = line;
			if (!this.#options.suites.includes(suite.name)) {
				fault = "its crypto-suite is switched off in this phone";
				wipe(line.key, line.salt);
				continue;
			}
			const renewed = anew || (this.#peerKey !== undefined && !equal(this.#peerKey, line.key));
			const own = renewed ? this.#fresh(suite) : this.#ownKey(suite.name);
			const ours = formatCryptoLine({ tag: line.tag, suiteName: line.suiteName, ...own });
			if (renewed) wipe(own.key, own.salt);
			wipe(line.key, line.salt);
			this.#answered = { theirs: value, ours };
			return ours;
		}
		return { fault: `no key can be agreed for the audio: ${fault}` };
	}

	/** Why the answer to our lines is not to be taken (section 5.1.3); undefined: it is. */
	judge(ours: readonly string[], theirs: readonly string[]): string | undefined {
		const [value, ...rest] = theirs;
		if (value === undefined) return "the answer brings no key for the audio";
		if (rest.length > 0) return "the answer brings more than one key for the audio";
		const { tag, suiteName } = headOf(value);
		const offered = ours.find((line) => {
			const head = headOf(line);
			return head.tag === tag && head.suiteName === suiteNamed(suiteName)?.name;
		});
		if (offered === undefined) return "the answer takes a key that was not offered";
		const line = parseCryptoLine(value);
		if ("fault" in line) return `the key of the answer cannot be used: ${line.fault}`;
		const own = parseCryptoLine(offered);
		// Section 7.1.2: both ways under one key would be one key stream twice.
		const mirrored = !("fault" in own) && equal(own.key, line.key);
		wipeLine(line);
		wipeLine(own);
		return mirrored ? "the answer gives this phone's own key back" : undefined;
	}

	/** The keys that two judged descriptions name, or undefined where they do not fit. From now on they are those in force. */
	agreed(ours: readonly string[], theirs: readonly string[]): SdesKeys | undefined {
		// One side has one line, the other those it was chosen from.
		const chosen = theirs.length === 1 ? theirs[0] : ours[0];
		const { tag } = headOf(chosen ?? "");
		const own = lineTagged(ours, tag);
		const peer = lineTagged(theirs, tag);
		if (own === undefined || peer === undefined || own.suite !== peer.suite || equal(own.key, peer.key)) {
			wipeLine(own);
			wipeLine(peer);
			return undefined;
		}
		const { suite } = own;
		this.#keep(suite.name, { key: own.key.slice(), salt: own.salt.slice() });
		wipe(this.#peerKey);
		this.#peerKey = peer.key.slice();
		return {
			suite,
			send: { key: own.key, salt: own.salt },
			receive: { key: peer.key, salt: peer.salt, mki: peer.mki },
		};
	}

	/** Every key here is overwritten; safe to repeat. */
	close(): void {
		this.#wipeOwn();
		wipe(this.#peerKey);
		this.#peerKey = undefined;
		this.#answered = undefined;
	}

	#wipeOwn(): void {
		for (const { key, salt } of this.#own.values()) wipe(key, salt);
		this.#own.clear();
	}

	#ownKey(name: SuiteName): OwnKey {
		const found = this.#own.get(name);
		if (found !== undefined) return found;
		const suite = suiteNamed(name);
		if (suite === undefined) throw new RangeError(`no crypto-suite ${name}`);
		const made = this.#fresh(suite);
		this.#own.set(name, made);
		return made;
	}

	#fresh(suite: SrtpSuite): OwnKey {
		// One draw, as it is one value in the line; the test of the logs knows keys by the length of their draw.
		const drawn = this.#options.random(suite.keyByteLength + suite.saltByteLength);
		const own = { key: drawn.slice(0, suite.keyByteLength), salt: drawn.slice(suite.keyByteLength) };
		wipe(drawn);
		return own;
	}

	#keep(name: SuiteName, own: OwnKey): void {
		const before = this.#own.get(name);
		wipe(before?.key, before?.salt);
		this.#own.set(name, own);
	}
}

function lineTagged(values: readonly string[], tag: string): CryptoLine | undefined {
	for (const value of values) {
		if (headOf(value).tag !== tag) continue;
		const line = parseCryptoLine(value);
		if (!("fault" in line)) return line;
	}
	return undefined;
}

function wipeLine(line: CryptoLine | { readonly fault: string } | undefined): void {
	if (line !== undefined && "key" in line) wipe(line.key, line.salt);
}
