/** The engine's side of the cache: what it keeps of a record, and what it asks to be stored (RFC 6189 sections 4.6.1, 7.3.1). */

import { derivePbxsecret } from "./kdf";
import { copyRecord, rotate } from "./secrets";
import type { Secure, Session } from "./session";
import type { RetainedSecrets } from "./store";
import type { Turn } from "./turn";

/** The engine's own copy of a record, wiped with everything else. */
export function keepRecord({ vault }: Session, record: RetainedSecrets | undefined): RetainedSecrets | undefined {
	if (record === undefined) return undefined;
	const copy = copyRecord(record);
	if (copy.rs1) vault.keep(copy.rs1);
	if (copy.rs2) vault.keep(copy.rs2);
	if (copy.pbxsecret) vault.keep(copy.pbxsecret);
	return copy;
}

/** The cache as section 4.6.1 wants it after this exchange, with the owner's word on the SAS. */
export function saveSecrets(turn: Turn, { peer, sas }: Secure): void {
	const { continuity } = turn.session;
	if (continuity === undefined) return;
	const { before, newSecret, lifetimeSec, mode } = continuity;
	const record = rotate(before, newSecret, lifetimeSec, sas.verified && !sas.mitm, mode);
	if (record) turn.emit({ type: "saveSecrets", zid: peer.hello.zid, secrets: record });
}

/** pbxsecret, the trusted MiTM key (section 7.3.1). */
export function savePbxsecret(turn: Turn, zid: Uint8Array): void {
	const { association, config } = turn.session;
	const { facts } = association;
	if (facts === undefined) return;
	const pbxsecret = derivePbxsecret(config.provider, facts.suite.hash, facts.zrtpSess, facts);
	turn.emit({ type: "savePbxsecret", zid, pbxsecret });
}
