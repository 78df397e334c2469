/**
 * Replaces (RFC 3891): an INVITE that takes the place of a call that is there already, in attended transfer and pickup.
 * @module
 */

import { hangUp } from "./bye";
import type { Call } from "./call";
import type { Core } from "./core";
import type { Dialog } from "./dialog";
import { headerLines, type Request } from "./message";
import { param, parseParams } from "./syntax";
import type { Destination } from "./uri";

/** What an INVITE asks to replace: nothing, a call of ours, or the status it is refused with. */
export type Replacement =
	| { readonly type: "none" }
	| { readonly type: "call"; readonly call: Call }
	| { readonly type: "fault"; readonly status: number; readonly reason?: string };

/**
 * Section 3: the checks in the order of the section. Section 8 wants to know who asks: a call that runs by the account's own
 * servers is only replaced by one that comes by them, and one over TLS by one over TLS. Between phones that call each other
 * straight the tags have to do.
 */
export function replacementOf(core: Core, request: Request, from: Destination): Replacement {
	const lines = headerLines(request, "replaces");
	const line = lines[0];
	if (line === undefined) return { type: "none" };
	const semicolon = line.indexOf(";");
	const params = semicolon < 0 ? undefined : parseParams(line.slice(semicolon + 1));
	const callId = line.slice(0, Math.max(semicolon, 0)).trim();
	const toTag = param(params ?? [], "to-tag");
	const fromTag = param(params ?? [], "from-tag");
	if (lines.length > 1 || params === undefined || callId === "" || toTag === undefined || fromTag === undefined)
		return { type: "fault", status: 400, reason: "Replaces is malformed or stands twice" };
	const found = find(core, callId, toTag, fromTag);
	if (found === undefined) return { type: "fault", status: 481 };
	const { call, early, dialog } = found;
	const ours = dialog.hop !== undefined && core.trusts(call.account, dialog.hop) && !core.trusts(call.account, from);
	if (ours || (dialog.hop?.transport === "tls" && from.transport !== "tls")) {
		core.warn(`a call of ${from.address} in the place of another was refused: it does not come by the same servers`);
		return { type: "fault", status: 403, reason: "Forbidden (not by the servers of the call to replace)" };
	}
	// A call that is already over is declined, so that the other does not try elsewhere.
	if (call.reported) return { type: "fault", status: 603 };
	if (early) {
		// Only an early dialog that began here may be taken over.
		return call.outgoing === undefined ? { type: "fault", status: 481 } : { type: "call", call };
	}
	return param(params, "early-only") === undefined ? { type: "call", call } : { type: "fault", status: 486 };
}

/** Section 3: to-tag is our own tag, from-tag the peer's; tag "0" stands for none (section 6.1). */
function find(
	core: Core,
	callId: string,
	toTag: string,
	fromTag: string,
): { call: Call; early: boolean; dialog: Dialog } | undefined {
	const remoteTag = fromTag === "0" ? "" : fromTag;
	const same = (dialog: Dialog): boolean =>
		dialog.callId === callId && dialog.localTag === toTag && dialog.remoteTag === remoteTag;
	for (const call of core.calls) {
		if (call.dialog !== undefined && same(call.dialog))
			return { call, early: call.incoming?.initial === true && !call.incoming.answered, dialog: call.dialog };
		for (const { dialog } of call.outgoing?.early.values() ?? [])
			if (same(dialog)) return { call, early: true, dialog };
	}
	return undefined;
}

/** The new call is answered: the one it replaces ends, by BYE or CANCEL as its state asks (section 3). */
export function replace(core: Core, call: Call): void {
	const old = call.replaces;
	call.replaces = undefined;
	if (old === undefined || old.reported || !core.calls.has(old)) return;
	core.ended(old, 200, "another call took its place", "remote", { replacedBy: call.id });
	hangUp(core, old);
}

/** The Replaces value for the other end of a dialog of ours: from its point of view the tags are the other way round. */
export function replacesValue(dialog: Dialog): string {
	return `${dialog.callId};to-tag=${dialog.remoteTag === "" ? "0" : dialog.remoteTag};from-tag=${dialog.localTag}`;
}
