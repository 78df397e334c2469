/**
 * One request of ours to its final response, challenges answered on the way (RFC 3261 section 22). The verbs give a way
 * to make the request; the responses they care about leave to them.
 * @module
 */

import { toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { MAX_CHALLENGES, TIMER_B_MS } from "./constants";
import type { Core } from "./core";
import { type Challenge, credentials, nextNonce, parseChallenge } from "./digest";
import { InviteClient } from "./invite-client";
import type { Target } from "./lookup";
import { type Header, header, headerLines, type Response } from "./message";
import { NonInviteClient } from "./non-invite-client";
import { formatRequest, type OutgoingRequest } from "./request";
import { parseNumber } from "./syntax";
import type { Timer } from "./timers";
import type { Failure } from "./transaction";
import type { Account } from "./types";
import { type Destination, type Place, parseUri } from "./uri";
import type { Via } from "./via";

interface Answer {
	readonly header: "Authorization" | "Proxy-Authorization";
	challenge: Challenge;
	nonceCount: number;
	/** The challenge came in this exchange: refusing our answer to it means that the password is wrong. */
	fresh: boolean;
}

/** Challenges that were met, to be answered again with the next request: a registration keeps one for its life. */
export class Credentials {
	#answers: Answer[] = [];

	/** A new exchange begins: what is known is old. */
	age(): void {
		for (const answer of this.#answers) answer.fresh = false;
	}

	/** The credentials for one request. */
	headers(core: Core, account: Account | undefined, request: OutgoingRequest): Header[] {
		const password = account?.password;
		const username = account?.username ?? parseUri(account?.aor ?? "")?.user;
		if (password === undefined || username === undefined) return [];
		return this.#answers.map((answer) => {
			const value = credentials(core.config.provider, answer.challenge, {
				username,
				password,
				method: request.method,
				uri: request.uri,
				body: utf8Encode(request.body?.text ?? ""),
				nonceCount: ++answer.nonceCount,
				cnonce: toHex(core.config.random(8)),
			});
			return { name: answer.header, value };
		});
	}

	/**
	 * Takes the challenges of a 401 or 407: both kinds, for a fork may have met a proxy on one branch and the other party
	 * on another (section 22.3). Undefined: try again; else why that is of no use, in plain words.
	 * @param trusted the request went to a server of the account
	 */
	learn(core: Core, account: Account | undefined, response: Response, trusted: boolean): string | undefined {
		if (account?.password === undefined) return "the server asks for a password and none is set";
		// Digest can be tried offline: whoever gets us to answer a challenge gets something to guess the password by.
		if (!trusted) return "the other side asks for a password, which only the account's own servers are given";
		let learned = false;
		for (const [asked, header] of CHALLENGES)
			for (const challenge of bestOf(core, headerLines(response, asked))) {
				const fault = this.#take(header, challenge);
				if (fault !== undefined) return fault;
				learned = true;
			}
		return learned ? undefined : "the server asks for a kind of authentication that is not supported";
	}

	/** A final response may name the nonce to use from now on (RFC 7616 section 3.5). */
	accepted(response: Response): void {
		for (const [header, told] of [
			["Authorization", "authentication-info"],
			["Proxy-Authorization", "proxy-authentication-info"],
		] as const) {
			const nonce = nextNonce(headerLines(response, told)[0] ?? "");
			const [known, another] = this.#answers.filter((answer) => answer.header === header);
			// With two realms nobody can say whose nonce it is.
			if (nonce === undefined || known === undefined || another !== undefined) continue;
			if (known.challenge.nonce !== nonce) known.nonceCount = 0;
			known.challenge = { ...known.challenge, nonce };
		}
	}

	#take(header: Answer["header"], challenge: Challenge): string | undefined {
		const known = this.#answers.find(
			(answer) => answer.header === header && answer.challenge.realm === challenge.realm,
		);
		if (known === undefined) {
			if (this.#answers.length >= MAX_CHALLENGES) return "too many servers ask for a password";
			this.#answers.push({ header, challenge, nonceCount: 0, fresh: true });
			return undefined;
		}
		// Section 22.1: the same credentials are not tried twice; stale means that only the nonce was too old.
		if (known.fresh && !challenge.stale) return "the server did not accept the password";
		if (known.challenge.nonce !== challenge.nonce) known.nonceCount = 0;
		known.challenge = challenge;
		known.fresh = true;
		return undefined;
	}
}

const CHALLENGES = Object.freeze([
	["www-authenticate", "Authorization"],
	["proxy-authenticate", "Proxy-Authorization"],
] as const);

