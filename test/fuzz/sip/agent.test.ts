/** Mutated packets against a whole agent: nothing throws, nothing grows, every wait ends, and it still takes a call. */

import { latin1Decode, utf8Encode } from "bytes/text";
import { nobleProvider } from "crypto/noble";
import { type Action, createAgent, type Event, step } from "sip/agent";
import { describe } from "sip/describe";
import { parse } from "sip/parse";
import { equal, ok, test } from "test/harness";
import { seededBytes } from "test/net/seeded";
import { Mutator } from "./mutate";

const PHONE = { address: "10.0.0.1", port: 5060 };
const PEER = { address: "10.0.0.2", port: 5060 };
const SDP = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

function packet(method: string, call: number): string {
	const body = method === "INVITE" ? SDP : "";
	return [
		`${method} sip:bob@10.0.0.1 SIP/2.0`,
		`Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK${call};rport`,
		"Max-Forwards: 70",
		"Record-Route: <sip:10.0.0.2;lr>",
		'From: "Alice \\"A\\"" <sip:alice@10.0.0.2>;tag=a',
		"To: <sip:bob@10.0.0.1>",
		`Call-ID: fuzz${call}`,
		`CSeq: 1 ${method}`,
		"Contact: <sip:alice@10.0.0.2:5060>",
		...(body === "" ? [] : ["Content-Type: application/sdp"]),
		`Content-Length: ${body.length}`,
		"",
		body,
	].join("\r\n");
}

