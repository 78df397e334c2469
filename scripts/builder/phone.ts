/** The phone itself: the root manifest, as build/sim/VARIANT/sotto. `npm start`, `npm run phone` and the peers' tests call this. */
import { join } from "node:path";
import { root } from "./paths";
import { type Built, build } from "./program";
import type { Variant } from "./variant";

export function buildPhone(variant: Variant): Promise<Built> {
	return build({ name: "sotto", manifest: join(root, "manifest.json"), variant });
}