/**
 * One challenge for each realm: the strongest hash that we can do, and of equals the topmost. RFC 8760 section 2.4 leaves
 * the choice to local policy; the order of the lines is not authenticated, so it does not get to weaken the answer.
 */
function bestOf(core: Core, lines: readonly string[]): Iterable<Challenge> {
	const best = new Map<string, Challenge>();
	for (const line of lines) {
		const challenge = parseChallenge(core.config.provider, line);
		if (challenge === undefined) continue;
		const before = best.get(challenge.realm);
		if (before === undefined || challenge.strength > before.strength) best.set(challenge.realm, challenge);
	}
	return best.values();
}

export interface ExchangeOptions {
	readonly account: Account | undefined;
	readonly credentials: Credentials;
	/** Its servers are looked for, and tried one after the other (RFC 3263 section 4.3). */
	readonly to: Place;
	/**
	 * The request is inside a dialog, which lives on as long as timers B and F allow (section 12.2.1.2): a packet that does not
	 * leave counts as one that is lost, and a connection that cannot be made is tried again. Else the person is told at once.
	 */
	readonly patient?: boolean | undefined;
	/** Makes the request, without credentials, with a new CSeq each time. @param to the server that it goes to */
	make(via: Via, to: Destination): OutgoingRequest;
	/** Every response but the challenges that are answered here. */
	onResponse(response: Response): void;
	onFailure(failure: Failure): void;
}

/** Tries for one request: with nothing, with credentials, and with a newer nonce, twice for two proxies. */
const MAX_ATTEMPTS = 5;
/** Servers that one request is tried at. */
const MAX_TARGETS = 4;
/** A server that says nothing for so long is passed over where there is another: five repeats over UDP. */
const NEXT_SERVER_MS = 10000;
/** RFC 3261 section 18.1.1: what is longer goes over a transport that does not need fragments. */
const MAX_DATAGRAM_BYTE_LENGTH = 1300;
/** Before a connection that could not be made is tried again, where somebody is patient. */
const RECONNECT_MS = 2000;
/** A server that has no TCP may say nothing at all to it; the person waits meanwhile. */
const SWITCH_LIMIT_MS = 2000;

export class Exchange {
	/** Set when nobody wants the outcome any more: a challenge is passed on as the end. */
	abandoned = false;
	/** Why a 401 or 407 that was passed on is the end. */
	fault: string | undefined;
	readonly #core: Core;
	readonly #options: ExchangeOptions;
	#attempts = 0;
	#targets: Target[] = [];
	#index = 0;
	#stopped = false;
	#patience: Timer | undefined;
	/** Until then whoever is patient goes on trying. */
	#giveUpAt = 0;
	#current: { readonly to: Target; readonly transaction: InviteClient | NonInviteClient } | undefined;

	constructor(core: Core, options: ExchangeOptions) {
		this.#core = core;
		this.#options = options;
		options.credentials.age();
	}

	/** What is kept of the request that was sent last (request.ts, keptHead). @throws before anything has been sent */
	get request(): OutgoingRequest {
		if (this.#current === undefined) throw new Error("nothing has been sent yet");
		return this.#current.transaction.request;
	}

	/** Of the transaction, or `locating` while its server is looked for or connected. */
	get state(): string {
		return this.#current?.transaction.state ?? "locating";
	}

	/** The server that is being asked, or was last. */
	get to(): Destination {
		return this.#current?.to ?? this.#targets[this.#index] ?? this.#core.direct(this.#options.to);
	}

	/** Puts the request on its way; apart from the constructor so that the owner can store the exchange first. */
	start(): void {
		this.#giveUpAt = this.#core.timers.now + TIMER_B_MS;
		this.#core.locator.find(this.#options.to, (located) => {
			if (this.#stopped) return;
			if ("error" in located) {
				this.#options.onFailure({ type: "transport", error: located.error });
				return;
			}
			this.#targets = located.targets.slice(0, MAX_TARGETS);
			this.#try({ type: "transport", error: "no address" });
		});
	}

	/** Forgets it at once, telling nobody. */
	stop(): void {
		this.#stopped = true;
		this.#patience?.cancel();
		this.#current?.transaction.stop();
	}

