/**
 * Watching (RFC 6665 section 4.1): SUBSCRIBE, kept alive for as long as the owner wants it, tried again when it fails. What
 * the notifier says comes in by notify.ts.
 * @module
 */

import { ALLOW_EVENTS, MAX_RAISES, MAX_SUBSCRIPTIONS, T1_MS } from "./constants";
import type { Core } from "./core";
import { type Dialog, fromResponse, nextHop, refreshTarget, requestIn } from "./dialog";
import { DIALOG_INFO_TYPE, type DialogState } from "./dialog-info";
import { Credentials, Exchange } from "./exchange";
import { type Header, header, type Response } from "./message";
import { MESSAGE_SUMMARY_TYPE } from "./message-summary";
import type { OutgoingRequest } from "./request";
import { parseNumber } from "./syntax";
import type { Timer } from "./timers";
import type { Account, Event } from "./types";
import { parseUri } from "./uri";
import type { Via } from "./via";
import { routesOf, wayOut } from "./way";
import { failureStatus, failureWords, statusWords } from "./words";

type SubscribeEvent = Extract<Event, { readonly type: "subscribe" }>;

export interface Subscription {
	readonly id: number;
	readonly account: Account;
	readonly package: SubscribeEvent["package"];
	readonly uri: string;
	readonly credentials: Credentials;
	wanted: boolean;
	/** Asked for; raised by 423. */
	expiresSec: number;
	/** Times that it was raised since the last success or failure. */
	raises: number;
	/** New for each dialog. */
	callId: string;
	tag: string;
	cseq: number;
	dialog: Dialog | undefined;
	exchange: Exchange | undefined;
	/** The next refresh or try; or the wait for the first NOTIFY (timer N). */
	timer: Timer | undefined;
	waiting: Timer | undefined;
	failures: number;
	readonly state: DialogState;
}

const TIMER_N_MS = 64 * T1_MS;
const RETRY_FIRST_MS = 10000;
const RETRY_LAST_MS = 1800000;
const MAX_EXPIRES_SEC = 86400;
const MIN_EXPIRES_SEC = 60;
const DEFAULT_EXPIRES_SEC = 3600;

/** @throws RangeError for a number in use, an account that is not in the config, an interval out of range */
export function subscribe(core: Core, event: SubscribeEvent): void {
	if (core.subscriptions.has(event.subscription)) throw new RangeError(`subscription ${event.subscription} is in use`);
	const account = core.account(event.account);
	const expiresSec = event.expiresSec ?? DEFAULT_EXPIRES_SEC;
	if (account === undefined || expiresSec < MIN_EXPIRES_SEC || expiresSec > MAX_EXPIRES_SEC)
		throw new RangeError(`expiresSec: ${expiresSec}`);
	const uri = event.uri ?? account.aor;
	const fault = parseUri(uri) === undefined ? `not a SIP address: ${uri}` : undefined;
	if (fault !== undefined || core.subscriptions.size >= MAX_SUBSCRIPTIONS) {
		const reason = fault ?? "too many things are watched";
		core.act({ type: "subscriptionFailed", subscription: event.subscription, status: fault ? 400 : 503, reason });
		return;
	}
	const subscription: Subscription = {
		id: event.subscription,
		account,
		package: event.package,
		uri,
		credentials: new Credentials(),
		wanted: true,
		expiresSec,
		callId: "",
		tag: "",
		cseq: 0,
		dialog: undefined,
		exchange: undefined,
		timer: undefined,
		waiting: undefined,
		raises: 0,
		failures: 0,
		state: { version: undefined, dialogs: new Map() },
	};
	core.subscriptions.set(subscription.id, subscription);
	begin(core, subscription);
}

export function unsubscribe(core: Core, id: number): void {
	const subscription = core.subscriptions.get(id);
	if (subscription === undefined || !subscription.wanted) return;
	subscription.wanted = false;
	// Without a dialog there is nothing to end; one whose SUBSCRIBE is on its way is ended after the answer.
	if (subscription.dialog === undefined && subscription.exchange === undefined) over(core, subscription);
	else if (subscription.exchange === undefined) send(core, subscription);
}

/** The whole is asked for again: a part was missed (RFC 4235 section 4.3), or the notifier's dialog is gone. */
export function resubscribe(core: Core, subscription: Subscription): void {
	if (subscription.exchange === undefined) send(core, subscription);
}

/** A new dialog. */
export function begin(core: Core, subscription: Subscription): void {
	subscription.dialog = undefined;
	subscription.callId = core.callId();
	subscription.tag = core.tag();
	subscription.cseq = core.cseq();
	subscription.state.version = undefined;
	send(core, subscription);
}

