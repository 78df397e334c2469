/**
 * One phone's agent among a server that answers sensibly, one that does not, and a stranger: packets of all of them,
 * mutated or not, in any order, with whatever a person and the shell may do in between. Nothing throws, nothing is sent
 * that is no SIP, everything stays bounded, each call ends once, and in the end nothing is left.
 */

import { latin1Decode, utf8Encode } from "bytes/text";
import { nativeProvider } from "crypto/native";
import { type Action, type Agent, createAgent, type Event, step } from "sip/agent";
import { describe } from "sip/describe";
import { parse } from "sip/parse";
import type { Destination } from "sip/uri";
import { equal, ok } from "test/harness";
import { seededBytes } from "test/net/seeded";
import { Mutator } from "./mutate";
import { Peers, request, SDP } from "./peers";

const PHONE = { address: "10.0.0.1", port: 5060 };
const PEER = { address: "10.0.0.2", port: 5060 };
const STRANGER = { address: "10.0.0.66", port: 6000 };
const STREAM: Destination = { address: "10.0.0.3", port: 5060, transport: "tcp" };

const NOT_PLAIN = /[^ -~]/;
const REFUSAL = /^SIP\/2\.0 (400|501|505|513) /;

/** The most that one step may ask for. */
const MAX_ACTIONS = 600;
/** The most timers that may run in one stretch of time. */
const MAX_TICKS = 100_000;
/** Longest text that may reach the screen or the log; descriptions and URIs have bounds of their own. */
const MAX_TEXT_LENGTH = 600;

export interface Score {
	events: number;
	packets: number;
	malformed: number;
	/** Calls that began at the phone or reached it. */
	incoming: number;
	connected: number;
	registered: number;
	/** The most that lived at one moment. */
	calls: number;
	clients: number;
	servers: number;
}

export function newScore(): Score {
	return {
		events: 0,
		packets: 0,
		malformed: 0,
		incoming: 0,
		connected: 0,
		registered: 0,
		calls: 0,
		clients: 0,
		servers: 0,
	};
}

export class FuzzWorld {
	readonly agent: Agent;
	readonly #mutator: Mutator;
	readonly #peers: Peers;
	readonly #score: Score;
	now = 0;
	wakeAt: number | undefined;
	/** What it sent lately, to mutate and to answer. */
	#sent: string[] = [];
	/** Calls that came in and have not ended. */
	#calls: number[] = [];
	#referrals: number[] = [];
	readonly #ended = new Set<number>();
	/** Answers of the shell to what the agent asked for, before the next event. */
	#owed: ((now: number) => Event)[] = [];
	#outgoing = 1;
	#subscriptions = 0;

	constructor(seed: number, score: Score) {
		this.#mutator = new Mutator(seed);
		this.#peers = new Peers(this.#mutator);
		this.#score = score;
		const more = { password: utf8Encode("secret"), expiresSec: 60 };
		this.agent = createAgent({
			provider: nativeProvider,
			random: seededBytes(seed),
			userAgent: "Test/1",
			contact: PHONE,
			instanceId: "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
			accounts: [
				{ id: "a", aor: "sip:bob@10.0.0.2", registrar: { host: PEER.address, port: 5060, transport: "udp" }, ...more },
				{ id: "b", aor: "sip:bea@10.0.0.3", registrar: { host: "10.0.0.3", port: 5060, transport: "tcp" }, ...more },
			],
		});
	}

	/** So many events, then the end of everything. */
	run(events: number): void {
		for (let i = 0; i < events; i++) {
			this.#event(i);
			const { calls, clients, servers } = this.agent.counts;
			ok(calls <= 16, `${calls} calls`);
			ok(servers <= 96, `${servers} server transactions`);
			ok(clients <= 300, `${clients} client transactions`);
			this.#score.calls = Math.max(this.#score.calls, calls);
			this.#score.clients = Math.max(this.#score.clients, clients);
			this.#score.servers = Math.max(this.#score.servers, servers);
			this.#score.events++;
		}
		this.#finish();
	}

