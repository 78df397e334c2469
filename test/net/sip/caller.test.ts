/** What the screen is told of a caller, forwarding and being forwarded, digits by INFO. */

import { utf8Encode } from "bytes/text";
import { header } from "sip/message";
import { equal, ok, test, throws } from "test/harness";
import { HAND, Wire } from "./wire";
import { answering, World } from "./world";

const CONTACT = { name: "Contact", value: "<sip:alice@10.0.0.99:5060>" };
const ANSWER = { contentType: "application/sdp", text: "answer" };

function infos(headers: readonly { name: string; value: string }[][], own = false) {
	const account = {
		id: "a",
		aor: "sip:bob@10.0.0.1",
		...(own && { registrar: { host: HAND.address, port: HAND.port, transport: "udp" as const } }),
		password: utf8Encode("x"),
		expiresSec: 60,
	};
	const wire = new Wire(5, [account]);
	for (const [i, extra] of headers.entries())
		wire.request("INVITE", { uri: "sip:bob@10.0.0.1:5060", headers: [CONTACT, ...extra], callId: `c${i}` });
	return wire.world.reports("bob", "incoming").map((action) => action.info);
}

test("asserted identity: believed from the own server alone (RFC 3325 section 5)", () => {
	const headers = [
		[{ name: "P-Asserted-Identity", value: '<tel:+4930123>, "Al, Ice" <sip:+4930123@provider>' }],
		[{ name: "Remote-Party-ID", value: '"Al" <sip:al@provider>;party=calling;screen=yes' }],
		[{ name: "P-Asserted-Identity", value: "nonsense" }],
	];
	equal(
		infos(headers, true).map(({ identity }) => identity),
		[
			{ uri: "sip:+4930123@provider", displayName: "Al, Ice" },
			{ uri: "sip:al@provider", displayName: "Al" },
			undefined,
		],
	);
	equal(
		infos(headers).map(({ identity }) => identity),
		[undefined, undefined, undefined],
	);
});

test("diversion, history, ring tone, intercom", () => {
	const found = infos([
		[{ name: "Diversion", value: '"Boss" <sip:boss@x>;reason=no-answer;counter=1, <sip:first@x>' }],
		[
			{
				name: "History-Info",
				value: "<sip:boss@x?Reason=SIP%3Bcause%3D302>;index=1, <sip:bob@10.0.0.1>;index=1.1",
			},
		],
		[{ name: "Alert-Info", value: "<http://x/ring.wav>;info=alert-external" }],
		[{ name: "Alert-Info", value: "info=alert-group" }],
		[{ name: "Call-Info", value: "<sip:x>;answer-after=3" }],
		[{ name: "Answer-Mode", value: "Auto;require" }],
		[{ name: "Answer-Mode", value: "Manual" }],
		[{ name: "Alert-Info", value: "<http://127.0.0.1/x>;info=intercom" }],
	]);
	equal(found[0]?.diversion, { uri: "sip:boss@x", displayName: "Boss", reason: "no-answer" });
	equal(found[1]?.diversion, { uri: "sip:boss@x", reason: "302" });
	equal(found[2]?.alertInfo, { uri: "http://x/ring.wav", info: "alert-external" });
	equal(found[3]?.alertInfo, { uri: "", info: "alert-group" });
	equal(
		found.slice(4).map(({ autoAnswer }) => autoAnswer),
		[{ afterMs: 3000, required: false }, { afterMs: 0, required: true }, undefined, { afterMs: 0, required: false }],
	);
});

function calling(): Wire {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 1, uri: "sip:alice@10.0.0.99:5060", sdp: "offer" });
	wire.world.run(10);
	return wire;
}

function answer(wire: Wire, status: number, contacts: readonly string[], toTag = `t${status}`): void {
	const invite = wire.requests("INVITE").slice(-1)[0];
	if (invite === undefined) throw new Error("no INVITE");
	wire.respond(invite, { status, toTag, headers: contacts.map((value) => ({ name: "Contact", value })) });
}

test("302 is followed, by q, nobody twice, five times at most (8.1.3.4)", () => {
	const wire = calling();
	answer(wire, 302, ["<sip:low@10.0.0.99>;q=0.1, <sip:high@10.0.0.99?Subject=x>;q=0.9", "<mailto:x@y>"]);
	const targets = () => wire.requests("INVITE").map(({ uri }) => uri);
	equal(targets().slice(1), ["sip:high@10.0.0.99"]);
	equal(wire.world.reports("bob", "redirected"), [{ type: "redirected", call: 1, target: "sip:high@10.0.0.99" }]);
	const [first, second] = wire.requests("INVITE");
	equal([second?.callId, (second?.cseq ?? 0) - (first?.cseq ?? 0)], [first?.callId, 1]);
	answer(wire, 486, []);
	equal(targets().slice(2), ["sip:low@10.0.0.99"], "the next of the list");
	answer(wire, 302, ["<sip:high@10.0.0.99>, <sip:third@10.0.0.99>"]);
	equal(targets().slice(3), ["sip:third@10.0.0.99"], "not the same again");
	answer(wire, 404, []);
	equal(wire.world.reports("bob", "ended")[0]?.status, 404);
	const endless = calling();
	for (let i = 0; i < 10 && endless.world.reports("bob", "ended").length === 0; i++)
		answer(endless, 302, [`<sip:n${i}@10.0.0.99>`]);
	equal(endless.requests("INVITE").length, 6);
	equal(endless.world.reports("bob", "ended").length, 1);
	wire.world.run(70000);
	ok(wire.world.quiet("bob"));
});

