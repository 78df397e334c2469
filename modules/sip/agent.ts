/**
 * The SIP user agent of the phone: events in, actions out, no I/O. call/ gives it datagrams, time and what the person
 * wants; it gives back packets to send, when to be woken, and what became of calls and registrations. It keeps no
 * socket, timer or clock. RFC 3261 and what docs/sip.md lists.
 * @module
 */

import { accept, reject, ring } from "./accept";
import { hangUp } from "./bye";
import type { Call } from "./call";
import { forget } from "./call";
import { cancel } from "./cancel";
import { Core } from "./core";
import type { Leg } from "./flows";
import { sendDtmf } from "./info";
import { invite } from "./invite";
import { receive } from "./receive";
import { redirect } from "./redirect";
import { refer } from "./refer";
import { rejectReferral } from "./referral";
import { networkChanged, register, unregister } from "./register";
import { reinvite } from "./reinvite";
import { subscribe, unsubscribe } from "./subscribe";
import type { Action, AgentConfig, Event } from "./types";
import { answerOffer, refuseOffer } from "./update";
import { parseUri, placeOf } from "./uri";
import { certainLeg, wayOut } from "./way";

export type { Account, Action, AgentConfig, EndedBy, Event } from "./types";
export type { Destination } from "./uri";

/** Opaque: only step() looks inside. */
export class Agent {
	readonly #core: Core;
	#wakeAt: number | undefined;

	constructor(config: AgentConfig) {
		this.#core = new Core(config);
	}

