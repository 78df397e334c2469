/**
 * Lives of calls between whole phones over a bad network: registration, set-up, keys, hold, resume and tear-down with
 * 200 ms of delay, a tenth of all packets lost, and 30 s without any network at a moment that hurts. A call may be lost only
 * where a timer of RFC 3261 ran out with nothing heard, and nothing of it may stay: no half call, no socket, no silent line.
 */
import Audio from "hal/audio/audio";
import { equal, ok } from "test/harness";
import { seeded } from "test/net/seeded";
import { GIVE_UP_MS, Ledger } from "test/net/sip/ledger";
import { Registrar } from "test/net/sip/registrar";
import { serve, VirtualPhone } from "./phones";
import { PhoneWorld } from "./world";

const OUTAGE_MS = 30_000;
const DELAY_MS = 200;
const LOSS = 0.1;
/** Features.silenceEndSec: nobody stays longer with an end that is not there. */
const SILENCE_MS = 300_000;
const SIP_PORT = 5060;

/** When the network goes. */
export const MOMENTS = [
	"in a quiet call",
	"as it is held",
	"while it is on hold",
	"as it is resumed",
	"as it ends",
	"as it is answered",
	"as keys are agreed",
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Whether the phones see that they have no network, or nothing comes through for all they know. */
export type Seen = "seen" | "unseen";

export interface Life {
	readonly connected: boolean;
	readonly secure: boolean;
	readonly held: boolean;
	readonly resumed: boolean;
	/** Ended before somebody hung up. */
	readonly lost: boolean;
	/** The other end learned of the end by silence. */
	readonly late: boolean;
	/** From the key to both ends encrypted; undefined where the network was away meanwhile. */
	readonly setUpMs: number | undefined;
}

/** One life. Throws where something is wrong, with what the phones said. */
export function live(seed: number, moment: Moment, transport: "udp" | "tcp", seen: Seen, audio: Audio): Life {
	const world = new PhoneWorld({ seed, delayMs: DELAY_MS, loss: LOSS });
	const phones: VirtualPhone[] = [];
	try {
		return lived(world, seed, moment, transport, seen, (name, address, of) => {
			// One each: the nonce that it gave last is the one that counts.
			const registrar = { address: name === "alice" ? "10.0.1.1" : "10.0.1.2", port: SIP_PORT, transport };
			serve(world, registrar, new Registrar({ password: "secret" }).serve);
			const phone = new VirtualPhone({ world, name, address, seed: of, registrar, audio });
			phones.push(phone);
			return phone;
		});
	} catch (error) {
		const place = `${transport}, seed ${seed}, ${moment}, ${seen}, network gone at ${world.silentFrom}, now ${world.now}`;
		const said = phones.map(({ name, lines }) => `--- ${name}\n${lines.join("\n")}`);
		throw new Error(
			`${place}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${said.join("\n")}`,
		);
	} finally {
		for (const phone of phones) phone.close();
		world.close();
	}
}

function lived(
	world: PhoneWorld,
	seed: number,
	moment: Moment,
	transport: "udp" | "tcp",
	seen: Seen,
	open: (name: string, address: string, seed: number) => VirtualPhone,
): Life {
	const random = seeded(seed + 1_000_000);
	const ledgers = new Map([
		["10.0.0.1", new Ledger()],
		["10.0.0.2", new Ledger()],
	]);
	world.onSend = ({ address }, bytes) => ledgers.get(address)?.sent(world.now, bytes);
	world.onArrival = ({ address }, bytes) => ledgers.get(address)?.arrived(bytes);
	const alice = open("alice", "10.0.0.1", 3 * seed + 1);
	const bob = open("bob", "10.0.0.2", 3 * seed + 2);
	const both = [alice, bob];
	/** Who ended first, and whether a timer had run out. */
	let first: { readonly name: string; readonly at: number; readonly excused: boolean } | undefined;
	for (const phone of both)
		phone.watch = () => {
			if (phone.call?.state !== "ended" || first) return;
			first = { name: phone.name, at: world.now, excused: ledgers.get(phone.address)?.excuses(world.now) === true };
		};
	const silence = (when: Moment): void => {
		if (when === moment) world.silence(world.now + Math.floor(random() * 800) - 100, OUTAGE_MS, seen === "seen");
	};
	const is = (state: string) => (): boolean => both.every((phone) => phone.call?.state === state);
	const isSecure = (): boolean => both.every((phone) => phone.call?.lock === "closed");
	const over = (): boolean => first !== undefined;
	const voices = (): number[] => both.map(({ address }) => world.voicesAt(address));

	ok(
		world.until(SILENCE_MS, () => both.every((phone) => phone.isRegistered)),
		"both are registered",
	);

	const begun = world.now;
	alice.do((phone) => phone.dial(bob.uri(transport)));
	ok(
		world.until(GIVE_UP_MS, () => bob.call?.state === "ringing"),
		"it rings",
	);
	world.run(2000);
	silence("as it is answered");
	world.run(Math.floor(random() * 300));
	bob.do((phone) => phone.answer());
	if (moment === "as keys are agreed") {
		world.until(2 * GIVE_UP_MS, () => is("connected")() || over());
		silence("as keys are agreed");
	}
	const connected = world.until(2 * GIVE_UP_MS + OUTAGE_MS, () => is("connected")() || over()) && is("connected")();
	const secure = world.until(GIVE_UP_MS + OUTAGE_MS, () => isSecure() || over()) && isSecure();
	const setUpMs = moment === "as it is answered" || moment === "as keys are agreed" ? undefined : world.now - begun;
	if (connected && !over()) ok(secure, "a call that lives is encrypted");

	world.run(5000);
	silence("in a quiet call");
	if (moment === "in a quiet call") {
		world.run(OUTAGE_MS - 1000);
		ok(over() || both.every((phone) => phone.call?.silent === true), "both owners are told that nothing comes");
		world.run(16_000);
		ok(over() || both.every((phone) => phone.call?.silent !== true), "and that it has come back");
	}
	const change = (phone: VirtualPhone, on: boolean, when: Moment): boolean => {
		if (over()) return false;
		silence(when);
		world.run(Math.floor(random() * 300));
		phone.do((it) => it.hold(on));
		// How the other end sees it: told by what it hears.
		world.run(2 * GIVE_UP_MS + OUTAGE_MS);
		return !over() && phone.call?.state === (on ? "held" : "connected") && is(on ? "held" : "connected")();
	};
	const held = change(alice, true, "as it is held");
	if (held) {
		silence("while it is on hold");
		world.run(OUTAGE_MS + 15_000);
		const before = voices();
		world.run(10_000);
		equal(voices(), before, "nobody is heard on hold");
	}
	const resumed = change(alice, false, "as it is resumed");
	if (resumed) {
		const before = voices();
		world.run(10_000);
		voices().forEach((count, index) => {
			ok(count > (before[index] ?? 0), `${both[index]?.name} hears the other again`);
			equal(both[index]?.call?.stats?.clearReceived, 0, "and nothing was ever in the clear");
		});
	}
	world.run(GIVE_UP_MS + 10_000);

	const lost = over();
	if (lost) ok(first?.excused, `lost although it was heard of: ${JSON.stringify(first)}`);
	else {
		silence("as it ends");
		world.run(Math.floor(random() * 300));
		(seed % 2 === 0 ? alice : bob).do((phone) => phone.hangup());
	}
	const late = !world.until(2 * GIVE_UP_MS + OUTAGE_MS, is("ended"));
	ok(world.until(SILENCE_MS + GIVE_UP_MS, is("ended")), "half open");
	world.run(1000);
	const streams = world.bound.filter((port) => !port.endsWith(":5060"));
	equal(streams, [], "no stream stays open");
	ok(
		world.until(SILENCE_MS, () => both.every((phone) => phone.isRegistered)),
		"both are registered again",
	);
	return { connected, secure, held, resumed, lost, late, setUpMs };
}

/** Seeds from `first` on, spread over the moments. @returns rows of a table, one for each moment */
export function table(first: number, count: number, transport: "udp" | "tcp", seen: Seen): string[] {
	const audio = new Audio({ microphone: { silence: true } });
	const rows = [
		`| ${transport}: network gone, ${seen} | calls | connected | encrypted | held | resumed | lost to a timer | lost otherwise | half open | ended late | key to encrypted |`,
	];
	try {
		for (const [index, moment] of MOMENTS.entries()) {
			const lives: Life[] = [];
			for (let seed = first + index; seed < first + count; seed += MOMENTS.length)
				lives.push(live(seed, moment, transport, seen, audio));
			const of = (what: (life: Life) => boolean): number => lives.filter(what).length;
			const times = lives.flatMap(({ setUpMs }) => (setUpMs === undefined ? [] : [setUpMs])).sort((a, b) => a - b);
			const most = times[times.length - 1];
			const setUp = most === undefined ? "" : `${times[times.length >> 1]} ms, at most ${most} ms`;
			const lost = of((life) => life.lost);
			const columns = [
				lives.length,
				of((life) => life.connected),
				of((life) => life.secure),
				of((life) => life.held),
				of((life) => life.resumed),
				lost,
				// What is lost otherwise, or stays half open, has thrown.
				0,
				0,
				of((life) => life.late),
				setUp,
			];
			rows.push(`| ${moment} | ${columns.join(" | ")} |`);
			if (["in a quiet call", "while it is on hold", "as it ends"].includes(moment)) equal(lost, 0, moment);
		}
	} finally {
		audio.close();
	}
	return rows;
}
