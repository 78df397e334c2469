/**
 * Registration (RFC 3261 section 10): kept alive for as long as the owner wants it, tried again when it fails.
 * @module
 */

import { type Address, parseAddress } from "./address";
import { MAX_RAISES } from "./constants";
import type { Core } from "./core";
import { Credentials, Exchange } from "./exchange";
import { keyOf } from "./flows";
import { type Header, header, headerList, type Response } from "./message";
import { type Param, param, parseNumber } from "./syntax";
import type { Timer } from "./timers";
import type { Account } from "./types";
import { bracketed, type Destination, MAX_URI_LENGTH, type Place, parseUri, sameUri } from "./uri";
import { placeAs, proxyRoute, registrarOf, serviceRoutesOf } from "./way";
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
	/** Times that it was raised since the last success or failure. */
	raises: number;
	/** Failures in a row. */
	failures: number;
	/** Redirections since the last success or failure. */
	moves: number;
	/** Where a 3xx sent us (section 8.1.3.4); until the next failure. */
	moved: { readonly uri: string; readonly to: Place } | undefined;
	/** The server does without RFC 5626: it said 439. */
	plain: boolean;
	/** It keeps this flow for what it has for us (Require: outbound in its 2xx, RFC 5626 section 6). */
	outbound: boolean;
	/** pub-gruu (RFC 5627 section 4.2). */
	gruu: string | undefined;
	/** RFC 3608 */
	serviceRoutes: readonly string[];
	exchange: Exchange | undefined;
	timer: Timer | undefined;
	/** Where the binding is being made, or was while it stands. */
	over: Destination | undefined;
}

/** RFC 5626 section 4.5: base-time when every flow has failed, and max-time. */
const RETRY_BASE_MS = 30000;
const RETRY_MAX_MS = 1800000;
/** A password that was refused is not right the next second: waiting keeps the account from being locked. */
const RETRY_REFUSED_MS = 60000;
/** At least, and at most twice that, before a lost connection is made again. */
const FLOW_LOST_MS = 500;
/** A registrar that wants longer than this is not taken at its word. */
const MAX_EXPIRES_SEC = 86400;
/** A binding that is kept for less would have to be renewed without end, and is gone between. */
const MIN_EXPIRES_SEC = 10;
/** A redirection that leads back to itself is left. */
const MAX_MOVES = 3;
/** This phone has one flow to its registrar. */
const REG_ID = 1;

export function register(core: Core, id: string): void {
	const registration = registrationOf(core, id);
	if (registration === undefined) return;
	registration.wanted = true;
	registration.failures = 0;
	registration.expiresSec = registration.account.expiresSec;
	if (registration.exchange === undefined) send(core, registration);
}

/** The network went, or is there again: then nothing waits for its turn. */
export function networkChanged(core: Core, up: boolean): void {
	if (core.networkUp === up) return;
	core.networkUp = up;
	if (up) core.resume();
	else core.flows.age();
	for (const registration of core.registrations.values()) {
		// What was under way went into the void, or its answer did.
		const busy = registration.exchange !== undefined;
		registration.exchange?.stop();
		registration.exchange = undefined;
		registration.timer?.cancel();
		registration.failures = 0;
		if (registration.wanted || busy) send(core, registration);
	}
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
		raises: 0,
		failures: 0,
		moves: 0,
		moved: undefined,
		plain: false,
		outbound: false,
		gruu: undefined,
		serviceRoutes: [],
		exchange: undefined,
		timer: undefined,
		over: undefined,
	};
	core.registrations.set(id, registration);
	return registration;
}

