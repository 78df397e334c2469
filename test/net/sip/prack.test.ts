/** Reliable provisional responses, early media and UPDATE (RFC 3262, 3311), as client and as server; forking. */

import { header, type Request, tagOf } from "sip/message";
import { equal, ok, test } from "test/harness";
import { Wire } from "./wire";
import { World } from "./world";

const CONTACT = { name: "Contact", value: "<sip:alice@10.0.0.99:5060>" };
const ALLOW = { name: "Allow", value: "INVITE, ACK, BYE, CANCEL, PRACK, UPDATE" };
const sdp = (text: string) => ({ contentType: "application/sdp", text });

function calling(): { wire: Wire; invite: Request } {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 1, uri: "sip:alice@10.0.0.99:5060", sdp: "offer" });
	wire.world.run(10);
	const invite = wire.requests("INVITE")[0];
	if (invite === undefined) throw new Error("no INVITE");
	return { wire, invite };
}

function reliable(wire: Wire, invite: Request, rseq: number, toTag: string, text?: string): void {
	wire.respond(invite, {
		status: text === undefined ? 180 : 183,
		toTag,
		headers: [CONTACT, ALLOW, { name: "Require", value: "100rel" }, { name: "RSeq", value: String(rseq) }],
		...(text !== undefined && { body: sdp(text) }),
	});
}

test("client: each reliable response gets one PRACK, in order; repeats and gaps get none", () => {
	const { wire, invite } = calling();
	reliable(wire, invite, 7, "t", "early");
	equal(header(wire.requests("PRACK")[0] ?? { headers: [] }, "rack"), `7 ${invite.cseq} INVITE`);
	reliable(wire, invite, 7, "t", "early");
	reliable(wire, invite, 9, "t");
	equal(wire.requests("PRACK").length, 1);
	reliable(wire, invite, 8, "t");
	equal(wire.requests("PRACK").length, 2);
	equal(
		wire.world.reports("bob", "progress").map(({ status, sdp: text, fork }) => [status, text, fork]),
		[
			[183, "early", "t"],
			[180, undefined, "t"],
		],
	);
	for (const prack of wire.requests("PRACK")) wire.respond(prack, { status: 200 });
	wire.respond(invite, { status: 200, toTag: "t", headers: [CONTACT] });
	equal(wire.world.reports("bob", "answered")[0]?.sdp, "early", "the 2xx has nothing new to say");
	equal(
		wire.requests("PRACK").map(({ cseq }) => cseq),
		[invite.cseq + 1, invite.cseq + 2],
	);
	equal(wire.requests("ACK")[0]?.cseq, invite.cseq);
});

test("client: forks have numbers of their own; a reliable response without a tag or RSeq is not looked at", () => {
	const { wire, invite } = calling();
	reliable(wire, invite, 1, "one", "early one");
	reliable(wire, invite, 500, "two", "early two");
	equal(wire.requests("PRACK").length, 2);
	equal(
		wire.world.reports("bob", "progress").map(({ sdp: text }) => text),
		["early one", "early two"],
	);
	wire.respond(invite, { status: 180, toTag: "three", headers: [CONTACT, { name: "Require", value: "100rel" }] });
	equal(wire.world.reports("bob", "progress").length, 2);
	wire.respond(invite, { status: 200, toTag: "two", headers: [CONTACT] });
	equal(
		[wire.world.reports("bob", "answered")[0]?.sdp, wire.world.reports("bob", "answered")[0]?.fork],
		["early two", "two"],
	);
	wire.respond(invite, { status: 200, toTag: "one", headers: [CONTACT], body: sdp("late") });
	equal([wire.requests("ACK").length, wire.requests("BYE").length], [2, 1]);
});

test("a flood of forks is bounded", () => {
	const { wire, invite } = calling();
	for (let i = 0; i < 30; i++) reliable(wire, invite, 1, `fork${i}`, "x");
	equal(
		wire.requests("PRACK").filter((prack, i, all) => all.findIndex(({ to }) => tagOf(to) === tagOf(prack.to)) === i)
			.length,
		8,
	);
});

