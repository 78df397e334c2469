/** Why the board started, as the life before left it in RAM (hal/machine/virt/reset.c). */

/** In plain words; undefined: it was switched on, or restarted itself in good order. */
export function resetReason(this: void): string | undefined {
	return native("xs_reset_reason").call(this);
}
