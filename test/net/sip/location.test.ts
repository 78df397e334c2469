/** Finding servers (RFC 3263) without a network: the questions, their order, failover, and the way back. */

import { nobleProvider } from "crypto/noble";
import { type Account, type Action, type Agent, createAgent, type Event, step } from "sip/agent";
import { Locator } from "sip/locator";
import { type DnsAnswer, type LookupResult, lookUp, type QuestionKind } from "sip/lookup";
import { parse } from "sip/parse";
import { formatResponse } from "sip/respond";
import { orderSrv, type SrvRecord } from "sip/srv";
import { type Destination, type Place, parseUri, placeOf, type Transport } from "sip/uri";
import { equal, ok, test } from "test/harness";
import { seeded, seededBytes } from "test/net/seeded";

/** `_sip._tcp.example.org SRV` to records as text. */
type Zone = Readonly<Record<string, readonly string[]>>;

const ZONE: Zone = {
	"example.org NAPTR": [
		"20 10 s SIP+D2T _sip._tcp.example.org",
		"10 10 s SIPS+D2T _sips._tcp.example.org",
		"30 10 s SIP+D2U _sip._udp.example.org",
		"5 10 s SIP+D2S _sip._sctp.example.org",
	],
	"_sips._tcp.example.org SRV": ["10 1 5061 a.example.org", "20 1 5071 b.example.org"],
	"_sip._tcp.example.org SRV": ["1 1 5060 a.example.org"],
	"_sip._udp.example.org SRV": ["1 1 5060 b.example.org"],
	"a.example.org HOST": ["192.0.2.1", "2001:db8::1"],
	"b.example.org HOST": ["192.0.2.2"],
	"srv.example HOST": [],
	"_sip._udp.srv.example SRV": ["1 1 5090 b.example.org"],
	"plain.example HOST": ["192.0.2.9"],
	"_sip._udp.none.example SRV": ["0 0 0 ."],
	"_sip._tcp.none.example SRV": ["0 0 0 ."],
	"_sips._tcp.none.example SRV": ["0 0 0 ."],
	"none.example HOST": ["192.0.2.66"],
};

function answer(zone: Zone, name: string, kind: QuestionKind): DnsAnswer {
	const lines = zone[`${name} ${kind}`] ?? [];
	if (lines[0] === "fails") return { kind: "error", error: "the name server does not answer" };
	if (kind === "HOST") return { kind, addresses: lines, ttlSec: 60 };
	const fields = lines.map((line) => line.split(" "));
	if (kind === "SRV")
		return {
			kind,
			ttlSec: 300,
			records: fields.map(([priority, weight, port, target]) => ({
				priority: Number(priority),
				weight: Number(weight),
				port: Number(port),
				target: target === "." ? "" : (target ?? ""),
			})),
		};
	return {
		kind,
		ttlSec: 300,
		records: fields.map(([order, preference, flags = "", service = "", replacement = ""]) => ({
			order: Number(order),
			preference: Number(preference),
			flags,
			service,
			replacement,
		})),
	};
}

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

/** An agent whose network is a table: which servers answer, and how. */
class Phone {
	now = 0;
	readonly agent: Agent;
	readonly sent: string[] = [];
	readonly reports: Action[] = [];
	zone: Zone;
	/** By `transport address`: a status, `refused`, silence once connected, or not even that. */
	readonly servers = new Map<string, number | "refused" | "silent" | "unreachable">();
	#wakeAt: number | undefined;
	readonly #queue: Event[] = [];
	#busy = false;

	constructor(account: Partial<Account>, zone: Zone = ZONE, seed = 1) {
		this.zone = zone;
		this.agent = createAgent({
			provider: nobleProvider,
			random: seededBytes(seed),
			userAgent: "Test/1",
			contact: { address: "10.0.0.1", port: 5060 },
			accounts: [{ id: "1", aor: "sip:alice@example.org", password: undefined, expiresSec: 3600, ...account }],
		});
	}

