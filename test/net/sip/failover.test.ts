/** An agent whose servers answer, refuse or are silent (RFC 3263 section 4.3): the next one is tried, and the first again. */
import { nobleProvider } from "crypto/noble";
import { type Account, type Action, type Agent, createAgent, type Event, step } from "sip/agent";
import { parse } from "sip/parse";
import { formatResponse } from "sip/respond";
import type { Destination, Transport } from "sip/uri";
import { equal, ok, test } from "test/harness";
import { seeded, seededBytes } from "test/net/seeded";
import { answer, ZONE, type Zone } from "./zone";

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