	/** See step(). */
	step(event: Event): readonly Action[] {
		const core = this.#core;
		// A tick uses up the wake-up that was asked for, even when it comes too early to find a timer due.
		if (event.type === "tick") this.#wakeAt = undefined;
		core.timers.advance(event.now);
		handle(core, event);
		// After the event: what it brought may have made a timer that is due pointless.
		core.timers.run();
		const actions = core.take();
		const next = core.timers.next;
		if (next === this.#wakeAt) return actions;
		this.#wakeAt = next;
		// First, so that a step which is taken while these actions are being done has the last word.
		return [{ type: "wakeAt", at: next }, ...actions];
	}

	/**
	 * What a request to that URI goes over for certain, for who must know before it is made (keys in SDP): TLS only where
	 * nothing else would be tried.
	 */
	legTo(account: string | undefined, uri: string): Leg {
		const to = parseUri(uri);
		if (to === undefined) return { transport: "udp", secure: false };
		return certainLeg(wayOut(this.#core, this.#core.account(account), to));
	}

	/** Something that we began has no answer yet: a call that is being ended, a registration being taken back. */
	get busy(): boolean {
		const { calls, registrations } = this.#core;
		return calls.size > 0 || [...registrations.values()].some(({ exchange }) => exchange !== undefined);
	}

	/** Whether calls to that URI come back to this phone: its own address, or that of one of its accounts. */
	isOwn(uri: string): boolean {
		const to = parseUri(uri);
		if (to === undefined) return false;
		const accounts = this.#core.config.accounts.map(({ aor }) => parseUri(aor));
		return (
			this.#core.isOwn(placeOf(to)) ||
			accounts.some((own) => own?.user === to.user && own?.host === to.host && own?.port === to.port)
		);
	}

	/** Whether any account registers. */
	get registers(): boolean {
		return this.#core.config.accounts.some(({ registrar }) => registrar !== undefined);
	}

	/** Numeric addresses of the accounts' servers, as far as they are known. */
	get servers(): readonly string[] {
		return this.#core.serverAddresses;
	}

	/** Live state in numbers, for tests of the bounds and the log. */
	get counts(): { readonly calls: number; readonly clients: number; readonly servers: number } {
		return { calls: this.#core.calls.size, clients: this.#core.clients.size, servers: this.#core.servers.size };
	}

	/** As counts: what others asked us to call and is not over yet, and what is watched. */
	get watched(): { readonly referrals: number; readonly subscriptions: number } {
		return { referrals: this.#core.referrals.size, subscriptions: this.#core.subscriptions.size };
	}
}

/** @throws RangeError when two accounts have one id */
export function createAgent(config: AgentConfig): Agent {
	const ids = new Set(config.accounts.map((account) => account.id));
	if (ids.size !== config.accounts.length) throw new RangeError("two accounts have one id");
	return new Agent(config);
}

/**
 * One event, and all that follows from it, to be done in order. Datagrams never throw, whatever is in them. Events for
 * a call that has ended meanwhile do nothing.
 * @throws RangeError for an account that is not in the config, a call number in use, a status outside 300..699
 */
export function step(agent: Agent, event: Event): readonly Action[] {
	return agent.step(event);
}

function handle(core: Core, event: Event): void {
	switch (event.type) {
		case "datagram":
			receive(core, event.bytes, event.from);
			return;
		case "tick":
			return;
		case "sendFailed":
			core.sendFailed(event.to, event.error);
			return;
		case "answer":
			core.locator.answer(event.id, event.answer);
			return;
		case "connected":
			core.connected(event);
			return;
		case "disconnected":
			core.disconnected(event.to, event.error);
			return;
		case "network":
			networkChanged(core, event.up);
			return;
		case "register":
			register(core, event.account);
			return;
		case "unregister":
			unregister(core, event.account);
			return;
		case "invite":
			invite(core, event);
			return;
		case "subscribe":
			subscribe(core, event);
			return;
		case "unsubscribe":
			unsubscribe(core, event.subscription);
			return;
		case "rejectReferral":
			rejectReferral(core, event.referral, event.status);
			return;
		default: {
			const call = core.callOf(event.call);
			if (call !== undefined) handleCall(core, call, event);
		}
	}
}

type CallEvent = Exclude<Extract<Event, { readonly call: number }>, { type: "invite" }>;

function handleCall(core: Core, call: Call, event: CallEvent): void {
	const initial = call.incoming?.initial === true;
	switch (event.type) {
		case "ring":
			ring(core, call, event.sdp);
			return;
		case "accept":
			if (initial) accept(core, call, event.sdp);
			return;
		case "answerReinvite":
			if (call.offer !== undefined) answerOffer(core, call, event.sdp);
			else if (!initial) accept(core, call, event.sdp);
			return;
		case "reject":
			checkStatus(event.status);
			if (!initial || call.incoming?.transaction.pending !== true) return;
			reject(core, call, event.status, event.reason);
			core.ended(call, event.status, event.reason ?? "you declined the call", "local");
			forget(core, call);
			return;
		case "rejectReinvite":
			checkStatus(event.status);
			if (call.offer !== undefined) refuseOffer(core, call, event.status);
			else if (!initial) reject(core, call, event.status, undefined);
			return;
		case "reinvite":
			reinvite(core, call, event.sdp);
			return;
		case "hangup":
			hangup(core, call);
			return;
		case "redirect":
			redirect(core, call, event.target);
			return;
		case "refer":
			refer(core, call, event);
			return;
		case "dtmf":
			sendDtmf(core, call, event.digit, event.durationMs);
	}
}

/** CANCEL, BYE or 603, as the state asks (section 15). */
function hangup(core: Core, call: Call): void {
	const { incoming } = call;
	if (incoming?.initial && incoming.transaction.pending) {
		reject(core, call, 603, undefined);
		core.ended(call, 603, "you declined the call", "local");
		forget(core, call);
		return;
	}
	core.ended(call, 200, "you hung up", "local");
	if (call.dialog === undefined) cancel(core, call);
	// Section 15: the callee does not say BYE before the ACK; its own limit says it then.
	else if (incoming?.initial && incoming.answered) incoming.hangup = true;
	else {
		if (incoming !== undefined) reject(core, call, 487, undefined);
		hangUp(core, call);
	}
}

function checkStatus(status: number): void {
	if (!Number.isInteger(status) || status < 300 || status > 699) throw new RangeError(`status: ${status}`);
}
