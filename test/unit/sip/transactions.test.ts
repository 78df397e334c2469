/** The four transactions by virtual time: every timer of RFC 3261 table 4 over UDP, and L and M of RFC 6026. */

import { InviteClient } from "sip/invite-client";
import { InviteServer } from "sip/invite-server";
import { header, type Request, type Response } from "sip/message";
import { NonInviteClient } from "sip/non-invite-client";
import { NonInviteServer } from "sip/non-invite-server";
import { parse } from "sip/parse";
import { formatHead, keptHead, type OutgoingRequest, readHead } from "sip/request";
import { formatResponse } from "sip/respond";
import { Timers } from "sip/timers";
import { serverKey } from "sip/transaction";
import { RPORT } from "sip/via";
import { equal, ok, test } from "test/harness";
import { raw, request } from "./raw";

const PEER = { address: "192.0.2.4", port: 5060 };

/** The ground under one transaction: what it sent and when, what it told its user, whether it is gone. */
class Bench {
	readonly timers = new Timers();
	readonly sent: [number, string][] = [];
	readonly told: (number | string)[] = [];
	ended: string[] = [];

	send(bytes: Uint8Array): void {
		const message = parse(bytes);
		const what =
			message.type === "response" ? String(message.status) : message.type === "request" ? message.method : "?";
		this.sent.push([this.timers.now, what]);
	}

	/** Why no connection can be made; undefined: it can. */
	unreachable: string | undefined;

	connect(_to: object, onDone: (error: string | undefined) => void): void {
		onDone(this.unreachable);
	}

	clientEnded(key: string): void {
		this.ended.push(key);
	}

	serverEnded(key: string): void {
		this.ended.push(key);
	}

	onResponse(response: Response): void {
		this.told.push(response.status);
	}

	onFailure(failure: { readonly type: string }): void {
		this.told.push(failure.type);
	}

	onAck(): void {
		this.told.push("ack");
	}

	onTimeout(): void {
		this.told.push("no ack");
	}

	/** Time goes on to `now`, timer by timer. */
	until(now: number): void {
		for (let next = this.timers.next; next !== undefined && next <= now; next = this.timers.next) {
			this.timers.advance(next);
			this.timers.run();
		}
		this.timers.advance(now);
	}

	get times(): number[] {
		return this.sent.map(([at]) => at);
	}
}

function outgoing(method: string): OutgoingRequest {
	return {
		method,
		uri: "sip:bob@192.0.2.4",
		via: { transport: "UDP", host: "192.0.2.1", port: 5060, params: [{ name: "branch", value: "z9hG4bK1" }] },
		routes: ["<sip:p;lr>"],
		from: "<sip:alice@x>;tag=1",
		to: "<sip:bob@x>",
		callId: "c",
		cseq: 1,
		headers: [{ name: "Require", value: "x" }],
		body: undefined,
	};
}

function response(status: number, method: string): Response {
	const message = parse(
		raw([
			`SIP/2.0 ${status} x`,
			"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
			"From: <sip:alice@x>;tag=1",
			"To: <sip:bob@x>;tag=2",
			"Call-ID: c",
			`CSeq: 1 ${method}`,
		]),
	);
	if (message.type !== "response") throw new Error(message.type);
	return message;
}

function incoming(method: string, changes: readonly string[] = []): Request {
	const message = parse(request(method, changes));
	if (message.type !== "request") throw new Error(message.type);
	return message;
}

function inviteClient(bench: Bench): InviteClient {
	const client = new InviteClient(bench, outgoing("INVITE"), PEER, bench);
	client.start();
	return client;
}

function nonInviteClient(bench: Bench): NonInviteClient {
	const client = new NonInviteClient(bench, outgoing("BYE"), PEER, bench);
	client.start();
	return client;
}

function inviteServer(bench: Bench): { server: InviteServer; respond(status: number): void } {
	const invite = incoming("INVITE");
	const server = new InviteServer(bench, serverKey(invite), invite, PEER, bench);
	return { server, respond: (status) => server.respond(status, formatResponse(invite, { status, toTag: "t" })) };
}

test("the one text that is kept of a request gives it back whole, and less of it ACK, CANCEL and credentials", () => {
	const request: OutgoingRequest = {
		...outgoing("INVITE"),
		via: {
			transport: "TLS",
			host: "[2001:db8::1]",
			port: 5061,
			params: [{ name: "branch", value: "z9hG4bK2" }, RPORT],
		},
		routes: ["<sip:a;lr>", "<sip:[2001:db8::2];lr>"],
		from: '"Zoë: \\"Z\\" <z>" <sip:alice@x>;tag=1',
		headers: [
			{ name: "Contact", value: "<sip:a@b:5060;transport=tls>" },
			{ name: "Proxy-Authorization", value: 'Digest realm="a: b"' },
			{ name: "Subject", value: "" },
		],
	};
	equal(readHead(formatHead(request)), request);
	const kept = readHead(keptHead(formatHead(request)));
	equal(kept, { ...request, headers: request.headers.slice(1, 2) });
});

