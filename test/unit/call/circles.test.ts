/** Whole phones on loopback that are sent round in circles: by 302, by forwarding, by transfer. */
import { equal, ok, test } from "test/harness";
import { Hand } from "test/unit/call/hand";
import { ended, HOME, live, Station, sleep, until, withStations } from "test/unit/call/pair";
import { field, sdp } from "test/unit/call/raw-peer";

const QUIET = { zrtp: false } as const;

async function withHands(count: number, body: (bob: Station, ...hands: Hand[]) => Promise<void>): Promise<void> {
	const bob = new Station("bob", QUIET);
	const hands = Array.from({ length: count }, () => new Hand(() => bob.phone.sipPort));
	try {
		await withStations([bob], () => body(bob, ...hands));
	} finally {
		for (const hand of hands) hand.close();
	}
}

/** How often a phone was called, as its log tells. */
function rang(station: Station): number {
	return station.entries.filter(({ area, text }) => area === "call" && text.startsWith("call from")).length;
}

test("302 to the phone itself: it does not ring, and the owner is told", () =>
	withHands(1, async (bob, hand) => {
		ok(hand);
		hand.answer = (request) =>
			request.startsWith("INVITE")
				? {
						status: "302 Moved Temporarily",
						headers: [`Contact: <${bob.uri}>`, `Contact: <sip:${HOME}:${bob.phone.sipPort}>`],
					}
				: undefined;
		bob.phone.dial(hand.uri);
		await ended(bob);
		equal(bob.call.reason, "the other party has moved, and the call was sent back to this phone");
		equal(rang(bob), 0);
	}));

test("the phone's own address, dialled: told at once", () =>
	withHands(0, async (bob) => {
		bob.phone.dial(bob.uri);
		await ended(bob);
		equal(bob.call.reason, `${HOME}:${bob.phone.sipPort} cannot be reached: that is this phone itself`);
		equal(rang(bob), 0);
	}));

test("forwarding to the phone itself is refused where it is asked for, and not followed where the settings say it", async () => {
	await withHands(0, async (bob) => {
		equal(bob.phone.forward("always", bob.uri), `"${bob.uri}" is this phone itself`);
		equal(bob.phone.state.forward?.always, undefined);
	});
	const bob = new Station("bob", {
		...QUIET,
		user: "bob",
		features: { forward: { always: `sip:bob@${HOME}`, busy: undefined, noAnswer: undefined, noAnswerSec: 20 } },
	});
	const alice = new Station("alice", QUIET);
	await withStations([alice, bob], async () => {
		alice.phone.dial(bob.uri);
		await ended(alice);
		ok(/busy/.test(alice.call.reason ?? ""), alice.call.reason);
		ok(bob.phone.state.notice?.includes("or this phone itself"), bob.phone.state.notice);
	});
});

for (const count of [2, 3])
	test(`${count} phones that forward to each other in a circle: the caller is told, and nobody is called twice`, async () => {
		const names = ["bob", "carol", "dave"].slice(0, count);
		const ring = names.map((name) => new Station(name, QUIET));
		const alice = new Station("alice", QUIET);
		await withStations([alice, ...ring], async () => {
			ring.forEach((station, index) => {
				const next = ring[(index + 1) % count];
				ok(next);
				equal(station.phone.forward("always", next.uri), undefined);
			});
			ok(ring[0]);
			alice.phone.dial(ring[0].uri);
			await ended(alice);
			ok(alice.call.reason?.startsWith("the other party has moved to sip:"), alice.call.reason);
			for (const station of ring)
				equal(station.said.split(" is sent to ").length - 1, 1, `${station.name}: ${station.said}`);
		});
	});

/** A hand that takes every call, and then has the phone call somebody else. */
function passesOn(hand: Hand, target: () => string, calls: { count: number }): void {
	hand.answer = (request) => {
		const to = field(request, "To");
		const inside = {
			callId: field(request, "Call-ID"),
			to: field(request, "From"),
			from: to.includes(";tag=") ? to : `${to};tag=hand`,
		};
		// It worked: whoever is sent on is let go.
		if (request.startsWith("NOTIFY") && request.includes("SIP/2.0 200")) hand.send("BYE", { ...inside, cseq: 60 });
		if (!request.startsWith("INVITE")) return undefined;
		if (inside.from !== to) {
			calls.count++;
			void sleep(150).then(() => hand.send("REFER", { ...inside, cseq: 50, headers: [`Refer-To: <${target()}>`] }));
		}
		return { body: sdp(40_000) };
	};
}

test(
	"two that pass the phone to each other for ever: it calls five times, then stays where it is",
	() =>
		withHands(2, async (bob, one, other) => {
			ok(one && other);
			const calls = { count: 0 };
			passesOn(one, () => other.uri, calls);
			passesOn(other, () => one.uri, calls);
			bob.phone.dial(one.uri);
			await until("it has had enough", () => bob.said.includes("this call was sent on 5 times already"), 30_000);
			await sleep(500);
			// The owner's own call, and five at others' wish.
			equal(calls.count, 6);
			equal(one.count("REFER", 603) + other.count("REFER", 603), 1);
			ok(live(bob).length >= 1 && live(bob).length <= 4, `${live(bob).length} calls`);
		}),
	{ timeoutMs: 90_000 },
);

test(
	"a storm of transfers: one at a time, ten in all, and the call goes on",
	() =>
		withHands(2, async (bob, peer, target) => {
			ok(peer && target);
			const calls = new Set<string>();
			target.answer = (request) => {
				if (request.startsWith("INVITE")) calls.add(field(request, "Call-ID"));
				return request.startsWith("INVITE") ? { status: "486 Busy Here" } : undefined;
			};
			const dialog = await peer.call("storm", () => bob.phone.answer());
			await until("connected", () => bob.call.state === "connected");
			const answers = (): number => [202, 500, 603].reduce((sum, each) => sum + peer.count("REFER", each), 0);
			for (let i = 0; i < 200; i++) {
				const headers = [`Refer-To: <sip:somebody${i}@${HOME}:${target.port}>`];
				peer.send("REFER", { ...dialog, cseq: 100 + i, headers });
				await until("an answer", () => answers() > i);
				ok(live(bob).length <= 2, `${live(bob).length} calls`);
				if (calls.size < 10) await until("that call is over", () => live(bob).length === 1);
			}
			equal(calls.size, 10);
			ok(bob.said.includes("its other end has had 10 of them"), bob.said);
			equal(bob.call.state, "connected");
			peer.send("BYE", { ...dialog, cseq: 1000 });
			await until("ended", () => live(bob).length === 0);
		}),
	{ timeoutMs: 90_000 },
);