test("client: UPDATE before the answer, both ways, once the early answer is reliable", () => {
	const { wire, invite } = calling();
	wire.respond(invite, { status: 183, toTag: "t", headers: [CONTACT, ALLOW], body: sdp("unreliable") });
	wire.world.do("bob", { type: "reinvite", call: 1, sdp: "new" });
	equal(wire.world.reports("bob", "reinviteFailed")[0]?.status, 481);
	const inside = {
		callId: invite.callId,
		from: `<sip:alice@10.0.0.99:5060>;tag=t`,
		to: `<sip:bob@10.0.0.1>;tag=${tagOf(invite.from)}`,
	};
	wire.request("UPDATE", { ...inside, cseq: 4, body: sdp("their offer") });
	equal(wire.statuses("UPDATE"), [500], "our own offer has no answer yet");
	ok(header(wire.responses("UPDATE")[0] ?? { headers: [] }, "retry-after") !== undefined);
	reliable(wire, invite, 3, "t", "reliable");
	wire.world.do("bob", { type: "reinvite", call: 1, sdp: "new" });
	wire.world.run(10);
	const update = wire.requests("UPDATE")[0];
	ok(update !== undefined);
	// Glare: theirs crosses ours.
	wire.request("UPDATE", { ...inside, cseq: 5, body: sdp("their offer") });
	equal(wire.statuses("UPDATE").slice(-1), [491]);
	wire.respond(update, { status: 200, headers: [CONTACT], body: sdp("answer to new") });
	equal(wire.world.reports("bob", "reinviteAnswered")[0]?.sdp, "answer to new");
	wire.request("UPDATE", { ...inside, cseq: 6, body: sdp("their offer") });
	equal(wire.world.reports("bob", "offered"), [{ type: "offered", call: 1, sdp: "their offer", in: "UPDATE" }]);
	wire.request("UPDATE", { ...inside, cseq: 7, body: sdp("too soon") });
	equal(wire.statuses("UPDATE").slice(-1), [500], "theirs is not answered yet");
	wire.world.do("bob", { type: "answerReinvite", call: 1, sdp: "our answer" });
	wire.world.run(10);
	const last = wire.responses("UPDATE").slice(-1)[0];
	equal([last?.status, String.fromCharCode(...(last?.body ?? []))], [200, "our answer"]);
	wire.respond(invite, { status: 200, toTag: "t", headers: [CONTACT] });
	equal(wire.world.reports("bob", "answered").length, 1);
});

test("an UPDATE that the phone does not answer is refused in time, and void", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.request("UPDATE", { to, cseq: 2, body: sdp("offer") });
	wire.world.run(9000);
	equal(wire.statuses("UPDATE"), [500]);
	equal(wire.world.reports("bob", "offerWithdrawn").length, 1);
	wire.request("UPDATE", { to, cseq: 3, body: sdp("offer") });
	wire.world.do("bob", { type: "rejectReinvite", call: -1, status: 488 });
	wire.request("UPDATE", { to, cseq: 4, body: { contentType: "text/plain", text: "x" } });
	equal(wire.statuses("UPDATE"), [500, 488, 415]);
	wire.request("UPDATE", { to, cseq: 5, body: sdp("offer") });
	wire.request("BYE", { to, cseq: 6 });
	equal(wire.statuses("UPDATE").slice(-1), [481], "the call is over: what waited is answered");
	wire.world.run(70000);
	ok(wire.world.quiet("bob"));
});

const REQUIRED = [CONTACT, { name: "Require", value: "100rel" }];

function prack(wire: Wire, rack: string, cseq: number, body?: string): number {
	wire.request("PRACK", {
		to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}`,
		cseq,
		headers: [{ name: "RAck", value: rack }],
		body: body === undefined ? undefined : sdp(body),
	});
	return wire.statuses("PRACK").slice(-1)[0] ?? 0;
}

function rseq(wire: Wire): string {
	return header(wire.responses("INVITE").slice(-1)[0] ?? { headers: [] }, "rseq") ?? "";
}

test("server: a caller that requires it hears 180 again and again until its PRACK", () => {
	const wire = new Wire();
	wire.request("INVITE", { headers: REQUIRED });
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.world.run(4000);
	equal(wire.statuses("INVITE"), [100, 180, 180, 180, 180], "at 0, 0.5, 1.5, 3.5 s");
	equal(prack(wire, "1 1 INVITE", 2), 481, "another number");
	equal(prack(wire, `${rseq(wire)} 1 BYE`, 3), 481);
	equal(prack(wire, "x", 4), 400);
	equal(prack(wire, `${rseq(wire)} 1 INVITE`, 5), 200);
	equal(prack(wire, `${rseq(wire)} 1 INVITE`, 6), 481, "once");
	const before = wire.statuses("INVITE").length;
	wire.world.run(20000);
	equal(wire.statuses("INVITE").length, before);
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	wire.world.run(10);
	equal(String.fromCharCode(...(wire.responses("INVITE").slice(-1)[0]?.body ?? [])), "answer");
});

test("server: a caller that never sends PRACK hears 504, and the call is over", () => {
	const wire = new Wire();
	wire.request("INVITE", { headers: REQUIRED });
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.world.run(33000);
	equal(wire.statuses("INVITE").filter((status) => status >= 200)[0], 504);
	equal(wire.world.reports("bob", "ended")[0]?.status, 504);
	wire.world.run(70000);
	ok(wire.world.quiet("bob"));
});

test("server: early media reliably; the 2xx waits for the PRACK and has no description", () => {
	const wire = new Wire();
	wire.request("INVITE", { headers: [CONTACT, { name: "Supported", value: "100rel" }] });
	wire.world.do("bob", { type: "ring", call: -1, sdp: "early" });
	wire.world.do("bob", { type: "accept", call: -1, sdp: "early" });
	wire.world.run(10);
	equal(wire.statuses("INVITE"), [100, 183]);
	equal(prack(wire, `${rseq(wire)} 1 INVITE`, 2), 200);
	const last = wire.responses("INVITE").slice(-1)[0];
	equal([last?.status, last?.body.length], [200, 0]);
	wire.request("ACK", { to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}` });
	equal(wire.world.reports("bob", "accepted").length, 1);
});

