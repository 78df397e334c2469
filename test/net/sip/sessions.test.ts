/** Session timers (RFC 4028) in both roles, by UPDATE and by re-INVITE, and what happens when nobody refreshes. */

import type { AgentConfig } from "sip/agent";
import { header, type Request } from "sip/message";
import { equal, ok, test } from "test/harness";
import { Trio } from "./trio";
import { Wire } from "./wire";

const CONTACT = { name: "Contact", value: "<sip:alice@10.0.0.99:5060>" };
const ANSWER = { contentType: "application/sdp", text: "answer" };
const TIMER = { name: "Supported", value: "timer" };

function sessionOf(message: { readonly headers: Request["headers"] } | undefined): string | undefined {
	return message === undefined ? undefined : header(message, "session-expires");
}

test("two phones: the caller refreshes by UPDATE at half the time, and the call lives for hours", () => {
	const trio = new Trio();
	trio.call("alice", "bob", 1);
	trio.world.trace.length = 0;
	trio.world.run(3 * 3600 * 1000);
	equal(trio.world.trace.filter((line) => line === "alice>bob UPDATE").length, 12);
	equal(
		trio.world.trace.filter((line) => line.startsWith("bob>alice") && line !== "bob>alice 200 UPDATE"),
		[],
	);
	equal([trio.live("alice"), trio.live("bob")], [[1], [-1]]);
	trio.world.drop = () => true;
	trio.world.run(1800 * 1000);
	equal(
		[trio.world.reports("alice", "ended")[0]?.by, trio.world.reports("bob", "ended")[0]?.reason],
		["timeout", "the other side did not confirm in time that the call goes on"],
	);
	trio.world.run(70000);
	ok(trio.world.quiet("alice") && trio.world.quiet("bob"), "a peer that vanished leaves nothing half open");
});

function calling(more: Partial<AgentConfig> = {}): { wire: Wire; invite: Request } {
	const wire = new Wire(5, undefined, more);
	wire.world.do("bob", { type: "invite", call: 1, uri: "sip:alice@10.0.0.99:5060", sdp: "offer" });
	wire.world.run(10);
	const invite = wire.requests("INVITE")[0];
	if (invite === undefined) throw new Error("no INVITE");
	return { wire, invite };
}

test("422 raises the interval, once for each server on the way; what cannot be given ends the call", () => {
	const { wire, invite } = calling();
	equal([sessionOf(invite), header(invite, "min-se")], ["1800", undefined]);
	wire.respond(invite, { status: 422, headers: [{ name: "Min-SE", value: "3600" }] });
	const second = wire.requests("INVITE").slice(-1)[0];
	ok(second !== undefined);
	equal([sessionOf(second), header(second, "min-se"), second.callId], ["3600", "3600", invite.callId]);
	wire.respond(second, { status: 422, headers: [{ name: "Min-SE", value: "3600" }] });
	equal(wire.world.reports("bob", "ended")[0]?.status, 422);
});

test("422 that asks for a second more each time ends the call soon", () => {
	const { wire } = calling();
	for (let i = 1; i <= 20; i++) {
		const last = wire.requests("INVITE").slice(-1)[0];
		ok(last !== undefined);
		wire.respond(last, { status: 422, toTag: String(i), headers: [{ name: "Min-SE", value: String(1800 + i) }] });
	}
	equal(wire.requests("INVITE").length, 5);
	equal(wire.world.reports("bob", "ended")[0]?.status, 422);
});

test("a peer without UPDATE is refreshed by re-INVITE with the description of call/", () => {
	const { wire, invite } = calling();
	wire.respond(invite, {
		status: 200,
		toTag: "t",
		headers: [
			CONTACT,
			{ name: "Session-Expires", value: "120;refresher=uac" },
			{ name: "Allow", value: "INVITE, ACK, BYE" },
		],
		body: ANSWER,
	});
	wire.world.onReport = (_member, action) => {
		if (action.type === "offerWanted")
			wire.world.do("bob", { type: "reinvite", call: action.call, sdp: `for ${action.why}` });
	};
	wire.world.run(60100);
	const again = wire.requests("INVITE").slice(-1)[0];
	ok(again !== undefined);
	equal([String.fromCharCode(...again.body), sessionOf(again)], ["for refresh", "120;refresher=uac"]);
	wire.respond(again, {
		status: 200,
		headers: [CONTACT, { name: "Session-Expires", value: "120;refresher=uac" }],
		body: ANSWER,
	});
	wire.world.run(50000);
	equal(wire.world.reports("bob", "ended"), []);
});

test("a peer that said UPDATE and refuses it gets a re-INVITE the next time", () => {
	const { wire, invite } = calling();
	wire.respond(invite, {
		status: 200,
		toTag: "t",
		headers: [CONTACT, { name: "Session-Expires", value: "90;refresher=uac" }, { name: "Allow", value: "UPDATE" }],
		body: ANSWER,
	});
	wire.world.run(45100);
	const update = wire.requests("UPDATE")[0];
	ok(update !== undefined);
	wire.respond(update, { status: 405 });
	wire.world.run(4100);
	equal(wire.world.reports("bob", "offerWanted")[0], { type: "offerWanted", call: 1, why: "refresh" });
	wire.world.run(20000);
	equal(wire.world.reports("bob", "ended")[0]?.by, "timeout", "nobody refreshed: 90 s less 30 s");
});

