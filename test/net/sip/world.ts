/**
 * Agents in a world of their own: a seeded network between them and a clock that only tests move. Whatever an agent
 * reports is kept, and every packet is noted as it leaves.
 */

import { nobleProvider } from "crypto/noble";
import { type Account, type Action, type Agent, type AgentConfig, createAgent, type Event, step } from "sip/agent";
import { parse } from "sip/parse";
import type { Destination } from "sip/uri";
import { Netem, type NetemOptions } from "test/net/netem";
import { seededBytes } from "test/net/seeded";
import { Streams } from "./streams";

type WithoutNow<T> = T extends { readonly now: number } ? Omit<T, "now"> : never;
/** An event without its time, which the world supplies. */
export type Wish = WithoutNow<Event>;

interface Place {
	readonly address: string;
	readonly port: number;
}

export interface Member {
	readonly name: string;
	readonly place: Place;
	readonly agent: Agent;
	/** What it reported, packets and wake-ups left out. */
	readonly reports: Action[];
	wakeAt: number | undefined;
}

/** Something on the network that is no agent: gets packets, may send some. */
export type Server = (bytes: Uint8Array, from: Place, send: (bytes: Uint8Array, to: Place) => void) => void;

export class World {
	now = 1000;
	/** `alice>bob INVITE`, `bob>alice 180 INVITE`. */
	readonly trace: string[] = [];
	/** When each packet of the trace was sent. */
	readonly times: number[] = [];
	readonly members = new Map<string, Member>();
	/** Called before the world answers a report, so that a test can play the person. */
	onReport: (member: Member, action: Action) => void = () => {};
	/** Sees every packet as it leaves. */
	onSend: (name: string, bytes: Uint8Array) => void = () => {};
	/** Sees every packet as it arrives at a phone. */
	onArrival: (name: string, bytes: Uint8Array) => void = () => {};
	/** Sees when a connection is asked for, and when it stands. */
	onConnection: (name: string, place: string, stands: boolean) => void = () => {};
	/** Drops a packet by its trace line. */
	drop: (line: string) => boolean = () => false;
	readonly #plans: { readonly at: number; readonly run: () => void }[] = [];
	readonly #net: Netem<string, { from: Place; bytes: Uint8Array }>;
	readonly #servers = new Map<string, { readonly name: string; readonly serve: Server }>();
	/** Connections between phones. */
	readonly streams: Streams;
	readonly #seed: number;

	constructor(options: NetemOptions) {
		this.#net = new Netem(options);
		this.streams = new Streams(options);
		this.streams.tell = (name, wish) => this.do(name, wish);
		this.#seed = options.seed;
	}

