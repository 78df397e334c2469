/**
 * One request of ours to its final response, challenges answered on the way (RFC 3261 section 22). The verbs give a way
 * to make the request; the responses they care about leave to them.
 * @module
 */

import { toHex } from "bytes/hex";
import { MAX_CHALLENGES } from "./constants";
import type { Core } from "./core";
import { type Challenge, credentials, parseChallenge } from "./digest";
import { InviteClient } from "./invite-client";
import { type Header, headerLines, type Response } from "./message";
import { NonInviteClient } from "./non-invite-client";
import type { OutgoingRequest } from "./request";
import type { Failure } from "./transaction";
import type { Account } from "./types";
import { type Destination, parseUri } from "./uri";
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
				nonceCount: ++answer.nonceCount,
				cnonce: toHex(core.config.random(8)),
			});
			return { name: answer.header, value };
		});
	}

	/**
	 * Takes the challenges of a 401 or 407. Undefined: try again; else why that is of no use, in plain words.
	 * @param trusted the request went to a server of the account
	 */
	learn(account: Account | undefined, response: Response, trusted: boolean): string | undefined {
		if (account?.password === undefined) return "the server asks for a password and none is set";
		// Digest can be tried offline: whoever gets us to answer a challenge gets something to guess the password by.
		if (!trusted) return "the other side asks for a password, which only the account's own servers are given";
		const proxy = response.status === 407;
		const name = proxy ? "Proxy-Authorization" : "Authorization";
		const seen = new Set<string>();
		for (const line of headerLines(response, proxy ? "proxy-authenticate" : "www-authenticate")) {
			const challenge = parseChallenge(line);
			// The topmost we can do counts, for each realm (RFC 8760 section 2.4).
			if (challenge === undefined || seen.has(challenge.realm)) continue;
			seen.add(challenge.realm);
			const known = this.#answers.find(
				(answer) => answer.header === name && answer.challenge.realm === challenge.realm,
			);
			if (known === undefined) {
				if (this.#answers.length >= MAX_CHALLENGES) return "too many servers ask for a password";
				this.#answers.push({ header: name, challenge, nonceCount: 0, fresh: true });
				continue;
			}
			// Section 22.1: the same credentials are not tried twice; stale means that only the nonce was too old.
			if (known.fresh && !challenge.stale) return "the server did not accept the password";
			if (known.challenge.nonce !== challenge.nonce) known.nonceCount = 0;
			known.challenge = challenge;
			known.fresh = true;
		}
		return seen.size === 0 ? "the server asks for a kind of authentication that is not supported" : undefined;
	}
}

export interface ExchangeOptions {
	readonly account: Account | undefined;
	readonly credentials: Credentials;
	readonly to: Destination;
	/** Makes the request, without credentials, with a new CSeq each time. */
	make(via: Via): OutgoingRequest;
	/** Every response but the challenges that are answered here. */
	onResponse(response: Response): void;
	onFailure(failure: Failure): void;
}

/** Tries for one request: with nothing, with credentials, and with a newer nonce, twice for two proxies. */
const MAX_ATTEMPTS = 5;

export class Exchange {
	/** Set when nobody wants the outcome any more: a challenge is passed on as the end. */
	abandoned = false;
	/** Why a 401 or 407 that was passed on is the end. */
	fault: string | undefined;
	readonly #core: Core;
	readonly #options: ExchangeOptions;
	#attempts = 0;
	#transaction: InviteClient | NonInviteClient;
	#request: OutgoingRequest;

	constructor(core: Core, options: ExchangeOptions) {
		this.#core = core;
		this.#options = options;
		options.credentials.age();
		this.#request = this.#make();
		this.#transaction = this.#start();
	}

	/** The request as last sent, credentials included. */
	get request(): OutgoingRequest {
		return this.#request;
	}

	get transaction(): InviteClient | NonInviteClient {
		return this.#transaction;
	}

	get to(): Destination {
		return this.#options.to;
	}

	/** Puts the request on its way; apart from the constructor so that the owner can store the exchange first. */
	start(): void {
		this.#transaction.start();
	}

	#make(): OutgoingRequest {
		const { account, credentials: known, make } = this.#options;
		const request = make(this.#core.via());
		return { ...request, headers: [...request.headers, ...known.headers(this.#core, account, request)] };
	}

	#start(): InviteClient | NonInviteClient {
		this.#attempts++;
		const user = {
			onResponse: (response: Response) => this.#onResponse(response),
			onFailure: (failure: Failure) => this.#options.onFailure(failure),
		};
		const Transaction = this.#request.method === "INVITE" ? InviteClient : NonInviteClient;
		const transaction = new Transaction(this.#core, this.#request, this.#options.to, user);
		this.#core.clients.set(transaction.key, transaction);
		return transaction;
	}

	#onResponse(response: Response): void {
		if ((response.status === 401 || response.status === 407) && !this.abandoned) {
			const { account, credentials: known, to } = this.#options;
			this.fault = known.learn(account, response, this.#core.trusts(account, to));
			if (this.fault === undefined && this.#attempts < MAX_ATTEMPTS) {
				this.#request = this.#make();
				this.#transaction = this.#start();
				this.#transaction.start();
				return;
			}
		}
		this.#options.onResponse(response);
	}
}
