/**
 * OPTIONS (RFC 3261 section 11) and every method this phone does not do.
 * @module
 */

import { hasRoomForCall } from "./call";
import { ALLOW, KNOWN_METHODS, SDP_TYPE } from "./constants";
import type { Core } from "./core";
import { type Header, type Request, tagOf } from "./message";
import type { NonInviteServer } from "./non-invite-server";

/**
 * Section 11.2: what an INVITE would find here. Inside a dialog, and while there is room for a call, that is 200; else it is
 * the answer that an INVITE would get.
 */
export function receiveOptions(core: Core, transaction: NonInviteServer, request: Request): void {
	if (!hasRoomForCall(core) && tagOf(request.to) === undefined) {
		core.respond(transaction, { status: 503, toTag: core.tag(), headers: [{ name: "Retry-After", value: "10" }] });
		return;
	}
	const headers: Header[] = [
		core.contactHeader(core.accountFor(request), transaction.to),
		{ name: "Accept", value: SDP_TYPE },
		{ name: "Accept-Encoding", value: "identity" },
		{ name: "Accept-Language", value: "en" },
		...core.capabilities(),
	];
	core.respond(transaction, { status: 200, toTag: core.tag(), headers });
}

/** Sections 8.2.1 and 21.5.2: 405 for a method that we know and do not do, 501 for one that nobody told us of. */
export function refuseMethod(core: Core, transaction: NonInviteServer, request: Request): void {
	const status = KNOWN_METHODS.includes(request.method) ? 405 : 501;
	core.respond(transaction, { status, toTag: core.tag(), headers: [{ name: "Allow", value: ALLOW }] });
}