function send(core: Core, registration: Registration): void {
	const { account, callId, wanted, moved } = registration;
	const own = parseUri(account.aor);
	const registrar = moved?.to ?? registrarOf(account);
	if (own === undefined || registrar === undefined) return;
	registration.timer?.cancel();
	registration.over = undefined;
	if (!core.networkUp) {
		core.act({ type: "registrationFailed", account: account.id, status: 503, reason: "there is no network" });
		return;
	}
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
				uri: moved?.uri ?? domain,
				via,
				routes: proxyRoute(account),
				from,
				to: `<${account.aor}>`,
				callId,
				cseq: registration.cseq++,
				headers: headersOf(core, registration, expiresSec, to),
				body: undefined,
			};
		},
		onResponse: (response) => {
			if (response.status < 200) return;
			registration.exchange = undefined;
			if (response.status < 300) succeeded(core, registration, response, wanted, expiresSec, exchange.to);
			else if (response.status < 400) redirected(core, registration, response, wanted, moved?.uri ?? domain);
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

function headersOf(core: Core, registration: Registration, expiresSec: number, to: Destination): Header[] {
	const { instanceId, gruu, userAgent } = core.config;
	const flow = instanceId !== undefined && !registration.plain;
	// RFC 5626 section 4.2.1, RFC 5627 section 4.1
	const params = flow ? `;+sip.instance="<${instanceId}>";reg-id=${REG_ID}` : "";
	return [
		{ name: "Contact", value: `<${core.contactUri(registration.account, to)}>${params}` },
		{ name: "Expires", value: String(expiresSec) },
		// RFC 3327 section 5.1: proxies on the way may say how to come back to us.
		{ name: "Supported", value: flow ? `path, outbound${gruu ? ", gruu" : ""}` : "path" },
		{ name: "User-Agent", value: userAgent },
	];
}

function succeeded(
	core: Core,
	registration: Registration,
	response: Response,
	asked: boolean,
	askedSec: number,
	to: Destination,
): void {
	const account = registration.account.id;
	// The owner changed its mind while the answer was on its way.
	if (asked !== registration.wanted) {
		send(core, registration);
		return;
	}
	if (!asked) {
		registration.failures = 0;
		registration.serviceRoutes = [];
		registration.outbound = false;
		registration.gruu = undefined;
		core.act({ type: "registered", account, expiresSec: 0 });
		return;
	}
	const bound = ownBinding(core, registration, response, to);
	const expiresSec = Math.min(grantedSec(bound?.params, response) ?? askedSec, MAX_EXPIRES_SEC);
	// Section 10.3: a 2xx lists every binding there is. One without any leaves it open, one with others alone does not.
	const others = bound === undefined && headerList(response, "contact").length > 0;
	if (expiresSec <= 0 || others) {
		failed(core, registration, 500, "the registrar did not keep our address", asked, 0);
		return;
	}
	if (expiresSec < MIN_EXPIRES_SEC) {
		const reason = `the registrar keeps our address for ${expiresSec} s only: calls do not arrive`;
		failed(core, registration, 500, reason, asked, 0);
		return;
	}
	registration.failures = 0;
	registration.moves = 0;
	registration.raises = 0;
	registration.serviceRoutes = serviceRoutesOf(response);
	registration.outbound = headerList(response, "require").includes("outbound");
	const gruu = param(bound?.params ?? [], "pub-gruu");
	registration.gruu = core.config.gruu && gruu !== undefined && parseUri(gruu) !== undefined ? gruu : undefined;
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

/**
 * Section 10.2.4: our own among all the bindings that the registrar lists. Behind a NAT a registrar may write the address
 * that the request came from, which its Via says (RFC 3581).
 */
function ownBinding(core: Core, registration: Registration, response: Response, to: Destination): Address | undefined {
	const own = parseUri(core.contactUri(registration.account, to));
	const { params } = response.via;
	const seen = { host: bracketed(param(params, "received") ?? ""), port: parseNumber(param(params, "rport"), 5) };
	const instance = core.config.instanceId === undefined ? undefined : `<${core.config.instanceId}>`;
	for (const value of headerList(response, "contact")) {
		const address = parseAddress(value);
		const uri = parseUri(address?.uri ?? "");
		if (address === undefined || uri === undefined || own === undefined) continue;
		const ours = instance !== undefined && param(address.params, "+sip.instance") === instance;
		const rewritten = uri.user === own.user && uri.host === seen.host && uri.port === seen.port;
		if (ours || rewritten || sameUri(uri, own)) return address;
	}
	return undefined;
}

/** What the binding says, and what the message says of all of them; the shorter one counts, should they differ. */
function grantedSec(params: readonly Param[] | undefined, response: Response): number | undefined {
	const general = parseNumber(header(response, "expires"), 9);
	const own = params === undefined ? undefined : parseNumber(param(params, "expires"), 9);
	if (own === undefined || general === undefined) return own ?? general;
	return Math.min(own, general);
}

/** Section 8.1.3.4: the registrar is elsewhere. The first place we can go to is tried. */
function redirected(
	core: Core,
	registration: Registration,
	response: Response,
	asked: boolean,
	requestUri: string,
): void {
	for (const value of headerList(response, "contact")) {
		const address = parseAddress(value);
		const uri = parseUri(address?.uri ?? "");
		if (address === undefined || uri?.scheme !== "sip" || address.uri.length > MAX_URI_LENGTH) continue;
		if (registration.moves++ >= MAX_MOVES) {
			registration.moved = undefined;
			failed(core, registration, 482, "the registrars send us in a circle", asked, 0);
			return;
		}
		const domain = `sip:${uri.host}${uri.port === undefined ? "" : `:${uri.port}`}`;
		// 305 names a proxy on the way, the others the registrar itself.
		registration.moved = { uri: response.status === 305 ? requestUri : domain, to: placeAs(registration.account, uri) };
		send(core, registration);
		return;
	}
	failed(core, registration, response.status, "the registrar has moved and does not say where to", asked, 0);
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
		minimum <= MAX_EXPIRES_SEC &&
		registration.raises++ < MAX_RAISES
	) {
		registration.expiresSec = minimum;
		send(core, registration);
		return;
	}
	// RFC 5626 section 4.2.1: the first hop keeps no flows; a plain registration will do.
	if (response.status === 439 && !registration.plain) {
		registration.plain = true;
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
	registration.moved = undefined;
	registration.moves = 0;
	registration.raises = 0;
	const full = Math.min(RETRY_BASE_MS * 2 ** Math.min(++registration.failures, 10), RETRY_MAX_MS);
	// RFC 5626 section 4.5: half to whole, so that a fleet does not come back in the same second.
	const delayMs = Math.max(Math.floor(full / 2) + core.below(Math.floor(full / 2)), leastMs);
	registration.timer = core.timers.after(delayMs, () => send(core, registration));
	core.act({ type: "registrationFailed", account, status, reason, retryAt: registration.timer.at });
}