	/** The server at #index, or the failure where there is none. */
	#try(failure: Failure, limitMs?: number): void {
		const index = this.#index;
		const to = this.#targets[index];
		if (to === undefined) {
			this.#index = Math.max(0, index - 1);
			this.#options.onFailure(failure);
			return;
		}
		// A name server, a redirection or a Contact may say so; the phone would ring itself.
		if (this.#core.isOwn(to)) {
			this.#next({ type: "transport", error: "that is this phone itself" });
			return;
		}
		if (limitMs !== undefined) this.#patience = this.#core.timers.after(limitMs, () => this.#next({ type: "timeout" }));
		this.#core.connect(to, (error) => {
			// Stopped, or too late: another server is being tried.
			if (this.#stopped || this.#index !== index) return;
			this.#patience?.cancel();
			if (error === undefined) this.#begin(to);
			else this.#next({ type: "transport", error });
		});
	}

	/** The next server, after this one failed: later requests will ask it last for a while. */
	#next(failure: Failure, forMs?: number): void {
		const to = this.#targets[this.#index];
		if (to !== undefined) this.#core.locator.failed(to, forMs);
		this.#patience?.cancel();
		this.#current = undefined;
		this.#index++;
		const again = failure.type === "transport" && this.#index >= this.#targets.length && this.#options.patient === true;
		if (!again || this.#core.timers.now + RECONNECT_MS >= this.#giveUpAt) {
			this.#try(failure);
			return;
		}
		this.#index = 0;
		this.#patience = this.#core.timers.after(RECONNECT_MS, () => this.#try(failure));
	}

	#begin(to: Target): void {
		const request = this.#make(to);
		if (this.#isTooLong(to, request)) {
			// Section 18.1.1: the same server over TCP, and over UDP all the same where it has none.
			this.#targets.splice(this.#index, 0, { ...to, transport: "tcp" });
			this.#try({ type: "transport", error: "no address" }, SWITCH_LIMIT_MS);
			return;
		}
		this.#transact(to, request);
	}

	#isTooLong(to: Target, request: OutgoingRequest): boolean {
		if (to.transport !== "udp" || this.#options.to.transport === "udp") return false;
		if (this.#core.locator.isFailed({ ...to, transport: "tcp" })) return false;
		return formatRequest(request).length > MAX_DATAGRAM_BYTE_LENGTH;
	}

	#make(to: Target): OutgoingRequest {
		const { account, credentials: known, make } = this.#options;
		const request = make(this.#core.via(to), to);
		// The next server of a name may be anybody's, and so may the next hop of a dialog.
		if (!this.#isTrusted(to)) return request;
		return { ...request, headers: [...request.headers, ...known.headers(this.#core, account, request)] };
	}

	#isTrusted(to: Target): boolean {
		const { account, to: place } = this.#options;
		return this.#core.mayAskPassword(account, place) || this.#core.mayAskPassword(account, to);
	}

	#transact(to: Target, request: OutgoingRequest): void {
		const user = {
			patient: this.#options.patient,
			onResponse: (response: Response) => this.#onResponse(to, response),
			onFailure: (failure: Failure) => this.#onFailure(failure),
		};
		const Transaction = request.method === "INVITE" ? InviteClient : NonInviteClient;
		const transaction = new Transaction(this.#core, request, to, user);
		this.#core.clients.set(transaction.key, transaction);
		this.#current = { to, transaction };
		this.#patience?.cancel();
		if (this.#index + 1 < this.#targets.length)
			this.#patience = this.#core.timers.after(NEXT_SERVER_MS, () => {
				transaction.stop();
				this.#onFailure({ type: "timeout" });
			});
		transaction.start();
	}

	#onFailure(failure: Failure): void {
		if (this.abandoned) this.#options.onFailure(failure);
		else this.#next(failure);
	}

	#onResponse(to: Target, response: Response): void {
		this.#patience?.cancel();
		if (response.status === 503 && !this.abandoned) {
			// RFC 3263 section 4.3: it cannot serve; another may. Retry-After says for how long (RFC 3261 section 21.5.4).
			const afterSec = parseNumber(header(response, "retry-after")?.split(/[ ;(]/)[0], 6);
			if (this.#index + 1 < this.#targets.length) {
				this.#next({ type: "timeout" }, afterSec === undefined ? undefined : afterSec * 1000);
				return;
			}
		} else this.#core.locator.works(to);
		if ((response.status === 401 || response.status === 407) && !this.abandoned) {
			const { account, credentials: known } = this.#options;
			this.fault = known.learn(this.#core, account, response, this.#isTrusted(to));
			if (this.fault === undefined && ++this.#attempts < MAX_ATTEMPTS) {
				this.#begin(to);
				return;
			}
			this.fault ??= "the server asks for the password again and again, each time with a new nonce";
		} else if (response.status >= 200) this.#options.credentials.accepted(response);
		this.#options.onResponse(response);
	}
}
