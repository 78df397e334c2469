/** The client transactions over UDP: timers A, B, D, E, F and K of RFC 3261 table 4, and M of RFC 6026. */

import { parse } from "sip/parse";
import { equal, test } from "test/harness";
import { Bench, inviteClient, nonInviteClient, response } from "./bench";

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
