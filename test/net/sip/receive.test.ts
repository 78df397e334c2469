/** The phone as a server: what each kind of request gets back (RFC 3261 sections 8.2, 9.2, 11, 12.2.2, 13.3, 14.2, 15). */

import { latin1Decode, utf8Encode } from "bytes/text";
import { step } from "sip/agent";
import { header } from "sip/message";
import { formatRequest } from "sip/request";
import { equal, ok, test } from "test/harness";
import { Wire } from "./wire";

test("OPTIONS: 200 with Allow, Accept and Supported (11.2)", () => {
	const wire = new Wire();
	wire.request("OPTIONS");
	const [response] = wire.responses("OPTIONS");
	ok(response !== undefined);
	equal(response.status, 200);
	equal(header(response, "allow"), "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, REFER, NOTIFY, INFO");
	equal(header(response, "accept"), "application/sdp");
	equal(header(response, "supported"), "100rel, replaces, timer, answermode");
	ok(response.to.params.some((entry) => entry.name === "tag"));
});

test("methods: 405 for those we know, 501 for the others, both with Allow (8.2.1, 21.5.2)", () => {
	const wire = new Wire();
	for (const method of ["SUBSCRIBE", "MESSAGE", "PUBLISH", "REGISTER"]) wire.request(method, { callId: method });
	for (const response of wire.received.filter((message) => message.type === "response")) {
		equal(response.status, 405, response.method);
		ok(header(response, "allow") !== undefined);
	}
	equal(wire.received.length, 4);
	wire.request("DANCE");
	equal(wire.statuses("DANCE"), [501]);
	wire.request("invite");
	equal(wire.statuses("invite"), [501], "methods are case-sensitive");
});

test("Require: 420 names what is unsupported (8.2.2.3); CANCEL and ACK pass", () => {
	const wire = new Wire();
	const headers = [
		{ name: "Contact", value: "<sip:alice@10.0.0.99>" },
		{ name: "Require", value: "100rel, foo" },
	];
	wire.request("INVITE", { headers });
	equal(wire.statuses("INVITE"), [100, 420]);
	equal(header(wire.responses("INVITE")[1] ?? { headers: [] }, "unsupported"), "foo");
	wire.request("CANCEL", { headers, callId: "other" });
	equal(wire.statuses("CANCEL"), [481]);
});

test("schemes: 416 (8.2.2.1); an unknown scheme in To is no fault", () => {
	const wire = new Wire();
	wire.request("OPTIONS", { uri: "tel:+12125551212" });
	wire.request("OPTIONS", { uri: "sips:bob@10.0.0.1", cseq: 2 });
	equal(wire.statuses("OPTIONS"), [416, 416]);
	// Over TLS a sips: URI is at home.
	const sips = wire.request("OPTIONS", { uri: "sips:bob@10.0.0.1", cseq: 3, callId: "tls" });
	const answers: number[] = [];
	const { agent } = wire.world.member("bob");
	const bytes = formatRequest({
		...sips,
		cseq: 4,
		via: { ...sips.via, transport: "TLS", params: [{ name: "branch", value: "z9hG4bKtls" }] },
	});
	const from = { address: "10.0.0.99", port: 5061, transport: "tls" } as const;
	for (const action of step(agent, { type: "datagram", now: wire.world.now, bytes, from }))
		if (action.type === "send") answers.push(Number(latin1Decode(action.bytes).slice(8, 11)));
	equal(answers, [200]);
	wire.request("INVITE", { to: "<tel:+12125551212>" });
	equal(wire.statuses("INVITE"), [100]);
});

test("bodies: 415 with what we read, unless they are optional (8.2.3)", () => {
	const wire = new Wire();
	const contact = { name: "Contact", value: "<sip:alice@10.0.0.99>" };
	const body = { contentType: "text/html", text: "<b>" };
	wire.request("INVITE", { body, callId: "1" });
	equal(header(wire.responses("INVITE")[1] ?? { headers: [] }, "accept"), "application/sdp");
	const encoded = [contact, { name: "Content-Encoding", value: "gzip" }];
	wire.request("INVITE", { headers: encoded, callId: "2" });
	equal(header(wire.responses("INVITE")[3] ?? { headers: [] }, "accept-encoding"), "identity");
	const optional = [contact, { name: "Content-Disposition", value: "render; handling=optional" }];
	wire.request("INVITE", { headers: optional, body, callId: "3" });
	equal(wire.statuses("INVITE"), [100, 415, 100, 415, 100]);
	equal(wire.world.reports("bob", "incoming")[0]?.sdp, undefined);
});

