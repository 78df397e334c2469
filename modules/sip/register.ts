/**
 * Registration (RFC 3261 section 10): kept alive for as long as the owner wants it, tried again when it fails.
 * @module
 */

import { parseAddress } from "./address";
import type { Core } from "./core";
import { Credentials, Exchange } from "./exchange";
import { keyOf } from "./flows";
import { header, headerList, type Response } from "./message";
import { param, parseNumber } from "./syntax";
import type { Timer } from "./timers";
import type { Account } from "./types";
import { type Destination, parseUri, sameUri } from "./uri";
import { registrarOf, routesOf } from "./way";
import { failureStatus, failureWords, statusWords } from "./words";

export interface Registration {
	readonly account: Account;
	/** The same for every REGISTER since the start (section 10.2.4). */
	readonly callId: string;
	cseq: number;
	readonly credentials: Credentials;
	wanted: boolean;
	/** Raised by 423. */
	expiresSec: number;
	/** Failures in a row. */
	failures: number;
	exchange: Exchange | undefined;
	timer: Timer | undefined;
	/** Where the binding is being made, or was while it stands. */
	over: Destination | undefined;
}

/** Waits between tries double from the first to the last. */
const RETRY_FIRST_MS = 5000;
const RETRY_LAST_MS = 600000;
/** A password that was refused is not right the next second: waiting keeps the account from being locked. */
const RETRY_REFUSED_MS = 60000;
/** At least, and at most twice that, before a lost connection is made again. */
const FLOW_LOST_MS = 500;
/** A registrar that wants longer than this is not taken at its word. */
const MAX_EXPIRES_SEC = 86400;

export function register(core: Core, id: string): void {
	const registration = registrationOf(core, id);
	if (registration === undefined) return;
	registration.wanted = true;
	registration.failures = 0;
	registration.expiresSec = registration.account.expiresSec;
	if (registration.exchange === undefined) send(core, registration);
}

export function unregister(core: Core, id: string): void {
	const registration = registrationOf(core, id);
	if (registration === undefined) return;
	registration.wanted = false;
	if (registration.exchange === undefined) send(core, registration);
}

function registrationOf(core: Core, id: string): Registration | undefined {
	const known = core.registrations.get(id);
	if (known !== undefined) return known;
	const account = core.account(id);
	if (account === undefined) return undefined;
	if (account.registrar === undefined || parseUri(account.aor) === undefined) {
		const reason = account.registrar === undefined ? "no registrar is set" : `not a SIP address: ${account.aor}`;
		core.act({ type: "registrationFailed", account: id, status: 400, reason });
		return undefined;
	}
	const registration: Registration = {
		account,
		callId: core.callId(),
		cseq: core.cseq(),
		credentials: new Credentials(),
		wanted: true,
		expiresSec: account.expiresSec,
		failures: 0,
		exchange: undefined,
		timer: undefined,
		over: undefined,
	};
	core.registrations.set(id, registration);
	return registration;
}

function send(core: Core, registration: Registration): void {
	const { account, callId, wanted } = registration;
	const own = parseUri(account.aor);
	const registrar = registrarOf(account);
	if (own === undefined || registrar === undefined) return;
	registration.timer?.cancel();
	registration.over = undefined;
	// Section 10.2: the Request-URI is the domain, without a user part.
	const domain = `sip:${own.host}${own.port === undefined ? "" : `:${own.port}`}`;
	const from = core.from(account, core.tag());
	const expiresSec = wanted ? registration.expiresSec : 0;
	const exchange = new Exchange(core, {
		account,
		credentials: registration.credentials,
		to: registrar,
		make: (via, to) => {
			registration.over = to;
			return {
				method: "REGISTER",
				uri: domain,
				via,
				routes: routesOf(account),
				from,
				to: `<${account.aor}>`,
				callId,
				cseq: registration.cseq++,
				headers: [
					core.contactHeader(account, to),
					{ name: "Expires", value: String(expiresSec) },
					{ name: "User-Agent", value: core.config.userAgent },
				],
				body: undefined,
			};
		},
		onResponse: (response) => {
			if (response.status < 200) return;
			registration.exchange = undefined;
			if (response.status < 300) succeeded(core, registration, response, wanted, expiresSec, exchange.to);
			else refused(core, registration, response, wanted, exchange.fault);
		},
		onFailure: (failure) => {
			registration.exchange = undefined;
			failed(core, registration, failureStatus(failure), failureWords(failure, exchange.to), wanted, 0);
		},
	});
	registration.exchange = exchange;
	exchange.start();
}

