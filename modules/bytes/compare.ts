/**
 * Ordering of big-endian numbers of one length: which hvi is larger (RFC 6189 section 4.2), which DH value is in range.
 * @module
 */

/**
 * Compares two unsigned big-endian numbers. The values are public: this is not constant-time.
 * @throws RangeError when the lengths differ
 */
export function compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
	if (a.length !== b.length) throw new RangeError(`compare: ${a.length} and ${b.length} bytes`);
	for (let i = 0; i < a.length; i++) {
		const difference = (a[i] ?? 0) - (b[i] ?? 0);
		if (difference !== 0) return difference < 0 ? -1 : 1;
	}
	return 0;
}
