/** The phone as a client of others: what it makes of what they answer (RFC 3261 sections 9.1, 12.1.2, 13.2.2, 14.1, 22). */

import { utf8Encode } from "bytes/text";
import type { Account } from "sip/agent";
import { header, type Request } from "sip/message";
import type { ResponseParts } from "sip/respond";
import { equal, ok, test } from "test/harness";
import { HAND, Wire } from "./wire";

const ANSWER = { contentType: "application/sdp", text: "answer" };
const CONTACT = { name: "Contact", value: "<sip:alice@10.0.0.99:5060>" };

function calling(uri = "sip:alice@10.0.0.99:5060"): { wire: Wire; invite: Request } {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 1, uri, sdp: "offer" });
	wire.world.run(10);
	return { wire, invite: last(wire, "INVITE") };
}

function last(wire: Wire, method: string): Request {
	const found = wire.requests(method).slice(-1)[0];
	if (found === undefined) throw new Error(`no ${method}`);
	return found;
}

/** A connected call; gives the dialog's peer tag `t`. */
function connected(): Wire {
	const { wire, invite } = calling();
	wire.respond(invite, { status: 200, toTag: "t", headers: [CONTACT], body: ANSWER });
	return wire;
}

function ok200(toTag: string, headers = [CONTACT]): ResponseParts {
	return { status: 200, toTag, headers, body: ANSWER };
}

