/**
 * NOTIFY (RFC 6665 section 4.1.3): news of what is watched, of a transfer of ours, and of the mailbox when nobody asked.
 * @module
 */

import { latin1Decode, utf8Decode } from "bytes/text";
import type { Call } from "./call";
import { ALLOW_EVENTS } from "./constants";
import type { Core } from "./core";
import { fromRequest, matches, refreshTarget } from "./dialog";
import { applyDialogInfo, DIALOG_INFO_TYPE } from "./dialog-info";
import { header, type Request, tagOf } from "./message";
import { MESSAGE_SUMMARY_TYPE, parseMessageSummary } from "./message-summary";
import type { NonInviteServer } from "./non-invite-server";
import { isOnTheWay } from "./origin";
import { receiveReferNotify } from "./refer";
import { begin, end, granted, over, resubscribe, retry, type Subscription } from "./subscribe";
import { param, parseNumber, parseParams } from "./syntax";
import type { Account } from "./types";
import type { Destination } from "./uri";

/** Section 4.1.3. @param call the call in whose dialog it came. @param from where it came from */
export function receiveNotify(
	core: Core,
	transaction: NonInviteServer,
	request: Request,
	call: Call | undefined,
	from: Destination,
): void {
	const [name, params] = valueAndParams(request, "event");
	if (call !== undefined && receiveReferNotify(core, transaction, request, call)) return;
	if (name === undefined || !ALLOW_EVENTS.split(", ").includes(name)) {
		core.respond(transaction, {
			status: 489,
			toTag: core.tag(),
			headers: [{ name: "Allow-Events", value: ALLOW_EVENTS }],
		});
		return;
	}
	const subscription = find(core, request);
	if (subscription !== undefined && subscription.package === name && param(params, "id") === undefined) {
		receiveNews(core, transaction, request, subscription, from);
		return;
	}
	const account = core.accountFor(request);
	if (name === "message-summary" && tagOf(request.to) === undefined && account !== undefined) {
		unsolicited(core, transaction, request, account, from);
		return;
	}
	// Section 4.1.3: a NOTIFY that matches nothing.
	core.respond(transaction, { status: 481, toTag: core.tag() });
}

/** The dialog of a subscription, or its SUBSCRIBE that made none yet: the first NOTIFY may come before the 2xx. */
function find(core: Core, request: Request): Subscription | undefined {
	const toTag = tagOf(request.to);
	for (const subscription of core.subscriptions.values()) {
		const { dialog } = subscription;
		if (
			dialog !== undefined
				? matches(dialog, request)
				: subscription.callId === request.callId && subscription.tag === toTag
		)
			return subscription;
	}
	return undefined;
}

function receiveNews(
	core: Core,
	transaction: NonInviteServer,
	request: Request,
	subscription: Subscription,
	from: Destination,
): void {
	const { account, dialog } = subscription;
	// The first one may come straight from a notifier that nobody has heard of yet.
	if (dialog !== undefined && !isOnTheWay(core, account, dialog, from)) {
		core.warn(`NOTIFY refused: ${from.address} is not on the way of what is watched`);
		core.respond(transaction, { status: 403, reason: "Forbidden (not on the way of this subscription)" });
		return;
	}
	const [state, params] = valueAndParams(request, "subscription-state");
	if (state === undefined) {
		core.respond(transaction, { status: 400, reason: "Subscription-State is missing or malformed" });
		return;
	}
	// RFC 3261 section 12.2.2: out of order.
	if (dialog?.remoteCseq !== undefined && request.cseq <= dialog.remoteCseq) {
		core.respond(transaction, { status: 500 });
		return;
	}
	const type = contentType(request);
	const wantedType = subscription.package === "dialog" ? DIALOG_INFO_TYPE : MESSAGE_SUMMARY_TYPE;
	if (request.body.length > 0 && type !== wantedType) {
		core.respond(transaction, { status: 415, headers: [{ name: "Accept", value: wantedType }] });
		return;
	}
	if (dialog === undefined) subscription.dialog = fromRequest(request, subscription.tag, from);
	else {
		dialog.remoteCseq = request.cseq;
		refreshTarget(dialog, request);
	}
	if (dialog === undefined && subscription.dialog !== undefined) {
		// fromRequest takes us for the callee; what we count from is the SUBSCRIBE.
		subscription.dialog.localCseq = subscription.cseq;
	}
	subscription.waiting?.cancel();
	subscription.waiting = undefined;
	const gap = request.body.length > 0 && !take(core, transaction, request, subscription);
	if (!transaction.over) core.respond(transaction, { status: 200 });
	if (state === "terminated")
		terminated(core, subscription, param(params, "reason")?.toLowerCase(), param(params, "retry-after"));
	else {
		const expiresSec = parseNumber(param(params, "expires"), 9);
		if (expiresSec !== undefined && expiresSec > 0 && subscription.wanted && subscription.exchange === undefined)
			granted(core, subscription, expiresSec);
		if (gap) resubscribe(core, subscription);
	}
}

