/** Transfer between three phones (RFC 3515, 3891, 5589), and REFERs that are not obeyed. */

import { header, tagOf } from "sip/message";
import { equal, ok, test, throws } from "test/harness";
import { Trio } from "./trio";
import { Wire } from "./wire";

function quiet(trio: Trio): void {
	for (const name of ["alice", "bob", "carol"]) ok(trio.world.quiet(name), `${name} keeps nothing`);
}

test("blind: bob is sent on to carol, alice is out (RFC 5589 6.1)", () => {
	const trio = new Trio();
	const { world } = trio;
	trio.call("alice", "bob", 1);
	world.trace.length = 0;
	world.do("alice", { type: "refer", call: 1, target: world.uri("carol") });
	world.run(500);
	equal(
		world.reports("alice", "transferProgress").map(({ state, status }) => [state, status]),
		[
			["asked", 202],
			["trying", 100],
			["trying", 180],
			["done", 200],
		],
	);
	const [referred] = world.reports("bob", "referred");
	equal([referred?.target, referred?.attended], [world.uri("carol"), false]);
	equal(referred?.referredBy?.uri, "sip:alice@10.0.0.1:5060");
	equal(world.reports("carol", "incoming")[0]?.info.referredBy?.uri, "sip:alice@10.0.0.1:5060");
	equal([trio.live("alice"), trio.live("bob"), trio.live("carol")], [[], [100], [-1]]);
	ok(world.trace.includes("bob>carol INVITE") && world.trace.includes("alice>bob BYE"));
	world.do("bob", { type: "hangup", call: 100 });
	world.run(70000);
	quiet(trio);
});

test("attended: carol's call with alice becomes one with bob (RFC 5589 7)", () => {
	const trio = new Trio();
	const { world } = trio;
	trio.call("alice", "bob", 1);
	trio.call("alice", "carol", 2);
	world.trace.length = 0;
	world.do("alice", { type: "refer", call: 1, otherCall: 2 });
	world.run(500);
	equal(world.reports("bob", "referred")[0]?.attended, true);
	const [, second] = world.reports("carol", "incoming");
	equal(second?.info.replaces, -1, "carol is told which call it replaces");
	equal(
		world.reports("carol", "ended").map(({ call, by, replacedBy }) => [call, by, replacedBy]),
		[[-1, "remote", -2]],
	);
	equal(
		world
			.reports("alice", "ended")
			.map(({ call }) => call)
			.sort(),
		[1, 2],
	);
	equal([trio.live("alice"), trio.live("bob"), trio.live("carol")], [[], [100], [-2]]);
	world.do("carol", { type: "hangup", call: -2 });
	world.run(70000);
	quiet(trio);
});

test("attended, the other way: the callee transfers two callers", () => {
	const trio = new Trio();
	const { world } = trio;
	trio.call("bob", "alice", 1);
	trio.call("carol", "alice", 1);
	world.do("alice", { type: "refer", call: -1, otherCall: -2 });
	world.run(500);
	equal([trio.live("alice"), trio.live("bob"), trio.live("carol")], [[], [100], [-1]]);
	equal(world.reports("carol", "ended")[0]?.replacedBy, -1);
	world.do("bob", { type: "hangup", call: 100 });
	world.run(70000);
	quiet(trio);
});

test("a target that declines: the call with the one who was to be transferred stays", () => {
	const trio = new Trio();
	const { world } = trio;
	trio.call("alice", "bob", 1);
	const obey = world.onReport;
	world.onReport = (member, action) => {
		if (member.name === "carol" && action.type === "incoming")
			world.do("carol", { type: "reject", call: action.call, status: 486 });
		else obey(member, action);
	};
	world.do("alice", { type: "refer", call: 1, target: world.uri("carol") });
	world.run(1000);
	const last = world.reports("alice", "transferProgress").slice(-1)[0];
	equal([last?.state, last?.status, last?.reason], ["failed", 486, "busy"]);
	equal([trio.live("alice"), trio.live("bob")], [[1], [-1]]);
	world.do("alice", { type: "refer", call: 1, target: world.uri("carol") });
	world.run(1000);
	equal(world.reports("alice", "transferProgress").filter(({ state }) => state === "failed").length, 2, "a second try");
	world.do("alice", { type: "hangup", call: 1 });
	world.run(70000);
	quiet(trio);
});

test("a REFER that is refused, one that nobody decides, and one whose call ends", () => {
	const trio = new Trio();
	const { world } = trio;
	trio.call("alice", "bob", 1);
	let decide: "refuse" | "wait" = "refuse";
	world.onReport = (_member, action) => {
		if (action.type === "referred" && decide === "refuse")
			world.do("bob", { type: "rejectReferral", referral: action.referral, status: 603 });
	};
	world.do("alice", { type: "refer", call: 1, target: "sip:x@10.0.0.9" });
	world.run(100);
	equal(
		world.reports("alice", "transferProgress").map(({ status }) => status),
		[603],
	);
	decide = "wait";
	world.do("alice", { type: "refer", call: 1, target: "sip:x@10.0.0.9" });
	world.run(40000);
	equal(
		world.reports("alice", "transferProgress").map(({ state, status }) => [state, status]),
		[
			["failed", 603],
			["asked", 202],
			["trying", 100],
			["failed", 603],
		],
	);
	world.do("alice", { type: "refer", call: 1, target: "sip:x@10.0.0.9" });
	world.run(100);
	world.do("bob", { type: "hangup", call: -1 });
	const referral = world.reports("bob", "referred").slice(-1)[0]?.referral ?? 0;
	world.do("bob", { type: "invite", call: 7, uri: "sip:nobody@10.0.0.9", sdp: "x", referral });
	world.do("bob", { type: "rejectReferral", referral, status: 603 });
	world.run(70000);
	quiet(trio);
});