	/** A phone at 10.0.0.n:5060. */
	add(name: string, accounts: readonly Account[] = [], more: Partial<AgentConfig> = {}): Member {
		const place = { address: `10.0.0.${this.members.size + 1}`, port: 5060 };
		const agent = createAgent({
			provider: nobleProvider,
			random: seededBytes(this.#seed * 100 + this.members.size),
			userAgent: "Test/1",
			contact: place,
			accounts,
			user: name,
			...more,
		});
		const member = { name, place, agent, reports: [], wakeAt: undefined };
		this.members.set(name, member);
		return member;
	}

	serve(name: string, place: Place, serve: Server): void {
		this.#servers.set(`${place.address}:${place.port}`, { name, serve });
	}

	/** URI of a phone. */
	uri(name: string): string {
		const { address, port } = this.member(name).place;
		return `sip:${name}@${address}:${port}`;
	}

	member(name: string): Member {
		const member = this.members.get(name);
		if (member === undefined) throw new RangeError(name);
		return member;
	}

	do(name: string, wish: Wish): void {
		this.#step(this.member(name), wish);
	}

	/** Puts a packet on the network as if from somewhere. */
	send(bytes: Uint8Array, from: Place, to: Place): void {
		this.#send("?", bytes, from, to);
	}

	/** Something of the test's own, at its time. */
	plan(at: number, run: () => void): void {
		this.#plans.push({ at, run });
		this.#plans.sort((a, b) => a.at - b.at);
	}

	/** Lets that much time pass. */
	run(ms: number): void {
		const end = this.now + ms;
		for (;;) {
			let next = Math.min(
				this.#net.nextAt ?? Number.POSITIVE_INFINITY,
				this.streams.nextAt ?? Number.POSITIVE_INFINITY,
				this.#plans[0]?.at ?? Number.POSITIVE_INFINITY,
			);
			for (const { wakeAt } of this.members.values()) next = Math.min(next, wakeAt ?? next);
			if (next > end) break;
			this.now = Math.max(this.now, next);
			for (const { to, packet } of this.#net.deliver(this.now)) this.#deliver(to, packet.from, packet.bytes);
			this.streams.deliver(this.now);
			for (let plan = this.#plans[0]; plan !== undefined && plan.at <= this.now; plan = this.#plans[0]) {
				this.#plans.shift();
				plan.run();
			}
			for (const member of this.members.values())
				if (member.wakeAt !== undefined && member.wakeAt <= this.now) {
					member.wakeAt = undefined;
					this.#step(member, { type: "tick" });
				}
		}
		this.now = end;
	}

	/** The reports of one kind that a phone made. */
	reports<T extends Action["type"]>(name: string, type: T): Extract<Action, { type: T }>[] {
		return this.member(name).reports.filter((action): action is Extract<Action, { type: T }> => action.type === type);
	}

	/** True when nothing is left: no call, no transaction, no timer. */
	quiet(name: string): boolean {
		const { agent, wakeAt } = this.member(name);
		return agent.counts.calls + agent.counts.clients + agent.counts.servers === 0 && wakeAt === undefined;
	}

	#step(member: Member, wish: Wish): void {
		const event: Event = { ...wish, now: this.now };
		if (event.type === "connected") this.onConnection(member.name, `${event.to.address}:${event.to.port}`, true);
		const reports: Action[] = [];
		for (const action of step(member.agent, event)) {
			if (action.type === "send") this.#send(member.name, action.bytes, member.place, action.to);
			else if (action.type === "connect") {
				this.onConnection(member.name, `${action.to.address}:${action.to.port}`, false);
				this.streams.connect(this.now, member, action.to, this.#phoneAt(action.to));
			} else if (action.type === "disconnect") this.streams.drop(this.now, member, action.to);
			else if (action.type === "wakeAt") member.wakeAt = action.at;
			else {
				member.reports.push(action);
				reports.push(action);
			}
		}
		for (const report of reports) this.onReport(member, report);
	}

	#phoneAt(place: Place): Member | undefined {
		for (const member of this.members.values())
			if (member.place.address === place.address && member.place.port === place.port) return member;
		return undefined;
	}

	#send(name: string, bytes: Uint8Array, from: Place, to: Destination): void {
		this.onSend(name, bytes);
		const line = `${name}>${this.#nameOf(to)} ${summary(bytes)}`;
		this.trace.push(line);
		this.times.push(this.now);
		const member = this.members.get(name);
		if (to.transport === "tcp" && member !== undefined) {
			// As transports.ts does: by the connection that stands, else by a new one.
			const place = this.streams.has(member, to) ? to : (to.otherwise ?? to);
			if (!this.streams.has(member, place)) this.streams.connect(this.now, member, place, this.#phoneAt(place));
			this.streams.send(this.now, member, place, bytes, (other) => this.onArrival(other, bytes));
			return;
		}
		if (!this.drop(line)) this.#net.send(this.now, `${to.address}:${to.port}`, { from, bytes });
	}

	#deliver(to: string, from: Place, bytes: Uint8Array): void {
		const server = this.#servers.get(to);
		const place = this.#placeOf(to);
		if (server !== undefined)
			server.serve(bytes, from, (answer, where) => this.#send(server.name, answer, place, where));
		for (const member of this.members.values())
			if (`${member.place.address}:${member.place.port}` === to) {
				this.onArrival(member.name, bytes);
				this.#step(member, { type: "datagram", bytes, from });
			}
	}

	#nameOf(place: Place): string {
		const key = `${place.address}:${place.port}`;
		for (const member of this.members.values())
			if (`${member.place.address}:${member.place.port}` === key) return member.name;
		return this.#servers.get(key)?.name ?? key;
	}

	#placeOf(key: string): Place {
		const [address = "", port = ""] = key.split(":");
		return { address, port: Number(port) };
	}
}

/** A phone that a person answers at once with this answer. */
export function answering(world: World, name: string, sdp: string, ring = true): void {
	const before = world.onReport;
	world.onReport = (member, action) => {
		before(member, action);
		if (member.name !== name) return;
		if (action.type === "incoming") {
			if (ring) world.do(name, { type: "ring", call: action.call });
			world.do(name, { type: "accept", call: action.call, sdp });
		}
	};
}

function summary(bytes: Uint8Array): string {
	const message = parse(bytes);
	if (message.type === "malformed") return "malformed";
	return message.type === "request" ? message.method : `${message.status} ${message.method}`;
}