test("the peer refreshes; when it stops the call ends with BYE, 32 s before the end", () => {
	const wire = new Wire();
	const to = wire.connect({ headers: [CONTACT, TIMER, { name: "Session-Expires", value: "600;refresher=uac" }] });
	const accepted = wire.responses("INVITE").slice(-1)[0];
	equal([sessionOf(accepted), header(accepted ?? { headers: [] }, "require")], ["600;refresher=uac", "timer"]);
	wire.world.run(500000);
	wire.request("UPDATE", {
		to,
		cseq: 2,
		headers: [CONTACT, TIMER, { name: "Session-Expires", value: "600;refresher=uac" }],
	});
	equal(sessionOf(wire.responses("UPDATE")[0]), "600;refresher=uac");
	wire.world.run(567000);
	equal(wire.world.reports("bob", "ended"), []);
	wire.world.run(2000);
	equal(wire.world.reports("bob", "ended")[0]?.by, "timeout");
	ok(wire.requests("BYE").length > 0);
});

test("an interval below 90 s: 422 with Min-SE where the peer knows it, else raised", () => {
	const wire = new Wire();
	const short = { name: "Session-Expires", value: "30" };
	wire.request("INVITE", { headers: [CONTACT, TIMER, short] });
	equal(wire.statuses("INVITE"), [100, 422]);
	equal(header(wire.responses("INVITE").slice(-1)[0] ?? { headers: [] }, "min-se"), "90");
	equal(wire.world.reports("bob", "incoming"), []);
	const old = new Wire();
	old.connect({ headers: [CONTACT, short] });
	equal(sessionOf(old.responses("INVITE").slice(-1)[0]), "90;refresher=uas");
});

test("a peer without timers is left alone; one on whose way somebody asks is refreshed by us", () => {
	const plain = new Wire();
	plain.connect({ headers: [CONTACT] });
	equal(sessionOf(plain.responses("INVITE").slice(-1)[0]), undefined);
	plain.world.run(7200 * 1000);
	equal(plain.world.reports("bob", "ended"), []);
	const asked = new Wire();
	asked.connect({ headers: [CONTACT, { name: "Session-Expires", value: "300" }] });
	const accepted = asked.responses("INVITE").slice(-1)[0];
	equal([sessionOf(accepted), header(accepted ?? { headers: [] }, "require")], ["300;refresher=uas", undefined]);
	asked.world.run(150100);
	equal(asked.world.reports("bob", "offerWanted")[0]?.why, "refresh");
});

test("a peer without timers is refreshed all the same where the owner wants it, in either direction, and its loss noticed", () => {
	const called = new Wire(5, undefined, { sessionExpiresSec: 120, sessionAlways: true });
	called.connect({ headers: [CONTACT] });
	equal(sessionOf(called.responses("INVITE").slice(-1)[0]), "120;refresher=uas");
	called.world.run(60100);
	equal(called.world.reports("bob", "offerWanted")[0]?.why, "refresh");
	const { wire, invite } = calling({ sessionExpiresSec: 120, sessionAlways: true });
	wire.respond(invite, { status: 200, toTag: "t", headers: [CONTACT], body: ANSWER });
	let answers = 3;
	wire.world.onReport = (_member, action) => {
		if (action.type !== "offerWanted") return;
		wire.world.do("bob", { type: "reinvite", call: action.call, sdp: "again" });
		wire.world.run(10);
		const again = wire.requests("INVITE").slice(-1)[0];
		ok(again !== undefined);
		equal(sessionOf(again), "120;refresher=uac");
		if (answers-- > 0) wire.respond(again, { status: 200, headers: [CONTACT], body: ANSWER });
	};
	wire.world.run(190000);
	equal([answers, wire.world.reports("bob", "ended")], [0, []]);
	wire.world.run(140000);
	equal(wire.world.reports("bob", "ended")[0]?.by, "timeout");
});

test("an absurd interval does not make a storm", () => {
	const { wire, invite } = calling();
	wire.respond(invite, {
		status: 200,
		toTag: "t",
		headers: [CONTACT, { name: "Session-Expires", value: "1;refresher=uac" }, { name: "Allow", value: "UPDATE" }],
		body: ANSWER,
	});
	wire.world.run(44000);
	equal(wire.requests("UPDATE").length, 0);
});

test("one refresh at a time: a peer that is slow is not asked again meanwhile", () => {
	const { wire, invite } = calling();
	wire.respond(invite, {
		status: 200,
		toTag: "t",
		headers: [CONTACT, { name: "Session-Expires", value: "120;refresher=uac" }, { name: "Allow", value: "UPDATE" }],
		body: ANSWER,
	});
	wire.world.run(75000);
	const cseqs = () => new Set(wire.requests("UPDATE").map(({ cseq }) => cseq)).size;
	equal(cseqs(), 1);
	const update = wire.requests("UPDATE")[0];
	ok(update !== undefined);
	wire.respond(update, { status: 500 });
	wire.world.run(4100);
	equal(cseqs(), 2, "after a refusal it is tried again until the end");
});