/** An agent with what a fuzzer wants to disturb: a registration, outgoing and incoming calls, their packets. */
class Target {
	readonly agent = createAgent({
		provider: nobleProvider,
		random: seededBytes(99),
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
	now = 0;
	wakeAt: number | undefined;
	/** What it sent lately, to mutate and to answer. */
	sent: string[] = [];
	calls: number[] = [];
	ended = new Set<number>();
	begun = 0;

	do(event: Event): void {
		for (const action of step(this.agent, event)) this.#note(action);
	}

	datagram(bytes: Uint8Array): void {
		this.do({ type: "datagram", now: this.now, bytes, from: PEER });
	}

	/** Time passes, timer by timer. */
	pass(ms: number): void {
		const end = this.now + ms;
		while (this.wakeAt !== undefined && this.wakeAt <= end) {
			this.now = Math.max(this.now, this.wakeAt);
			this.wakeAt = undefined;
			this.do({ type: "tick", now: this.now });
		}
		this.now = end;
	}

	#note(action: Action): void {
		if (action.type === "wakeAt") this.wakeAt = action.at;
		if (action.type === "send") {
			ok(action.bytes.length < 20000, "packets of ours are bounded");
			ok(action.to.port > 0 && action.to.port < 65536 && action.to.address !== "", "they go somewhere");
			const own = parse(action.bytes);
			const text = latin1Decode(action.bytes);
			// What refuses a malformed request repeats its lines, faults and all.
			if (!/^SIP\/2\.0 (400|505|513) /.test(text)) ok(own.type !== "malformed", text);
			this.sent.push(text);
			if (this.sent.length > 40) this.sent.shift();
		}
		if (action.type === "incoming") {
			this.begun++;
			this.calls.push(action.call);
		}
		if (action.type === "ended") {
			ok(!this.ended.has(action.call) || action.call > 0, `call ${action.call} ends once`);
			this.ended.add(action.call);
			this.calls = this.calls.filter((call) => call !== action.call);
		}
	}
}

/** A response to one of our requests, or a request into one of our dialogs, made from what the agent sent. */
function reply(mutator: Mutator, sent: string): string {
	const lines = sent.split("\r\n");
	const first = lines[0] ?? "";
	if (first.startsWith("SIP/2.0")) {
		const method = mutator.pick(["ACK", "BYE", "INVITE", "CANCEL", "UPDATE", "OPTIONS"]);
		const cseq = mutator.pick([1, 2, 3, 4294967295]);
		const kept = lines.filter((line) => /^(From|To|Call-ID):/.test(line));
		const via = `Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKr${mutator.below(1000)};rport`;
		const contact = "Contact: <sip:alice@10.0.0.2:5060>";
		return [`${method} sip:bob@10.0.0.1 SIP/2.0`, via, ...kept, `CSeq: ${cseq} ${method}`, contact, "", ""].join(
			"\r\n",
		);
	}
	const status = mutator.pick([100, 180, 183, 200, 200, 200, 302, 401, 407, 423, 486, 487, 491, 503]);
	const kept = lines.filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
	const to = lines.find((line) => line.startsWith("To:")) ?? "To: <sip:x@y>";
	const tagged = to.includes(";tag=") ? to : `${to};tag=t${mutator.below(3)}`;
	const more = [
		"Contact: <sip:alice@10.0.0.2:5060>;expires=30",
		'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"',
		'Proxy-Authenticate: Digest realm="r", nonce="m"',
		"Min-Expires: 90",
		"Retry-After: 3",
		"Content-Type: application/sdp",
	];
	return [`SIP/2.0 ${status} x`, ...kept, tagged, ...more, "", SDP].join("\r\n");
}

test(
	"thousands of mutated packets",
	() => {
		const mutator = new Mutator(20261120);
		const target = new Target();
		let outgoing = 1;
		let malformed = 0;
		for (let i = 0; i < 5000; i++) {
			if (i % 50 === 0) target.do({ type: "register", now: target.now, account: "a" });
			if (i % 20 === 0)
				target.do({ type: "invite", now: target.now, call: outgoing++, account: "a", uri: "sip:x@10.0.0.2", sdp: SDP });
			const kind = mutator.below(4);
			const method = mutator.pick(["INVITE", "INVITE", "BYE", "CANCEL", "ACK", "OPTIONS", "REGISTER", "X"]);
			const base =
				kind > 1 && target.sent.length > 0 ? reply(mutator, mutator.pick(target.sent)) : packet(method, i % 40);
			const bytes = utf8Encode(mutator.below(3) === 0 ? base : mutator.mutate(base));
			if (parse(bytes).type === "malformed") malformed++;
			ok(!/[^ -~]/.test(describe(bytes)), "the log line is one line of plain text");
			target.datagram(bytes);
			const call = target.calls.length > 0 ? mutator.pick(target.calls) : -1;
			const now = target.now;
			const act = mutator.below(12);
			if (act === 0) target.do({ type: "ring", now, call });
			if (act === 1) target.do({ type: "accept", now, call, sdp: SDP });
			if (act === 2) target.do({ type: "hangup", now, call: mutator.below(2) === 0 ? call : mutator.below(outgoing) });
			if (act === 3) target.do({ type: "reject", now, call, status: 486 });
			if (act === 4) target.do({ type: "reinvite", now, call: mutator.below(outgoing), sdp: SDP });
			if (act === 5) target.do({ type: "answerReinvite", now, call, sdp: SDP });
			if (act === 6) target.do({ type: "sendFailed", now, to: PEER, error: "refused" });
			if (act === 7) target.pass(mutator.below(4000));
			const { calls, clients, servers } = target.agent.counts;
			ok(calls <= 16, `${calls} calls`);
			ok(servers <= 96, `${servers} server transactions`);
			ok(clients <= 200, `${clients} client transactions`);
		}
		ok(malformed > 800 && malformed < 4200, `${malformed} of 5000 were malformed`);
		ok(target.begun > 30, `${target.begun} calls came through the noise`);
		// Everything ends, one way or another.
		target.do({ type: "unregister", now: target.now, account: "a" });
		target.pass(1_000_000);
		const left = target.agent.counts;
		ok(left.servers === 0 && left.clients === 0, JSON.stringify(left));
		// Connected calls stay until somebody hangs up.
		for (const call of target.calls) target.do({ type: "hangup", now: target.now, call });
		for (let call = 1; call < outgoing; call++) target.do({ type: "hangup", now: target.now, call });
		target.pass(1_000_000);
		equal(target.agent.counts, { calls: 0, clients: 0, servers: 0 });
		equal(target.wakeAt, undefined);
		target.sent = [];
		target.datagram(utf8Encode(packet("INVITE", 77)));
		ok(target.sent[0]?.startsWith("SIP/2.0 100 "), "and it still takes a call");
	},
	{ timeoutMs: 300_000 },
);

test("binary junk of every length", () => {
	const target = new Target();
	const random = seededBytes(5);
	for (let length = 0; length < 600; length++) target.datagram(random(length));
	const junk = new Uint8Array(65507);
	for (const byte of [0, 10, 13, 32, 34, 60, 58, 255]) target.datagram(junk.fill(byte));
	equal(target.agent.counts, { calls: 0, clients: 0, servers: 0 });
	equal(target.sent, []);
});

test("a valid packet cut at every byte, and every byte of it lost", () => {
	const target = new Target();
	const whole = utf8Encode(packet("INVITE", 1));
	for (let i = 0; i < whole.length; i++) {
		target.datagram(whole.subarray(0, i));
		const without = whole.slice(1);
		without.set(whole.subarray(0, i));
		target.datagram(without);
	}
	ok(target.agent.counts.calls <= 16);
});
