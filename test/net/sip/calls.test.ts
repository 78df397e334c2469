/** Calls between two agents over a perfect network: the flows of RFC 3665 section 3, and the races of RFC 3261. */

import { step } from "sip/agent";
import { equal, ok, test, throws } from "test/harness";
import { answering, World } from "./world";

function pair(): World {
	const world = new World({ seed: 1, delayMs: 5 });
	world.add("alice");
	world.add("bob");
	return world;
}

function call(world: World): void {
	world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
}

test("session established and ended by the caller (RFC 3665 3.1)", () => {
	const world = pair();
	answering(world, "bob", "answer");
	call(world);
	world.run(100);
	equal(world.trace, [
		"alice>bob INVITE",
		"bob>alice 100 INVITE",
		"bob>alice 180 INVITE",
		"bob>alice 200 INVITE",
		"alice>bob ACK",
	]);
	const [incoming] = world.reports("bob", "incoming");
	equal(incoming?.sdp, "offer");
	equal(incoming?.uri, "sip:alice@10.0.0.1:5060");
	equal(world.reports("alice", "answered")[0]?.sdp, "answer");
	equal(world.reports("bob", "accepted").length, 1);
	world.trace.length = 0;
	world.do("alice", { type: "hangup", call: 1 });
	world.run(100);
	equal(world.trace, ["alice>bob BYE", "bob>alice 200 BYE"]);
	equal(world.reports("alice", "ended"), [{ type: "ended", call: 1, status: 200, reason: "you hung up", by: "local" }]);
	equal(world.reports("bob", "ended"), [
		{ type: "ended", call: incoming?.call ?? 0, status: 200, reason: "the other party hung up", by: "remote" },
	]);
	world.run(70000);
	ok(world.quiet("alice"), "alice keeps nothing");
	ok(world.quiet("bob"), "bob keeps nothing");
});

test("ended by the callee", () => {
	const world = pair();
	answering(world, "bob", "answer");
	call(world);
	world.run(100);
	world.do("bob", { type: "hangup", call: -1 });
	world.run(100);
	equal(world.reports("alice", "ended")[0]?.by, "remote");
	world.run(70000);
	ok(world.quiet("alice") && world.quiet("bob"));
});

test("unsuccessful: busy (RFC 3665 3.10)", () => {
	const world = pair();
	world.onReport = (member, action) => {
		if (action.type === "incoming") world.do(member.name, { type: "reject", call: action.call, status: 486 });
	};
	call(world);
	world.run(100);
	equal(world.trace, ["alice>bob INVITE", "bob>alice 100 INVITE", "bob>alice 486 INVITE", "alice>bob ACK"]);
	equal(world.reports("alice", "ended")[0], { type: "ended", call: 1, status: 486, reason: "busy", by: "remote" });
	equal(world.reports("bob", "ended").length, 1);
	world.run(70000);
	ok(world.quiet("alice") && world.quiet("bob"));
});

test("unsuccessful: no answer, the caller gives up (RFC 3665 3.8)", () => {
	const world = pair();
	world.onReport = (member, action) => {
		if (action.type === "incoming") world.do(member.name, { type: "ring", call: action.call });
	};
	call(world);
	world.run(1000);
	world.do("alice", { type: "hangup", call: 1 });
	world.run(100);
	equal(world.trace.slice(3), ["alice>bob CANCEL", "bob>alice 200 CANCEL", "bob>alice 487 INVITE", "alice>bob ACK"]);
	equal(world.reports("alice", "ended").length, 1);
	equal(world.reports("bob", "ended")[0]?.reason, "the caller hung up");
	world.run(70000);
	ok(world.quiet("alice") && world.quiet("bob"));
});

test("hanging up on a call that rings declines it with 603", () => {
	const world = pair();
	call(world);
	world.run(100);
	world.do("bob", { type: "hangup", call: -1 });
	world.run(100);
	equal(world.reports("alice", "ended")[0]?.reason, "the call was declined");
});

test("CANCEL waits for a provisional response (RFC 3261 9.1)", () => {
	const world = pair();
	call(world);
	world.do("alice", { type: "hangup", call: 1 });
	equal(world.trace, ["alice>bob INVITE"]);
	world.run(100);
	equal(world.trace.slice(1), [
		"bob>alice 100 INVITE",
		"alice>bob CANCEL",
		"bob>alice 200 CANCEL",
		"bob>alice 487 INVITE",
		"alice>bob ACK",
	]);
});