test("what cannot be transferred is told at once", () => {
	const trio = new Trio();
	const { world } = trio;
	trio.call("alice", "bob", 1);
	const failed = () => world.reports("alice", "transferProgress").slice(-1)[0]?.reason;
	world.do("alice", { type: "refer", call: 1, target: "tel:+1" });
	equal(failed(), "not a SIP address");
	world.do("alice", { type: "refer", call: 1, otherCall: 9 });
	equal(failed(), "the other call is not connected");
	world.do("alice", { type: "refer", call: 1, otherCall: 1 });
	equal(failed(), "the other call is not connected");
	world.do("alice", { type: "refer", call: 1, target: world.uri("carol") });
	world.do("alice", { type: "refer", call: 1, target: world.uri("carol") });
	equal(failed(), "another transfer is under way");
	throws(() => world.do("alice", { type: "rejectReferral", referral: 1, status: 200 }), RangeError);
});

/** Bytes of a REFER by hand in a connected call. */
function refer(wire: Wire, to: string, cseq: number, referTo: string | readonly string[]): void {
	const lines = typeof referTo === "string" ? [referTo] : referTo;
	const headers = [
		{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" },
		...lines.map((value) => ({ name: "Refer-To", value })),
	];
	wire.request("REFER", { to, cseq, headers });
}

test("REFERs that are wrong are refused, and nothing is called", () => {
	const wire = new Wire();
	const to = wire.connect();
	const wrong: [string | readonly string[], number][] = [
		[[], 400],
		[["<sip:a@10.0.0.9>", "<sip:b@10.0.0.9>"], 400],
		["nonsense", 400],
		["<http://10.0.0.9/>", 416],
		["<tel:+1>", 416],
		["<sip:>", 400],
		["<sip:a@10.0.0.9;method=BYE>", 403],
		["<sip:a@10.0.0.9?Subject=hello>", 400],
		["<sip:a@10.0.0.9?Replaces=a%0d%0aX:%20y>", 400],
		["<sip:a@10.0.0.9?Replaces=a&Replaces=b>", 400],
		["<sip:a@10.0.0.9?Replaces=%zz>", 400],
	];
	let cseq = 2;
	for (const [referTo] of wrong) refer(wire, to, cseq++, referTo);
	equal(
		wire.statuses("REFER"),
		wrong.map(([, status]) => status),
	);
	equal(wire.world.reports("bob", "referred"), []);
	wire.request("REFER", { callId: "outside", headers: [{ name: "Refer-To", value: "<sip:a@10.0.0.9>" }] });
	equal(wire.statuses("REFER").slice(-1), [403], "outside a call");
	equal(wire.world.reports("bob", "ended"), []);
});

test("a storm of REFERs: one is decided, the others hear 500 with Retry-After", () => {
	const wire = new Wire();
	const to = wire.connect();
	for (let i = 0; i < 50; i++) refer(wire, to, 2 + i, "<sip:a@10.0.0.9>");
	equal(wire.world.reports("bob", "referred").length, 1);
	const refused = wire.responses("REFER").filter((response) => response.status === 500);
	ok(refused.length >= 30, `${refused.length}`);
	ok(refused.every((response) => header(response, "retry-after") !== undefined));
});

test("the one who asked is told by NOTIFY, in order, one at a time; Replaces and Referred-By go along", () => {
	const wire = new Wire();
	const to = wire.connect();
	const headers = [
		{ name: "Contact", value: "<sip:alice@10.0.0.99:5060>" },
		{ name: "Refer-To", value: "<sip:carol@10.0.0.99:5060?Replaces=c1%3Bto-tag%3Dt%3Bfrom-tag%3Df>" },
		{ name: "Referred-By", value: "<sip:alice@example.org>;cid=1" },
	];
	wire.request("REFER", { to, cseq: 2, headers });
	const referral = wire.world.reports("bob", "referred")[0]?.referral ?? 0;
	wire.world.do("bob", { type: "invite", call: 5, uri: "sip:carol@10.0.0.99:5060", sdp: "o", referral });
	wire.world.run(10);
	equal(wire.statuses("REFER"), [202]);
	const [invite] = wire.requests("INVITE");
	ok(invite !== undefined);
	equal(header(invite, "replaces"), "c1;to-tag=t;from-tag=f");
	equal(header(invite, "referred-by"), "<sip:alice@example.org>;cid=1");
	wire.respond(invite, { status: 180, toTag: "c" });
	wire.respond(invite, {
		status: 200,
		toTag: "c",
		headers: [{ name: "Contact", value: "<sip:carol@10.0.0.99:5060>" }],
		body: { contentType: "application/sdp", text: "a" },
	});
	equal(wire.requests("NOTIFY").length, 1, "the second waits for the answer to the first");
	for (let i = 0; i < 3; i++) {
		const notify = wire.requests("NOTIFY").slice(-1)[0];
		if (notify !== undefined) wire.respond(notify, { status: 200 });
	}
	const notifies = wire.requests("NOTIFY");
	equal(
		notifies.map((notify) => String.fromCharCode(...notify.body).trim()),
		["SIP/2.0 100 Trying", "SIP/2.0 200 OK"],
	);
	equal(header(notifies[1] ?? { headers: [] }, "subscription-state"), "terminated;reason=noresource");
	equal(header(notifies[0] ?? { headers: [] }, "event"), "refer");
});

test("Replaces: 400, 481, 486, 603 as RFC 3891 section 3 asks, and nobody rings", () => {
	const wire = new Wire();
	wire.connect();
	const tag = wire.tag();
	const contact = { name: "Contact", value: "<sip:carol@10.0.0.99>" };
	const attempt = (value: string | readonly string[], callId: string): number => {
		const lines = typeof value === "string" ? [value] : value;
		wire.request("INVITE", {
			callId,
			headers: [contact, ...lines.map((line) => ({ name: "Replaces", value: line }))],
		});
		return wire.statuses("INVITE").slice(-1)[0] ?? 0;
	};
	const mine = `hand;to-tag=${tag};from-tag=alice`;
	equal(attempt([mine, mine], "r1"), 400);
	equal(attempt("hand", "r2"), 400);
	equal(attempt(`hand;to-tag=${tag};from-tag=mallory`, "r3"), 481);
	equal(attempt(`${mine};early-only`, "r4"), 486);
	equal(wire.world.reports("bob", "incoming").length, 1);
	equal(attempt(mine, "r5"), 100);
	equal(wire.world.reports("bob", "incoming").slice(-1)[0]?.info.replaces, -1);
	const newer = wire.world.reports("bob", "incoming").slice(-1)[0]?.call ?? 0;
	wire.world.do("bob", { type: "reject", call: newer, status: 486 });
	equal(
		wire.world.reports("bob", "ended").map(({ call }) => call),
		[newer],
		"a refusal leaves the call as it is",
	);
	// The one that rings here is nobody's to take by its identifiers.
	wire.request("INVITE", { callId: "rings", headers: [contact] });
	equal(attempt(`rings;to-tag=${wire.tag()};from-tag=alice`, "r6"), 481);
});

test("Replaces for a call that began here and still rings: taken, and the ringing one is CANCELled", () => {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 1, uri: "sip:alice@10.0.0.99:5060", sdp: "o" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	ok(invite !== undefined);
	wire.respond(invite, { status: 180, toTag: "rings" });
	const headers = [
		{ name: "Contact", value: "<sip:carol@10.0.0.99>" },
		{ name: "Replaces", value: `${invite.callId};to-tag=${tagOf(invite.from)};from-tag=rings;early-only` },
	];
	wire.request("INVITE", { callId: "pick", headers });
	const [incoming] = wire.world.reports("bob", "incoming");
	equal(incoming?.info.replaces, 1);
	wire.world.do("bob", { type: "accept", call: incoming?.call ?? 0, sdp: "a" });
	wire.world.run(10);
	equal(wire.requests("CANCEL").length, 1);
	equal(wire.world.reports("bob", "ended")[0]?.replacedBy, incoming?.call);
});

test("a REFER waits for a change of the call that is under way, and is asked again after 491", () => {
	const wire = new Wire();
	wire.connect();
	wire.world.do("bob", { type: "reinvite", call: -1, sdp: "hold" });
	wire.world.do("bob", { type: "refer", call: -1, target: "sip:carol@10.0.0.99" });
	wire.world.run(450);
	equal([wire.requests("INVITE").length, wire.requests("REFER").length], [1, 0]);
	const invite = wire.requests("INVITE")[0];
	ok(invite !== undefined);
	const contact = { name: "Contact", value: "<sip:alice@10.0.0.99:5060>" };
	wire.respond(invite, { status: 200, headers: [contact], body: { contentType: "application/sdp", text: "held" } });
	wire.world.run(150);
	for (let i = 1; i <= 4; i++) {
		const refer = wire.requests("REFER").slice(-1)[0];
		ok(refer !== undefined);
		equal(new Set(wire.requests("REFER").map(({ cseq }) => cseq)).size, i);
		wire.respond(refer, { status: 491 });
		wire.world.run(4100);
	}
	const [failed] = wire.world.reports("bob", "transferProgress");
	equal([failed?.state, failed?.status], ["failed", 491]);
	wire.world.run(10000);
	equal(new Set(wire.requests("REFER").map(({ cseq }) => cseq)).size, 4);
});
