/**
 * Who the other party is, as the account's own servers vouch for it (RFC 3325): from responses and changes of a call, so
 * that after a transfer or a pickup the screen names who is really there.
 * @module
 */

import type { Call } from "./call";
import { assertedIdentity } from "./call-info";
import type { Core } from "./core";
import type { Message } from "./message";
import type { Destination } from "./uri";

/** @param from where the message came from: anybody else's word is nothing (section 5) */
export function identify(core: Core, call: Call, message: Message, from: Destination): void {
	if (call.reported || !core.trusts(call.account, from)) return;
	const identity = assertedIdentity(message);
	if (identity === undefined) return;
	const known = `${identity.displayName ?? ""}<${identity.uri}>`;
	if (call.identity === known) return;
	call.identity = known;
	core.act({ type: "identified", call: call.id, identity });
}
