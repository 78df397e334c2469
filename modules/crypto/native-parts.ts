/** How a message of any number of parts goes to a native call that takes a few. */
import { concat } from "bytes/concat";
import { wipe } from "bytes/wipe";
import { MAXIMUM_PARTS } from "hal/crypto/crypto";

/** The native calls take a limited number of parts: the rest is joined, and the copy wiped after use. */
export function within(parts: readonly Uint8Array[], use: (parts: readonly Uint8Array[]) => void): void {
	if (parts.length <= MAXIMUM_PARTS) {
		use(parts);
		return;
	}
	const tail = concat(...parts.slice(MAXIMUM_PARTS - 1));
	try {
		use([...parts.slice(0, MAXIMUM_PARTS - 1), tail]);
	} finally {
		wipe(tail);
	}
}
