/** SUBSCRIBE and NOTIFY as a client (RFC 6665): mailbox (RFC 3842) and busy lamps (RFC 4235). */

import { utf8Encode } from "bytes/text";
import { header, type Request, tagOf } from "sip/message";
import { equal, ok, test, throws } from "test/harness";
import { HAND, Wire } from "./wire";

const CONTACT = { name: "Contact", value: "<sip:server@10.0.0.99:5060>" };
const SUMMARY = "application/simple-message-summary";
const DIALOG_INFO = "application/dialog-info+xml";

/** A phone whose account lives at the hand's server. */
function phone(): Wire {
	return new Wire(5, [
		{
			id: "a",
			aor: "sip:bob@10.0.0.99",
			registrar: { host: HAND.address, port: HAND.port, transport: "udp" },
			password: utf8Encode("secret"),
			expiresSec: 60,
		},
	]);
}

function last(wire: Wire, method = "SUBSCRIBE"): Request {
	const found = wire.requests(method).slice(-1)[0];
	if (found === undefined) throw new Error(`no ${method}`);
	return found;
}

function watching(event: "dialog" | "message-summary", uri?: string, expires = "3600"): Wire {
	const wire = phone();
	wire.world.do("bob", { type: "subscribe", subscription: 1, account: "a", package: event, uri });
	wire.world.run(10);
	wire.respond(last(wire), { status: 200, toTag: "s", headers: [CONTACT, { name: "Expires", value: expires }] });
	return wire;
}

function notify(
	wire: Wire,
	cseq: number,
	state: string,
	body?: { contentType: string; text: string },
	changes = {},
): number {
	const subscribe = last(wire);
	wire.request("NOTIFY", {
		from: "<sip:carol@10.0.0.99>;tag=s",
		to: `<sip:bob@10.0.0.99>;tag=${tagOf(subscribe.from)}`,
		callId: subscribe.callId,
		cseq,
		headers: [
			CONTACT,
			{ name: "Event", value: header(subscribe, "event") ?? "" },
			{ name: "Subscription-State", value: state },
		],
		body,
		...changes,
	});
	return wire.statuses("NOTIFY").slice(-1)[0] ?? 0;
}

function dialogs(version: number, state: "full" | "partial", text: string): { contentType: string; text: string } {
	const body = `<dialog-info version="${version}" state="${state}" entity="sip:carol@10.0.0.99">${text}</dialog-info>`;
	return { contentType: DIALOG_INFO, text: body };
}

test("the mailbox: SUBSCRIBE has all it needs, and each NOTIFY is told", () => {
	const wire = watching("message-summary");
	const subscribe = last(wire);
	equal(
		["event", "accept", "expires", "to"].map((name) => header(subscribe, name)),
		["message-summary", SUMMARY, "3600", "<sip:bob@10.0.0.99>"],
	);
	equal(wire.world.reports("bob", "subscribed"), [{ type: "subscribed", subscription: 1, expiresSec: 3600 }]);
	const text = "Messages-Waiting: yes\r\nVoice-Message: 1/0\r\n";
	equal(notify(wire, 1, "active;expires=3600", { contentType: SUMMARY, text }), 200);
	equal(wire.world.reports("bob", "messages"), [
		{ type: "messages", account: "a", waiting: true, voice: { fresh: 1, old: 0, urgentFresh: 0, urgentOld: 0 } },
	]);
	equal(notify(wire, 1, "active", { contentType: SUMMARY, text }), 500, "out of order");
});

test("challenged, refreshed before it runs out, ended as asked", () => {
	const wire = phone();
	wire.world.do("bob", { type: "subscribe", subscription: 1, account: "a", package: "message-summary" });
	wire.world.run(10);
	const challenge = { name: "WWW-Authenticate", value: 'Digest realm="r", nonce="n"' };
	wire.respond(last(wire), { status: 401, toTag: "x", headers: [challenge] });
	ok(header(last(wire), "authorization") !== undefined);
	wire.respond(last(wire), { status: 202, toTag: "s", headers: [CONTACT, { name: "Expires", value: "600" }] });
	notify(wire, 1, "active");
	const first = last(wire);
	wire.world.run(511000);
	const second = last(wire);
	equal([second.callId, second.cseq, tagOf(second.to)], [first.callId, first.cseq + 1, "s"]);
	wire.respond(second, { status: 200, headers: [CONTACT, { name: "Expires", value: "600" }] });
	wire.world.do("bob", { type: "unsubscribe", subscription: 1 });
	wire.world.run(10);
	equal(header(last(wire), "expires"), "0");
	wire.respond(last(wire), { status: 200, headers: [{ name: "Expires", value: "0" }] });
	equal(wire.world.reports("bob", "subscribed").slice(-1)[0]?.expiresSec, 0);
	equal(notify(wire, 9, "terminated;reason=timeout"), 481, "a late NOTIFY finds nothing");
	wire.world.run(70000);
	ok(wire.world.quiet("bob"));
});

