/** Transactions whose way to the peer goes and comes back: a connection that ends, a datagram that cannot leave. */

import { InviteClient } from "sip/invite-client";
import { NonInviteClient } from "sip/non-invite-client";
import { NonInviteServer } from "sip/non-invite-server";
import { formatResponse } from "sip/respond";
import { serverKey } from "sip/transaction";
import { equal, test } from "test/harness";
import { Bench, incoming, inviteServer, nonInviteClient, outgoing, PEER, response } from "./bench";

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
