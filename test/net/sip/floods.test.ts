/** Strangers who send much, or would have the phone send to others: what is kept is bounded, and everybody else gets in. */

import { utf8Encode } from "bytes/text";
import { equal, ok, test } from "test/harness";
import { HAND, Wire } from "./wire";

test("a flood of requests is bounded, keeps nobody out, and calls can still be ended", () => {
	const wire = new Wire();
	const to = wire.connect();
	const { agent } = wire.world.member("bob");
	for (let i = 0; i < 300; i++) {
		wire.request(["OPTIONS", "REGISTER", "FOO", "BYE"][i % 4] ?? "", { callId: `flood${i}` });
		ok(agent.counts.servers <= 64, `${agent.counts.servers} transactions`);
	}
	wire.request("OPTIONS", { callId: "honest" });
	equal(wire.statuses("OPTIONS").slice(-1), [200]);
	wire.request("INVITE", { callId: "honest", from: "<sip:carol@10.0.0.99>;tag=carol" });
	equal(wire.world.reports("bob", "incoming").length, 2);
	wire.request("BYE", { to, cseq: 2 });
	equal(wire.statuses("BYE").slice(-1), [200]);
	wire.world.do("bob", { type: "reject", call: -2, status: 486 });
	wire.world.run(400000);
	ok(wire.world.quiet("bob"), "everything runs out");
});

test("refused calls give way to new ones", () => {
	const wire = new Wire();
	for (let i = 0; i < 200; i++) {
		wire.request("INVITE", { callId: `flood${i}`, cseq: 1 });
		wire.world.do("bob", { type: "reject", call: -1 - i, status: 486 });
	}
	equal(wire.world.reports("bob", "incoming").length, 200);
	ok(!wire.statuses("INVITE").includes(503), "no call was turned away");
	ok(wire.world.member("bob").agent.counts.servers <= 64, "bounded");
});

test("an answer goes to whoever asked, whatever Via wishes (maddr, received)", () => {
	const wire = new Wire();
	let aimed = 0;
	wire.world.serve("victim", { address: "10.0.0.66", port: 5060 }, () => aimed++);
	for (const method of ["INVITE", "OPTIONS", "FOO"])
		for (const name of ["maddr", "received"]) {
			const value = `z9hG4bKaimed${method}${name}`;
			const params = [
				{ name: "branch", value },
				{ name, value: "10.0.0.66" },
			];
			wire.request(method, { via: { transport: "UDP", host: HAND.address, port: HAND.port, params }, callId: value });
		}
	equal(aimed, 0);
	equal(wire.statuses("OPTIONS"), [200, 200]);
});

test("a hundred calls in ten seconds, each answered and ended: none is turned away, and a call that stands can be changed", () => {
	const wire = new Wire();
	const headers = [{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" }];
	const standing = wire.connect({ headers });
	let next = 2;
	for (let i = 0; i < 100; i++) {
		const callId = `short${i}`;
		wire.request("INVITE", { callId });
		wire.world.do("bob", { type: "accept", call: -2 - i, sdp: "answer" });
		wire.world.run(30);
		const to = `<sip:bob@10.0.0.1>;tag=${wire.tag()}`;
		wire.request("ACK", { callId, to });
		wire.request("BYE", { callId, to, cseq: 2 });
		if (i % 3 === 0) {
			wire.request("INVITE", { to: standing, cseq: next });
			wire.world.do("bob", { type: "answerReinvite", call: -1, sdp: "answer" });
			wire.world.run(10);
			wire.request("ACK", { to: standing, cseq: next++ });
		}
	}
	ok(wire.world.now < 12000, `${wire.world.now} ms`);
	ok(!wire.statuses("INVITE").includes(503), "no INVITE was turned away");
	equal(
		wire.statuses("BYE"),
		wire.statuses("BYE").map(() => 200),
	);
	equal(wire.world.reports("bob", "incoming").length, 101);
	equal(wire.world.reports("bob", "offered").length, next - 2);
	ok(
		wire.world.member("bob").agent.counts.servers <= 96,
		`${wire.world.member("bob").agent.counts.servers} transactions`,
	);
});

test("callers who vanish once they are answered keep nobody out while their BYE is still tried", () => {
	const wire = new Wire();
	for (let i = 0; i < 40; i++) {
		const callId = `gone${i}`;
		wire.request("INVITE", { callId, headers: [{ name: "Contact", value: "<sip:gone@10.0.0.200>" }] });
		wire.world.do("bob", { type: "accept", call: -1 - i, sdp: "answer" });
		wire.world.run(5);
		wire.request("ACK", { callId, to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}` });
		wire.world.do("bob", { type: "hangup", call: -1 - i });
		wire.world.run(5);
		ok(wire.world.member("bob").agent.counts.calls <= 16, "bounded");
	}
	equal(wire.world.reports("bob", "incoming").length, 40);
	// The owner can still call, too.
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	equal(wire.requests("INVITE").length, 1);
	wire.world.do("bob", { type: "hangup", call: 7 });
	wire.world.run(400000);
	ok(wire.world.quiet("bob"), "everything runs out");
});

test("a flood of what cannot be read or is refused becomes a few lines of the log, and a count", () => {
	const wire = new Wire();
	const lines = (): string[] => wire.world.reports("bob", "warn").map(({ text }) => text);
	for (let i = 0; i < 500; i++) wire.send(utf8Encode("INVITE nonsense\r\n\r\n"));
	equal(lines().length, 20);
	wire.world.run(10_000);
	wire.send(utf8Encode("INVITE nonsense\r\n\r\n"));
	equal(lines().slice(20), ["and 480 more such lines before", lines()[0]]);
});

test("a flood of calls is bounded: 503 for the seventeenth", () => {
	const wire = new Wire();
	for (let i = 0; i < 30; i++) wire.request("INVITE", { callId: `flood${i}` });
	equal(wire.world.reports("bob", "incoming").length, 16);
	equal(wire.world.member("bob").agent.counts.calls, 16);
	ok(wire.statuses("INVITE").includes(503));
	equal(wire.world.reports("bob", "warn")[0]?.text, "a call from 10.0.0.99 refused: there are 16 already");
	// OPTIONS says what an INVITE would hear (section 11.2).
	wire.request("OPTIONS", { callId: "asks" });
	equal(wire.statuses("OPTIONS"), [503]);
	wire.world.run(400000);
	ok(wire.world.quiet("bob"), "everything runs out");
});