test("302 without a usable Contact, 305, 6xx of a target and a hang-up end the call", () => {
	for (const [status, contacts] of [
		[302, []],
		[302, ["<tel:+1>"]],
		[305, ["<sip:proxy@10.0.0.99>"]],
	] as const) {
		const wire = calling();
		answer(wire, status, contacts);
		equal([wire.requests("INVITE").length, wire.world.reports("bob", "ended")[0]?.status], [1, status]);
	}
	const declined = calling();
	answer(declined, 302, ["<sip:a@10.0.0.99>, <sip:b@10.0.0.99>"]);
	answer(declined, 603, []);
	equal(declined.world.reports("bob", "ended")[0]?.status, 603);
	const gone = calling();
	answer(gone, 100, []);
	gone.world.do("bob", { type: "hangup", call: 1 });
	answer(gone, 302, ["<sip:a@10.0.0.99>"]);
	equal(gone.requests("INVITE").length, 1);
});

test("forwarding: redirect answers 302 with the place (21.3.3), and the caller's phone follows", () => {
	const world = new World({ seed: 6, delayMs: 5 });
	for (const name of ["alice", "bob", "carol"]) world.add(name);
	answering(world, "carol", "answer");
	const before = world.onReport;
	world.onReport = (member, action) => {
		before(member, action);
		if (member.name === "bob" && action.type === "incoming")
			world.do("bob", { type: "redirect", call: action.call, target: world.uri("carol") });
	};
	world.do("alice", { type: "invite", call: 1, uri: world.uri("bob"), sdp: "offer" });
	world.run(200);
	equal(world.reports("alice", "answered").length, 1);
	equal(world.reports("bob", "ended")[0], {
		type: "ended",
		call: -1,
		status: 302,
		reason: "sent on to sip:carol@10.0.0.3:5060",
		by: "local",
	});
	throws(() => {
		world.do("alice", { type: "invite", call: 2, uri: world.uri("bob"), sdp: "x" });
		world.onReport = () => {};
		world.run(3);
		world.run(10);
		const call = world.reports("bob", "incoming").slice(-1)[0]?.call ?? 0;
		world.do("bob", { type: "redirect", call, target: "tel:+1" });
	}, RangeError);
});

test("who is there is told when the own server says it, once for each change", () => {
	const wire = new Wire(5, [
		{
			id: "a",
			aor: "sip:bob@10.0.0.99",
			registrar: { host: HAND.address, port: HAND.port, transport: "udp" },
			password: undefined,
			expiresSec: 60,
		},
	]);
	wire.world.do("bob", { type: "invite", call: 1, account: "a", uri: "sip:alice@10.0.0.99", sdp: "offer" });
	wire.world.run(10);
	const invite = wire.requests("INVITE")[0];
	ok(invite !== undefined);
	const pai = (value: string) => ({ name: "P-Asserted-Identity", value });
	wire.respond(invite, { status: 180, toTag: "t", headers: [CONTACT, pai('"Al" <sip:al@x>')] });
	wire.respond(invite, { status: 200, toTag: "t", headers: [CONTACT, pai('"Al" <sip:al@x>')], body: ANSWER });
	const inside = { callId: invite.callId, from: "<sip:alice@10.0.0.99>;tag=t", to: `${header(invite, "from")}` };
	wire.request("UPDATE", { ...inside, cseq: 1, headers: [CONTACT, pai('"Carol" <sip:carol@x>')] });
	equal(
		wire.world.reports("bob", "identified").map(({ identity }) => identity.displayName),
		["Al", "Carol"],
	);
});

test("digits by INFO, both ways (RFC 6086)", () => {
	const wire = new Wire();
	const to = wire.connect();
	let cseq = 2;
	const info = (text: string, contentType = "application/dtmf-relay") =>
		wire.request("INFO", { to, cseq: cseq++, body: { contentType, text } });
	info("Signal=5\r\nDuration=250\r\n");
	info("Signal= *\nDuration = 99999");
	info("Signal=11");
	info("d", "application/dtmf");
	info("Signal=55");
	info("Duration=5");
	info("hello", "text/plain");
	equal(wire.statuses("INFO"), [200, 200, 200, 200, 400, 400, 415]);
	equal(
		wire.world.reports("bob", "dtmf").map(({ digit, durationMs }) => [digit, durationMs]),
		[
			["5", 250],
			["*", 6000],
			["#", 160],
			["D", 160],
		],
	);
	wire.world.do("bob", { type: "dtmf", call: -1, digit: "#", durationMs: 10 });
	wire.world.run(10);
	equal(String.fromCharCode(...(wire.requests("INFO")[0]?.body ?? [])), "Signal=#\r\nDuration=40\r\n");
	throws(() => wire.world.do("bob", { type: "dtmf", call: -1, digit: "55", durationMs: 100 }), RangeError);
});