test("To tag of a dialog we do not know: 481; BYE without one too (12.2.2, 15.1.2)", () => {
	const wire = new Wire();
	wire.request("INVITE", { to: "<sip:bob@10.0.0.1>;tag=gone" });
	equal(wire.statuses("INVITE"), [100, 481]);
	wire.request("BYE", { to: "<sip:bob@10.0.0.1>;tag=gone", cseq: 2 });
	wire.request("BYE", { cseq: 3 });
	equal(wire.statuses("BYE"), [481, 481]);
	const before = wire.received.length;
	wire.request("ACK", { to: "<sip:bob@10.0.0.1>;tag=gone" });
	equal(wire.received.length, before, "an ACK is never answered");
});

test("merged requests: 482 (8.2.2.2)", () => {
	const wire = new Wire();
	wire.request("INVITE");
	wire.request("INVITE");
	equal(wire.statuses("INVITE"), [100, 100, 482]);
	equal(wire.world.reports("bob", "incoming").length, 1);
});

test("an INVITE without Contact: 400 (8.1.1.8)", () => {
	const wire = new Wire();
	wire.request("INVITE", { headers: [] });
	equal(wire.statuses("INVITE"), [100, 400]);
	equal(wire.world.reports("bob", "incoming"), []);
});

test("100 carries no To tag, 180 and 200 the same one (8.2.6.2)", () => {
	const wire = new Wire();
	wire.request("INVITE");
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	wire.world.run(10);
	const tags = wire.responses("INVITE").map((response) => response.to.params.map((entry) => entry.value).join());
	equal(tags.length, 3);
	equal(tags[0], "");
	ok(tags[1] !== "" && tags[1] === tags[2]);
});

test("the 2xx is repeated at 500 ms doubling to 4 s until the ACK (13.3.1.4)", () => {
	const wire = new Wire();
	wire.request("INVITE");
	wire.world.times.length = 0;
	const start = wire.world.now;
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	wire.world.run(12000);
	equal(
		wire.world.times.map((at) => at - start),
		[0, 500, 1500, 3500, 7500, 11500],
	);
	wire.request("ACK", { to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}` });
	wire.world.run(60000);
	equal(wire.statuses("INVITE").filter((status) => status === 200).length, 6);
	equal(wire.world.reports("bob", "accepted").length, 1);
});

test("no ACK in 64*T1: BYE, and the call has ended (13.3.1.4)", () => {
	const wire = new Wire();
	wire.request("INVITE");
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	wire.world.run(31990);
	equal(wire.requests("BYE").length, 0);
	wire.world.run(100);
	equal(wire.requests("BYE").length, 1);
	equal(wire.world.reports("bob", "ended")[0]?.reason, "the other side never confirmed the call");
	wire.world.run(100000);
	ok(wire.world.quiet("bob"));
});

test("ringing is said again each minute and ends after three (13.3.1.1)", () => {
	const wire = new Wire();
	wire.request("INVITE");
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.world.run(179000);
	equal(wire.statuses("INVITE"), [100, 180, 180, 180]);
	wire.world.run(1000);
	equal(wire.statuses("INVITE").slice(4), [480]);
	equal(wire.world.reports("bob", "ended")[0]?.by, "timeout");
	wire.world.run(100000);
	ok(wire.world.quiet("bob"));
});

test("Expires in INVITE: 487 when it is over (13.3.1)", () => {
	const wire = new Wire();
	const headers = [
		{ name: "Contact", value: "<sip:alice@10.0.0.99>" },
		{ name: "Expires", value: "5" },
	];
	wire.request("INVITE", { headers });
	wire.world.run(5000);
	equal(wire.statuses("INVITE")[1], 487);
});

test("CANCEL: 200 for itself, 487 for the INVITE, one To tag for both (9.2)", () => {
	const wire = new Wire();
	const invite = wire.request("INVITE");
	wire.request("CANCEL", { via: invite.via, body: undefined });
	equal(wire.statuses("CANCEL"), [200]);
	equal(wire.statuses("INVITE"), [100, 487]);
	equal(wire.responses("CANCEL")[0]?.to, wire.responses("INVITE")[1]?.to);
	equal(wire.world.reports("bob", "ended")[0]?.reason, "the caller hung up");
});

test("CANCEL after the final response changes nothing (9.2)", () => {
	const wire = new Wire();
	const invite = wire.request("INVITE");
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	wire.request("CANCEL", { via: invite.via, body: undefined });
	equal(wire.statuses("CANCEL"), [200]);
	equal(wire.world.reports("bob", "ended"), []);
	wire.request("ACK", { to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}` });
	equal(wire.world.reports("bob", "accepted").length, 1);
});