function send(core: Core, subscription: Subscription): void {
	const { account, dialog, wanted } = subscription;
	subscription.timer?.cancel();
	const expiresSec = wanted ? subscription.expiresSec : 0;
	const uri = parseUri(subscription.uri);
	const to = dialog !== undefined ? nextHop(dialog) : uri === undefined ? undefined : wayOut(core, account, uri);
	if (to === undefined) {
		retry(core, subscription, 502, "the route of the subscription cannot be followed", 0);
		return;
	}
	const headers = [
		{ name: "Event", value: subscription.package },
		{ name: "Expires", value: String(expiresSec) },
		{ name: "Accept", value: subscription.package === "dialog" ? DIALOG_INFO_TYPE : MESSAGE_SUMMARY_TYPE },
		{ name: "Allow-Events", value: ALLOW_EVENTS },
		{ name: "User-Agent", value: core.config.userAgent },
	];
	const first = (via: Via, contact: Header): OutgoingRequest => ({
		method: "SUBSCRIBE",
		uri: subscription.uri,
		via,
		routes: routesOf(core, account),
		from: core.from(account, subscription.tag),
		to: `<${subscription.uri}>`,
		callId: subscription.callId,
		cseq: subscription.cseq++,
		headers: [contact, ...headers],
		body: undefined,
	});
	const exchange = new Exchange(core, {
		account,
		credentials: subscription.credentials,
		to,
		make: (via, way) => {
			const contact = core.contactHeader(account, way);
			if (dialog === undefined) return first(via, contact);
			return requestIn(dialog, "SUBSCRIBE", ++dialog.localCseq, via, [contact, ...headers], undefined);
		},
		onResponse: (response) => {
			if (response.status < 200 || subscription.exchange !== exchange) return;
			subscription.exchange = undefined;
			if (response.status < 300) accepted(core, subscription, exchange.request, response, wanted, expiresSec);
			else refused(core, subscription, response, exchange.fault, wanted);
		},
		onFailure: (failure) => {
			if (subscription.exchange !== exchange) return;
			subscription.exchange = undefined;
			retry(core, subscription, failureStatus(failure), failureWords(failure, to), 0);
		},
	});
	subscription.exchange = exchange;
	exchange.start();
}

function accepted(
	core: Core,
	subscription: Subscription,
	request: OutgoingRequest,
	response: Response,
	asked: boolean,
	askedSec: number,
): void {
	if (!asked) {
		over(core, subscription);
		return;
	}
	if (subscription.dialog === undefined) {
		subscription.dialog = fromResponse(request, response);
		// Section 4.1.2.4: without a NOTIFY there is no subscription.
		subscription.waiting = core.timers.after(TIMER_N_MS, () =>
			retry(core, subscription, 408, "the server accepted, and then said nothing", 0),
		);
	} else {
		refreshTarget(subscription.dialog, response);
		// Only what lasted counts as a success: a server that accepts and ends at once is not asked in a loop.
		subscription.failures = 0;
		subscription.raises = 0;
	}
	if (!subscription.wanted) {
		send(core, subscription);
		return;
	}
	const grantedSec = Math.min(parseNumber(header(response, "expires"), 9) ?? askedSec, askedSec);
	granted(core, subscription, Math.max(grantedSec, 1));
}

/** The notifier says how long it holds: in the 2xx, and in Subscription-State (section 4.1.3). */
export function granted(core: Core, subscription: Subscription, expiresSec: number): void {
	subscription.timer?.cancel();
	// Before it runs out, with time for one transaction to fail and another to succeed where the interval allows it.
	const delayMs = expiresSec >= 180 ? (expiresSec - 90) * 1000 : Math.max(expiresSec * 500, 1000);
	subscription.timer = core.timers.after(delayMs, () => resubscribe(core, subscription));
	core.act({ type: "subscribed", subscription: subscription.id, expiresSec });
}

function refused(
	core: Core,
	subscription: Subscription,
	response: Response,
	fault: string | undefined,
	asked: boolean,
): void {
	if (!asked || !subscription.wanted) {
		over(core, subscription);
		return;
	}
	const least = parseNumber(header(response, "min-expires"), 9);
	// Section 4.1.2.1
	if (
		response.status === 423 &&
		least !== undefined &&
		least > subscription.expiresSec &&
		least <= MAX_EXPIRES_SEC &&
		subscription.raises++ < MAX_RAISES
	) {
		subscription.expiresSec = least;
		send(core, subscription);
		return;
	}
	// Section 4.1.2.2: the notifier has lost it; a new one is asked for.
	if (response.status === 481 && subscription.dialog !== undefined) {
		begin(core, subscription);
		return;
	}
	const words = fault ?? statusWords(response.status, response.reason);
	const afterSec = parseNumber(header(response, "retry-after")?.split(/[ ;(]/)[0], 6) ?? 0;
	// What will never be: the server does not do this, or has nobody of that name.
	if ([405, 406, 415, 420, 489, 501].includes(response.status)) end(core, subscription, response.status, words);
	else retry(core, subscription, response.status, words, afterSec);
}

/** Tries again later, in a new dialog. */
export function retry(core: Core, subscription: Subscription, status: number, reason: string, leastSec: number): void {
	subscription.waiting?.cancel();
	subscription.timer?.cancel();
	subscription.dialog = undefined;
	if (!subscription.wanted) {
		over(core, subscription);
		return;
	}
	subscription.raises = 0;
	const full = Math.min(RETRY_FIRST_MS * 2 ** Math.min(subscription.failures++, 10), RETRY_LAST_MS);
	// Half to whole, so that a fleet does not come back in the same second.
	const delayMs = Math.max(Math.floor(full / 2) + core.below(Math.floor(full / 2)), leastSec * 1000);
	subscription.timer = core.timers.after(delayMs, () => begin(core, subscription));
	const retryAt = subscription.timer.at;
	core.act({ type: "subscriptionFailed", subscription: subscription.id, status, reason, retryAt });
}

/** For good, for a reason that time does not mend. */
export function end(core: Core, subscription: Subscription, status: number, reason: string): void {
	drop(core, subscription);
	core.act({ type: "subscriptionFailed", subscription: subscription.id, status, reason });
}

/** As asked. */
export function over(core: Core, subscription: Subscription): void {
	drop(core, subscription);
	core.act({ type: "subscribed", subscription: subscription.id, expiresSec: 0 });
}

function drop(core: Core, subscription: Subscription): void {
	subscription.timer?.cancel();
	subscription.waiting?.cancel();
	subscription.exchange = undefined;
	core.subscriptions.delete(subscription.id);
}