test("the INVITE has all that section 8.1.1 and 13.2.1 ask for", () => {
	const { invite } = calling();
	equal(invite.uri, "sip:alice@10.0.0.99:5060");
	equal(header(invite, "max-forwards"), "70");
	equal(header(invite, "contact"), "<sip:bob@10.0.0.1:5060>");
	equal(header(invite, "allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, REFER, NOTIFY, INFO");
	equal(header(invite, "content-type"), "application/sdp");
	equal(header(invite, "to"), "<sip:alice@10.0.0.99:5060>");
	ok(invite.via.params.some((entry) => entry.name === "rport"));
	ok(invite.via.params.some((entry) => entry.value?.startsWith("z9hG4bK")));
	ok(invite.from.params.some((entry) => entry.name === "tag"));
});

test("early media and the answer after it; SDP of 183 counts when the 200 has none", () => {
	const { wire, invite } = calling();
	wire.respond(invite, { status: 100 });
	wire.respond(invite, { status: 183, toTag: "t", headers: [CONTACT], body: { ...ANSWER, text: "early" } });
	wire.respond(invite, { status: 200, toTag: "t", headers: [CONTACT] });
	equal(wire.world.reports("bob", "progress"), [
		{ type: "progress", call: 1, status: 100, reason: "Trying" },
		{ type: "progress", call: 1, status: 183, reason: "Session Progress", sdp: "early", fork: "t" },
	]);
	equal(wire.world.reports("bob", "answered"), [{ type: "answered", call: 1, sdp: "early", fork: "t" }]);
});

test("a 200 without any SDP: ACK, BYE, and a reason", () => {
	const { wire, invite } = calling();
	wire.respond(invite, { status: 200, toTag: "t", headers: [CONTACT] });
	equal([wire.requests("ACK").length, wire.requests("BYE").length], [1, 1]);
	equal(wire.world.reports("bob", "ended")[0]?.status, 488);
});

test("each repeated 200 gets the same ACK again; the call is answered once (13.2.2.4)", () => {
	const { wire, invite } = calling();
	for (let i = 0; i < 4; i++) wire.respond(invite, ok200("t"));
	equal(wire.requests("ACK").length, 4);
	equal(new Set(wire.texts.filter((text) => text.startsWith("ACK"))).size, 1);
	equal(wire.world.reports("bob", "answered").length, 1);
});

test("a forked call: the first 200 is the call, the second gets ACK and BYE (13.2.2.4)", () => {
	const { wire, invite } = calling();
	wire.respond(invite, { status: 180, toTag: "one", headers: [CONTACT] });
	wire.respond(invite, { status: 180, toTag: "two", headers: [CONTACT] });
	wire.respond(invite, ok200("two"));
	wire.respond(invite, ok200("one", [{ name: "Contact", value: "<sip:other@10.0.0.99:5060>" }]));
	equal(wire.world.reports("bob", "answered").length, 1);
	equal(
		wire.requests("ACK").map((ack) => ack.to.params[0]?.value),
		["two", "one"],
	);
	const bye = last(wire, "BYE");
	equal([bye.to.params[0]?.value, bye.uri], ["one", "sip:other@10.0.0.99:5060"]);
	equal(wire.world.reports("bob", "ended"), []);
});

test("the route set is the Record-Route of the answer in reverse (12.1.2), for ACK and BYE", () => {
	const { wire, invite } = calling();
	const routed = { ...ok200("t", [{ name: "Contact", value: "<sip:alice@192.0.2.9>" }]) };
	const headers = [
		...(routed.headers ?? []),
		{ name: "Record-Route", value: "<sip:far.example.com;lr>, <sip:10.0.0.99:5060;lr>" },
	];
	wire.respond(invite, { ...routed, headers });
	wire.world.do("bob", { type: "hangup", call: 1 });
	wire.world.run(10);
	for (const method of ["ACK", "BYE"]) {
		const request = last(wire, method);
		equal(request.uri, "sip:alice@192.0.2.9");
		equal(
			request.headers.filter((entry) => entry.name === "route").map((entry) => entry.value),
			["<sip:10.0.0.99:5060;lr>", "<sip:far.example.com;lr>"],
		);
	}
	equal(last(wire, "ACK").cseq, invite.cseq);
	equal(last(wire, "BYE").cseq, invite.cseq + 1);
});

test("final statuses in plain words", () => {
	const words: readonly (readonly [number, string])[] = [
		[302, "the other party has moved to sip:alice@10.0.0.99:5060"],
		[404, "nobody has this address"],
		[408, "nobody answered in time"],
		[480, "not available at the moment"],
		[486, "busy"],
		[488, "no common codec or encryption"],
		[603, "the call was declined"],
		[699, "the other side answered 699 Odd"],
	];
	for (const [status, reason] of words) {
		const { wire, invite } = calling();
		wire.respond(invite, { status, reason: "Odd", toTag: "t", headers: [CONTACT] });
		equal(wire.world.reports("bob", "ended")[0], { type: "ended", call: 1, status, reason, by: "remote" });
		equal(wire.requests("ACK").length, 1);
	}
});

test("a callee that rings for ever and goes silent: CANCEL after 200 s, over after another 32 (9.1)", () => {
	const { wire, invite } = calling();
	wire.respond(invite, { status: 180, toTag: "t", headers: [CONTACT] });
	wire.world.run(199900);
	equal(wire.world.reports("bob", "ended"), []);
	wire.world.run(200);
	equal(wire.world.reports("bob", "ended")[0]?.by, "timeout");
	equal(wire.requests("CANCEL").length, 1);
	wire.world.run(40000);
	ok(wire.world.quiet("bob"));
});

test("CANCEL has the INVITE's branch, number and Request-URI, and no tag in To (9.1)", () => {
	const { wire, invite } = calling();
	wire.respond(invite, { status: 180, toTag: "t", headers: [CONTACT] });
	wire.world.do("bob", { type: "hangup", call: 1 });
	wire.world.run(10);
	const cancel = last(wire, "CANCEL");
	equal([cancel.uri, cancel.cseq, cancel.callId, cancel.to.params], [invite.uri, invite.cseq, invite.callId, []]);
	equal(cancel.via.params, invite.via.params);
	// The callee's 487 ends it; the person has been told long before.
	wire.respond(cancel, { status: 200, toTag: "t" });
	wire.respond(invite, { status: 487, toTag: "t" });
	equal(wire.world.reports("bob", "ended").length, 1);
	wire.world.run(40000);
	ok(wire.world.quiet("bob"));
});

test("a re-INVITE answered 481 ends the call with BYE; so does silence (12.2.1.2, 14.1)", () => {
	const gone = connected();
	gone.world.do("bob", { type: "reinvite", call: 1, sdp: "hold" });
	gone.world.run(10);
	gone.respond(last(gone, "INVITE"), { status: 481 });
	equal(gone.world.reports("bob", "ended")[0]?.reason, "the other side no longer knows this call");
	equal(gone.requests("BYE").length, 1);
	const silent = connected();
	silent.world.do("bob", { type: "reinvite", call: 1, sdp: "hold" });
	silent.world.run(32100);
	equal(silent.world.reports("bob", "ended")[0]?.reason, "no answer from 10.0.0.99:5060 within 32 s");
	equal(silent.requests("BYE").length > 0, true);
});

test("after 491 a fresh offer is asked for 2.1 to 4 s by the owner of the Call-ID, four times at most (14.1)", () => {
	const wire = connected();
	wire.world.onReport = (_member, action) => {
		if (action.type === "offerWanted") wire.world.do("bob", { type: "reinvite", call: 1, sdp: "hold again" });
	};
	wire.world.do("bob", { type: "reinvite", call: 1, sdp: "hold" });
	wire.world.run(10);
	for (let i = 0; i < 4; i++) {
		wire.respond(last(wire, "INVITE"), { status: 491 });
		const before = wire.requests("INVITE").length;
		wire.world.run(2050);
		equal(wire.requests("INVITE").length, before, "too early");
		wire.world.run(2000);
	}
	equal(wire.world.reports("bob", "reinviteFailed")[0]?.status, 491);
	equal(wire.world.reports("bob", "ended"), []);
});

test("one change at a time", () => {
	const wire = connected();
	wire.world.do("bob", { type: "reinvite", call: 1, sdp: "hold" });
	wire.world.do("bob", { type: "reinvite", call: 1, sdp: "resume" });
	equal(wire.world.reports("bob", "reinviteFailed")[0]?.reason, "another change is under way");
});

test("hanging up while a re-INVITE is open: BYE now, ACK when its 200 comes (13.2.2.4)", () => {
	const wire = connected();
	wire.world.do("bob", { type: "reinvite", call: 1, sdp: "hold" });
	wire.world.run(10);
	const change = last(wire, "INVITE");
	wire.world.do("bob", { type: "hangup", call: 1 });
	wire.world.run(10);
	wire.respond(last(wire, "BYE"), { status: 200 });
	wire.respond(change, { status: 200, headers: [CONTACT], body: ANSWER });
	equal(last(wire, "ACK").cseq, change.cseq);
	equal(wire.world.reports("bob", "reinviteAnswered"), []);
	wire.world.run(100000);
	ok(wire.world.quiet("bob"));
});

test("a BYE that nobody answers ends too", () => {
	const wire = connected();
	wire.world.do("bob", { type: "hangup", call: 1 });
	wire.world.run(32100);
	equal(wire.requests("BYE").length, 11);
	wire.world.run(1000);
	ok(wire.world.quiet("bob"));
});

const SERVER: Account = {
	id: "a",
	aor: "sip:bob@example.org",
	registrar: { host: HAND.address, port: HAND.port, transport: "udp" },
	password: utf8Encode("secret"),
	expiresSec: 60,
};
const CHALLENGE = { name: "Proxy-Authenticate", value: 'Digest realm="example.org", nonce="n", qop="auth"' };

function throughServer(uri: string): Wire {
	const wire = new Wire();
	wire.world.members.clear();
	wire.world.add("bob", [SERVER]);
	wire.world.do("bob", { type: "invite", call: 1, account: "a", uri, sdp: "offer" });
	wire.world.run(10);
	return wire;
}

test("calls inside the account's domain go to its registrar; a 407 is answered, and ACK carries the same (22.3, 13.2.2.4)", () => {
	const wire = throughServer("sip:carol@example.org");
	const first = last(wire, "INVITE");
	equal(first.uri, "sip:carol@example.org");
	equal(header(first, "from")?.split(";")[0], "<sip:bob@example.org>");
	wire.respond(first, { status: 407, toTag: "p", headers: [CHALLENGE] });
	equal(last(wire, "ACK").via.params, first.via.params);
	const second = last(wire, "INVITE");
	equal([second.cseq, second.callId, second.from], [first.cseq + 1, first.callId, first.from]);
	ok(second.via.params[0]?.value !== first.via.params[0]?.value);
	const credentials = header(second, "proxy-authorization");
	ok(credentials?.includes('uri="sip:carol@example.org"') && credentials.includes("nc=00000001"), credentials);
	wire.respond(second, ok200("t"));
	equal(header(last(wire, "ACK"), "proxy-authorization"), credentials);
	equal(wire.world.reports("bob", "answered").length, 1);
});

test("the same challenge again means that the password is wrong: no third try (22.1)", () => {
	const wire = throughServer("sip:carol@example.org");
	for (let i = 0; i < 2; i++) wire.respond(last(wire, "INVITE"), { status: 407, toTag: "p", headers: [CHALLENGE] });
	equal(wire.requests("INVITE").length, 2);
	equal(wire.world.reports("bob", "ended")[0]?.reason, "the server did not accept the password");
});

test("a proxy and the other side may both ask: two answers in one request (22.3)", () => {
	const wire = throughServer("sip:carol@example.org");
	wire.respond(last(wire, "INVITE"), { status: 407, toTag: "p", headers: [CHALLENGE] });
	const other = { name: "WWW-Authenticate", value: 'Digest realm="far", nonce="m", algorithm=SHA-256' };
	wire.respond(last(wire, "INVITE"), { status: 401, toTag: "q", headers: [other] });
	const third = last(wire, "INVITE");
	ok(header(third, "proxy-authorization")?.includes("nc=00000002"));
	ok(header(third, "authorization")?.includes("algorithm=SHA-256"));
});

test("a stranger who asks for the password gets nothing", () => {
	const wire = throughServer("sip:mallory@10.0.0.99:5060");
	// The hand is the registrar too; from another place it is a stranger.
	wire.world.do("bob", { type: "hangup", call: 1 });
	wire.world.do("bob", { type: "invite", call: 2, account: "a", uri: "sip:mallory@10.0.0.98:5060", sdp: "offer" });
	const sent: Uint8Array[] = [];
	wire.world.serve("mallory", { address: "10.0.0.98", port: 5060 }, (bytes) => void sent.push(bytes));
	wire.world.run(600);
	const text = String.fromCharCode(...(sent[0] ?? []));
	const via = /Via: (.*)\r\n/.exec(text)?.[1] ?? "";
	const field = (name: string): string => new RegExp(`\r\n(${name}: .*)\r\n`).exec(text)?.[1] ?? "";
	const lines = ["SIP/2.0 401 Unauthorized", `Via: ${via}`, field("From"), `${field("To")};tag=m`, field("Call-ID")];
	lines.push(field("CSeq"), 'WWW-Authenticate: Digest realm="example.org", nonce="n"', "Content-Length: 0", "", "");
	wire.send(utf8Encode(lines.join("\r\n")));
	wire.world.run(100);
	const reason = "the other side asks for a password, which only the account's own servers are given";
	equal(wire.world.reports("bob", "ended").find((action) => action.call === 2)?.reason, reason);
	ok(!sent.some((bytes) => String.fromCharCode(...bytes).includes("Authorization")));
});

test("hanging up between a challenge and its answer ends the call", () => {
	const wire = throughServer("sip:carol@example.org");
	const first = last(wire, "INVITE");
	wire.world.do("bob", { type: "hangup", call: 1 });
	wire.respond(first, { status: 407, toTag: "p", headers: [CHALLENGE] });
	equal(wire.requests("INVITE").length, 1);
	wire.world.run(40000);
	ok(wire.world.quiet("bob"));
});
