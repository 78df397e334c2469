import Time from "time";

/** Milliseconds of the monotonic clock. The moment it counts from means nothing. */
export function now(this: void): number {
	return (Time.microseconds ?? 0) / 1000;
}

/** Milliseconds since 1970, once a time server has told them. */
export function wallClock(): number {
	return Date.now();
}
