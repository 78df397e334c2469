/** The phone itself: the root manifest, as build/sim/VARIANT/sotto or build/virt-rv32/sotto. `npm start`, `npm run phone` and the peers' tests call this. */
import { join } from "node:path";
import { root } from "./paths";
import { type Built, build } from "./program";
import type { Variant } from "./variant";
import { type VirtSizes, virtSizes, virtTarget } from "./virt";

export function buildPhone(variant: Variant): Promise<Built> {
	return build({ name: "sotto", manifest: join(root, "manifest.json"), variant });
}

export function buildVirtPhone(sizes: VirtSizes = virtSizes, name = "sotto"): Promise<Built> {
	return build({ name, manifest: join(root, "manifest.json"), target: virtTarget(sizes), preload: true });
}