function succeeded(
	core: Core,
	registration: Registration,
	response: Response,
	asked: boolean,
	askedSec: number,
	to: Destination,
): void {
	registration.failures = 0;
	const account = registration.account.id;
	// The owner changed its mind while the answer was on its way.
	if (asked !== registration.wanted) {
		send(core, registration);
		return;
	}
	if (!asked) {
		core.act({ type: "registered", account, expiresSec: 0 });
		return;
	}
	const expiresSec = grantedSec(core, registration.account, response, to) ?? askedSec;
	if (expiresSec <= 0) {
		failed(core, registration, 500, "the registrar did not keep our address", asked, 0);
		return;
	}
	core.act({ type: "registered", account, expiresSec, ...core.legOf(to) });
	registration.timer = core.timers.after(refreshMs(expiresSec), () => send(core, registration));
}

/**
 * The connection that a binding was made by has ended: the registrar can no longer reach us by it. Soon, but not all
 * phones of a fleet in one moment, when its server starts anew (RFC 5626 section 4.5).
 */
export function flowLost(core: Core, registration: Registration, to: Destination): void {
	const { over, wanted, exchange } = registration;
	if (over === undefined || keyOf(over) !== keyOf(to) || !wanted || exchange !== undefined) return;
	registration.over = undefined;
	registration.timer?.cancel();
	registration.timer = core.timers.after(FLOW_LOST_MS + core.below(FLOW_LOST_MS), () => send(core, registration));
}

/** Before it runs out, with time for one transaction to fail and another to succeed where the interval allows it. */
function refreshMs(expiresSec: number): number {
	return expiresSec >= 180 ? (expiresSec - 90) * 1000 : expiresSec * 500;
}

/** Section 10.2.4: what the registrar grants our own binding among all that it lists. */
function grantedSec(core: Core, account: Account, response: Response, to: Destination): number | undefined {
	const general = parseNumber(header(response, "expires"), 9);
	const own = parseUri(core.contactUri(account, to));
	for (const value of headerList(response, "contact")) {
		const address = parseAddress(value);
		const uri = parseUri(address?.uri ?? "");
		if (address !== undefined && uri !== undefined && own !== undefined && sameUri(uri, own))
			return parseNumber(param(address.params, "expires"), 9) ?? general;
	}
	return general;
}

function refused(
	core: Core,
	registration: Registration,
	response: Response,
	asked: boolean,
	fault: string | undefined,
): void {
	const minimum = parseNumber(header(response, "min-expires"), 9);
	// Section 10.2.8
	if (
		response.status === 423 &&
		minimum !== undefined &&
		minimum > registration.expiresSec &&
		minimum <= MAX_EXPIRES_SEC
	) {
		registration.expiresSec = minimum;
		send(core, registration);
		return;
	}
	const afterSec = parseNumber(header(response, "retry-after")?.split(/[ ;(]/)[0], 6) ?? 0;
	const locked = response.status === 401 || response.status === 403 || response.status === 407;
	const leastMs = Math.max(afterSec * 1000, locked ? RETRY_REFUSED_MS : 0);
	failed(core, registration, response.status, fault ?? statusWords(response.status, response.reason), asked, leastMs);
}

function failed(
	core: Core,
	registration: Registration,
	status: number,
	reason: string,
	asked: boolean,
	leastMs: number,
): void {
	const account = registration.account.id;
	registration.over = undefined;
	if (asked !== registration.wanted) {
		send(core, registration);
		return;
	}
	// Whoever signs off does not try for ever: the binding runs out by itself.
	if (!asked) {
		core.act({ type: "registrationFailed", account, status, reason });
		return;
	}
	const full = Math.min(RETRY_FIRST_MS * 2 ** Math.min(registration.failures++, 10), RETRY_LAST_MS);
	// Half to whole, so that a fleet does not come back in the same second (RFC 5626 section 4.5).
	const delayMs = Math.max(Math.floor(full / 2) + core.below(Math.floor(full / 2)), leastMs);
	registration.timer = core.timers.after(delayMs, () => send(core, registration));
	core.act({ type: "registrationFailed", account, status, reason, retryAt: registration.timer.at });
}