	#event(index: number): void {
		const mutator = this.#mutator;
		const { now } = this;
		if (index % 40 === 0) this.#do({ type: "register", now, account: mutator.pick(["a", "b"]) });
		if (index % 20 === 5) this.#invite();
		this.#act();
		this.#datagram();
		if (mutator.below(8) === 0) this.#pass(mutator.pick([1, 500, 4000, 4000, 35_000]));
	}

	#invite(): void {
		const mutator = this.#mutator;
		const uri = mutator.pick(["sip:x@10.0.0.2", "sip:x@10.0.0.2", "sip:x@10.0.0.3;transport=tcp", "sip:x@example.org"]);
		const account = mutator.below(4) === 0 ? undefined : mutator.pick(["a", "a", "b"]);
		const referral = mutator.below(4) === 0 ? this.#referrals.pop() : undefined;
		this.#do({ type: "invite", now: this.now, call: this.#outgoing++, account, uri, sdp: SDP, referral });
	}

	#act(): void {
		const event = this.#deed();
		if (event !== undefined) this.#do(event);
		if (this.#mutator.below(300) !== 0) return;
		this.#do({ type: "network", now: this.now, up: false });
		this.#pass(this.#mutator.below(20_000));
		this.#do({ type: "network", now: this.now, up: true });
	}

	/** Something that a person or the shell does. */
	#deed(): Event | undefined {
		const mutator = this.#mutator;
		const { now } = this;
		const known = this.#calls.length > 0 && mutator.below(3) > 0;
		const call = known ? mutator.pick(this.#calls) : mutator.below(this.#outgoing);
		switch (mutator.below(26)) {
			case 0:
				return { type: "ring", now, call, sdp: mutator.below(2) === 0 ? undefined : SDP };
			case 1:
			case 2:
				return { type: "accept", now, call, sdp: SDP };
			case 3:
				return { type: "hangup", now, call };
			case 4:
				return { type: "reject", now, call, status: mutator.pick([302, 403, 486, 488, 603]) };
			case 5:
				return { type: "reinvite", now, call, sdp: SDP };
			case 6:
			case 7:
				return { type: "answerReinvite", now, call, sdp: SDP };
			case 8:
				return { type: "rejectReinvite", now, call, status: 488 };
			case 9:
				return { type: "sendFailed", now, to: mutator.pick([PEER, STREAM]), error: "refused" };
			case 10:
				return { type: "refer", now, call, target: "sip:carol@10.0.0.2" };
			case 11:
				return { type: "refer", now, call, otherCall: mutator.below(this.#outgoing) };
			case 12:
				return { type: "dtmf", now, call, digit: "5", durationMs: 160 };
			case 13:
				return mutator.below(4) === 0 ? { type: "redirect", now, call, target: "sip:carol@10.0.0.2" } : undefined;
			case 14:
				return this.#watch();
			case 15:
				return { type: "unsubscribe", now, subscription: mutator.below(this.#subscriptions + 1) };
			case 16:
				return { type: "disconnected", now, to: STREAM, error: "reset" };
			case 17:
				return { type: "unregister", now, account: mutator.pick(["a", "b"]) };
			case 18: {
				const referral = this.#referrals.pop();
				return referral === undefined ? undefined : { type: "rejectReferral", now, referral, status: 603 };
			}
			default:
				return undefined;
		}
	}

	#watch(): Event | undefined {
		if (this.#subscriptions >= 6) return undefined;
		const watched = this.#mutator.below(2) === 0;
		return {
			type: "subscribe",
			now: this.now,
			subscription: ++this.#subscriptions,
			account: this.#mutator.pick(["a", "b"]),
			package: watched ? "dialog" : "message-summary",
			...(watched && { uri: "sip:carol@10.0.0.2" }),
			expiresSec: 60,
		};
	}

	#datagram(): void {
		const mutator = this.#mutator;
		const base = this.#peers.packet(this.#sent);
		const bytes = utf8Encode(mutator.below(3) > 0 ? base : mutator.mutate(base));
		this.#score.packets++;
		const line = describe(bytes);
		if (line.startsWith("malformed")) this.#score.malformed++;
		ok(!NOT_PLAIN.test(line), "the log line is one line of plain text");
		const from = mutator.pick([PEER, PEER, PEER, STREAM, STRANGER]);
		this.#do({ type: "datagram", now: this.now, bytes, from });
	}

	/** Time passes, timer by timer. */
	#pass(ms: number): void {
		const end = this.now + ms;
		let ticks = 0;
		while (this.wakeAt !== undefined && this.wakeAt <= end) {
			ok(ticks++ < MAX_TICKS, "timers without end");
			this.now = Math.max(this.now, this.wakeAt);
			this.wakeAt = undefined;
			this.#do({ type: "tick", now: this.now });
		}
		this.now = end;
	}

	/** One event, and what the shell answers to what came of it. */
	#do(event: Event): void {
		let next: Event | undefined = event;
		for (let n = 0; next !== undefined; n++) {
			ok(n < 1000, "the agent and its shell go on for ever");
			const actions = step(this.agent, next);
			ok(actions.length <= MAX_ACTIONS, `${actions.length} actions`);
			for (const action of actions) this.#note(action);
			next = this.#owed.shift()?.(this.now);
		}
	}

	#note(action: Action): void {
		const mutator = this.#mutator;
		switch (action.type) {
			case "wakeAt":
				this.wakeAt = action.at;
				return;
			case "send":
				this.#check(action.bytes, action.to);
				return;
			case "connect": {
				const { to } = action;
				if (mutator.below(4) === 0) this.#owed.push((now) => ({ type: "disconnected", now, to, error: "refused" }));
				else
					this.#owed.push((now) => ({
						type: "connected",
						now,
						to,
						local: { ...PHONE, port: 40_000 },
						verified: false,
					}));
				return;
			}
			case "query": {
				const { id, kind } = action;
				const found = kind === "HOST" && mutator.below(3) > 0;
				const answer = found
					? ({ kind: "HOST", addresses: ["10.0.0.2"], ttlSec: 60 } as const)
					: ({ kind: "error", error: "no such name" } as const);
				this.#owed.push((now) => ({ type: "answer", now, id, answer }));
				return;
			}
			case "incoming":
				this.#score.incoming++;
				this.#calls.push(action.call);
				break;
			case "answered":
			case "accepted":
				this.#score.connected++;
				break;
			case "registered":
				this.#score.registered++;
				break;
			case "referred":
				this.#referrals.push(action.referral);
				break;
			case "ended":
				ok(!this.#ended.has(action.call), `call ${action.call} ends once`);
				this.#ended.add(action.call);
				this.#calls = this.#calls.filter((call) => call !== action.call);
		}
		for (const [name, value] of Object.entries(action))
			if (typeof value === "string" && name !== "sdp")
				ok(value.length <= MAX_TEXT_LENGTH, `${action.type}.${name} has ${value.length} characters`);
	}

	#check(bytes: Uint8Array, to: Destination): void {
		ok(bytes.length < 20_000, "packets of ours are bounded");
		ok(to.port > 0 && to.port < 65536 && to.address !== "", "they go somewhere");
		const text = latin1Decode(bytes);
		// What refuses a malformed request repeats its lines, faults and all.
		if (this.#mutator.below(3) === 0 && !REFUSAL.test(text)) ok(parse(bytes).type !== "malformed", text);
		if (this.#mutator.below(3) === 0) {
			const answer = this.#peers.answer(text);
			const from = to.transport === "tcp" ? STREAM : PEER;
			if (answer !== undefined) this.#owed.push((now) => ({ type: "datagram", now, bytes: utf8Encode(answer), from }));
		}
		this.#sent.push(text);
		if (this.#sent.length > 40) this.#sent.shift();
	}

	/** Everything ends, one way or another; and afterwards it still takes a call. */
	#finish(): void {
		for (const account of ["a", "b"]) this.#do({ type: "unregister", now: this.now, account });
		for (let subscription = 1; subscription <= this.#subscriptions; subscription++)
			this.#do({ type: "unsubscribe", now: this.now, subscription });
		this.#pass(1_000_000);
		// Connected calls stay until somebody hangs up.
		for (const call of [...this.#calls]) this.#do({ type: "hangup", now: this.now, call });
		for (let call = 1; call < this.#outgoing; call++) this.#do({ type: "hangup", now: this.now, call });
		this.#pass(1_000_000);
		equal(this.agent.counts, { calls: 0, clients: 0, servers: 0 });
		for (let call = 1; call < this.#outgoing; call++) ok(this.#ended.has(call), `call ${call} has ended`);
		equal(this.wakeAt, undefined, "a timer is left");
		this.#sent = [];
		this.#do({ type: "datagram", now: this.now, bytes: utf8Encode(request("INVITE", 77)), from: PEER });
		ok(this.#sent[0]?.startsWith("SIP/2.0 100 "), "and it still takes a call");
	}
}