test("A and B: INVITE seven times in 32 s, then timeout (17.1.1.2)", () => {
	const bench = new Bench();
	inviteClient(bench);
	bench.until(31999);
	equal(bench.times, [0, 500, 1500, 3500, 7500, 15500, 31500]);
	equal(bench.told, []);
	bench.until(32000);
	equal(bench.told, ["timeout"]);
	equal(bench.ended, ["z9hG4bK1|INVITE"]);
	equal(bench.timers.next, undefined);
});

test("a provisional response ends A and B; the wait is the user's (17.1.1.2)", () => {
	const bench = new Bench();
	const client = inviteClient(bench);
	bench.until(600);
	client.receive(response(180, "INVITE"));
	client.receive(response(183, "INVITE"));
	bench.until(200000);
	equal(bench.times, [0, 500]);
	equal(bench.told, [180, 183]);
	equal(client.state, "proceeding");
	// But not for ever: five minutes after the last of them whoever began it has forgotten it.
	bench.until(300599);
	equal(client.state, "proceeding");
	bench.until(300600);
	equal(bench.told, [180, 183, "timeout"]);
	equal(bench.timers.next, undefined);
});

test("D: each repeated 486 gets the ACK again for 32 s and is told once (17.1.1.2)", () => {
	const bench = new Bench();
	const client = inviteClient(bench);
	bench.until(100);
	client.receive(response(486, "INVITE"));
	client.receive(response(486, "INVITE"));
	bench.until(32099);
	client.receive(response(486, "INVITE"));
	equal(
		bench.sent.map(([, what]) => what),
		["INVITE", "ACK", "ACK", "ACK"],
	);
	equal(bench.told, [486]);
	equal(bench.ended, []);
	bench.until(32100);
	equal(bench.ended.length, 1);
	client.receive(response(486, "INVITE"));
	equal(bench.sent.length, 4);
});

test("the ACK of the transaction keeps branch, route and number, takes the To of the response, drops Require (17.1.1.3)", () => {
	const bench = new Bench();
	const packets: Uint8Array[] = [];
	bench.send = (bytes) => void packets.push(bytes);
	inviteClient(bench).receive(response(404, "INVITE"));
	const ack = parse(packets[1] ?? new Uint8Array(0));
	if (ack.type !== "request") throw new Error(ack.type);
	equal(ack.via.params, [{ name: "branch", value: "z9hG4bK1" }]);
	equal([ack.method, ack.uri, ack.cseq, ack.callId], ["ACK", "sip:bob@192.0.2.4", 1, "c"]);
	equal(ack.to.params, [{ name: "tag", value: "2" }]);
	equal(ack.headers.map((entry) => entry.name).includes("route"), true);
	equal(ack.headers.map((entry) => entry.name).includes("require"), false);
});

test("M: every 2xx of the next 32 s goes up, nothing is acknowledged by the transaction (RFC 6026 7.2)", () => {
	const bench = new Bench();
	const client = inviteClient(bench);
	client.receive(response(200, "INVITE"));
	bench.until(31999);
	client.receive(response(200, "INVITE"));
	client.receive(response(486, "INVITE"));
	client.receive(response(180, "INVITE"));
	equal(bench.told, [200, 200]);
	equal(bench.sent.length, 1);
	bench.until(32000);
	equal(bench.ended.length, 1);
});

test("a transport error is told at once (17.1.4), later ones not", () => {
	const bench = new Bench();
	inviteClient(bench).sendFailed("refused");
	equal(bench.told, ["transport"]);
	equal(bench.timers.next, undefined);
	const late = new Bench();
	const client = inviteClient(late);
	client.receive(response(486, "INVITE"));
	client.sendFailed("refused");
	equal(late.told, [486]);
});

const STREAM = { ...PEER, transport: "tcp" } as const;

/** Over TCP, where nothing is repeated by itself. */
function streamed(bench: Bench, method: string): InviteClient | NonInviteClient {
	const Client = method === "INVITE" ? InviteClient : NonInviteClient;
	const client = new Client(bench, outgoing(method), STREAM, bench);
	client.start();
	return client;
}

