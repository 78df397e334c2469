/** Milliseconds of the monotonic clock, with fractions. The moment it counts from means nothing. */
export function now(this: void): number {
	return native("xs_clock_now").call(this);
}

/** Milliseconds since 1970 by the computer's clock, which may be set. */
export function wallClock(): number {
	return Date.now();
}
