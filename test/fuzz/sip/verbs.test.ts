/**
 * Mutated requests and responses of the verbs inside dialogs, while their owner does everything it can at any time: nothing
 * throws, nothing grows, every call ends once, and nothing is left when all is hung up.
 */

import { latin1Decode, utf8Encode } from "bytes/text";
import { nobleProvider } from "crypto/noble";
import { type Action, createAgent, type Event, step } from "sip/agent";
import { header, type Message, tagOf } from "sip/message";
import { parse } from "sip/parse";
import { equal, ok, test } from "test/harness";
import { seededBytes } from "test/net/seeded";
import { Mutator } from "./mutate";

const PHONE = { address: "10.0.0.1", port: 5060 };
const PEER = { address: "10.0.0.2", port: 5060 };
const SDP = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const INFO_XML =
	'<?xml version="1.0"?><dialog-info version="3" state="full" entity="sip:x@y"><dialog id="1" call-id="a" local-tag="b" remote-tag="c" direction="recipient"><state>early</state></dialog></dialog-info>';

type Wish = Event extends infer E ? (E extends { readonly now: number } ? Omit<E, "now"> : never) : never;

class Phone {
	readonly agent = createAgent({
		provider: nobleProvider,
		random: seededBytes(7),
		userAgent: "Test/1",
		contact: PHONE,
		accounts: [
			{
				id: "a",
				aor: "sip:bob@10.0.0.2",
				registrar: { host: PEER.address, port: PEER.port, transport: "udp" },
				password: utf8Encode("secret"),
				expiresSec: 60,
			},
		],
	});
	now = 1000;
	wakeAt: number | undefined;
	readonly sent: Message[] = [];
	readonly live = new Set<number>();
	readonly referrals: number[] = [];
	readonly seen = new Map<string, number>();

	do(wish: Wish): void {
		const event: Event = { ...wish, now: this.now };
		const actions = step(this.agent, event);
		for (const action of actions) this.#note(action);
		// UDP is all there is here, and names are nobody's.
		for (const action of actions) {
			if (action.type === "connect") this.do({ type: "disconnected", to: action.to, error: "refused" });
			if (action.type === "query")
				this.do({ type: "answer", id: action.id, answer: { kind: "error", error: "no such name" } });
		}
	}

	pass(ms: number): void {
		const end = this.now + ms;
		while (this.wakeAt !== undefined && this.wakeAt <= end) {
			this.now = Math.max(this.now, this.wakeAt);
			this.wakeAt = undefined;
			this.do({ type: "tick" });
		}
		this.now = end;
	}

	#note(action: Action): void {
		this.seen.set(action.type, (this.seen.get(action.type) ?? 0) + 1);
		if (action.type === "wakeAt") this.wakeAt = action.at;
		if (action.type === "send") {
			const message = parse(action.bytes);
			const text = latin1Decode(action.bytes);
			if (message.type === "malformed") {
				ok(/^SIP\/2\.0 (400|505|513) /.test(text), text);
				return;
			}
			this.sent.push(message);
			if (this.sent.length > 60) this.sent.shift();
		}
		if (action.type === "incoming") this.live.add(action.call);
		if (action.type === "referred") this.referrals.push(action.referral);
		if (action.type === "ended") ok(this.live.delete(action.call), `call ${action.call} ends once`);
	}
}

