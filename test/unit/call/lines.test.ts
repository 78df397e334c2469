/** Whole phones on loopback: several calls on one phone, of which one is heard at a time. */
import UDP from "hal/net/udp";
import { equal, ok, test } from "test/harness";
import {
	callWith,
	ended,
	live,
	Station,
	type StationOptions,
	secured,
	securedBetween,
	sleep,
	until,
	withStations,
} from "test/unit/call/pair";

const received = (station: Station, other: Station): number => callWith(station, other).stats?.encryptedReceived ?? 0;

async function flowing(station: Station, other: Station): Promise<void> {
	const before = received(station, other);
	await until("voice", () => received(station, other) > before + 5);
}

async function silent(station: Station, other: Station): Promise<void> {
	await sleep(60);
	const before = received(station, other);
	await sleep(150);
	ok(received(station, other) - before <= 1, `${received(station, other) - before} packets of ${other.name} came`);
}

/** At most one call that is heard. */
function oneHeard(...stations: readonly Station[]): void {
	for (const { name, phone } of stations)
		ok(phone.state.calls.filter(({ state }) => state === "connected").length <= 1, `${name} hears more than one`);
}

function withThree(
	body: (alice: Station, bob: Station, carol: Station) => Promise<void>,
	options: { alice?: StationOptions; bob?: StationOptions; carol?: StationOptions } = {},
): Promise<void> {
	const alice = new Station("alice", { tone: 440, ...options.alice });
	const bob = new Station("bob", { tone: 700, ...options.bob });
	const carol = new Station("carol", { tone: 1000, ...options.carol });
	return withStations([alice, bob, carol], () => body(alice, bob, carol));
}

test("call waiting: the second caller is answered, the first waits on hold; each call has keys of its own", () =>
	withThree(async (alice, bob, carol) => {
		await secured(alice, bob);
		carol.phone.dial(bob.uri);
		await until("it rings", () => bob.phone.state.calls.length === 2);
		equal(
			bob.phone.state.calls.map(({ peer, state, line }) => [peer.includes("alice"), state, line]),
			[
				[true, "connected", 1],
				[false, "ringing", 2],
			],
		);
		const ids = bob.phone.state.calls.map(({ id }) => id);
		await flowing(bob, alice);
		bob.phone.answer();
		equal(callWith(bob, alice).state, "held");
		oneHeard(bob);
		await securedBetween([bob, carol], [bob, alice]);
		await until("alice knows", () => callWith(alice, bob).state === "held");
		ok(callWith(bob, carol).sas !== callWith(bob, alice).sas || callWith(bob, carol).sas === undefined);
		equal(bob.phone.state.calls.map(({ id }) => id).sort(), [...ids].sort());
		// The one that was answered is in front.
		equal(bob.call.id, callWith(bob, carol).id);
		await flowing(bob, carol);
		await silent(bob, alice);
		equal(bob.phone.swap(), undefined);
		oneHeard(bob);
		await until("swapped", () => callWith(alice, bob).state === "connected" && callWith(carol, bob).state === "held");
		await flowing(bob, alice);
		await silent(bob, carol);
		equal([callWith(bob, alice).lock, callWith(bob, carol).lock], ["closed", "closed"]);
		bob.phone.hangup();
		await ended(alice);
		// Nobody is heard until the owner wishes so.
		equal(bob.call.state, "held");
		bob.phone.hold(false);
		await until("resumed", () => callWith(carol, bob).state === "connected");
		await flowing(bob, carol);
		for (const call of bob.phone.state.calls) equal([call.stats?.clearSent, call.stats?.clearReceived], [0, 0]);
	}));

test("a second call of one's own: the first waits; lines by number; each end by itself", () =>
	withThree(async (alice, bob, carol) => {
		await secured(alice, bob);
		alice.phone.dial(carol.uri);
		equal(callWith(alice, bob).state, "held");
		await until("it rings", () => carol.phone.state.calls.length === 1);
		carol.phone.answer();
		await securedBetween([alice, carol]);
		oneHeard(alice, bob, carol);
		equal(alice.phone.switchTo(3), "line 3 has no call");
		equal(alice.phone.switchTo(1), undefined);
		equal(alice.call.id, callWith(alice, bob).id);
		await until("bob is back", () => callWith(bob, alice).state === "connected");
		await until("carol waits", () => callWith(carol, alice).state === "held");
		// The one that waits hangs up: the call in front goes on.
		carol.phone.hangup();
		await until("one call", () => alice.phone.state.calls.filter(({ state }) => state !== "ended").length === 1);
		equal(alice.call.state, "connected");
		equal(
			alice.phone.state.calls.map(({ state }) => state),
			["connected", "ended"],
		);
		await flowing(alice, bob);
		bob.phone.hangup();
		await ended(alice, bob);
		equal(alice.phone.state.calls.length, 1);
	}));