test("a NOTIFY that comes before the 2xx makes the dialog", () => {
	const wire = phone();
	wire.world.do("bob", {
		type: "subscribe",
		subscription: 1,
		account: "a",
		package: "dialog",
		uri: "sip:carol@10.0.0.99",
	});
	wire.world.run(10);
	equal(notify(wire, 1, "active;expires=300", dialogs(0, "full", "")), 200);
	wire.respond(last(wire), { status: 200, toTag: "s", headers: [CONTACT, { name: "Expires", value: "300" }] });
	equal(notify(wire, 2, "active;expires=300", dialogs(1, "partial", "")), 200);
	equal(wire.world.reports("bob", "dialogs").length, 2);
	wire.world.run(211000);
	equal([last(wire).cseq > 1, tagOf(last(wire).to)], [true, "s"]);
});

test("busy lamps: whole, part, a part that is missing is asked for again", () => {
	const wire = watching("dialog", "sip:carol@10.0.0.99");
	const rings = '<dialog id="1" direction="recipient"><state>early</state></dialog>';
	notify(wire, 1, "active", dialogs(5, "full", rings));
	const report = () => wire.world.reports("bob", "dialogs").slice(-1)[0];
	equal([report()?.entity, report()?.dialogs[0]?.state], ["sip:carol@10.0.0.99", "early"]);
	notify(wire, 2, "active", dialogs(6, "partial", rings.replace("early", "confirmed")));
	equal(report()?.dialogs[0]?.state, "confirmed");
	equal(wire.requests("SUBSCRIBE").length, 1);
	equal(notify(wire, 3, "active", dialogs(8, "partial", "")), 200);
	equal(wire.requests("SUBSCRIBE").length, 2, "7 is missing");
	equal(notify(wire, 4, "active", dialogs(9, "full", "")), 200);
	equal(report()?.dialogs, []);
});

test("hostile documents: 400 or 415, and what is known stays", () => {
	const wire = watching("dialog", "sip:carol@10.0.0.99");
	notify(wire, 1, "active", dialogs(1, "full", '<dialog id="1"><state>confirmed</state></dialog>'));
	const bomb = `<!DOCTYPE a [<!ENTITY b "${"b".repeat(100)}">]><dialog-info version="2" state="full" entity="&b;&b;"/>`;
	equal(notify(wire, 2, "active", { contentType: DIALOG_INFO, text: bomb }), 400);
	equal(notify(wire, 3, "active", { contentType: DIALOG_INFO, text: "<a>".repeat(3000) }), 400);
	equal(notify(wire, 4, "active", { contentType: "text/plain", text: "idle" }), 415);
	equal(notify(wire, 5, "active", dialogs(2, "partial", "")), 200);
	equal(wire.world.reports("bob", "dialogs").slice(-1)[0]?.dialogs.length, 1);
});

test("what a server says at the end decides whether there is another try (RFC 6665 4.1.3)", () => {
	for (const [reason, again] of [
		["deactivated", 0],
		["probation;retry-after=100", 100],
		["giveup;retry-after=100", 100],
		["rejected", undefined],
		["noresource", undefined],
		["invariant", undefined],
	] as const) {
		const wire = watching("dialog", "sip:carol@10.0.0.99");
		notify(wire, 1, `terminated;reason=${reason}`);
		const before = wire.requests("SUBSCRIBE").length;
		equal(before, again === 0 ? 2 : 1, reason);
		if (again === 0) continue;
		wire.world.run(99000);
		equal(wire.requests("SUBSCRIBE").length, before, reason);
		wire.world.run(4000);
		equal(wire.requests("SUBSCRIBE").length > before, again !== undefined, reason);
		if (again === undefined) equal(wire.world.reports("bob", "subscriptionFailed")[0]?.retryAt, undefined);
	}
});

