/**
 * Random octets that are the same in every run, for tests alone: SHA-256 of a seed and a counter. The seed is in the
 * message of a failing test, so that the failure can be had again.
 */
import { concat } from "bytes/concat";
import { utf8Encode } from "bytes/text";
import { nobleSha256 } from "crypto/noble-hash";
import type { RandomSource } from "crypto/types";

export class Seeded {
	readonly #seed: Uint8Array;
	#counter = 0;

	constructor(seed: string) {
		this.#seed = utf8Encode(seed);
	}

	readonly source: RandomSource = (byteLength) => {
		const blocks: Uint8Array[] = [];
		for (let have = 0; have < byteLength; have += 32)
			blocks.push(nobleSha256.digest(this.#seed, utf8Encode(`/${this.#counter++}`)));
		return concat(...blocks).slice(0, byteLength);
	};

	/** An integer of 0..limit-1; the slight unevenness does not matter here. */
	below(limit: number): number {
		const [a = 0, b = 0, c = 0] = this.source(3);
		return ((a << 16) | (b << 8) | c) % limit;
	}
}
