/**
 * Transfer that begins here: REFER as a client (RFC 3515, RFC 5589), and the NOTIFYs that tell how it goes.
 * @module
 */

import { parseAddress } from "./address";
import { hangUp } from "./bye";
import type { Call } from "./call";
import { TRANSFER_LIMIT_MS } from "./constants";
import type { Core } from "./core";
import { type Dialog, nextHop, requestIn } from "./dialog";
import { Credentials, Exchange } from "./exchange";
import { type Header, header, type Request, type Response } from "./message";
import type { NonInviteServer } from "./non-invite-server";
import { replacesValue } from "./replaces";
import { parseSipfrag, SIPFRAG_TYPE } from "./sipfrag";
import { param, parseParams } from "./syntax";
import type { Timer } from "./timers";
import type { Event } from "./types";
import { type Place, parseUri } from "./uri";
import { failureStatus, failureWords, statusWords } from "./words";

/** A REFER of ours, from its request to the last NOTIFY. */
export interface Transfer {
	/** CSeq of the REFER: the id of its subscription (RFC 3515 section 2.4.6). */
	cseq: number;
	/** The peer will try. */
	accepted: boolean;
	/** News is waited for this long. */
	limit: Timer;
	/** 491 met. */
	tries: number;
}

/** The REFER at whose 491 the transfer is given up. */
const MAX_TRIES = 4;
/** While a change of the call is under way. */
const LOOK_AGAIN_MS = 100;

type ReferEvent = Extract<Event, { readonly type: "refer" }>;

export function refer(core: Core, call: Call, event: ReferEvent): void {
	const { dialog } = call;
	const to = dialog === undefined ? undefined : nextHop(dialog);
	if (dialog === undefined || to === undefined || call.incoming?.initial) {
		progress(core, call, "failed", 481, "the call is not connected");
		return;
	}
	if (call.transfer !== undefined) {
		progress(core, call, "failed", 491, "another transfer is under way");
		return;
	}
	const referTo = "otherCall" in event ? attended(core, call, event.otherCall) : blind(event.target);
	if (referTo === undefined) {
		const reason = "otherCall" in event ? "the other call is not connected" : "not a SIP address";
		progress(core, call, "failed", 400, reason);
		return;
	}
	const headers = [
		...core.capabilities(),
		{ name: "Refer-To", value: `<${referTo}>` },
		// RFC 3892 section 2.1: whose wish it is.
		{ name: "Referred-By", value: `<${call.account?.aor ?? core.contactUri(undefined)}>` },
	];
	const transfer: Transfer = { cseq: 0, accepted: false, limit: waiting(core, call), tries: 0 };
	call.transfer = transfer;
	ask(core, call, transfer, dialog, to, headers);
}

/** Sends REFER as soon as no change is under way: phones refuse one beside a re-INVITE, with 491 at best. */
function ask(core: Core, call: Call, transfer: Transfer, dialog: Dialog, to: Place, headers: readonly Header[]): void {
	if (call.transfer !== transfer) return;
	const again = (delayMs: number): void => {
		core.timers.after(delayMs, () => ask(core, call, transfer, dialog, to, headers));
	};
	if (call.change !== undefined || call.offer !== undefined || call.incoming !== undefined) {
		again(LOOK_AGAIN_MS);
		return;
	}
	new Exchange(core, {
		account: call.account,
		credentials: new Credentials(),
		to,
		patient: true,
		make: (via, way) => {
			transfer.cseq = ++dialog.localCseq;
			const contact = core.contactHeader(call.account, way);
			return requestIn(dialog, "REFER", transfer.cseq, via, [contact, ...headers], undefined);
		},
		onResponse: (response) => {
			if (call.transfer !== transfer || response.status < 200) return;
			// The peer is changing the call itself: the same wait as for a re-INVITE (RFC 3261 section 14.1).
			if (response.status === 491 && ++transfer.tries < MAX_TRIES) again(2100 + 10 * core.below(191));
			else answered(core, call, transfer, response);
		},
		onFailure: (failure) => {
			if (call.transfer !== transfer) return;
			core.ended(call, failureStatus(failure), failureWords(failure, to), "timeout");
			hangUp(core, call);
		},
	}).start();
}

