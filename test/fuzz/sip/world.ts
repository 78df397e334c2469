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

const PHONE = { address: "10.0.0.1", port: 5060 };
const PEER = { address: "10.0.0.2", port: 5060 };
const STRANGER = { address: "10.0.0.66", port: 6000 };
const STREAM: Destination = { address: "10.0.0.3", port: 5060, transport: "tcp" };
const SDP = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const SUMMARY = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n";
const DIALOGS =
	'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:x@y"><dialog id="1" call-id="c" local-tag="l" remote-tag="r" direction="recipient"><state>early</state></dialog></dialog-info>';

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

export function packet(method: string, call: number, more: readonly string[] = []): string {
	const body = method === "INVITE" || method === "UPDATE" ? SDP : "";
	return [
		`${method} sip:bob@10.0.0.1 SIP/2.0`,
		`Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK${call}${method};rport`,
		"Max-Forwards: 70",
		"Record-Route: <sip:10.0.0.2;lr>",
		'From: "Alice \\"A\\"" <sip:alice@10.0.0.2>;tag=a',
		"To: <sip:bob@10.0.0.1>",
		`Call-ID: fuzz${call}`,
		`CSeq: 1 ${method}`,
		"Contact: <sip:alice@10.0.0.2:5060>",
		...more,
		...(body === "" ? [] : ["Content-Type: application/sdp"]),
		`Content-Length: ${body.length}`,
		"",
		body,
	].join("\r\n");
}

const METHODS = ["INVITE", "INVITE", "INVITE", "BYE", "CANCEL", "ACK", "OPTIONS", "REGISTER", "NOTIFY", "REFER", "X"];
const INSIDE = ["ACK", "ACK", "BYE", "INVITE", "CANCEL", "UPDATE", "OPTIONS", "REFER", "NOTIFY", "INFO", "PRACK"];
const STATUSES = [100, 180, 183, 200, 200, 200, 200, 202, 302, 401, 407, 422, 423, 486, 487, 489, 491, 481, 503];
const EXTRAS = [
	"Supported: 100rel, replaces, timer",
	"Require: 100rel",
	"Require: unheard-of",
	"Session-Expires: 90;refresher=uas",
	"Replaces: fuzz1;to-tag=x;from-tag=a",
	'P-Asserted-Identity: "The Boss" <sip:boss@10.0.0.2>',
	"Diversion: <sip:carol@10.0.0.2>;reason=user-busy",
	"Alert-Info: <http://10.0.0.2/ring>;info=alert-autoanswer",
	"Timestamp: 54",
	"Accept: text/plain",
	'Reason: SIP;cause=200;text="Call completed elsewhere"',
];

export class FuzzWorld {
	readonly agent: Agent;
	readonly #mutator: Mutator;
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
	#strangers = 0;

	constructor(seed: number, score: Score) {
		this.#mutator = new Mutator(seed);
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
		const answered = mutator.below(4) > 0 && this.#sent.length > 0;
		const extras = [0, 0, 0].map(() => mutator.pick(EXTRAS)).slice(mutator.below(4));
		const base = answered
			? this.#reply(mutator.pick(this.#sent), extras)
			: packet(mutator.pick(METHODS), this.#stranger(), extras);
		const bytes = utf8Encode(mutator.below(3) > 0 ? base : mutator.mutate(base));
		this.#score.packets++;
		const line = describe(bytes);
		if (line.startsWith("malformed")) this.#score.malformed++;
		ok(!NOT_PLAIN.test(line), "the log line is one line of plain text");
		const from = mutator.pick([PEER, PEER, PEER, STREAM, STRANGER]);
		this.#do({ type: "datagram", now: this.now, bytes, from });
	}

	/** Mostly a new one: what comes again is a retransmission, and soon answered. */
	#stranger(): number {
		return this.#mutator.below(3) === 0 ? this.#mutator.below(this.#strangers + 1) : ++this.#strangers;
	}

