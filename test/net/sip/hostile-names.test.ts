/** Name servers, servers and settings that lead nowhere good: what is not one party's address is not sent to. */

import { isUnicast } from "sip/uri";
import { equal, ok, test } from "test/harness";
import { HAND, Wire } from "./wire";

const NOBODYS = [
	"0.0.0.0",
	"0.1.2.3",
	"224.0.0.1",
	"239.255.255.250",
	"255.255.255.255",
	"::",
	"0:0:0:0:0:0:0:0",
	"ff02::1",
	"FF0E::1",
	"::ffff:10.0.0.99",
];

test("addresses that are no party's", () => {
	for (const address of NOBODYS) equal(isUnicast(address), false, address);
	for (const address of [
		"10.0.0.1",
		"127.0.0.1",
		"223.255.255.255",
		"::1",
		"fe80::1",
		"2001:db8::",
		"64:ff9b::1",
		"fd00::ff",
	])
		equal(isUnicast(address), true, address);
});

function calling(addresses: readonly string[]): Wire {
	const wire = new Wire();
	wire.world.do("bob", { type: "invite", call: 7, uri: "sip:alice@evil.example.org:5060", sdp: "offer" });
	for (const { id } of wire.world.reports("bob", "query"))
		wire.world.do("bob", { type: "answer", id, answer: { kind: "HOST", addresses, ttlSec: 0 } });
	wire.world.run(20);
	return wire;
}

test("a name that leads to everybody or nobody: the call fails, and nothing is sent", () => {
	for (const address of NOBODYS) {
		const wire = calling([address]);
		equal(wire.world.trace, []);
		const [end] = wire.world.reports("bob", "ended");
		ok(end?.reason.includes("this phone has no way to"), end?.reason);
	}
});

test("such addresses among others: the others are called", () => {
	const wire = calling(["255.255.255.255", "0.0.0.0", "224.0.0.1", HAND.address]);
	equal(wire.requests("INVITE").length, 1);
	equal(wire.world.trace, ["bob>hand INVITE"]);
});

test("a Contact that is no party's address: the call it would make is refused before anything rings, or ended in words", () => {
	for (const host of ["0.0.0.0", "255.255.255.255", "224.0.0.1:5060", "[::]", "[ff02::1]", "10.0.0.1:5060"]) {
		const wire = new Wire();
		wire.connect({ headers: [{ name: "Contact", value: `<sip:alice@${host}>` }] });
		const before = wire.world.trace.length;
		wire.world.do("bob", { type: "hangup", call: -1 });
		wire.world.run(40000);
		equal(
			wire.world.trace.slice(before).filter((line) => line.endsWith("BYE")),
			[],
			host,
		);
		wire.world.run(400000);
		ok(wire.world.quiet("bob"), host);
	}
});

test("a registrar or proxy that is the phone itself: said in words, and tried again no sooner than after any failure", () => {
	for (const account of [
		{ registrar: { host: "10.0.0.1" } },
		{ registrar: { host: "10.0.0.99" }, outboundProxy: { host: "10.0.0.1", port: 5060 } },
		{ registrar: { host: "0.0.0.0" } },
		{ registrar: { host: "255.255.255.255" } },
	]) {
		const wire = new Wire(5, [{ id: "a", aor: "sip:bob@10.0.0.99", password: undefined, expiresSec: 60, ...account }]);
		wire.world.do("bob", { type: "register", account: "a" });
		wire.world.run(3_600_000);
		equal(wire.world.trace, []);
		const failures = wire.world.reports("bob", "registrationFailed");
		ok(failures.length >= 2 && failures.length < 20, `${failures.length} in an hour`);
		ok(/that is this phone itself|this phone has no way to/.test(failures[0]?.reason ?? ""), failures[0]?.reason);
	}
});
