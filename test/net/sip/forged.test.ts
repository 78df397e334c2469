/** Requests that claim what is not theirs: BYE and CANCEL of strangers, names without end, REFER after REFER. Those who know the tags: origin.test.ts. */

import { formatRequest } from "sip/request";
import { equal, ok, test } from "test/harness";
import { HAND, Wire } from "./wire";

const STRANGER = { address: "10.0.0.66", port: 5060 };

test("a BYE whose tags are not those of a call is refused, from whomever", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.request("BYE", { to: "<sip:bob@10.0.0.1>;tag=guessed", cseq: 2 });
	wire.request("BYE", { to, from: "<sip:alice@10.0.0.99>;tag=guessed", cseq: 2 });
	wire.request("BYE", { to, callId: "guessed", cseq: 2 });
	wire.request("BYE", { cseq: 2 });
	equal(wire.statuses("BYE"), [481, 481, 481, 481]);
	equal(wire.world.reports("bob", "ended"), []);
});

test("a CANCEL from another address than the INVITE's is refused, whatever branch it knows (section 22.1)", () => {
	const wire = new Wire();
	const invite = wire.request("INVITE");
	const cancel = formatRequest({ ...invite, method: "CANCEL", headers: [], body: undefined });
	const heard: string[] = [];
	wire.world.serve("stranger", STRANGER, (bytes) => heard.push(String.fromCharCode(...bytes.subarray(8, 11))));
	wire.world.send(cancel, STRANGER, wire.world.member("bob").place);
	wire.world.run(10);
	equal(heard, ["481"]);
	equal(wire.world.reports("bob", "ended"), []);
	// A guessed branch from the right address does no better.
	wire.request("CANCEL");
	equal(wire.statuses("CANCEL"), [481]);
	// The caller itself may; the stranger's transaction does not stand in its way.
	wire.send(formatRequest({ ...invite, method: "CANCEL", headers: [], body: undefined }));
	wire.world.run(10);
	equal(wire.world.reports("bob", "ended").length, 1);
});

test("names of 4,000 characters are cut before they reach the screen or our own requests", () => {
	const wire = new Wire();
	const { length } = "x".repeat(3900);
	for (const [name, shown] of [
		["x".repeat(length), "x".repeat(128)],
		["\u{1f4a9}".repeat(900), "\u{1f4a9}".repeat(128)],
	] as const) {
		wire.request("INVITE", { from: `"${name}" <sip:alice@10.0.0.99>;tag=alice`, callId: `long${name.length}` });
		equal(wire.world.reports("bob", "incoming").slice(-1)[0]?.displayName, shown);
	}
});

test("REFER after REFER, NOTIFY after NOTIFY: bounded, and the call can still be ended", () => {
	const wire = new Wire();
	const to = wire.connect();
	const { agent } = wire.world.member("bob");
	for (let i = 0; i < 200; i++) {
		const headers = [
			{ name: "Contact", value: `<sip:alice@${HAND.address}:5060>` },
			{ name: "Refer-To", value: "<sip:carol@10.0.0.77>" },
			{ name: "Event", value: "refer" },
			{ name: "Subscription-State", value: "active" },
		];
		wire.request(i % 2 === 0 ? "REFER" : "NOTIFY", { to, cseq: i + 2, headers });
		ok(agent.counts.servers <= 96, `${agent.counts.servers} server transactions`);
		ok(agent.counts.clients <= 8, `${agent.counts.clients} requests of ours`);
	}
	ok(wire.world.reports("bob", "referred").length <= 8, `${wire.world.reports("bob", "referred").length} questions`);
	wire.request("BYE", { to, cseq: 1000 });
	equal(wire.statuses("BYE").slice(-1), [200]);
	wire.world.run(400000);
	ok(wire.world.quiet("bob"));
});

test("provisional responses for ever, and a call that nobody wants any more: the INVITE ends all the same", () => {
	const wire = new Wire();
	const to = wire.connect();
	wire.world.do("bob", { type: "reinvite", call: -1, sdp: "hold" });
	wire.world.run(10);
	const [reinvite] = wire.requests("INVITE");
	if (reinvite === undefined) throw new Error("no re-INVITE");
	wire.respond(reinvite, { status: 183 });
	wire.request("BYE", { to, cseq: 2 });
	equal(wire.world.reports("bob", "ended").length, 1);
	wire.world.run(400000);
	ok(wire.world.quiet("bob"));
});
