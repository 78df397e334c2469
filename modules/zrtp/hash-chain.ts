/**
 * The hash chain H0..H3 that ties one side's messages together (RFC 6189 section 9), and the MACs keyed by it
 * (section 8.1.1). H3 goes out in the Hello, H2 in the Commit, H1 in DHPart1 or DHPart2, H0 in the Confirm.
 */

import { equal } from "bytes/equal";
import type { Provider, RandomSource } from "crypto/types";
import { HASH_IMAGE_BYTE_LENGTH, MAC_BYTE_LENGTH } from "./constants";
import { implicitHash, implicitMac } from "./suites";

export interface HashChain {
	readonly h0: Uint8Array;
	readonly h1: Uint8Array;
	readonly h2: Uint8Array;
	readonly h3: Uint8Array;
}

export function makeHashChain(provider: Provider, random: RandomSource): HashChain {
	const h0 = random(HASH_IMAGE_BYTE_LENGTH);
	const h1 = nextImage(provider, h0);
	const h2 = nextImage(provider, h1);
	return { h0, h1, h2, h3: nextImage(provider, h2) };
}

/** The image that follows: H1 of H0, H2 of H1, H3 of H2. */
export function nextImage(provider: Provider, image: Uint8Array): Uint8Array {
	return implicitHash(provider).digest(image);
}

/** The 64-bit MAC at the end of a Hello, Commit or DHPart, over everything before it. */
export function messageMac(provider: Provider, key: Uint8Array, bytesBeforeMac: Uint8Array): Uint8Array {
	return implicitMac(provider).compute(key, bytesBeforeMac).slice(0, MAC_BYTE_LENGTH);
}

/** Whether the MAC at the end of a whole message is right under `key`. */
export function checkMessageMac(provider: Provider, key: Uint8Array, message: Uint8Array): boolean {
	const split = message.length - MAC_BYTE_LENGTH;
	return equal(messageMac(provider, key, message.subarray(0, split)), message.subarray(split));
}