test("a connection that ends: the same request by another, twice; then it is told (17.1.4)", () => {
	for (const method of ["INVITE", "BYE"]) {
		const bench = new Bench();
		const client = streamed(bench, method);
		bench.until(1000);
		client.flowLost("closed");
		client.flowLost("closed");
		equal([bench.times, bench.told], [[0, 1000, 1000], []]);
		client.flowLost("closed");
		equal([bench.times.length, bench.told], [3, ["transport"]]);
		client.flowLost("closed");
		equal(bench.told, ["transport"]);
	}
});

test("a connection that ends and cannot be made again is told at once", () => {
	const bench = new Bench();
	const client = streamed(bench, "BYE");
	bench.unreachable = "refused";
	client.flowLost("closed");
	equal([bench.times, bench.told, bench.timers.next], [[0], ["transport"], undefined]);
});

test("the network is back: said again at once, and timer B still counts from the beginning", () => {
	const bench = new Bench();
	const client = streamed(bench, "INVITE");
	bench.until(30_000);
	client.resume();
	equal(bench.times, [0, 30_000]);
	bench.until(32_000);
	equal(bench.told, ["timeout"]);
	client.resume();
	equal(bench.times.length, 2);
});

test("over UDP the waits begin anew with the network, and the end stays where it was", () => {
	const bench = new Bench();
	const client = nonInviteClient(bench);
	bench.until(29_000);
	const before = bench.times.length;
	client.resume();
	bench.until(40_000);
	equal(bench.times.slice(before), [29_000, 29_500, 30_500]);
	equal(bench.told, ["timeout"]);
});

test("what has been heard of is not sent again, and waits on", () => {
	const bench = new Bench();
	const client = streamed(bench, "INVITE");
	client.receive(response(180, "INVITE"));
	client.resume();
	client.flowLost("closed");
	equal([bench.times, bench.told], [[0], [180]]);
	client.receive(response(200, "INVITE"));
	equal(bench.told, [180, 200]);
});

test("a datagram that cannot leave is lost where one left before, or where somebody is patient", () => {
	const bench = new Bench();
	const client = nonInviteClient(bench);
	bench.until(600);
	client.sendFailed("no route");
	bench.until(32_000);
	equal(bench.told, ["timeout"]);
	const other = new Bench();
	const user = {
		patient: true,
		onResponse: () => {},
		onFailure: ({ type }: { type: string }) => other.onFailure({ type }),
	};
	const patient = new NonInviteClient(other, outgoing("BYE"), PEER, user);
	patient.start();
	patient.sendFailed("no route");
	other.until(32_000);
	equal(other.told, ["timeout"]);
});

test("over TCP a request that comes again by another connection is answered there", () => {
	const bench = new Bench();
	const places: number[] = [];
	bench.send = (_bytes: Uint8Array, to?: { readonly port: number }) => void places.push(to?.port ?? 0);
	const bye = incoming("BYE");
	const server = new NonInviteServer(bench, serverKey(bye), bye, { ...STREAM, port: 40_000 });
	server.respond(200, formatResponse(bye, { status: 200 }));
	bench.until(5000);
	server.receive(bye, { ...STREAM, port: 40_001 });
	equal(places, [40_000, 40_001]);
	const { server: ringing, respond } = inviteServer(bench);
	respond(180);
	ringing.receive(incoming("INVITE"), { ...STREAM, port: 40_002 });
	respond(486);
	ringing.resume();
	equal(places.slice(2), [5060, 40_002, 40_002, 40_002]);
});