	/** What a server that means well says to a request of the phone's, or a caller to its 2xx. */
	#sensible(sent: string): string | undefined {
		const lines = sent.split("\r\n");
		const [first = ""] = lines;
		const kept = lines.filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
		const to = lines.find((line) => line.startsWith("To:")) ?? "To: <sip:x@y>";
		const contact = "Contact: <sip:alice@10.0.0.2:5060>";
		if (first.startsWith("SIP/2.0 2")) {
			const cseq = /^CSeq: ([0-9]+) INVITE/m.exec(sent)?.[1];
			return cseq === undefined
				? undefined
				: this.#inside("ACK", Number(cseq), [...kept.slice(-3, -1), to], contact, []);
		}
		if (first.startsWith("SIP/2.0") || first.startsWith("ACK")) return undefined;
		const tagged = to.includes(";tag=") ? to : `${to};tag=s`;
		const challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"';
		if (first.startsWith("REGISTER ") && !sent.includes("\r\nAuthorization:"))
			return ["SIP/2.0 401 x", ...kept, tagged, challenge, "", ""].join("\r\n");
		const own = lines.find((line) => line.startsWith("Contact:")) ?? contact;
		if (first.startsWith("REGISTER "))
			return ["SIP/2.0 200 x", ...kept, tagged, own, "Expires: 60", "", ""].join("\r\n");
		if (!first.startsWith("INVITE "))
			return ["SIP/2.0 200 x", ...kept, tagged, contact, "Expires: 60", "", ""].join("\r\n");
		const type = "Content-Type: application/sdp";
		return [`SIP/2.0 ${this.#mutator.pick([180, 183, 200])} x`, ...kept, tagged, contact, type, "", SDP].join("\r\n");
	}

	/** A response to one of its requests, or a request into one of its dialogs, made from what it sent. */
	#reply(sent: string, extras: readonly string[]): string {
		const mutator = this.#mutator;
		const lines = sent.split("\r\n");
		const first = lines[0] ?? "";
		const contact = "Contact: <sip:alice@10.0.0.2:5060>";
		if (first.startsWith("SIP/2.0")) {
			const method = mutator.pick(INSIDE);
			const cseq = mutator.pick([1, 1, 2, 3, 4, 5, 4294967295]);
			const kept = lines.filter((line) => /^(From|To|Call-ID):/.test(line));
			return this.#inside(method, cseq, kept, contact, extras);
		}
		const status = mutator.pick(STATUSES);
		if (mutator.below(5) === 0) {
			// Into a dialog that it began: the tags change places.
			const from = (lines.find((line) => line.startsWith("To:")) ?? "To: <sip:x@y>").replace("To:", "From:");
			const to = (lines.find((line) => line.startsWith("From:")) ?? "From: <sip:x@y>").replace("From:", "To:");
			const tagged = from.includes(";tag=") ? from : `${from};tag=t0`;
			const callId = lines.find((line) => line.startsWith("Call-ID:")) ?? "Call-ID: x";
			return this.#inside(mutator.pick(INSIDE), mutator.below(6), [tagged, to, callId], contact, extras);
		}
		const kept = lines.filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
		const to = lines.find((line) => line.startsWith("To:")) ?? "To: <sip:x@y>";
		const tagged = to.includes(";tag=") ? to : `${to};tag=t${mutator.below(3)}`;
		const more = [
			`${contact};expires=30`,
			`WWW-Authenticate: Digest realm="r", nonce="n${mutator.below(5)}", qop="auth", stale=${mutator.pick(["true", "false"])}`,
			'Proxy-Authenticate: Digest realm="p", nonce="m", algorithm=SHA-256, qop="auth-int"',
			"Min-Expires: 90",
			"Expires: 60",
			"Session-Expires: 90;refresher=uac",
			"Service-Route: <sip:10.0.0.2;lr>",
			"RSeq: 1",
			"Retry-After: 3",
		].filter(() => mutator.below(3) > 0);
		const body = mutator.below(3) > 0 ? SDP : "";
		const type = body === "" ? [] : ["Content-Type: application/sdp"];
		return [`SIP/2.0 ${status} x`, ...kept, tagged, ...more, ...extras, ...type, "", body].join("\r\n");
	}

	#inside(method: string, cseq: number, kept: readonly string[], contact: string, extras: readonly string[]): string {
		const mutator = this.#mutator;
		const via = `Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKr${mutator.below(1000)}${method};rport`;
		const head = [`${method} sip:bob@10.0.0.1 SIP/2.0`, via, ...kept, `CSeq: ${cseq} ${method}`, contact, ...extras];
		if (method === "REFER")
			return [...head, "Refer-To: <sip:carol@10.0.0.2?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>", "", ""].join("\r\n");
		if (method === "PRACK") return [...head, `RAck: ${mutator.below(3)} 1 INVITE`, "", ""].join("\r\n");
		if (method === "INFO")
			return [...head, "Content-Type: application/dtmf-relay", "", "Signal=5\r\nDuration=160\r\n"].join("\r\n");
		if (method === "NOTIFY") {
			const [event, type, body] = mutator.pick([
				["message-summary", "application/simple-message-summary", SUMMARY],
				["dialog", "application/dialog-info+xml", DIALOGS],
				["refer", "message/sipfrag", "SIP/2.0 200 OK\r\n"],
			]);
			const state = mutator.pick(["active;expires=60", "terminated;reason=noresource", "pending"]);
			return [...head, `Event: ${event}`, `Subscription-State: ${state}`, `Content-Type: ${type}`, "", body].join(
				"\r\n",
			);
		}
		if (method === "BYE" || method === "ACK" || method === "CANCEL" || mutator.below(4) === 0)
			return [...head, "", ""].join("\r\n");
		return [...head, "Content-Type: application/sdp", "", SDP].join("\r\n");
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
			const answer = this.#sensible(text);
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
		this.#do({ type: "datagram", now: this.now, bytes: utf8Encode(packet("INVITE", 77)), from: PEER });
		ok(this.#sent[0]?.startsWith("SIP/2.0 100 "), "and it still takes a call");
	}
}
