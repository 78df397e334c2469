/**
 * Forgetting secrets.
 * @module
 */

/** Overwrites every array with zeros; an absent one is passed over. To be called in the same turn as the last use. */
export function wipe(...arrays: readonly (Uint8Array | undefined)[]): void {
	for (const array of arrays) array?.fill(0);
}