test("a server that ends each subscription at once is not asked in a loop", () => {
	const wire = watching("message-summary");
	for (let i = 1; i < 20; i++) {
		notify(wire, i, "terminated;reason=deactivated");
		wire.respond(last(wire), { status: 200, toTag: "s", headers: [CONTACT, { name: "Expires", value: "3600" }] });
	}
	ok(wire.requests("SUBSCRIBE").length <= 4, `${wire.requests("SUBSCRIBE").length}`);
});

test("refusals: 489 is the end, 423 raises, 481 begins anew, silence after the 2xx is tried again", () => {
	const wire = phone();
	wire.world.do("bob", {
		type: "subscribe",
		subscription: 1,
		account: "a",
		package: "message-summary",
		expiresSec: 60,
	});
	wire.world.run(10);
	wire.respond(last(wire), { status: 423, toTag: "x", headers: [{ name: "Min-Expires", value: "300" }] });
	equal(header(last(wire), "expires"), "300");
	wire.respond(last(wire), { status: 489, toTag: "x" });
	equal(wire.world.reports("bob", "subscriptionFailed"), [
		{ type: "subscriptionFailed", subscription: 1, status: 489, reason: "the other side answered 489 Bad Event" },
	]);
	const creeping = phone();
	creeping.world.do("bob", {
		type: "subscribe",
		subscription: 1,
		account: "a",
		package: "message-summary",
		expiresSec: 60,
	});
	creeping.world.run(10);
	for (let i = 1; i <= 20; i++)
		creeping.respond(last(creeping), {
			status: 423,
			toTag: "x",
			headers: [{ name: "Min-Expires", value: `${60 + i}` }],
		});
	equal(creeping.requests("SUBSCRIBE").length, 5);
	const lost = watching("message-summary", undefined, "300");
	notify(lost, 1, "active");
	lost.world.run(211000);
	const old = last(lost).callId;
	lost.respond(last(lost), { status: 481 });
	ok(last(lost).callId !== old);
	const mute = watching("message-summary");
	mute.world.run(33000);
	equal(mute.world.reports("bob", "subscriptionFailed")[0]?.reason, "the server accepted, and then said nothing");
	mute.world.run(20000);
	equal(new Set(mute.requests("SUBSCRIBE").map(({ callId }) => callId)).size, 2);
});

test("NOTIFYs that nobody asked for: the mailbox from the own server alone, anything else 481 or 489", () => {
	const wire = phone();
	const body = { contentType: SUMMARY, text: "Messages-Waiting: yes\r\n" };
	const event = (value: string) => [CONTACT, { name: "Event", value }, { name: "Subscription-State", value: "active" }];
	const uri = "sip:bob@10.0.0.1:5060";
	wire.request("NOTIFY", { uri, headers: event("message-summary"), body, callId: "n1" });
	wire.request("NOTIFY", { uri, headers: event("dialog"), body, callId: "n2" });
	wire.request("NOTIFY", { uri, headers: event("presence"), body, callId: "n3" });
	wire.request("NOTIFY", { uri, headers: event("refer"), body, callId: "n4" });
	wire.request("NOTIFY", { uri: "sip:nobody@10.0.0.1", headers: event("message-summary"), body, callId: "n5" });
	wire.request("NOTIFY", { uri, headers: event("message-summary"), body: undefined, callId: "n6" });
	equal(wire.statuses("NOTIFY"), [200, 481, 489, 481, 481, 400]);
	equal(wire.world.reports("bob", "messages"), [{ type: "messages", account: "a", waiting: true }]);
	const stranger = new Wire();
	stranger.request("NOTIFY", { uri, headers: event("message-summary"), body });
	equal(stranger.statuses("NOTIFY"), [403]);
	equal(stranger.world.reports("bob", "messages"), []);
});

test("mistakes of the caller throw; what cannot be watched is told; the number is bounded", () => {
	const wire = phone();
	const subscribe = (subscription: number, uri?: string, expiresSec?: number) =>
		wire.world.do("bob", { type: "subscribe", subscription, account: "a", package: "dialog", uri, expiresSec });
	subscribe(1);
	throws(() => subscribe(1), RangeError);
	throws(() => subscribe(2, undefined, 5), RangeError);
	subscribe(2, "tel:+1");
	equal(wire.world.reports("bob", "subscriptionFailed")[0]?.status, 400);
	for (let i = 10; i < 100; i++) subscribe(i);
	equal(wire.world.reports("bob", "subscriptionFailed").filter(({ status }) => status === 503).length, 27);
	wire.world.do("bob", { type: "unsubscribe", subscription: 999 });
});
