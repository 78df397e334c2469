/** Somebody who has seen a call knows its Call-ID and tags, and speaks inside it from somewhere else (sip/origin.ts). */

import { latin1Decode, utf8Encode } from "bytes/text";
import type { Account } from "sip/agent";
import { header, tagOf } from "sip/message";
import { parse } from "sip/parse";
import { formatRequest, type OutgoingRequest } from "sip/request";
import { formatResponse } from "sip/respond";
import { equal, ok, test } from "test/harness";
import { HAND, Wire } from "./wire";

const STRANGER = { address: "10.0.0.66", port: 5060 };
const ALLOWS_UPDATE = [
	{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" },
	{ name: "Allow", value: "INVITE, ACK, CANCEL, BYE, UPDATE" },
];
const INSIDE = ["BYE", "UPDATE", "INFO", "NOTIFY", "REFER", "INVITE", "OPTIONS", "MESSAGE"];

/** A hand and somebody else, who sends what it likes. */
class Eavesdropped extends Wire {
	/** Statuses that the stranger was answered with. */
	readonly heard: number[] = [];
	#next = 0;

	constructor(accounts?: readonly Account[]) {
		super(5, accounts);
		this.world.serve("stranger", STRANGER, (bytes) => {
			const message = parse(bytes);
			if (message.type === "response") this.heard.push(message.status);
		});
	}

	/** A request of the stranger's. */
	forge(method: string, changes: Partial<OutgoingRequest> = {}): void {
		const request: OutgoingRequest = {
			method,
			uri: "sip:bob@10.0.0.1:5060",
			via: {
				transport: "UDP",
				host: STRANGER.address,
				port: STRANGER.port,
				params: [{ name: "branch", value: `z9hG4bKstranger${this.#next++}` }],
			},
			routes: [],
			from: "<sip:alice@10.0.0.99>;tag=alice",
			to: "<sip:bob@10.0.0.1>",
			callId: "hand",
			cseq: 4294967295,
			headers: [
				{ name: "Contact", value: `<sip:eve@${STRANGER.address}:5060>` },
				{ name: "Refer-To", value: "<sip:eve@10.0.0.66>" },
				{ name: "Event", value: "refer" },
				{ name: "Subscription-State", value: "active" },
			],
			body: undefined,
			...changes,
		};
		this.world.send(formatRequest(request), STRANGER, this.world.member("bob").place);
		this.world.run(10);
	}

	get warnings(): string[] {
		return this.world.reports("bob", "warn").map(({ text }) => text);
	}
}

test("with the true tags from another address: refused with 403, whatever it asks, and nothing of it is kept", () => {
	const wire = new Eavesdropped();
	const to = wire.connect();
	const { agent } = wire.world.member("bob");
	wire.world.run(40000);
	const before = agent.counts;
	for (const method of INSIDE) {
		wire.forge(method, { to });
		if (method === "INVITE" || method === "UPDATE")
			wire.forge(method, { to, body: { contentType: "application/sdp", text: "offer of eve" } });
		if (method === "INFO")
			wire.forge(method, { to, body: { contentType: "application/dtmf-relay", text: "Signal=5\r\nDuration=160\r\n" } });
	}
	wire.forge("PRACK", {
		to,
		headers: [{ name: "RAck", value: "1 1 INVITE" }],
		body: { contentType: "application/sdp", text: "offer of eve" },
	});
	equal(
		wire.heard,
		wire.heard.map(() => 403),
	);
	equal(wire.heard.length, INSIDE.length + 4);
	equal(agent.counts, { ...before, clients: 0 });
	for (const type of ["ended", "offered", "referred", "dtmf"] as const) equal(wire.world.reports("bob", type), []);
	ok(wire.warnings.includes("BYE inside a call refused: 10.0.0.66 is not on its way"), wire.warnings.join("\n"));
	// Its CSeq did not count, or the other party would never be heard again; and the call still leads to that one.
	wire.request("INFO", { to, cseq: 2 });
	equal(wire.statuses("INFO"), [200]);
	wire.world.do("bob", { type: "hangup", call: -1 });
	wire.world.run(10);
	equal(wire.requests("BYE").length, 1);
});

test("partly right tags: 481 from whomever", () => {
	const wire = new Eavesdropped();
	const to = wire.connect();
	for (const method of INSIDE.filter((each) => each !== "OPTIONS" && each !== "MESSAGE")) {
		wire.heard.length = 0;
		for (const wrong of [
			{ to: `${to.slice(0, -1)}x` },
			{ to: `${to}0` },
			{ to, from: "<sip:alice@10.0.0.99>;tag=alicf" },
			{ to, from: "<sip:alice@10.0.0.99>" },
			{ to, callId: "hand2" },
			// Our own side of it, the wrong way round.
			{ to: "<sip:alice@10.0.0.99>;tag=alice", from: to },
		]) {
			wire.forge(method, wrong);
			wire.request(method, { cseq: 2, ...wrong });
		}
		equal(
			wire.heard.filter((status) => status !== 100),
			[481, 481, 481, 481, 481, 481],
			method,
		);
	}
	for (const type of ["ended", "offered", "referred", "dtmf"] as const) equal(wire.world.reports("bob", type), []);
});

test("a forged BYE: the other end is asked whether the call stands, once in ten seconds, and the call goes on", () => {
	const wire = new Eavesdropped();
	const to = wire.connect({ headers: ALLOWS_UPDATE });
	for (let i = 0; i < 50; i++) wire.forge("BYE", { to });
	const asked = wire.requests("UPDATE");
	equal(asked.length, 1);
	equal(asked[0]?.body.length, 0);
	if (asked[0]) wire.respond(asked[0], { status: 200 });
	wire.world.run(30000);
	wire.forge("BYE", { to });
	equal(wire.requests("UPDATE").length, 2);
	equal(wire.world.reports("bob", "ended"), []);
});

test("an other end that has really moved, and hung up: 481 to that question ends the call", () => {
	const wire = new Eavesdropped();
	const to = wire.connect({ headers: ALLOWS_UPDATE });
	wire.forge("BYE", { to, cseq: 2 });
	const [asked] = wire.requests("UPDATE");
	if (asked) wire.respond(asked, { status: 481 });
	wire.world.run(10);
	equal(
		wire.world.reports("bob", "ended").map(({ reason }) => reason),
		["the other side no longer knows this call"],
	);
	wire.world.run(400000);
	ok(wire.world.quiet("bob"));
});

test("a peer without UPDATE is asked by re-INVITE with the last description", () => {
	const wire = new Eavesdropped();
	const to = wire.connect();
	wire.forge("BYE", { to });
	equal(
		wire.world.reports("bob", "offerWanted").map(({ why }) => why),
		["refresh"],
	);
});

test("by the route of the call, the other end itself, or the account's own servers: carried out", () => {
	const own = { id: "a", aor: "sip:bob@10.0.0.1", password: undefined, expiresSec: 60 };
	const routed = [
		{ name: "Record-Route", value: "<sip:10.0.0.77;lr>, <sip:10.0.0.66;lr>" },
		{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" },
	];
	const straight = [{ name: "Contact", value: "<sip:alice@10.0.0.66:5060>" }];
	for (const [accounts, headers] of [
		[[own], routed],
		[[own], straight],
		[[{ ...own, outboundProxy: { host: "10.0.0.66" } }], undefined],
		[[{ ...own, registrar: { host: "10.0.0.66" } }], undefined],
	] as const) {
		const wire = new Eavesdropped(accounts);
		const to = wire.connect(headers === undefined ? {} : { headers });
		wire.forge("BYE", { to, cseq: 2 });
		equal(wire.heard, [200]);
		equal(wire.world.reports("bob", "ended").length, 1);
	}
});

test("a late offer: the answer in an ACK from elsewhere is not taken, that of the other end is", () => {
	const wire = new Eavesdropped();
	wire.request("INVITE", { body: undefined });
	wire.world.do("bob", { type: "accept", call: -1, sdp: "offer of bob" });
	wire.world.run(10);
	const to = `<sip:bob@10.0.0.1>;tag=${wire.tag()}`;
	wire.forge("ACK", { to, cseq: 1, body: { contentType: "application/sdp", text: "answer of eve" } });
	wire.forge("ACK", { to, cseq: 1 });
	equal(wire.world.reports("bob", "accepted"), []);
	equal(wire.world.reports("bob", "ended"), []);
	wire.request("ACK", { to, body: { contentType: "application/sdp", text: "answer of alice" } });
	equal(
		wire.world.reports("bob", "accepted").map(({ sdp }) => sdp),
		["answer of alice"],
	);
});

test("an early offer of ours: a PRACK from elsewhere that has no answer does not end the call", () => {
	const wire = new Eavesdropped();
	wire.request("INVITE", {
		body: undefined,
		headers: [
			{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" },
			{ name: "Require", value: "100rel" },
		],
	});
	wire.world.do("bob", { type: "ring", call: -1, sdp: "offer of bob" });
	wire.world.run(10);
	const ringing = wire.responses("INVITE").slice(-1)[0];
	if (ringing === undefined) throw new Error("no 183");
	const rack = { name: "RAck", value: `${header(ringing, "rseq")} 1 INVITE` };
	const to = `<sip:bob@10.0.0.1>;tag=${wire.tag()}`;
	wire.forge("PRACK", { to, headers: [rack] });
	equal(wire.heard, [403]);
	equal(wire.world.reports("bob", "ended"), []);
	wire.request("PRACK", { to, cseq: 2, headers: [rack], body: { contentType: "application/sdp", text: "answer" } });
	equal(wire.statuses("PRACK"), [200]);
	equal(wire.world.reports("bob", "earlyAnswered").length, 1);
});

test("an ACK that only confirms may come from where nobody was seen before", () => {
	const wire = new Eavesdropped();
	wire.request("INVITE");
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	wire.world.run(10);
	wire.forge("ACK", { to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}`, cseq: 1 });
	equal(wire.world.reports("bob", "accepted").length, 1);
});

test("a call of ours: who answered may change it, others not", () => {
	const wire = new Eavesdropped();
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	if (invite === undefined) throw new Error("no INVITE");
	wire.respond(invite, {
		status: 200,
		toTag: "alice",
		headers: [{ name: "Contact", value: "<sip:alice@pc.example.org>" }],
		body: { contentType: "application/sdp", text: "answer" },
	});
	wire.world.run(10);
	const [, tag = ""] = /^From:[^\r]*;tag=([^\r;]*)/m.exec(wire.texts[0] ?? "") ?? [];
	const inside = { to: `<sip:bob@10.0.0.1>;tag=${tag}`, from: "<sip:alice@10.0.0.99>;tag=alice" };
	wire.forge("BYE", { ...inside, callId: invite.callId });
	equal(wire.heard, [403]);
	wire.request("BYE", { ...inside, callId: invite.callId });
	equal(wire.statuses("BYE"), [200]);
	equal(wire.world.reports("bob", "ended").length, 1);
});

test("a call over TLS is neither cancelled nor ended over UDP, even from the same address", () => {
	const wire = new Eavesdropped();
	const from = { address: HAND.address, port: 40000, transport: "tls" } as const;
	const local = { address: "10.0.0.1", port: 50000, transport: "tls" } as const;
	let answer = "";
	wire.world.onSend = (name, bytes) => {
		const text = latin1Decode(bytes);
		if (name === "bob" && text.startsWith("SIP/2.0 200 ")) answer = text;
	};
	wire.world.do("bob", { type: "connected", to: from, local, verified: true });
	const invite: OutgoingRequest = {
		method: "INVITE",
		uri: "sip:bob@10.0.0.1:5060",
		via: {
			transport: "TLS",
			host: HAND.address,
			port: HAND.port,
			params: [{ name: "branch", value: "z9hG4bKsecure" }],
		},
		routes: [],
		from: "<sip:alice@10.0.0.99>;tag=alice",
		to: "<sip:bob@10.0.0.1>",
		callId: "hand",
		cseq: 1,
		headers: [{ name: "Contact", value: "<sip:alice@10.0.0.99:40000;transport=tls>" }],
		body: { contentType: "application/sdp", text: "offer" },
	};
	const over = (bytes: Uint8Array): void => wire.world.do("bob", { type: "datagram", bytes, from });
	over(formatRequest(invite));
	wire.send(formatRequest({ ...invite, method: "CANCEL", headers: [], body: undefined }));
	equal(wire.statuses("CANCEL"), [481]);
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	const [tag = ""] = /tag=[0-9a-f]{16}/.exec(answer) ?? [];
	const to = `<sip:bob@10.0.0.1>;${tag}`;
	over(formatRequest({ ...invite, method: "ACK", to, headers: [], body: undefined, via: branch(invite, "ack") }));
	equal(wire.world.reports("bob", "accepted").length, 1);
	wire.request("BYE", { to, cseq: 2 });
	equal(wire.statuses("BYE"), [403]);
	equal(wire.world.reports("bob", "ended"), []);
	over(
		formatRequest({ ...invite, method: "BYE", to, cseq: 2, headers: [], body: undefined, via: branch(invite, "bye") }),
	);
	equal(wire.world.reports("bob", "ended").length, 1);
});

function branch(request: OutgoingRequest, name: string): OutgoingRequest["via"] {
	return { ...request.via, params: [{ name: "branch", value: `z9hG4bK${name}` }] };
}

test("Replaces with true tags: by the servers of the call it is obeyed, by others refused", () => {
	const own = { id: "a", aor: "sip:bob@10.0.0.1", password: undefined, expiresSec: 60 };
	for (const [outboundProxy, status] of [
		[HAND.address, 403],
		[undefined, 100],
	] as const) {
		const wire = new Eavesdropped([
			outboundProxy === undefined ? own : { ...own, outboundProxy: { host: outboundProxy } },
		]);
		const to = wire.connect();
		const replaces = { name: "Replaces", value: `hand;to-tag=${to.slice(to.indexOf("tag=") + 4)};from-tag=alice` };
		const contact = { name: "Contact", value: `<sip:eve@${STRANGER.address}>` };
		const from = "<sip:eve@10.0.0.66>;tag=eve";
		wire.forge("INVITE", { callId: "eve", cseq: 1, from, headers: [contact, replaces] });
		equal(wire.heard.slice(-1), [status]);
		equal(wire.world.reports("bob", "incoming").length, outboundProxy === undefined ? 2 : 1);
		equal(wire.world.reports("bob", "ended"), []);
		// By the proxy, or straight from where the call is, whoever asks.
		wire.request("INVITE", { callId: "carol", from: "<sip:carol@10.0.0.99>;tag=carol", headers: [contact, replaces] });
		equal(wire.world.reports("bob", "incoming").slice(-1)[0]?.info.replaces, -1);
	}
});

test("an answer to what went over a connection counts by that server's connections alone, whatever branch it knows", () => {
	for (const transport of ["tls", "tcp"] as const) {
		const wire = new Eavesdropped();
		const server = { address: HAND.address, port: 5061, transport };
		const local = { address: "10.0.0.1", port: 50000, transport };
		wire.world.do("bob", { type: "connected", to: server, local, verified: true });
		let sent = "";
		wire.world.onSend = (name, bytes) => {
			if (name === "bob") sent = latin1Decode(bytes);
		};
		const uri = `sip:alice@${HAND.address}:5061;transport=${transport}`;
		wire.world.do("bob", { type: "invite", call: 7, uri, sdp: "offer" });
		const invite = parse(utf8Encode(sent));
		if (invite.type !== "request") throw new Error("no INVITE");
		const answer = (from: { address: string; port: number; transport?: "tcp" | "tls" }, tag: string): void =>
			wire.world.do("bob", {
				type: "datagram",
				from,
				bytes: formatResponse(invite, {
					status: 200,
					toTag: tag,
					headers: [{ name: "Contact", value: `<${uri}>` }],
					body: { contentType: "application/sdp", text: `answer of ${tag}` },
				}),
			});
		answer(STRANGER, "eve");
		answer(HAND, "spoofed");
		answer({ ...STRANGER, transport }, "connected");
		answer({ ...server, transport: transport === "tls" ? "tcp" : "tls" }, "other");
		equal(wire.world.reports("bob", "answered"), []);
		ok(wire.warnings.includes("200 to INVITE dropped: 10.0.0.66 is not who was asked"), wire.warnings.join("\n"));
		// Another connection of the same server's.
		answer({ ...server, port: 41234 }, "alice");
		equal(
			wire.world.reports("bob", "answered").map(({ sdp, leg }) => [sdp, leg?.transport]),
			[["answer of alice", transport]],
		);
	}
});

test("news of what is watched, with the true tags, from elsewhere: refused, and the watch stands", () => {
	const wire = new Eavesdropped([
		{ id: "a", aor: "sip:bob@10.0.0.99", registrar: { host: HAND.address }, password: undefined, expiresSec: 60 },
	]);
	wire.world.do("bob", { type: "subscribe", subscription: 1, account: "a", package: "message-summary" });
	wire.world.run(10);
	const [subscribe] = wire.requests("SUBSCRIBE");
	if (subscribe === undefined) throw new Error("no SUBSCRIBE");
	const contact = { name: "Contact", value: "<sip:server@10.0.0.99>" };
	wire.respond(subscribe, { status: 200, toTag: "s", headers: [contact, { name: "Expires", value: "600" }] });
	const news = (state: string) => ({
		callId: subscribe.callId,
		from: "<sip:bob@10.0.0.99>;tag=s",
		to: `<sip:bob@10.0.0.99>;tag=${tagOf(subscribe.from)}`,
		headers: [contact, { name: "Event", value: "message-summary" }, { name: "Subscription-State", value: state }],
		body: { contentType: "application/simple-message-summary", text: "Messages-Waiting: yes\r\n" },
	});
	wire.forge("NOTIFY", news("terminated;reason=rejected"));
	equal(wire.heard, [403]);
	equal([wire.world.reports("bob", "subscriptionFailed"), wire.world.reports("bob", "messages")], [[], []]);
	wire.request("NOTIFY", { ...news("active;expires=600"), cseq: 2 });
	equal(wire.statuses("NOTIFY"), [200]);
	equal(wire.world.reports("bob", "messages").length, 1);
});
