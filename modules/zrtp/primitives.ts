/** From a negotiated hash to what computes it (RFC 6189 section 5.1.2). */

import type { Session } from "./session";
import { HASHES } from "./suites";
import type { Suite } from "./types";

/** The negotiated hash and MAC of this session's provider. */
export function primitives({ config: { provider } }: Session, suite: Pick<Suite, "hash">) {
	const row = HASHES[suite.hash];
	return { hash: row.hash(provider), mac: row.mac(provider) };
}