test("the first answers while another is being called: it is on hold from its first moment", () =>
	withThree(async (alice, bob, carol) => {
		alice.phone.dial(bob.uri);
		await until("it rings", () => bob.phone.state.calls.length === 1);
		carol.phone.dial(alice.uri);
		await until("it rings", () => alice.phone.state.calls.length === 2);
		alice.phone.answer();
		await securedBetween([alice, carol]);
		bob.phone.answer();
		await until("answered", () => callWith(alice, bob).state === "held");
		await until("bob knows", () => callWith(bob, alice).state === "held");
		oneHeard(alice);
		await securedBetween([alice, bob]);
		await flowing(alice, carol);
		await silent(alice, bob);
	}));

test("no more calls than lines: one too many hears busy, and one's own is refused", async () => {
	const bob = new Station("bob", { zrtp: false });
	const callers = ["a", "b", "c", "d", "e"].map((name) => new Station(name, { zrtp: false }));
	await withStations([bob, ...callers], async () => {
		for (const caller of callers.slice(0, 4)) {
			caller.phone.dial(bob.uri);
			await until("it rings", () => bob.phone.state.calls.some(({ peer }) => peer.includes(`${caller.name}@`)));
			bob.phone.answer();
			await until("connected", () => callWith(caller, bob).state === "connected");
			oneHeard(bob);
		}
		const [last] = callers.slice(4);
		last?.phone.dial(bob.uri);
		await until("busy", () => last?.phone.state.calls[0]?.state === "ended");
		ok(/busy/i.test(last?.call.reason ?? ""));
		bob.phone.dial("sip:x@127.0.0.1");
		equal(bob.phone.state.notice, "there are 4 calls already: end one first");
		equal(
			bob.phone.state.calls.map(({ line }) => line),
			[4, 1, 2, 3],
		);
		for (let count = 4; count > 0; count--) bob.phone.hangup();
		await until("all ended", () => bob.phone.state.calls.every(({ state }) => state === "ended"));
		equal(bob.phone.state.calls.length, 1);
	});
});

test("the second caller gives up, or is declined: the call goes on, and what was missed is counted", () =>
	withThree(async (alice, bob, carol) => {
		await secured(alice, bob);
		carol.phone.dial(bob.uri);
		await until("it rings", () => bob.phone.state.calls.length === 2);
		carol.phone.hangup();
		await until("gone", () => bob.phone.state.calls[1]?.state === "ended");
		equal(bob.phone.state.missed, 1);
		await flowing(bob, alice);
		carol.phone.dial(bob.uri);
		await until("it rings", () => bob.phone.state.calls[1]?.state === "ringing");
		bob.phone.hangup(callWith(bob, carol).id);
		await ended(carol);
		equal(bob.call.state, "connected");
		equal(bob.phone.state.missed, 1);
		bob.phone.seen();
		equal(bob.phone.state.missed, 0);
	}));

test("a fixed first RTP port: each further call takes the next pair, and what is free again is taken again", async () => {
	const holder = new UDP({ address: "127.0.0.1" });
	const rtpPort = (holder.port & ~1) + 1000 > 65000 ? 30_000 : (holder.port & ~1) + 1000;
	holder.close();
	await withThree(
		async (alice, bob, carol) => {
			await secured(alice, bob);
			carol.phone.dial(bob.uri);
			await until("it rings", () => bob.phone.state.calls.length === 2);
			bob.phone.answer();
			await securedBetween([bob, carol], [bob, alice]);
			const ports = (): string[] => [...bob.said.matchAll(/RTP on 127\.0\.0\.1:(\d+)/g)].map(([, port]) => port ?? "");
			equal(ports(), [String(rtpPort), String(rtpPort + 2)]);
			bob.phone.hangup(callWith(bob, alice).id);
			await until("one left", () => live(bob).length === 1);
			alice.phone.dial(bob.uri);
			await until("it rings", () => live(bob).length === 2);
			bob.phone.answer();
			await securedBetween([bob, alice]);
			equal(ports(), [String(rtpPort), String(rtpPort + 2), String(rtpPort)]);
		},
		{ bob: { rtpPort } },
	);
});