test("server: early media to a caller without the extension: 183, and the same answer in the 2xx", () => {
	const wire = new Wire();
	wire.request("INVITE");
	wire.world.do("bob", { type: "ring", call: -1, sdp: "early" });
	wire.world.do("bob", { type: "accept", call: -1, sdp: "something else" });
	wire.world.run(10);
	equal(
		wire.responses("INVITE").map(({ status, body }) => [status, String.fromCharCode(...body)]),
		[
			[100, ""],
			[183, "early"],
			[200, "early"],
		],
	);
});

test("server: our offer in the ringing, the answer in PRACK, and a new offer in the next PRACK", () => {
	const wire = new Wire();
	wire.request("INVITE", { headers: REQUIRED, body: undefined });
	equal(wire.world.reports("bob", "incoming")[0]?.info.earlyOffer, true);
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.world.run(10);
	equal(wire.statuses("INVITE"), [100], "without an offer nothing may be said");
	wire.world.do("bob", { type: "ring", call: -1, sdp: "our offer" });
	wire.world.run(10);
	equal(prack(wire, `${rseq(wire)} 1 INVITE`, 2, "their answer"), 200);
	equal(wire.world.reports("bob", "earlyAnswered"), [{ type: "earlyAnswered", call: -1, sdp: "their answer" }]);
	wire.world.run(60100);
	const again = rseq(wire);
	wire.request("PRACK", {
		to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}`,
		cseq: 3,
		headers: [{ name: "RAck", value: `${again} 1 INVITE` }],
		body: sdp("new offer"),
	});
	equal(wire.world.reports("bob", "offered"), [{ type: "offered", call: -1, sdp: "new offer", in: "PRACK" }]);
	wire.world.do("bob", { type: "answerReinvite", call: -1, sdp: "new answer" });
	wire.world.do("bob", { type: "accept", call: -1, sdp: "unused" });
	wire.world.run(10);
	equal(String.fromCharCode(...(wire.responses("PRACK").slice(-1)[0]?.body ?? [])), "new answer");
	equal(wire.responses("INVITE").slice(-1)[0]?.body.length, 0);
});

test("server: a PRACK without the answer to our offer ends the call with 488", () => {
	const wire = new Wire();
	wire.request("INVITE", { headers: REQUIRED, body: undefined });
	wire.world.do("bob", { type: "ring", call: -1, sdp: "our offer" });
	wire.world.run(10);
	equal(prack(wire, `${rseq(wire)} 1 INVITE`, 2), 400);
	equal(wire.statuses("INVITE").slice(-1), [488]);
	equal(wire.world.reports("bob", "ended")[0]?.status, 488);
});

test("CANCEL while a reliable response waits for its PRACK: 487, and nothing is repeated", () => {
	const wire = new Wire();
	const invite = wire.request("INVITE", { headers: REQUIRED });
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.request("CANCEL", {
		via: invite.via,
		headers: [{ name: "Reason", value: 'Q.850;cause=16, SIP;cause=200;text="Call completed elsewhere"' }],
	});
	wire.request("ACK", { via: invite.via, to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}` });
	equal(wire.world.reports("bob", "ended"), [
		{ type: "ended", call: -1, status: 487, reason: "answered on another phone", by: "remote", elsewhere: true },
	]);
	const before = wire.received.length;
	wire.world.run(70000);
	equal(wire.received.length, before);
	ok(wire.world.quiet("bob"));
});

test("two phones: early media with PRACK, then a change by UPDATE before the answer", () => {
	const world = new World({ seed: 4, delayMs: 5 });
	world.add("alice");
	world.add("bob");
	world.onReport = (member, action) => {
		if (action.type === "incoming") world.do("bob", { type: "ring", call: action.call, sdp: "early" });
		if (action.type === "offered")
			world.do(member.name, { type: "answerReinvite", call: action.call, sdp: `to ${action.sdp}` });
	};
	world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
	world.run(100);
	equal(world.trace, [
		"alice>bob INVITE",
		"bob>alice 100 INVITE",
		"bob>alice 183 INVITE",
		"alice>bob PRACK",
		"bob>alice 200 PRACK",
	]);
	world.do("alice", { type: "reinvite", call: 1, sdp: "hold" });
	world.run(100);
	equal(world.reports("alice", "reinviteAnswered")[0]?.sdp, "to hold");
	world.do("bob", { type: "reinvite", call: -1, sdp: "back" });
	world.run(100);
	equal(world.reports("bob", "reinviteAnswered")[0]?.sdp, "to back");
	world.do("bob", { type: "accept", call: -1, sdp: "early" });
	world.run(100);
	equal(world.reports("alice", "answered")[0]?.sdp, "early");
	world.do("alice", { type: "hangup", call: 1 });
	world.run(70000);
	ok(world.quiet("alice") && world.quiet("bob"));
});