test("a late offer: ours in the 200, the answer in the ACK (13.3.1, 13.2.2.4)", () => {
	const wire = new Wire();
	wire.request("INVITE", { body: undefined });
	equal(wire.world.reports("bob", "incoming")[0]?.sdp, undefined);
	wire.world.do("bob", { type: "accept", call: -1, sdp: "our offer" });
	wire.world.run(10);
	const to = `<sip:bob@10.0.0.1>;tag=${wire.tag()}`;
	wire.request("ACK", { to, body: { contentType: "application/sdp", text: "their answer" } });
	equal(wire.world.reports("bob", "accepted"), [{ type: "accepted", call: -1, sdp: "their answer" }]);
});

test("a late offer that is not answered ends the call", () => {
	const wire = new Wire();
	wire.connect({ body: undefined });
	equal(wire.world.reports("bob", "accepted"), []);
	equal(wire.world.reports("bob", "ended")[0]?.reason, "the other side did not answer our offer of media");
	equal(wire.requests("BYE").length, 1);
});

test("inside the dialog: OPTIONS, UPDATE and INFO 200, MESSAGE 405, the call goes on", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.request("OPTIONS", { to, cseq: 2 });
	wire.request("UPDATE", { to, cseq: 3 });
	wire.request("INFO", { to, cseq: 4 });
	wire.request("INFO", { to, cseq: 5, body: { contentType: "application/dtmf-relay", text: "Signal=5" } });
	wire.request("MESSAGE", { to, cseq: 6 });
	equal([wire.statuses("OPTIONS"), wire.statuses("UPDATE"), wire.statuses("INFO")], [[200], [200], [200, 200]]);
	equal(wire.statuses("MESSAGE"), [405]);
	equal(wire.world.reports("bob", "ended"), []);
});

test("CSeq: lower than the last is 500, a gap is fine (12.2.2)", () => {
	const wire = new Wire();
	const to = wire.connect({ cseq: 10 });
	wire.request("OPTIONS", { to, cseq: 9 });
	wire.request("OPTIONS", { to, cseq: 500 });
	wire.request("BYE", { to, cseq: 11 });
	equal([wire.statuses("OPTIONS"), wire.statuses("BYE")], [[500, 200], [500]]);
	equal(wire.world.reports("bob", "ended"), []);
	wire.request("BYE", { to, cseq: 501 });
	equal(wire.world.reports("bob", "ended").length, 1);
});

test("a re-INVITE refreshes the target; with our BYE going there (12.2.2)", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.request("INVITE", { to, cseq: 2, headers: [{ name: "Contact", value: "<sip:moved@10.0.0.99:5060>" }] });
	wire.world.do("bob", { type: "answerReinvite", call: -1, sdp: "answer 2" });
	wire.world.run(10);
	wire.request("ACK", { to, cseq: 2 });
	wire.world.do("bob", { type: "hangup", call: -1 });
	wire.world.run(10);
	equal(wire.requests("BYE")[0]?.uri, "sip:moved@10.0.0.99:5060");
});

test("a refused re-INVITE does not move the target: requests are atomic (12.2.2)", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.request("INVITE", { to, cseq: 2, headers: [{ name: "Contact", value: "<sip:moved@10.0.0.98:5060>" }] });
	wire.world.do("bob", { type: "rejectReinvite", call: -1, status: 488 });
	wire.world.run(10);
	equal(wire.statuses("INVITE").slice(2), [100, 488]);
	wire.world.do("bob", { type: "hangup", call: -1 });
	wire.world.run(10);
	equal(wire.requests("BYE")[0]?.uri, "sip:alice@10.0.0.99:5060");
});

test("a second re-INVITE before the first is answered: 500 with Retry-After (14.2)", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.request("INVITE", { to, cseq: 2 });
	wire.request("INVITE", { to, cseq: 3 });
	const last = wire.responses("INVITE").slice(-1)[0];
	equal(last?.status, 500);
	const afterSec = Number(header(last ?? { headers: [] }, "retry-after"));
	ok(afterSec >= 0 && afterSec <= 10);
});

test("a re-INVITE that the phone leaves unanswered is refused after 30 s", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.request("INVITE", { to, cseq: 2 });
	wire.world.run(30000);
	ok(wire.statuses("INVITE").includes(500));
	wire.request("INVITE", { to, cseq: 3 });
	equal(wire.world.reports("bob", "offered").length, 2);
});

test("BYE before the answer: 200, and 487 for the INVITE (15.1.2)", () => {
	const wire = new Wire();
	wire.request("INVITE");
	wire.world.do("bob", { type: "ring", call: -1 });
	wire.world.run(10);
	wire.request("BYE", { to: `<sip:bob@10.0.0.1>;tag=${wire.tag()}`, cseq: 2 });
	equal([wire.statuses("BYE"), wire.statuses("INVITE")], [[200], [100, 180, 487]]);
	equal(wire.world.reports("bob", "ended")[0]?.reason, "the caller hung up");
});