test("CANCEL crosses 200: ACK and BYE (RFC 3261 9.1, 15)", () => {
	const world = pair();
	call(world);
	world.run(100);
	world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	world.do("alice", { type: "hangup", call: 1 });
	world.run(100);
	const alice = world.trace.slice(2).filter((line) => line.startsWith("alice"));
	equal(alice, ["alice>bob CANCEL", "alice>bob ACK", "alice>bob BYE"]);
	const bob = world.trace.slice(2).filter((line) => line.startsWith("bob"));
	equal(bob, ["bob>alice 200 INVITE", "bob>alice 200 CANCEL", "bob>alice 200 BYE"]);
	equal(world.reports("alice", "answered"), []);
	equal(world.reports("bob", "ended")[0]?.reason, "the other party hung up");
	world.run(70000);
	ok(world.quiet("alice") && world.quiet("bob"));
});

test("the callee hangs up before the ACK: BYE waits for it (RFC 3261 15)", () => {
	const world = pair();
	call(world);
	world.run(100);
	world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	world.do("bob", { type: "hangup", call: -1 });
	equal(world.trace.slice(2), ["bob>alice 200 INVITE"]);
	equal(world.reports("bob", "ended").length, 1);
	world.run(100);
	equal(world.trace.slice(3), ["alice>bob ACK", "bob>alice BYE", "alice>bob 200 BYE"]);
});

test("both hang up at once", () => {
	const world = pair();
	answering(world, "bob", "answer");
	call(world);
	world.run(100);
	world.do("bob", { type: "hangup", call: -1 });
	world.do("alice", { type: "hangup", call: 1 });
	world.run(100);
	equal(world.trace.slice(5), ["bob>alice BYE", "alice>bob BYE", "alice>bob 200 BYE", "bob>alice 200 BYE"]);
	equal(world.reports("alice", "ended").length, 1);
	equal(world.reports("bob", "ended").length, 1);
	world.run(70000);
	ok(world.quiet("alice") && world.quiet("bob"));
});

test("hold and resume: re-INVITE both ways (RFC 3261 14)", () => {
	const world = pair();
	answering(world, "bob", "answer");
	call(world);
	world.run(100);
	world.trace.length = 0;
	world.onReport = (member, action) => {
		if (action.type === "offered")
			world.do(member.name, { type: "answerReinvite", call: action.call, sdp: `to ${action.sdp}` });
	};
	world.do("alice", { type: "reinvite", call: 1, sdp: "hold" });
	world.run(100);
	equal(world.trace, ["alice>bob INVITE", "bob>alice 100 INVITE", "bob>alice 200 INVITE", "alice>bob ACK"]);
	equal(world.reports("alice", "reinviteAnswered")[0]?.sdp, "to hold");
	world.do("bob", { type: "reinvite", call: -1, sdp: "resume" });
	world.run(100);
	equal(world.reports("bob", "reinviteAnswered")[0]?.sdp, "to resume");
	equal(world.reports("alice", "offered")[0], { type: "offered", call: 1, sdp: "resume", in: "INVITE" });
	world.do("bob", { type: "hangup", call: -1 });
	world.run(70000);
	ok(world.quiet("alice") && world.quiet("bob"));
});

test("a re-INVITE that is refused leaves the call as it was", () => {
	const world = pair();
	answering(world, "bob", "answer");
	call(world);
	world.run(100);
	world.onReport = (member, action) => {
		if (action.type === "offered") world.do(member.name, { type: "rejectReinvite", call: action.call, status: 488 });
	};
	world.do("alice", { type: "reinvite", call: 1, sdp: "video" });
	world.run(100);
	equal(world.reports("alice", "reinviteFailed")[0]?.status, 488);
	equal(world.reports("alice", "ended"), []);
	world.do("alice", { type: "reinvite", call: 1, sdp: "hold" });
	world.run(100);
	equal(world.reports("bob", "offered").length, 2);
});