test("E and F: BYE at 500 ms doubling to 4 s, given up after 32 s (17.1.2.2)", () => {
	const bench = new Bench();
	nonInviteClient(bench);
	bench.until(40000);
	equal(bench.times, [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
	equal(bench.told, ["timeout"]);
	equal(bench.ended, ["z9hG4bK1|BYE"]);
});

test("E after a provisional response is T2, F still counts (17.1.2.2)", () => {
	const bench = new Bench();
	const client = nonInviteClient(bench);
	bench.until(100);
	client.receive(response(100, "BYE"));
	bench.until(40000);
	equal(bench.times, [0, 500, 4500, 8500, 12500, 16500, 20500, 24500, 28500]);
	equal(bench.told, [100, "timeout"]);
});

test("K: repeated finals are swallowed for 5 s (17.1.2.2)", () => {
	const bench = new Bench();
	const client = nonInviteClient(bench);
	client.receive(response(200, "BYE"));
	client.receive(response(200, "BYE"));
	bench.until(4999);
	equal([bench.told, bench.ended], [[200], []]);
	bench.until(5000);
	equal(bench.ended.length, 1);
	equal(bench.times, [0]);
});

test("G and H: a refusal is repeated at 500 ms doubling to 4 s, for 32 s (17.2.1)", () => {
	const bench = new Bench();
	const { respond } = inviteServer(bench);
	respond(100);
	respond(486);
	bench.until(40000);
	equal(bench.times, [0, 0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
	equal(bench.told, ["no ack"]);
	equal(bench.ended.length, 1);
});

test("I: an ACK ends the repetition, more ACKs are swallowed for 5 s (17.2.1)", () => {
	const bench = new Bench();
	const { server, respond } = inviteServer(bench);
	respond(486);
	bench.until(600);
	server.receive(incoming("ACK"), PEER);
	server.receive(incoming("ACK"), PEER);
	server.receive(incoming("INVITE"), PEER);
	bench.until(5599);
	equal(bench.times, [0, 500]);
	equal(bench.ended, []);
	bench.until(5600);
	equal(bench.ended.length, 1);
	equal(bench.told, []);
});

test("a repeated INVITE gets the last response again (17.2.1)", () => {
	const bench = new Bench();
	const { server, respond } = inviteServer(bench);
	respond(100);
	server.receive(incoming("INVITE"), PEER);
	respond(180);
	server.receive(incoming("INVITE"), PEER);
	respond(486);
	server.receive(incoming("INVITE"), PEER);
	equal(
		bench.sent.map(([, what]) => what),
		["100", "100", "180", "180", "486", "486"],
	);
});

test("L: after 2xx the INVITE is swallowed, ACK goes up, 32 s long; refusals come too late (RFC 6026 7.1)", () => {
	const bench = new Bench();
	const { server, respond } = inviteServer(bench);
	respond(200);
	server.receive(incoming("INVITE"), PEER);
	server.receive(incoming("ACK"), PEER);
	respond(200);
	respond(486);
	equal(
		bench.sent.map(([, what]) => what),
		["200", "200"],
	);
	equal(bench.told, ["ack"]);
	bench.until(31999);
	equal(bench.ended, []);
	bench.until(32000);
	equal(bench.ended.length, 1);
});

test("J: a repeated request gets the final response again for 32 s; before one, nothing (17.2.2)", () => {
	const bench = new Bench();
	const options = incoming("OPTIONS");
	const server = new NonInviteServer(bench, serverKey(options), options, PEER);
	server.receive(options, PEER);
	equal(bench.sent, []);
	server.respond(100, formatResponse(options, { status: 100 }));
	server.receive(options, PEER);
	ok(header(server.read(), "call-id") !== undefined, "it can be answered");
	server.respond(200, formatResponse(options, { status: 200 }));
	equal(server.read().headers, [], "nothing of the request stays");
	server.receive(options, PEER);
	server.respond(500, formatResponse(options, { status: 500 }));
	equal(
		bench.sent.map(([, what]) => what),
		["100", "100", "200", "200"],
	);
	bench.until(31999);
	equal(bench.ended, []);
	bench.until(32000);
	equal(bench.ended.length, 1);
	equal(bench.timers.next, undefined);
});

test("requests find their transaction by branch, sent-by and method; ACK and CANCEL the INVITE's (17.2.3, 9.2)", () => {
	const key = serverKey(incoming("INVITE"));
	equal(serverKey(incoming("ACK")), key);
	equal(serverKey(incoming("CANCEL"), "INVITE"), key);
	ok(serverKey(incoming("CANCEL")) !== key);
	ok(serverKey(incoming("INVITE", ["Via: SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bKnashds8"])) !== key);
	ok(serverKey(incoming("INVITE", ["Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKother"])) !== key);
});

test("without the cookie RFC 2543's fields decide; the To tag of the ACK does not (17.2.3)", () => {
	const old = ["Via: SIP/2.0/UDP 192.0.2.1;branch=1"];
	const key = serverKey(incoming("INVITE", old));
	equal(serverKey(incoming("ACK", [...old, "To: <sip:bob@biloxi.example.com>;tag=ours"])), key);
	ok(serverKey(incoming("INVITE", [...old, "CSeq: 2 INVITE"])) !== key);
	ok(serverKey(incoming("INVITE", [...old, "Call-ID: other"])) !== key);
	ok(serverKey(incoming("BYE", old)) !== serverKey(incoming("BYE", [...old, "To: <sip:b@x>;tag=1"])));
});

test("a clock that jumps back does not move time back", () => {
	const timers = new Timers();
	timers.advance(1000);
	timers.advance(10);
	equal(timers.now, 1000);
	const timer = timers.after(5, () => {
		throw new Error("cancelled timers do not fire");
	});
	timer.cancel();
	timer.cancel();
	timers.advance(2000);
	timers.run();
	equal(timers.next, undefined);
});
