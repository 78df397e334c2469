/**
 * What the others say to the phone of a fuzzed world: a server that answers sensibly, one that does not, and strangers.
 * Texts only; the world mutates them and sends them.
 */

import type { Mutator } from "./mutate";

/** What everybody offers and answers. */
export const SDP = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
const SUMMARY = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n";
const DIALOGS =
	'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:x@y"><dialog id="1" call-id="c" local-tag="l" remote-tag="r" direction="recipient"><state>early</state></dialog></dialog-info>';

/** A request from outside any dialog. */
export function request(method: string, call: number, more: readonly string[] = []): string {
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

/** All who speak with one phone; the same for the same mutator. */
export class Peers {
	readonly #mutator: Mutator;
	#strangers = 0;

	constructor(mutator: Mutator) {
		this.#mutator = mutator;
	}

	/** The next one: to something of what the phone has `sent`, or from a stranger. */
	packet(sent: readonly string[]): string {
		const mutator = this.#mutator;
		const answered = mutator.below(4) > 0 && sent.length > 0;
		const extras = [0, 0, 0].map(() => mutator.pick(EXTRAS)).slice(mutator.below(4));
		return answered
			? this.#reply(mutator.pick(sent), extras)
			: request(mutator.pick(METHODS), this.#stranger(), extras);
	}

	/** Mostly a new one: what comes again is a retransmission, and soon answered. */
	#stranger(): number {
		return this.#mutator.below(3) === 0 ? this.#mutator.below(this.#strangers + 1) : ++this.#strangers;
	}

	/** What a server that means well says to a request of the phone's, or a caller to its 2xx. */
	answer(sent: string): string | undefined {
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
}
