/** Numbers that look random and are the same for the same seed: networks and entropy of tests that can be repeated. */

/** A generator of numbers 0 <= n < 1. */
export function seeded(seed: number): () => number {
	let state = Math.imul(seed + 1, 0x9e3779b1) | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
	};
}

/** Octets for a RandomSource. Never outside a test. */
export function seededBytes(seed: number): (byteLength: number) => Uint8Array {
	const next = seeded(seed);
	return (byteLength) => Uint8Array.from({ length: byteLength }, () => Math.floor(next() * 256));
}
