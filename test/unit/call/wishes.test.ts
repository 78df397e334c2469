/** Whole phones on loopback, and what their owners wish: not to be disturbed, to be reached elsewhere, to be told. */

import { FEATURES, type Features } from "call/features";
import { arrivalOf } from "call/forwarding";
import UDP from "hal/net/udp";
import { equal, ok, test } from "test/harness";
import {
	callWith,
	ended,
	HOME,
	live,
	ring,
	Station,
	type StationOptions,
	secured,
	sleep,
	until,
	withPair,
	withStations,
} from "test/unit/call/pair";
import { invite, sdp } from "test/unit/call/raw-peer";

const NOBODY_YET = { always: undefined, busy: undefined, noAnswer: undefined, noAnswerSec: 1 };

test("what becomes of a caller", () => {
	const forward = { always: undefined, busy: undefined, noAnswer: undefined, noAnswerSec: 20 };
	const of = (wish: Partial<Features>, inUse = false, room = true) => {
		const arrival = arrivalOf({ features: { ...FEATURES, ...wish }, inUse, room });
		return arrival.type === "forward" ? arrival.to : arrival.type === "refuse" ? arrival.status : arrival.type;
	};
	equal([of({}), of({}, true), of({}, true, false)], ["ring", "ring", 486]);
	equal([of({ waiting: false }), of({ waiting: false }, true)], ["ring", 486]);
	equal([of({ doNotDisturb: true }), of({ doNotDisturb: true, doNotDisturbStatus: 480 })], [486, 480]);
	const always = { forward: { ...forward, always: "a", busy: "b" } };
	equal([of(always), of({ ...always, doNotDisturb: true }), of(always, true, false)], ["a", "a", "a"]);
	const busy = { forward: { ...forward, busy: "b", noAnswer: "n" } };
	equal(
		[of(busy), of(busy, true), of(busy, true, false), of({ ...busy, doNotDisturb: true })],
		["ring", "ring", "b", "b"],
	);
	equal(of({ ...busy, waiting: false }, true), "b");
});

function withThree(
	body: (alice: Station, bob: Station, carol: Station) => Promise<void>,
	bob: StationOptions = {},
): Promise<void> {
	const stations = [new Station("alice"), new Station("bob", bob), new Station("carol")] as const;
	return withStations(stations, () => body(...stations));
}

test("do not disturb: the caller hears busy, nothing rings, and it is counted", () =>
	withPair(async (alice, bob) => {
		bob.phone.setDoNotDisturb(true);
		equal(bob.phone.state.doNotDisturb, true);
		alice.phone.dial(bob.uri);
		await ended(alice);
		ok(/busy/i.test(alice.call.reason ?? ""), alice.call.reason);
		equal([bob.phone.state.calls.length, bob.phone.state.missed], [0, 1]);
		equal([bob.phone.recent.length, bob.phone.recent[0]?.missed], [1, true]);
		bob.phone.setDoNotDisturb(false);
		await ring(alice, bob);
	}));

test("forwarded always, when busy, and when nobody answers", () =>
	withThree(
		async (alice, bob, carol) => {
			const reaches = async (): Promise<void> => {
				await until("carol rings", () => live(carol).length === 1);
				carol.phone.answer();
				await until("connected", () => alice.call.state === "connected");
				ok(carol.call.peer.includes("alice"));
				alice.phone.hangup();
				await ended(alice, carol);
			};
			equal(bob.phone.forward("always", "x y"), '"x y" is no address to send calls to');
			equal(bob.phone.forward("always", carol.uri), undefined);
			alice.phone.dial(bob.uri);
			await reaches();
			equal(bob.phone.state.calls.length, 0);
			bob.phone.forward("always", "");
			bob.phone.forward("busy", carol.uri);
			bob.phone.setDoNotDisturb(true);
			alice.phone.dial(bob.uri);
			await reaches();
			bob.phone.setDoNotDisturb(false);
			bob.phone.forward("busy", undefined);
			bob.phone.forward("noAnswer", carol.uri);
			await ring(alice, bob);
			await reaches();
			equal(bob.call.state, "ended");
			equal(bob.phone.state.forward?.busy, undefined);
		},
		{ features: { forward: NOBODY_YET } },
	));

test("answered in time, nobody is sent elsewhere", () =>
	withThree(
		async (alice, bob, carol) => {
			bob.phone.forward("noAnswer", carol.uri);
			await secured(alice, bob);
			await sleep(1200);
			equal([alice.call.state, bob.call.state, carol.phone.state.calls.length], ["connected", "connected", 0]);
		},
		{ features: { forward: NOBODY_YET } },
	));

test("nothing comes from the other end: told, and ended where the owner wishes so", async () => {
	const bob = new Station("bob", {
		autoAnswer: true,
		zrtp: false,
		features: { silenceNoticeSec: 1, silenceEndSec: 4 },
	});
	const eve = new UDP({ address: HOME });
	await withStations([bob], async () => {
		const type = "Content-Type: application/sdp";
		// Nobody sends anything from that port.
		const text = invite(eve.port, "quiet", [`Contact: <sip:eve@${HOME}:${eve.port}>`, type], sdp(40_000));
		eve.write(text, HOME, bob.phone.sipPort);
		await until("connected", () => bob.phone.state.calls[0]?.state === "connected");
		equal(bob.call.silent, undefined);
		await until("told", () => bob.call.silent === true);
		ok(bob.call.durationMs >= 1000);
		await until("ended", () => bob.call.state === "ended");
		ok(bob.call.reason?.startsWith("nothing came from the other phone for "), bob.call.reason);
	});
	eve.close();
});

test("on hold nothing has to come", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			bob.phone.hold(true);
			await until("held", () => alice.call.state === "held");
			await sleep(2500);
			equal([alice.call.state, alice.call.silent], ["held", undefined]);
			equal(callWith(bob, alice).state, "held");
		},
		{ features: { silenceNoticeSec: 1, silenceEndSec: 1 } },
	));