	do(event: Event): void {
		this.#queue.push(event);
		if (this.#busy) return;
		this.#busy = true;
		for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
			for (const action of step(this.agent, next)) this.#act(action);
		this.#busy = false;
	}

	run(ms: number): void {
		const end = this.now + ms;
		while (this.#wakeAt !== undefined && this.#wakeAt <= end) {
			this.now = this.#wakeAt;
			this.#wakeAt = undefined;
			this.do({ type: "tick", now: this.now });
		}
		this.now = end;
	}

	#act(action: Action): void {
		const { now } = this;
		switch (action.type) {
			case "wakeAt":
				this.#wakeAt = action.at;
				return;
			case "query":
				this.do({ type: "answer", now, id: action.id, answer: answer(this.zone, action.name, action.kind) });
				return;
			case "connect":
				this.#connect(action.to);
				return;
			case "send":
				this.#send(action.bytes, action.to);
				return;
			default:
				this.reports.push(action);
		}
	}

	#of(to: Destination): number | "refused" | "silent" | "unreachable" {
		return this.servers.get(`${to.transport ?? "udp"} ${to.address}`) ?? "silent";
	}

	#connect(to: Destination): void {
		const { now } = this;
		const local = { address: "10.0.0.1", port: 40000, transport: to.transport };
		if (this.#of(to) === "unreachable") return;
		if (this.#of(to) === "refused") this.do({ type: "disconnected", now, to, error: "connection refused" });
		else this.do({ type: "connected", now, to, local, verified: to.transport === "tls" });
	}

	#send(bytes: Uint8Array, to: Destination): void {
		const message = parse(bytes);
		if (message.type !== "request") return;
		this.sent.push(`${message.method} ${message.via.transport} ${to.address}:${to.port}`);
		const status = this.#of(to);
		if (typeof status !== "number" || message.method === "ACK") return;
		const headers = [
			{ name: "Contact", value: `${message.headers.find(({ name }) => name === "contact")?.value};expires=60` },
		];
		const parts = { status, toTag: "t", ...(status === 200 && { headers }) };
		this.do({ type: "datagram", now: this.now, bytes: formatResponse(message, parts), from: to });
	}
}

test("registration fails over by priority, and comes back when the first server does (4.3)", () => {
	const phone = new Phone({ registrar: { host: "example.org", transport: "tls" } });
	phone.servers.set("tls 192.0.2.1", "refused").set("tls 2001:db8::1", "refused").set("tls 192.0.2.2", 200);
	phone.do({ type: "register", now: 0, account: "1" });
	equal(phone.sent, ["REGISTER TLS 192.0.2.2:5071"]);
	const [registered] = phone.reports;
	ok(registered?.type === "registered");
	equal(registered.leg, { transport: "tls", secure: true });
	phone.servers.set("tls 192.0.2.1", 200).set("tls 2001:db8::1", 200);
	phone.run(400000);
	ok(phone.sent.length > 1);
	equal(phone.sent.slice(-1), ["REGISTER TLS 192.0.2.1:5061"]);
});

test("503 and silence go on to the next server; the failure is told when there is none left", () => {
	const phone = new Phone({ registrar: { host: "example.org" } });
	phone.servers.set("tls 192.0.2.1", 503).set("tls 2001:db8::1", "refused").set("tls 192.0.2.2", "silent");
	phone.servers.set("tcp 192.0.2.1", "refused").set("tcp 2001:db8::1", "refused").set("udp 192.0.2.2", 200);
	phone.do({ type: "register", now: 0, account: "1" });
	phone.run(20000);
	const places = phone.sent.filter((line, index) => phone.sent.indexOf(line) === index);
	equal(places.slice(0, 2), ["REGISTER TLS 192.0.2.1:5061", "REGISTER TLS 192.0.2.2:5071"]);
	const dead = new Phone({ registrar: { host: "nowhere.example" } });
	dead.do({ type: "register", now: 0, account: "1" });
	const [failed] = dead.reports;
	ok(failed?.type === "registrationFailed" && /no such name/.test(failed.reason), JSON.stringify(failed));
});

