/** Calls that lead back to the phone that makes them, and calls that come twice: none rings here because of itself. */

import type { Account } from "sip/agent";
import { equal, ok, test } from "test/harness";
import { HAND, Wire } from "./wire";
import { World } from "./world";

const SELF = "<sip:bob@10.0.0.1:5060>";

function redirected(contacts: readonly string[]): Wire {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	if (invite === undefined) throw new Error("no INVITE");
	wire.respond(invite, { status: 302, toTag: "x", headers: contacts.map((value) => ({ name: "Contact", value })) });
	wire.world.run(100);
	return wire;
}

test("302 to the phone's own address: it does not ring itself, and says why", () => {
	for (const self of [
		SELF,
		"<sip:10.0.0.1>",
		"<sip:x@10.0.0.1;transport=tcp>",
		"<sip:x@far.example.org;maddr=10.0.0.1>",
	]) {
		const wire = redirected([self]);
		equal(wire.world.reports("bob", "incoming"), []);
		equal(
			wire.world.reports("bob", "ended").map(({ status, reason }) => [status, reason]),
			[[302, "the other party has moved, and the call was sent back to this phone"]],
		);
		wire.world.run(400000);
		ok(wire.world.quiet("bob"));
	}
});

test("302 to the phone's own address and to others: the others are called", () => {
	const wire = redirected([`${SELF};q=1`, "<sip:carol@10.0.0.99>;q=0.5"]);
	equal(wire.world.reports("bob", "incoming"), []);
	equal(
		wire.requests("INVITE").map(({ uri }) => uri),
		["sip:alice@10.0.0.99", "sip:carol@10.0.0.99"],
	);
});

test("a name that leads to the phone itself: nothing is sent", () => {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@evil.example.org:5060", sdp: "offer" });
	for (const { id } of wire.world.reports("bob", "query"))
		wire.world.do("bob", { type: "answer", id, answer: { kind: "HOST", addresses: ["10.0.0.1"], ttlSec: 60 } });
	wire.world.run(100);
	equal(wire.world.reports("bob", "incoming"), []);
	equal(
		wire.world.reports("bob", "ended").map(({ reason }) => reason),
		["10.0.0.1:5060 cannot be reached: that is this phone itself"],
	);
	equal(wire.world.trace, []);
});

test("Refer-To the phone itself: 482, and nobody is asked", () => {
	const wire = new Wire();
	const to = wire.connect();
	let cseq = 2;
	for (const self of [SELF, "<sip:10.0.0.1>", "<sip:bob@10.0.0.1?Replaces=hand%3Bto-tag%3Da%3Bfrom-tag%3Db>"])
		wire.request("REFER", { to, cseq: cseq++, headers: [{ name: "Refer-To", value: self }] });
	equal(wire.statuses("REFER"), [482, 482, 482]);
	equal(wire.world.reports("bob", "referred"), []);
});

test("other wishes that a phone does not grant: each is refused for what it is", () => {
	const wire = new Wire();
	const to = wire.connect();
	let cseq = 2;
	for (const [referTo, status] of [
		["<tel:+15551234>", 416],
		["<http://www.example.org/>", 416],
		["<mailto:carol@example.org>", 416],
		["<javascript:alert(1)>", 416],
		["<sip:carol@10.0.0.99;method=BYE>", 403],
		["<sip:carol@10.0.0.99?Subject=hello>", 400],
		["<sip:carol@10.0.0.99?Route=%3Csip%3Aevil.example.org%3Blr%3E>", 400],
		["<sip:carol@10.0.0.99?Replaces=a%0D%0AX%3Ab>", 400],
		["<sip:carol@10.0.0.99?Replaces=a&Replaces=b>", 400],
		[`<sip:${"c".repeat(600)}@10.0.0.99>`, 400],
		["<sip:carol@[::1>", 400],
		["", 400],
	] as const) {
		wire.request("REFER", { to, cseq: cseq++, headers: [{ name: "Refer-To", value: referTo }] });
		equal(wire.statuses("REFER").slice(-1), [status], referTo);
	}
	equal(wire.world.reports("bob", "referred"), []);
	equal(wire.statuses("REFER").length, cseq - 2);
});

