/**
 * Runs on XS built for 32 bits: what one ZRTP session keeps alive, in octets of slots and chunks together, after a
 * collection at every step. Prints a line for each key agreement: its code, the most during the handshake, and what is
 * left when it is secure. Both sides are in this process, so that each is half of what is found.
 */

import { secured } from "bench/zrtp/sides";
import { gc, heap } from "board/heap";
import { exit, print } from "board/process";
import type { KeyAgreementCode } from "zrtp/types";

function live(): number {
	gc();
	const { slotsByteLength, chunksByteLength } = heap();
	return slotsByteLength + chunksByteLength;
}

const CODES: readonly KeyAgreementCode[] = ["X255", "DH3k"];

/** The first one fills what is filled once. */
for (const code of CODES) for (const side of secured(code)) side.feed({ type: "stop", now: 0 });

for (const code of CODES) {
	const idle = live();
	let most = 0;
	const sides = secured(code, "S256", () => {
		most = Math.max(most, live() - idle);
	});
	const secure = live() - idle;
	for (const side of sides) side.feed({ type: "stop", now: 0 });
	print(`${code} ${most / 2} ${secure / 2}`);
}
exit(0);