test("glare: both change the call at once; both changes come through, made afresh (RFC 3261 14.1)", () => {
	const world = pair();
	answering(world, "bob", "answer");
	call(world);
	world.run(100);
	world.trace.length = 0;
	world.onReport = (member, action) => {
		if (action.type === "offered")
			world.do(member.name, { type: "answerReinvite", call: action.call, sdp: `to ${action.sdp}` });
		if (action.type === "offerWanted")
			world.do(member.name, { type: "reinvite", call: action.call, sdp: `fresh of ${member.name}` });
	};
	world.do("alice", { type: "reinvite", call: 1, sdp: "a" });
	world.do("bob", { type: "reinvite", call: -1, sdp: "b" });
	world.run(100);
	equal(world.trace.filter((line) => line.includes("491")).length, 2);
	world.run(10000);
	equal(world.reports("alice", "reinviteAnswered")[0]?.sdp, "to fresh of alice");
	equal(world.reports("bob", "reinviteAnswered")[0]?.sdp, "to fresh of bob");
	equal(world.reports("alice", "reinviteFailed"), []);
});

test("answered without ringing first", () => {
	const world = pair();
	call(world);
	world.run(100);
	world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	world.run(100);
	equal(world.trace.slice(2), ["bob>alice 200 INVITE", "alice>bob ACK"]);
	equal(world.reports("alice", "answered").length, 1);
});

test("two calls at once, ended apart", () => {
	const world = pair();
	world.add("carol");
	answering(world, "bob", "answer");
	answering(world, "carol", "answer");
	call(world);
	world.do("alice", { type: "invite", call: 2, uri: world.uri("carol"), sdp: "offer" });
	world.run(100);
	equal(
		world.reports("alice", "answered").map((action) => action.call),
		[1, 2],
	);
	world.do("carol", { type: "hangup", call: -1 });
	world.run(100);
	equal(
		world.reports("alice", "ended").map((action) => action.call),
		[2],
	);
});

test("nobody is there: plain words after timer B", () => {
	const world = pair();
	world.do("alice", { type: "invite", call: 1, uri: "sip:nobody@10.9.9.9:5070", sdp: "offer" });
	world.run(31999);
	equal(world.reports("alice", "ended"), []);
	world.run(1);
	equal(world.reports("alice", "ended")[0], {
		type: "ended",
		call: 1,
		status: 408,
		reason: "no answer from 10.9.9.9:5070 within 32 s",
		by: "timeout",
	});
	ok(world.quiet("alice"));
});

test("a transport that fails ends the call at once", () => {
	const world = pair();
	world.do("alice", { type: "invite", call: 1, uri: "sip:nobody@10.9.9.9:5070", sdp: "offer" });
	world.do("alice", { type: "sendFailed", to: { address: "10.9.9.9", port: 5070 }, error: "connection refused" });
	equal(world.reports("alice", "ended")[0]?.reason, "10.9.9.9:5070 cannot be reached: connection refused");
	ok(world.quiet("alice"));
});

test("a tick that comes too early is asked for again", () => {
	const world = pair();
	call(world);
	const { agent, wakeAt } = world.member("alice");
	equal(wakeAt, world.now + 500);
	equal(step(agent, { type: "tick", now: world.now + 499 }), [{ type: "wakeAt", at: world.now + 500 }]);
	const late = step(agent, { type: "tick", now: world.now + 500 });
	equal(
		late.map((action) => action.type),
		["wakeAt", "send"],
	);
});

test("events for a call that is over do nothing", () => {
	const world = pair();
	for (const type of ["ring", "hangup"] as const) world.do("alice", { type, call: -7 });
	world.do("alice", { type: "accept", call: -7, sdp: "x" });
	world.do("alice", { type: "reject", call: -7, status: 486 });
	world.do("alice", { type: "reinvite", call: 7, sdp: "x" });
	equal([world.trace, world.member("alice").reports], [[], []]);
});

test("mistakes of the caller throw", () => {
	const world = pair();
	call(world);
	throws(() => call(world), RangeError);
	throws(() => world.do("alice", { type: "register", account: "nobody" }), RangeError);
	world.run(100);
	throws(() => world.do("bob", { type: "reject", call: -1, status: 200 }), RangeError);
});

test("addresses that cannot be called are told at once", () => {
	const world = pair();
	for (const uri of ["bob", "sip:", "sip:bob@", "tel:+123", "sips:bob@", "sip:bob@10.0.0.2;transport=sctp"])
		world.do("alice", { type: "invite", call: 1, uri, sdp: "offer" });
	equal(
		world.reports("alice", "ended").map((action) => action.reason),
		[
			"not a SIP address: bob",
			"not a SIP address: sip:",
			"not a SIP address: sip:bob@",
			"cannot call tel: addresses",
			"not a SIP address: sips:bob@",
			"this phone speaks SIP over UDP, TCP and TLS, not over sctp",
		],
	);
	equal(world.trace, []);
});
