/** Where tests keep flash files: a folder of their own under build/, new in every run. */
import { toHex } from "bytes/hex";
import { hardwareRandom } from "crypto/random";

/** A path that no other test and no earlier run has used. */
export function statePath(name: string): string {
	return `build/test-state/${toHex(hardwareRandom(8))}/${name}`;
}