/** A web page's headers are not for a person to send. */
function blind(target: string): string | undefined {
	return parseUri(target) === undefined || target.indexOf("?") >= 0 ? undefined : target;
}

/**
 * RFC 5589 section 7: the target with Replaces for the call that we have with it. Past a proxy it is named by its address
 * of record, which everybody can reach; straight to it by its Contact, as we do.
 */
function attended(core: Core, call: Call, id: number): string | undefined {
	const other = core.callOf(id);
	const dialog: Dialog | undefined = other?.dialog;
	if (other === undefined || other === call || dialog === undefined || other.incoming?.initial) return undefined;
	const remote = parseAddress(dialog.remote)?.uri;
	const target = dialog.routes.length > 0 ? remote : dialog.target;
	if (target === undefined || parseUri(target) === undefined) return undefined;
	const bare = target.split("?")[0] ?? target;
	return `${bare}?Replaces=${encodeURIComponent(replacesValue(dialog))}`;
}

function answered(core: Core, call: Call, transfer: Transfer, response: Response): void {
	if (response.status >= 300) {
		finish(core, call, "failed", response.status, statusWords(response.status, response.reason));
		return;
	}
	transfer.accepted = true;
	progress(core, call, "asked", response.status, "the other party was asked to call on");
	// RFC 4488 section 4: it will not tell how it goes.
	if (header(response, "refer-sub")?.toLowerCase() === "false")
		finish(core, call, "done", response.status, "the other party calls on");
}

/**
 * A NOTIFY of the subscription that our REFER made. False: it is not about one. The first news may come before the
 * response to REFER (RFC 3515 section 2.4.4).
 */
export function receiveReferNotify(core: Core, transaction: NonInviteServer, request: Request, call: Call): boolean {
	const transfer = call.transfer;
	if (transfer === undefined || !isAbout(transfer, request)) return false;
	if (
		header(request, "content-type")?.split(";")[0]?.trim().toLowerCase() !== SIPFRAG_TYPE &&
		request.body.length > 0
	) {
		core.respond(transaction, { status: 415, headers: [{ name: "Accept", value: SIPFRAG_TYPE }] });
		return true;
	}
	core.respond(transaction, { status: 200 });
	const news = parseSipfrag(request.body);
	const over = /^terminated\b/i.test(header(request, "subscription-state") ?? "");
	transfer.limit.cancel();
	if (news !== undefined && news.status >= 300)
		finish(core, call, "failed", news.status, statusWords(news.status, news.reason));
	else if (news !== undefined && news.status >= 200) finish(core, call, "done", news.status, "the transfer is done");
	else if (over) finish(core, call, "failed", 480, "the other party no longer says how the transfer goes");
	else {
		transfer.limit = waiting(core, call);
		if (news !== undefined) progress(core, call, "trying", news.status, news.reason);
	}
	return true;
}

/** `Event: refer` or `refer;id=CSeq` of our REFER. */
function isAbout(transfer: Transfer, request: Request): boolean {
	const value = header(request, "event") ?? "";
	const semicolon = value.indexOf(";");
	if ((semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase() !== "refer") return false;
	const id = semicolon < 0 ? undefined : param(parseParams(value.slice(semicolon + 1)) ?? [], "id");
	return id === undefined || id === String(transfer.cseq);
}

function waiting(core: Core, call: Call): Timer {
	return core.timers.after(TRANSFER_LIMIT_MS, () =>
		finish(core, call, "failed", 408, "nothing was heard of the transfer for too long"),
	);
}

type Progress = "asked" | "trying" | "done" | "failed";

function finish(core: Core, call: Call, state: Progress, status: number, reason: string): void {
	call.transfer?.limit.cancel();
	call.transfer = undefined;
	progress(core, call, state, status, reason);
}

function progress(core: Core, call: Call, state: Progress, status: number, reason: string): void {
	if (!call.reported) core.act({ type: "transferProgress", call: call.id, state, status, reason });
}