test("Record-Route: the route set in order, the request to its first (12.1.1, 12.2.1.1)", () => {
	const wire = new Wire();
	wire.connect({
		headers: [
			{ name: "Contact", value: "<sip:alice@192.0.2.1>" },
			{ name: "Record-Route", value: "<sip:10.0.0.99;lr>, <sip:far.example.com;lr>" },
		],
	});
	wire.world.do("bob", { type: "hangup", call: -1 });
	wire.world.run(10);
	const [bye] = wire.requests("BYE");
	equal(bye?.uri, "sip:alice@192.0.2.1");
	equal(
		bye?.headers.filter((entry) => entry.name === "route").map((entry) => entry.value),
		["<sip:10.0.0.99;lr>", "<sip:far.example.com;lr>"],
	);
});

test("a strict router is the Request-URI, and the target goes last (12.2.1.1)", () => {
	const wire = new Wire();
	wire.connect({
		headers: [
			{ name: "Contact", value: "<sip:alice@192.0.2.1>" },
			{ name: "Record-Route", value: "<sip:10.0.0.99>, <sip:p2;lr>" },
		],
	});
	wire.world.do("bob", { type: "hangup", call: -1 });
	wire.world.run(10);
	const [bye] = wire.requests("BYE");
	equal(bye?.uri, "sip:10.0.0.99");
	equal(
		bye?.headers.filter((entry) => entry.name === "route").map((entry) => entry.value),
		["<sip:p2;lr>", "<sip:alice@192.0.2.1>"],
	);
});

test("an RFC 2543 caller without branch and From tag is served", () => {
	const wire = new Wire();
	const via = { transport: "UDP", host: "10.0.0.99", port: 5060, params: [] };
	const from = "<sip:alice@10.0.0.99>";
	wire.request("INVITE", { via, from });
	wire.world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	wire.world.run(10);
	const to = `<sip:bob@10.0.0.1>;tag=${wire.tag()}`;
	wire.request("ACK", { via, from, to });
	equal(wire.world.reports("bob", "accepted").length, 1);
	wire.request("BYE", { via, from, to, cseq: 2 });
	equal(wire.statuses("BYE"), [200]);
});

test("the intercom asks for an answer without ringing", () => {
	const wire = new Wire();
	const contact = { name: "Contact", value: "<sip:alice@10.0.0.99>" };
	const marks = [
		{ name: "Call-Info", value: "<sip:x>;answer-after=0" },
		{ name: "Alert-Info", value: "<http://x>;info=alert-autoanswer;delay=0" },
		{ name: "Answer-Mode", value: "Auto" },
		{ name: "Alert-Info", value: "<http://x>;info=internal" },
	];
	for (const [i, mark] of marks.entries()) wire.request("INVITE", { headers: [contact, mark], callId: `c${i}` });
	equal(
		wire.world.reports("bob", "incoming").map((action) => action.info.autoAnswer?.afterMs),
		[0, 0, 0, undefined],
	);
});

test("malformed requests get 400 with the reason, junk nothing, and both a warning", () => {
	const wire = new Wire();
	const bytes = formatRequest(wire.request("OPTIONS"));
	wire.send(utf8Encode(String.fromCharCode(...bytes).replace("CSeq: 1 OPTIONS", "CSeq: one OPTIONS")));
	wire.send(utf8Encode("\r\n\r\n"));
	wire.send(utf8Encode("what?\r\n\r\n"));
	ok(wire.texts[1]?.startsWith("SIP/2.0 400 Bad Request (CSeq is missing or malformed)"), wire.texts[1]);
	equal(wire.texts.length, 2);
	equal(
		wire.world.reports("bob", "warn").map((action) => action.text),
		[
			"SIP from 10.0.0.99:5060: CSeq is missing or malformed",
			"SIP from 10.0.0.99:5060: the first line is neither a request nor a status",
		],
	);
});

test("responses to nothing, and those meant for somebody behind us, are dropped", () => {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 1, uri: "sip:alice@10.0.0.99:5060", sdp: "offer" });
	wire.world.run(10);
	const [invite] = wire.requests("INVITE");
	if (invite === undefined) throw new Error("no INVITE");
	const via = (value: string) => ({ ...invite, via: { ...invite.via, params: [{ name: "branch", value }] } });
	wire.respond(via("z9hG4bKother"), { status: 200, toTag: "x" });
	wire.respond({ ...invite, headers: [...invite.headers, { name: "via", value: "SIP/2.0/UDP x" }] }, { status: 200 });
	equal(wire.world.reports("bob", "answered"), []);
	equal(wire.requests("ACK"), []);
});