/** The body. False: it cannot be used without a document that is missing. */
function take(core: Core, transaction: NonInviteServer, request: Request, subscription: Subscription): boolean {
	const text = utf8Decode(request.body) ?? latin1Decode(request.body);
	if (subscription.package === "message-summary") {
		const summary = parseMessageSummary(text);
		if (summary === undefined) core.respond(transaction, { status: 400, reason: "not a message summary" });
		else core.act({ type: "messages", account: subscription.account.id, ...summary });
		return true;
	}
	const news = applyDialogInfo(subscription.state, text);
	switch (news.type) {
		case "news": {
			const dialogs = [...subscription.state.dialogs.values()];
			core.act({ type: "dialogs", subscription: subscription.id, entity: news.entity, dialogs });
			return true;
		}
		case "fault":
			core.respond(transaction, { status: 400, reason: "not a dialog-info document" });
			return true;
		case "gap":
			return false;
		case "old":
			return true;
	}
}

/** Section 4.1.3: what to do is in the reason. */
function terminated(
	core: Core,
	subscription: Subscription,
	reason: string | undefined,
	after: string | undefined,
): void {
	if (!subscription.wanted) {
		over(core, subscription);
		return;
	}
	// A SUBSCRIBE that is on its way belongs to what has just ended.
	subscription.exchange = undefined;
	switch (reason) {
		case "rejected":
			end(core, subscription, 403, "the server does not allow this");
			return;
		case "noresource":
			end(core, subscription, 404, "nobody has this address");
			return;
		case "invariant":
			end(core, subscription, 200, "what is watched will never change");
			return;
		case "deactivated":
		case "timeout":
			if (subscription.failures++ === 0) {
				subscription.timer?.cancel();
				begin(core, subscription);
				return;
			}
			break;
		default:
			break;
	}
	retry(core, subscription, 480, "the server ended the subscription", parseNumber(after, 6) ?? 0);
}

/** RFC 3842 leaves it out, and every PBX does it: the mailbox told without a subscription, by the account's own servers alone. */
function unsolicited(
	core: Core,
	transaction: NonInviteServer,
	request: Request,
	account: Account,
	from: Destination,
): void {
	if (!core.trusts(account, from)) {
		core.respond(transaction, { status: 403, toTag: core.tag() });
		return;
	}
	const text = utf8Decode(request.body) ?? latin1Decode(request.body);
	const summary = contentType(request) === MESSAGE_SUMMARY_TYPE ? parseMessageSummary(text) : undefined;
	if (summary === undefined) {
		core.respond(transaction, { status: 400, toTag: core.tag(), reason: "not a message summary" });
		return;
	}
	core.respond(transaction, { status: 200, toTag: core.tag() });
	core.act({ type: "messages", account: account.id, ...summary });
}

function contentType(request: Request): string | undefined {
	return header(request, "content-type")?.split(";")[0]?.trim().toLowerCase();
}

/** `value;param=x`: the value in lower case, and the parameters. */
function valueAndParams(
	request: Request,
	name: string,
): [string | undefined, NonNullable<ReturnType<typeof parseParams>>] {
	const text = header(request, name);
	if (text === undefined || text === "") return [undefined, []];
	const semicolon = text.indexOf(";");
	if (semicolon < 0) return [text.trim().toLowerCase(), []];
	return [text.slice(0, semicolon).trim().toLowerCase(), parseParams(text.slice(semicolon + 1)) ?? []];
}
