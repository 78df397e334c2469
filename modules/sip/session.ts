/**
 * Session timers (RFC 4028): how long a call may go on without anybody saying that it still does. What both sides say in
 * INVITE, UPDATE and their 2xx enters from invite.ts, accept.ts, reinvite.ts and update.ts; the refresh leaves by
 * refresh.ts, and a call that nobody refreshed is ended.
 * @module
 */

import { hangUp } from "./bye";
import { type Call, hasOption } from "./call";
import { MAX_RAISES, MAX_SESSION_SEC, MIN_SESSION_SEC, SESSION_SEC } from "./constants";
import type { Core } from "./core";
import { type Header, header, type Lines, type Request, type Response } from "./message";
import { refresh } from "./refresh";
import { param, parseNumber, parseParams } from "./syntax";
import type { Timer } from "./timers";

/** What was agreed, while it holds. */
export interface Session {
	readonly intervalSec: number;
	/** Who says that the call goes on. */
	readonly refresher: "local" | "remote";
	/** The next refresh of ours. */
	refresh: Timer | undefined;
	/** When the call is given up. */
	expiry: Timer | undefined;
	/** A refresh of ours has no answer yet. */
	asking: boolean;
}

interface Expires {
	readonly intervalSec: number;
	readonly refresher: "uac" | "uas" | undefined;
}

/** What our requests ask for; 0: nothing. */
function wishedSec(core: Core, call: Call): number {
	const intervalSec = call.session?.intervalSec ?? core.config.sessionExpiresSec ?? SESSION_SEC;
	return intervalSec === 0 ? 0 : Math.max(intervalSec, call.minSessionSec);
}

/** For an INVITE or UPDATE of ours (section 7.1); the roles stay as they are (section 7.4). */
export function sessionRequest(core: Core, call: Call): Header[] {
	const intervalSec = wishedSec(core, call);
	if (intervalSec === 0) return [];
	const role = call.session === undefined ? "" : `;refresher=${call.session.refresher === "local" ? "uac" : "uas"}`;
	const headers = [{ name: "Session-Expires", value: `${intervalSec}${role}` }];
	// Section 7.4: after 422 always; the default need not be said.
	if (call.minSessionSec > MIN_SESSION_SEC) headers.push({ name: "Min-SE", value: String(call.minSessionSec) });
	return headers;
}

/** Section 7.3: a 422 raises the interval. False when it asks for nothing that can be given: then it is the end. */
export function raiseSession(call: Call, response: Response): boolean {
	const least = parseNumber(header(response, "min-se")?.split(";")[0]?.trim(), 6);
	if (response.status !== 422 || least === undefined) return false;
	if (least <= call.minSessionSec || least > MAX_SESSION_SEC) return false;
	// Once for each server on the way is sense; a second more each time would go on for a day.
	if (call.sessionRaises++ >= MAX_RAISES) return false;
	call.minSessionSec = least;
	return true;
}

/**
 * A 2xx to our INVITE or UPDATE (section 7.2): what it says holds; without a word the session never expires, unless we want
 * it to all the same, and then it is for us to refresh what we asked for.
 */
export function sessionAgreed(core: Core, call: Call, response: Response): void {
	const expires = sessionExpires(response);
	const ownSec = core.config.sessionAlways === true ? wishedSec(core, call) : 0;
	if (expires !== undefined) start(core, call, { ...expires, local: expires.refresher !== "uas" });
	else start(core, call, ownSec === 0 ? undefined : { intervalSec: ownSec, local: true });
}

/** Section 9: an interval shorter than 90 s is refused with this, where the peer can understand it. */
export function sessionTooSmall(request: Request): { status: number; headers: Header[] } | undefined {
	const expires = sessionExpires(request);
	if (expires === undefined || expires.intervalSec >= MIN_SESSION_SEC || !hasOption(request, "supported", "timer"))
		return undefined;
	return { status: 422, headers: [{ name: "Min-SE", value: String(MIN_SESSION_SEC) }] };
}

/** For our 2xx to an INVITE or UPDATE (section 9, table 2); the timers begin with it. */
export function sessionResponse(core: Core, call: Call, request: Lines): Header[] {
	const asked = sessionExpires(request);
	const capable = hasOption(request, "supported", "timer") || hasOption(request, "require", "timer");
	const ownSec = core.config.sessionExpiresSec ?? SESSION_SEC;
	// A peer that knows no timers is refreshed by us where somebody on the way or the owner asks for it, and left alone else.
	if (asked === undefined && (ownSec === 0 || (!capable && core.config.sessionAlways !== true))) {
		start(core, call, undefined);
		return [];
	}
	const leastSec = Math.max(parseNumber(header(request, "min-se")?.split(";")[0]?.trim(), 6) ?? 0, MIN_SESSION_SEC);
	const wantedSec =
		asked === undefined ? ownSec : ownSec === 0 ? asked.intervalSec : Math.min(asked.intervalSec, ownSec);
	const intervalSec = Math.min(Math.max(wantedSec, leastSec), MAX_SESSION_SEC);
	const remote = capable && asked !== undefined && asked.refresher !== "uas";
	start(core, call, { intervalSec, local: !remote });
	const value = `${intervalSec};refresher=${remote ? "uac" : "uas"}`;
	const headers = [{ name: "Session-Expires", value }];
	// Section 9: the UAC has to know that it is its turn.
	if (remote) headers.push({ name: "Require", value: "timer" });
	return headers;
}

function sessionExpires(message: Lines): Expires | undefined {
	const value = header(message, "session-expires");
	if (value === undefined) return undefined;
	const semicolon = value.indexOf(";");
	const intervalSec = parseNumber((semicolon < 0 ? value : value.slice(0, semicolon)).trim(), 9);
	if (intervalSec === undefined) return undefined;
	const role = param(semicolon < 0 ? [] : (parseParams(value.slice(semicolon + 1)) ?? []), "refresher")?.toLowerCase();
	return { intervalSec, refresher: role === "uac" || role === "uas" ? role : undefined };
}

/** Every refresh begins the interval anew; undefined: no session timer any more. */
function start(core: Core, call: Call, agreed: { intervalSec: number; local: boolean } | undefined): void {
	call.session?.refresh?.cancel();
	call.session?.expiry?.cancel();
	call.session = undefined;
	if (agreed === undefined || call.reported) return;
	// A peer that breaks section 5 does not get a refresh each second.
	const intervalSec = Math.min(Math.max(agreed.intervalSec, MIN_SESSION_SEC), MAX_SESSION_SEC);
	const intervalMs = intervalSec * 1000;
	// Section 10: the refresher at half the time; who waits gives up a third, at most 32 s, before the end.
	const session: Session = {
		intervalSec,
		refresher: agreed.local ? "local" : "remote",
		refresh: agreed.local ? core.timers.after(intervalMs / 2, () => refresh(core, call)) : undefined,
		expiry: core.timers.after(intervalMs - Math.min(32000, intervalMs / 3), () => {
			core.ended(call, 408, "the other side did not confirm in time that the call goes on", "timeout");
			hangUp(core, call);
		}),
		asking: false,
	};
	call.session = session;
}
