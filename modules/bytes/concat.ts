/**
 * Joining byte arrays.
 * @module
 */

/** A new array with the octets of all the given ones, in order. */
export function concat(...arrays: readonly Uint8Array[]): Uint8Array {
	let byteLength = 0;
	for (const array of arrays) byteLength += array.length;
	const result = new Uint8Array(byteLength);
	let offset = 0;
	for (const array of arrays) {
		result.set(array, offset);
		offset += array.length;
	}
	return result;
}
