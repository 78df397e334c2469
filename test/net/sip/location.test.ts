/** Finding servers (RFC 3263) without a network: the questions, their order, and what the locator keeps of the answers. */

import type { SrvRecord } from "dns/message";
import { Locator } from "sip/locator";
import { type LookupResult, lookUp } from "sip/lookup";
import { orderSrv } from "sip/srv";
import { type Place, parseUri, placeOf } from "sip/uri";
import { equal, ok, test } from "test/harness";
import { seeded } from "test/net/seeded";
import { answer, ZONE } from "./zone";

function find(place: Place, zone = ZONE): { asked: string[]; found: string[] | string } {
	const asked: string[] = [];
	let found: string[] | string = "nothing";
	lookUp(place, {
		below: () => 0,
		ask: (name, kind, onAnswer) => {
			asked.push(`${name} ${kind}`);
			onAnswer(answer(zone, name, kind));
		},
		onDone: (result: LookupResult) => {
			found =
				"error" in result
					? result.error
					: result.targets.map(({ transport, address, port }) => `${transport} ${address} ${port}`);
		},
	});
	return { asked, found };
}

function placeFor(uri: string): Place {
	const parsed = parseUri(uri);
	if (parsed === undefined) throw new RangeError(uri);
	return placeOf(parsed);
}

test("NAPTR decides the transport, in the domain's order, SRV the server (4.1, 4.2)", () => {
	const { asked, found } = find(placeFor("sip:bob@example.org"));
	equal(found, [
		"tls 192.0.2.1 5061",
		"tls 2001:db8::1 5061",
		"tls 192.0.2.2 5071",
		"tcp 192.0.2.1 5060",
		"tcp 2001:db8::1 5060",
		"udp 192.0.2.2 5060",
	]);
	equal(asked.slice(0, 4), [
		"example.org NAPTR",
		"_sips._tcp.example.org SRV",
		"_sip._tcp.example.org SRV",
		"_sip._udp.example.org SRV",
	]);
});

test("sips: goes over TLS and nothing else", () => {
	equal(find(placeFor("sips:bob@example.org")).found, [
		"tls 192.0.2.1 5061",
		"tls 2001:db8::1 5061",
		"tls 192.0.2.2 5071",
	]);
	equal(find({ address: "plain.example", sips: true }).found, ["tls 192.0.2.9 5061"]);
});

test("a transport in the URI: SRV of that transport alone; a port: no SRV at all", () => {
	equal(find(placeFor("sip:bob@example.org;transport=tcp")), {
		asked: ["_sip._tcp.example.org SRV", "a.example.org HOST"],
		found: ["tcp 192.0.2.1 5060", "tcp 2001:db8::1 5060"],
	});
	equal(find(placeFor("sip:bob@plain.example:5070")), {
		asked: ["plain.example HOST"],
		found: ["udp 192.0.2.9 5070"],
	});
	equal(find(placeFor("sip:bob@plain.example:5071;transport=tls")).found, ["tls 192.0.2.9 5071"]);
});

test("no NAPTR: SRV of each transport; neither: the host itself over UDP", () => {
	equal(find(placeFor("sip:bob@srv.example")).found, ["udp 192.0.2.2 5090"]);
	equal(find(placeFor("sip:bob@plain.example")), {
		asked: [
			"plain.example NAPTR",
			"_sips._tcp.plain.example SRV",
			"_sip._tcp.plain.example SRV",
			"_sip._udp.plain.example SRV",
			"plain.example HOST",
		],
		found: ["udp 192.0.2.9 5060"],
	});
});

test("nothing there, and a service that is decidedly not there (RFC 2782)", () => {
	equal(find(placeFor("sip:bob@nowhere.example")).found, "cannot find the host nowhere.example: no such name");
	equal(find(placeFor("sip:bob@none.example")).found, "none.example says that it has no SIP service");
	const broken = { ...ZONE, "plain.example NAPTR": ["fails"], "_sip._udp.plain.example SRV": ["fails"] };
	equal(find(placeFor("sip:bob@plain.example"), broken).found, ["udp 192.0.2.9 5060"]);
	const dead = { "x.example HOST": ["fails"] };
	equal(find(placeFor("sip:x.example"), dead).found, "the name server does not answer");
});

test("SRV: priorities in order, weights by chance as often as they say (RFC 2782)", () => {
	const record = (priority: number, weight: number, target: string): SrvRecord => ({
		priority,
		weight,
		target,
		port: 5060,
	});
	const records = [record(2, 1, "last"), record(1, 30, "b"), record(1, 10, "a"), record(1, 0, "never")];
	const random = seeded(7);
	const first = new Map<string, number>();
	for (let i = 0; i < 4000; i++) {
		const ordered = orderSrv(records, (limit) => Math.floor(random() * limit));
		equal(ordered.length, 4);
		equal(ordered[3]?.target, "last");
		const name = ordered[0]?.target ?? "";
		first.set(name, (first.get(name) ?? 0) + 1);
	}
	const [a, b, never] = ["a", "b", "never"].map((name) => (first.get(name) ?? 0) / 4000);
	ok(Math.abs((a ?? 0) - 0.25) < 0.04 && Math.abs((b ?? 0) - 0.73) < 0.04 && (never ?? 1) < 0.05, `${[...first]}`);
});

test("the locator keeps what was found, tries a failed server last, and goes back to it", () => {
	let now = 0;
	let questions = 0;
	const pending: (() => void)[] = [];
	const locator: Locator = new Locator({
		now: () => now,
		below: () => 0,
		ask: (id, name, kind) => {
			questions++;
			pending.push(() => locator.answer(id, answer(ZONE, name, kind)));
		},
		usable: ({ address }) => address.indexOf(":") < 0,
	});
	const place = { address: "example.org", transport: "tls" } as const;
	const list = (): string => {
		let text = "waiting";
		locator.find(place, (located) => {
			text = "error" in located ? located.error : located.targets.map(({ port }) => port).join(" ");
		});
		while (pending.length > 0) pending.shift()?.();
		return text;
	};
	equal(list(), "5061 5071");
	const asked = questions;
	locator.failed({ address: "192.0.2.1", port: 5061, transport: "tls" });
	equal(list(), "5071 5061");
	now += 30000;
	equal(list(), "5071 5061");
	equal(questions, asked, "nothing was asked again");
	now += 100000;
	equal(list(), "5061 5071", "the first server has its place again");
	ok(questions > asked, "asked anew when the time to live was over");
	locator.failed({ address: "192.0.2.1", port: 5061, transport: "tls" }, 5000);
	equal(list(), "5071 5061");
	locator.works({ address: "192.0.2.1", port: 5061, transport: "tls" });
	equal(list(), "5061 5071");
});