test("a large INVITE goes over TCP, and over UDP all the same where TCP is refused (RFC 3261 18.1.1)", () => {
	const sdp = `v=0\r\n${"a=x-long:0123456789012345678901234567890123456789\r\n".repeat(30)}`;
	const call = (tcp: number | "refused"): string[] => {
		const phone = new Phone({});
		phone.servers.set("tcp 192.0.2.9", tcp);
		phone.do({ type: "invite", now: 0, call: 1, account: "1", uri: "sip:bob@192.0.2.9", sdp });
		return phone.sent;
	};
	equal(call(486), ["INVITE TCP 192.0.2.9:5060", "ACK TCP 192.0.2.9:5060"]);
	equal(call("refused"), ["INVITE UDP 192.0.2.9:5060"]);
	// A firewall that swallows the attempt costs two seconds, and the next call none.
	const phone = new Phone({});
	phone.servers.set("tcp 192.0.2.9", "unreachable");
	phone.do({ type: "invite", now: 0, call: 1, account: "1", uri: "sip:bob@192.0.2.9", sdp });
	equal(phone.sent, []);
	phone.run(2000);
	equal(phone.sent, ["INVITE UDP 192.0.2.9:5060"]);
	phone.do({ type: "invite", now: phone.now, call: 2, account: "1", uri: "sip:bob@192.0.2.9", sdp });
	equal(phone.sent, ["INVITE UDP 192.0.2.9:5060", "INVITE UDP 192.0.2.9:5060"]);
});

test("a call that is given up while its server is looked for sends nothing", () => {
	const phone = new Phone({});
	const quiet = new Phone({});
	quiet.do({ type: "invite", now: 0, call: 1, account: "1", uri: "sip:bob@192.0.2.9;transport=tcp", sdp: "x" });
	equal(quiet.sent.length, 1);
	const actions = step(phone.agent, {
		type: "invite",
		now: 0,
		call: 1,
		account: "1",
		uri: "sip:bob@plain.example",
		sdp: "x",
	});
	const query = actions.find(({ type }) => type === "query");
	ok(query?.type === "query");
	const after = step(phone.agent, { type: "hangup", now: 1, call: 1 });
	ok(after.some(({ type }) => type === "ended"));
	equal(
		step(phone.agent, { type: "answer", now: 2, id: query.id, answer: { kind: "error", error: "late" } }).filter(
			({ type }) => type === "send",
		),
		[],
	);
	equal(phone.agent.counts.calls, 0);
});

test("a thousand seeds: any zone, any servers; every registration ends in words or stands", () => {
	for (let seed = 1; seed <= 1000; seed++) {
		const random = seeded(seed);
		const pick = <T>(first: T, ...others: readonly T[]): T =>
			others[Math.floor(random() * (others.length + 1)) - 1] ?? first;
		const zone: Record<string, readonly string[]> = {};
		for (const [name, records] of Object.entries(ZONE)) {
			const chance = random();
			zone[name] = chance < 0.15 ? ["fails"] : chance < 0.3 ? [] : records;
		}
		const host = pick("example.org", "srv.example", "plain.example", "none.example", "nowhere.example");
		const phone = new Phone(
			{ registrar: { host, transport: pick<Transport | undefined>(undefined, "udp", "tcp", "tls") } },
			zone,
			seed,
		);
		for (const transport of ["udp", "tcp", "tls"])
			for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.9", "2001:db8::1"])
				phone.servers.set(
					`${transport} ${address}`,
					pick<number | "refused" | "silent">(200, 200, 503, 480, "refused", "silent"),
				);
		phone.do({ type: "register", now: 0, account: "1" });
		phone.run(180000);
		const last = phone.reports
			.filter(({ type }) => type === "registered" || type === "registrationFailed")
			.slice(-1)[0];
		ok(last !== undefined, `seed ${seed} said nothing`);
		ok(phone.agent.counts.clients <= 1, `seed ${seed} keeps ${phone.agent.counts.clients} transactions`);
	}
});