/** A request of the peer's in the dialog of something the phone sent. */
function inside(mutator: Mutator, sent: Message, cseq: number): string {
	const ours = sent.type === "request" ? sent.from : sent.to;
	const theirs = sent.type === "request" ? sent.to : sent.from;
	const method = mutator.pick([
		"PRACK",
		"UPDATE",
		"REFER",
		"REFER",
		"NOTIFY",
		"NOTIFY",
		"INFO",
		"INVITE",
		"BYE",
		"ACK",
		"OPTIONS",
	]);
	const rseq = sent.type === "response" ? (header(sent, "rseq") ?? "1") : "1";
	const more: Readonly<Record<string, readonly string[]>> = {
		PRACK: [`RAck: ${rseq} ${sent.cseq} INVITE`],
		UPDATE: [mutator.pick(["Session-Expires: 90;refresher=uac", "Session-Expires: 20", "Supported: timer"])],
		REFER: [
			mutator.pick([
				"Refer-To: <sip:x@10.0.0.2>",
				"Refer-To: <sip:x@10.0.0.2?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>",
				"Refer-To: <tel:+1>",
			]),
			"Referred-By: <sip:alice@10.0.0.2>",
		],
		NOTIFY: [
			`Event: ${mutator.pick(["refer", "dialog", "message-summary", "presence"])}`,
			`Subscription-State: ${mutator.pick(["active;expires=60", "terminated;reason=noresource", "terminated;reason=deactivated", "pending"])}`,
		],
		INVITE: [mutator.pick(["Session-Expires: 90", "Require: 100rel", "Supported: 100rel, timer"])],
	};
	const bodies: Readonly<Record<string, readonly [string, string]>> = {
		NOTIFY: mutator.pick([
			["message/sipfrag", `SIP/2.0 ${mutator.pick([100, 180, 200, 486])} x\r\n`],
			["application/dialog-info+xml", INFO_XML],
			["application/simple-message-summary", "Messages-Waiting: yes\r\nVoice-Message: 1/2 (0/0)\r\n"],
		]),
		INFO: ["application/dtmf-relay", "Signal=5\r\nDuration=100\r\n"],
		INVITE: ["application/sdp", SDP],
	};
	const offer: readonly [string, string] | undefined =
		mutator.below(2) === 0 && (method === "UPDATE" || method === "PRACK") ? ["application/sdp", SDP] : undefined;
	const body = offer ?? bodies[method];
	return [
		`${method} sip:bob@10.0.0.1 SIP/2.0`,
		`Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKv${mutator.below(100000)};rport`,
		`From: <${theirs.uri}>;tag=${tagOf(theirs) ?? "t"}`,
		`To: <${ours.uri}>;tag=${tagOf(ours) ?? "t"}`,
		`Call-ID: ${sent.callId}`,
		`CSeq: ${method === "ACK" ? sent.cseq : cseq} ${method}`,
		"Contact: <sip:alice@10.0.0.2:5060>",
		"Allow: INVITE, ACK, BYE, UPDATE, PRACK",
		...(more[method] ?? []),
		...(body === undefined ? [] : [`Content-Type: ${body[0]}`]),
		`Content-Length: ${body?.[1].length ?? 0}`,
		"",
		body?.[1] ?? "",
	].join("\r\n");
}

/** A new call, now and then with Replaces for one that is there. */
function incoming(mutator: Mutator, number: number, sent: Message | undefined): string {
	const tags = sent === undefined ? "" : `;to-tag=${tagOf(sent.to) ?? "x"};from-tag=${tagOf(sent.from) ?? "x"}`;
	return [
		"INVITE sip:bob@10.0.0.1 SIP/2.0",
		`Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi${number};rport`,
		`From: <sip:alice@10.0.0.2>;tag=f${number}`,
		"To: <sip:bob@10.0.0.1>",
		`Call-ID: verbs${number}`,
		"CSeq: 1 INVITE",
		"Contact: <sip:alice@10.0.0.2:5060>",
		mutator.pick(["Require: 100rel", "Supported: 100rel, timer", "Session-Expires: 90", "Allow: UPDATE"]),
		...(mutator.below(4) === 0 && sent !== undefined ? [`Replaces: ${sent.callId}${tags}`] : []),
		mutator.pick([
			"P-Asserted-Identity: <sip:x@y>",
			"Diversion: <sip:x@y>;reason=z",
			"Call-Info: <sip:x>;answer-after=0",
		]),
		"Content-Type: application/sdp",
		`Content-Length: ${SDP.length}`,
		"",
		SDP,
	].join("\r\n");
}

function response(mutator: Mutator, request: Message): string {
	// Inside a dialog most things succeed, or nothing would ever be agreed.
	const status =
		request.method === "INVITE" && tagOf(request.to) !== undefined
			? mutator.pick([100, 200, 200, 200, 422, 488, 491])
			: mutator.pick([180, 183, 183, 200, 200, 202, 302, 401, 422, 423, 481, 487, 489, 491, 500]);
	const kept = request.headers
		.filter(({ name }) => name === "via" || name === "from" || name === "call-id" || name === "cseq")
		.map(({ name, value }) => `${name}: ${value}`);
	const to = header(request, "to") ?? "<sip:x@y>";
	return [
		`SIP/2.0 ${status} x`,
		...kept,
		`To: ${to.includes(";tag=") ? to : `${to};tag=p${mutator.below(3)}`}`,
		`Contact: <sip:${mutator.pick(["alice", "carol", "dave"])}@10.0.0.2:5060>;expires=60`,
		"Allow: INVITE, UPDATE, PRACK, BYE",
		mutator.pick([
			"Session-Expires: 90;refresher=uac",
			"Session-Expires: 90;refresher=uas",
			"Min-SE: 120",
			"Expires: 60",
		]),
		...(status < 200 && mutator.below(2) === 0 ? ["Require: 100rel", `RSeq: ${1 + mutator.below(3)}`] : []),
		'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"',
		"Min-Expires: 90",
		`P-Asserted-Identity: <sip:who${mutator.below(5)}@y>`,
		"Content-Type: application/sdp",
		"",
		SDP,
	].join("\r\n");
}

