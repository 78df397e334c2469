/**
 * Comparing secrets and MACs.
 * @module
 */

/**
 * Whether two arrays hold the same octets. The time taken depends on the length of `a` alone, never on where
 * the two differ or on the length of `b`, so a MAC check tells an attacker nothing about the right tag.
 */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
	let difference = a.length ^ b.length;
	for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
	return difference === 0;
}
