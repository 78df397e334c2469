/** Why the board started: on this computer it was always asked to. */

/** In plain words; undefined: it was switched on, or restarted itself in good order. */
export function resetReason(this: void): string | undefined {
	return undefined;
}
