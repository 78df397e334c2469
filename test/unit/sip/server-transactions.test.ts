/** The server transactions over UDP: timers G to J of RFC 3261 table 4, L of RFC 6026, and which request is whose. */

import { header } from "sip/message";
import { NonInviteServer } from "sip/non-invite-server";
import { formatResponse } from "sip/respond";
import { serverKey } from "sip/transaction";
import { equal, ok, test } from "test/harness";
import { Bench, incoming, inviteServer, PEER } from "./bench";

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