test("an INVITE of ours that comes back is in a circle: 482, and its caller is told", () => {
	const own: Account = { id: "a", aor: "sip:bob@10.0.0.99", password: undefined, expiresSec: 60 };
	const wire = new Wire(5, [{ ...own, outboundProxy: { host: HAND.address } }]);
	wire.world.do("bob", { type: "invite", call: 7, account: "a", uri: "sip:bob@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	if (invite === undefined) throw new Error("no INVITE");
	// The proxy finds out that bob is at bob's.
	const from = invite.headers.find(({ name }) => name === "from")?.value ?? "";
	wire.request("INVITE", { from, callId: invite.callId, cseq: invite.cseq });
	equal(wire.statuses("INVITE"), [100, 482]);
	equal(wire.world.reports("bob", "incoming"), []);
	wire.respond(invite, { status: 482, toTag: "x" });
	wire.world.run(10);
	equal(
		wire.world.reports("bob", "ended").map(({ reason }) => reason),
		["the call went in a circle"],
	);
});

test("from one account of the phone to another the call may come back", () => {
	const at = (id: string): Account => ({ id, aor: `sip:${id}@10.0.0.99`, password: undefined, expiresSec: 60 });
	const wire = new Wire(5, [
		{ ...at("bob"), outboundProxy: { host: HAND.address } },
		{ ...at("office"), outboundProxy: { host: HAND.address } },
	]);
	wire.world.do("bob", { type: "invite", call: 7, account: "bob", uri: "sip:office@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	const from = invite?.headers.find(({ name }) => name === "from")?.value ?? "";
	wire.request("INVITE", { uri: "sip:office@10.0.0.1:5060", from, callId: invite?.callId ?? "" });
	equal(wire.world.reports("bob", "incoming").length, 1);
});

test("an INVITE that comes again when nothing is left of its transaction does not ring a second time", () => {
	const wire = new Wire();
	wire.connect();
	wire.world.run(60000);
	wire.request("INVITE");
	equal(wire.statuses("INVITE").slice(-1), [482]);
	equal(wire.world.reports("bob", "incoming").length, 1);
});

for (const count of [2, 3])
	test(`${count} phones that send every call on to the next: the caller is told, and few messages were needed`, () => {
		const world = new World({ seed: 3, delayMs: 5 });
		const names = ["bob", "carol", "dave"].slice(0, count);
		for (const name of [...names, "alice"]) world.add(name);
		world.onReport = ({ name }, action) => {
			const index = names.indexOf(name);
			if (action.type !== "incoming" || index < 0) return;
			world.do(name, { type: "redirect", call: action.call, target: world.uri(names[(index + 1) % count] ?? "") });
		};
		world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
		world.run(60000);
		equal(world.trace.filter((line) => line.startsWith("alice>") && line.endsWith("INVITE")).length, count);
		equal(world.reports("alice", "ended").length, 1);
		ok(world.reports("alice", "ended")[0]?.reason.startsWith("the other party has moved to sip:"));
		world.run(400000);
		for (const name of [...names, "alice"]) ok(world.quiet(name), name);
	});

test("places without end (302 to a new one each time): given up after five", () => {
	const wire = new Wire();
	let next = 0;
	wire.world.serve("maze", { address: "10.0.0.50", port: 5060 }, () => {});
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@10.0.0.99", sdp: "offer" });
	for (let i = 0; i < 30; i++) {
		wire.world.run(10);
		const invite = wire.requests("INVITE").slice(-1)[0];
		if (invite === undefined) throw new Error("no INVITE");
		const value = `<sip:alice${next++}@10.0.0.99>`;
		wire.respond(invite, { status: 302, toTag: `x${i}`, headers: [{ name: "Contact", value }] });
	}
	equal(wire.requests("INVITE").length, 6);
	equal(wire.world.reports("bob", "ended").length, 1);
});

test("a fork storm: two hundred branches answer one call; one is the call, the others are ended, and all stays bounded", () => {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	if (invite === undefined) throw new Error("no INVITE");
	const { agent } = wire.world.member("bob");
	const answer = (status: number, tag: string): void =>
		wire.respond(invite, {
			status,
			toTag: tag,
			headers: [{ name: "Contact", value: `<sip:${tag}@10.0.0.99>` }],
			body: { contentType: "application/sdp", text: `answer of ${tag}` },
		});
	for (let i = 0; i < 200; i++) answer(183, `early${i}`);
	for (let i = 0; i < 200; i++) {
		answer(200, `late${i}`);
		ok(agent.counts.clients <= 32, `${agent.counts.clients} requests of ours`);
	}
	equal(
		wire.world.reports("bob", "answered").map(({ sdp }) => sdp),
		["answer of late0"],
	);
	equal(new Set(wire.requests("BYE").map(({ to }) => to.params[0]?.value)).size, 7);
	wire.world.do("bob", { type: "hangup", call: 7 });
	wire.world.run(400000);
	ok(wire.world.quiet("bob"));
});

test("an answer with the branch of no request of ours is dropped, whatever it says", () => {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	if (invite === undefined) throw new Error("no INVITE");
	const via = { ...invite.via, params: [{ name: "branch", value: "z9hG4bKguessed" }] };
	const headers = invite.headers.map((each) =>
		each.name === "via" ? { ...each, value: "SIP/2.0/UDP 10.0.0.1" } : each,
	);
	for (const status of [100, 180, 200, 302, 401, 486, 603])
		wire.respond(
			{ ...invite, via, headers },
			{ status, toTag: "eve", headers: [{ name: "Contact", value: "<sip:e@10.0.0.66>" }] },
		);
	for (const type of ["progress", "answered", "ended", "redirected"] as const)
		equal(wire.world.reports("bob", type), []);
});
