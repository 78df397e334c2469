/**
 * The refresh of a session (RFC 4028 section 7.4): by UPDATE without a description where the peer takes it, else by a
 * re-INVITE, whose description only call/ can make.
 * @module
 */

import type { Call } from "./call";
import { REFRESH_AGAIN_MS } from "./constants";
import type { Core } from "./core";
import { sendUpdate } from "./update";

export function refresh(core: Core, call: Call): void {
	const session = call.session;
	if (session === undefined || call.dialog === undefined || call.reported) return;
	// Whatever is asked may not come, and a change that is under way refreshes by itself: look again until the expiry.
	session.refresh = core.timers.after(REFRESH_AGAIN_MS, () => refresh(core, call));
	refreshProbe(core, call);
}

/** One request that a peer only grants who still has the call. A change that is under way asks as much by itself. */
export function refreshProbe(core: Core, call: Call): void {
	const { dialog, session } = call;
	if (dialog === undefined || call.reported || session?.asking) return;
	if (call.change !== undefined || call.incoming !== undefined || call.offer !== undefined) return;
	if (call.peer.allows.includes("UPDATE")) {
		if (session !== undefined) session.asking = true;
		sendUpdate(core, call, dialog, undefined);
	} else core.act({ type: "offerWanted", call: call.id, why: "refresh" });
}
