/** Where the modules of instead/ find the world that a test is in: they are made by phones that know of none. */
import type { PhoneWorld } from "./world";

/** undefined between two worlds. */
export const stage: { world: PhoneWorld | undefined } = { world: undefined };

/** @throws where a phone outlives its world */
export function worldNow(): PhoneWorld {
	const { world } = stage;
	if (world === undefined) throw new Error("there is no world any more");
	return world;
}
