/** hal/net/route of the phone whose turn it is. */
import { worldNow } from "test/net/phones/stage";

export function localAddress(this: void, _address: string): string | undefined {
	const world = worldNow();
	return world.hasRoute ? world.acting : undefined;
}