function act(mutator: Mutator, phone: Phone, next: () => number): void {
	const calls = [...phone.live];
	const call = calls.length > 0 ? mutator.pick(calls) : -1;
	const other = calls.length > 0 ? mutator.pick(calls) : -1;
	const referral = phone.referrals.length > 0 ? mutator.pick(phone.referrals) : 1;
	const begin = (referralOf?: number): void => {
		const number = next();
		phone.live.add(number);
		phone.do({ type: "invite", call: number, account: "a", uri: "sip:x@10.0.0.2", sdp: SDP, referral: referralOf });
	};
	switch (mutator.below(22)) {
		case 0:
			begin();
			return;
		case 1:
			begin(referral);
			return;
		case 2:
			phone.do({ type: "ring", call, sdp: mutator.below(2) === 0 ? SDP : undefined });
			return;
		case 3:
		case 4:
			phone.do({ type: "accept", call, sdp: SDP });
			return;
		case 5:
			phone.do({ type: "reinvite", call, sdp: SDP });
			return;
		case 6:
		case 7:
			phone.do({ type: "answerReinvite", call, sdp: SDP });
			return;
		case 8:
			phone.do({ type: "rejectReinvite", call, status: 488 });
			return;
		case 9:
			phone.do({ type: "refer", call, target: "sip:y@10.0.0.2" });
			return;
		case 10:
			phone.do({ type: "refer", call, otherCall: other });
			return;
		case 11:
			phone.do({ type: "rejectReferral", referral, status: 603 });
			return;
		case 12:
			phone.do({ type: "redirect", call, target: "sip:z@10.0.0.2" });
			return;
		case 13:
			phone.do({ type: "dtmf", call, digit: "1", durationMs: 100 });
			return;
		case 14:
			phone.do({ type: "hangup", call });
			return;
		case 15: {
			const subscription = mutator.below(6);
			phone.do({ type: "unsubscribe", subscription });
			if (phone.agent.watched.subscriptions < 6 && !phone.seen.has(`sub${next()}`))
				phone.do({
					type: "subscribe",
					subscription: next(),
					account: "a",
					package: mutator.pick(["dialog", "message-summary"]),
				});
			return;
		}
		case 16:
			phone.pass(mutator.below(40000));
			return;
		default:
			phone.pass(mutator.below(300));
			return;
	}
}

function run(seed: number, rounds: number): Phone {
	const mutator = new Mutator(seed);
	const phone = new Phone();
	let number = 1000;
	const next = (): number => number++;
	for (let i = 0; i < rounds; i++) {
		const sent = phone.sent.length > 0 ? mutator.pick(phone.sent) : undefined;
		let text: string;
		if (sent === undefined || mutator.below(8) === 0) text = incoming(mutator, i, sent);
		else if (sent.type === "request" && mutator.below(2) === 0) text = response(mutator, sent);
		else text = inside(mutator, sent, i + 2);
		const bytes = utf8Encode(mutator.below(3) > 0 ? text : mutator.mutate(text));
		phone.do({ type: "datagram", bytes, from: PEER });
		act(mutator, phone, next);
		const { calls, clients, servers } = phone.agent.counts;
		const { referrals, subscriptions } = phone.agent.watched;
		ok(calls <= 16 && servers <= 96 && clients <= 300, JSON.stringify(phone.agent.counts));
		ok(referrals <= 4 && subscriptions <= 64, JSON.stringify(phone.agent.watched));
	}
	for (let i = 0; i < 1100; i++) phone.do({ type: "unsubscribe", subscription: 999 + i });
	for (let i = 1000; i < number; i++) phone.do({ type: "unsubscribe", subscription: i });
	for (const call of [...phone.live]) phone.do({ type: "hangup", call });
	phone.pass(3_000_000);
	for (const call of [...phone.live]) phone.do({ type: "hangup", call });
	phone.pass(3_000_000);
	equal([...phone.live], [], "calls that nobody ended");
	equal(phone.agent.counts, { calls: 0, clients: 0, servers: 0 }, `seed ${seed}`);
	equal(phone.agent.watched, { referrals: 0, subscriptions: 0 }, `seed ${seed}`);
	equal(phone.wakeAt, undefined, "nothing is waited for");
	return phone;
}

test(
	"mutated verbs against an owner who does everything",
	() => {
		const seen = new Map<string, number>();
		for (let seed = 1; seed <= 6; seed++)
			for (const [type, count] of run(seed, 1200).seen) seen.set(type, (seen.get(type) ?? 0) + count);
		// The noise has to reach every verb, or the test says nothing about it.
		for (const type of [
			"incoming",
			"answered",
			"accepted",
			"offered",
			"reinviteAnswered",
			"referred",
			"transferProgress",
			"dtmf",
			"subscribed",
			"messages",
			"dialogs",
			"redirected",
			"progress",
			"offerWithdrawn",
			"identified",
		])
			ok((seen.get(type) ?? 0) > 0, `never ${type}: ${JSON.stringify([...seen])}`);
	},
	{ timeoutMs: 120000 },
);
