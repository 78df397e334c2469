/**
 * Lives of calls over a bad network: registration, set-up, hold, resume and tear-down with 200 ms of delay, a tenth of all
 * packets lost, and 30 s without any network at a moment that hurts. What the phones report is judged by what was really
 * delivered: a call may be lost only where a timer of RFC 3261 ran out with nothing heard, and nothing may stay half open.
 */

import { utf8Encode } from "bytes/text";
import { nativeProvider } from "crypto/native";
import { equal, ok } from "test/harness";
import { seeded } from "test/net/seeded";
import { GIVE_UP_MS, Ledger } from "./ledger";
import { Registrar } from "./registrar";
import { CONNECT_LIMIT_MS } from "./streams";
import { World } from "./world";

export const OUTAGE_MS = 30_000;
const DELAY_MS = 200;
const LOSS = 0.1;
/** The longest that a session of nobody may live: session timers (RFC 4028) end it. */
const SESSION_MS = 1_800_000;

/** When the network goes. */
export const MOMENTS = [
	"in a quiet call",
	"as it is held",
	"as it is resumed",
	"as it ends",
	"as it is answered",
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Who sees that the network has gone: nobody, for it went somewhere on the way, or both phones, within two seconds. */
export type Seen = "unseen" | "seen";

export interface Life {
	/** The callee was reached before anybody lost patience. */
	readonly rang: boolean;
	/** Both ends say that they are connected. */
	readonly connected: boolean;
	readonly held: boolean;
	readonly resumed: boolean;
	/** Ended before somebody hung up. */
	readonly lost: boolean;
	/** The other end learned of the end only by its session timer. */
	readonly late: boolean;
	/** From INVITE to both ends connected. */
	readonly setUpMs: number;
}

/** How often a phone looks whether there is a network, while there is one and while there is none (network-watch.ts). */
const LOOK_MS = Object.freeze({ up: 2000, down: 250 });

const REGISTRAR = { address: "10.0.1.1", port: 5060 };
const PHONES = ["alice", "bob"] as const;

/** One life of a call. Throws where something is wrong. */
export function live(seed: number, moment: Moment, transport: "udp" | "tcp", seen: Seen): Life {
	const place = `${transport}, seed ${seed}, ${moment}, ${seen}`;
	const world = new World({ seed, delayMs: DELAY_MS, loss: LOSS });
	const random = seeded(seed + 1_000_000);
	const ledgers = new Map(PHONES.map((name) => [name as string, new Ledger()]));
	const ends = new Map<string, { readonly at: number; readonly excused: boolean; readonly by: string }>();
	let silentFrom = Number.POSITIVE_INFINITY;
	/** The outage begins somewhere around now. */
	const silence = (when: Moment): void => {
		if (when !== moment) return;
		silentFrom = world.now + Math.floor(random() * 800) - 100;
		if (seen === "unseen") return;
		for (const name of PHONES)
			for (const [at, withinMs, up] of [
				[silentFrom, LOOK_MS.up, false],
				[silentFrom + OUTAGE_MS, LOOK_MS.down, true],
			] as const)
				world.plan(at + Math.floor(random() * withinMs), () => world.do(name, { type: "network", up }));
	};
	const isSilent = (now: number): boolean => now >= silentFrom && now < silentFrom + OUTAGE_MS;
	world.drop = () => isSilent(world.now);
	world.streams.isSilent = isSilent;
	world.onSend = (name, bytes) => ledgers.get(name)?.sent(world.now, bytes);
	world.onArrival = (name, bytes) => ledgers.get(name)?.arrived(bytes);
	world.onConnection = (name, place, stands) => {
		if (stands) ledgers.get(name)?.has(place);
		else ledgers.get(name)?.wants(world.now, place);
	};
	world.onReport = (member, action) => {
		if (action.type === "offered") world.do(member.name, { type: "answerReinvite", call: action.call, sdp: "held" });
		// The change is still wanted: it met one of the other end's on the way.
		if (action.type === "offerWanted") world.do(member.name, { type: "reinvite", call: action.call, sdp: "change" });
		if (action.type !== "ended") return;
		ok(!ends.has(member.name), `${place}: ${member.name}'s call ends once`);
		const excused = ledgers.get(member.name)?.excuses(world.now) === true;
		ends.set(member.name, { at: world.now, excused, by: action.by });
	};
	const until = (limitMs: number, condition: () => boolean): boolean => {
		for (const end = world.now + limitMs; !condition() && world.now < end; ) world.run(20);
		return condition();
	};

	world.serve("registrar", REGISTRAR, new Registrar({ password: "secret" }).serve);
	for (const name of PHONES) {
		const registrar = { host: REGISTRAR.address, port: REGISTRAR.port, transport: "udp" } as const;
		const account = {
			id: "a",
			aor: `sip:${name}@example.org`,
			registrar,
			password: utf8Encode("secret"),
			expiresSec: 3600,
		};
		world.add(name, [account], { provider: nativeProvider });
		world.do(name, { type: "register", account: "a" });
		const registered = until(300_000, () => world.reports(name, "registered").length > 0);
		ok(registered, `${place}: ${name} is registered`);
	}

	const begun = world.now;
	world.do("alice", {
		type: "invite",
		call: 1,
		account: "a",
		uri: `${world.uri("bob")};transport=${transport}`,
		sdp: "offer",
	});
	const connected = (): boolean =>
		world.reports("alice", "answered").length > 0 && world.reports("bob", "accepted").length > 0;
	const rings = until(GIVE_UP_MS, () => world.reports("bob", "incoming").length > 0);
	if (!rings) {
		// Nobody waits for longer than that for a connection to the only server.
		const end = ends.get("alice");
		const unreached = (ledgers.get("alice")?.wantedMs(end?.at ?? 0) ?? 0) >= CONNECT_LIMIT_MS;
		ok(end?.by === "timeout" && unreached, `${place}: it rings, ${JSON.stringify([...ends])}`);
	}
	if (rings) world.do("bob", { type: "ring", call: -1 });
	world.run(2000);
	silence("as it is answered");
	world.run(Math.floor(random() * 300));
	if (rings) world.do("bob", { type: "accept", call: -1, sdp: "answer" });
	const isConnected = until(2 * GIVE_UP_MS + OUTAGE_MS, () => connected() || ends.size > 0) && connected();
	const setUpMs = world.now - begun;

	world.run(5000);
	silence("in a quiet call");
	world.run(moment === "in a quiet call" ? OUTAGE_MS + 5000 : 5000);
	const change = (name: string, call: number, when: Moment): boolean => {
		if (ends.size > 0) return false;
		silence(when);
		world.run(Math.floor(random() * 300));
		world.do(name, { type: "reinvite", call, sdp: "change" });
		const done = (): boolean =>
			world.reports(name, "reinviteAnswered").length + world.reports(name, "reinviteFailed").length > 0;
		until(2 * GIVE_UP_MS + OUTAGE_MS, () => done() || ends.size > 0);
		return world.reports(name, "reinviteAnswered").length > 0;
	};
	const held = change("alice", 1, "as it is held");
	world.run(10_000);
	const resumed = change("bob", -1, "as it is resumed");
	world.run(GIVE_UP_MS + 10_000);

	// What has ended by now, nobody wanted to end.
	const lost = ends.size > 0;
	if (lost && rings) {
		const first = [...ends.values()].sort((a, b) => a.at - b.at)[0];
		ok(
			first?.by === "timeout" && first.excused,
			`${place}: lost although it was heard of, ${JSON.stringify([...ends])}`,
		);
	} else if (!lost) {
		silence("as it ends");
		world.run(Math.floor(random() * 300));
		world.do(seed % 2 === 0 ? "alice" : "bob", { type: "hangup", call: seed % 2 === 0 ? 1 : -1 });
	}
	const over = (): boolean => PHONES.every((name) => world.member(name).agent.counts.calls === 0);
	const late = !until(3 * GIVE_UP_MS + OUTAGE_MS, over);
	ok(until(SESSION_MS + 2 * GIVE_UP_MS, over), `${place}: half open`);
	for (const name of PHONES) {
		const calls = rings || name === "alice" ? 1 : 0;
		equal(world.reports(name, "ended").length, calls, `${place}: ${name}'s call has ended`);
		const isRegistered = (): boolean => {
			const told = world
				.member(name)
				.reports.filter(({ type }) => type === "registered" || type === "registrationFailed");
			return told[told.length - 1]?.type === "registered";
		};
		ok(until(300_000, isRegistered), `${place}: ${name} is registered again`);
		world.do(name, { type: "unregister", account: "a" });
	}
	// Longer than any transaction may live.
	world.run(400_000);
	for (const name of PHONES) ok(world.quiet(name), `${place}: nothing is left at ${name}`);
	return { rang: rings, connected: isConnected, held, resumed, lost, late, setUpMs };
}

/** Seeds from `first` on, spread over the moments. @returns rows of a table, one for each moment */
export function table(first: number, count: number, transport: "udp" | "tcp", seen: Seen): string[] {
	const rows = [
		`| ${transport}: network gone, ${seen} | calls | connected | held | resumed | lost to a timer | lost otherwise | half open | ended late | set-up |`,
	];
	for (const [index, moment] of MOMENTS.entries()) {
		const lives: Life[] = [];
		for (let seed = first + index; seed < first + count; seed += MOMENTS.length)
			lives.push(live(seed, moment, transport, seen));
		const of = (what: (life: Life) => boolean): number => lives.filter(what).length;
		const setUp = lives.map(({ setUpMs }) => setUpMs).sort((a, b) => a - b);
		const times = `${setUp[setUp.length >> 1]} ms, at most ${setUp[setUp.length - 1]} ms`;
		const lost = of((life) => life.lost);
		// What is lost otherwise, or stays half open, has thrown.
		rows.push(
			`| ${moment} | ${lives.length} | ${of((life) => life.connected)} | ${of((life) => life.held)} | ${of((life) => life.resumed)} | ${lost} | 0 | 0 | ${of((life) => life.late)} | ${times} |`,
		);
		const reached = lives.filter(({ rang }) => rang);
		if (moment !== "as it is answered")
			ok(
				reached.every(({ connected }) => connected),
				`${moment}: connected`,
			);
		if (moment === "in a quiet call" || moment === "as it ends")
			ok(
				reached.every((life) => !life.lost),
				`${moment}: lost`,
			);
	}
	return rows;
}
