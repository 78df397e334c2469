/** Whole phones on loopback: calls that are sent on (RFC 5589), seen from all three ends. */
import { equal, ok, test } from "test/harness";
import {
	callWith,
	ended,
	live,
	Station,
	type StationOptions,
	secured,
	securedBetween,
	until,
	withStations,
} from "test/unit/call/pair";

function withThree(
	body: (alice: Station, bob: Station, carol: Station) => Promise<void>,
	options: { alice?: StationOptions; bob?: StationOptions; carol?: StationOptions } = {},
): Promise<void> {
	const alice = new Station("alice", { tone: 440, ...options.alice });
	const bob = new Station("bob", { tone: 700, ...options.bob });
	const carol = new Station("carol", { tone: 1000, ...options.carol });
	return withStations([alice, bob, carol], () => body(alice, bob, carol));
}

/** The locks that a phone shows, at every moment that can be seen. */
function locksOf(station: Station): Set<string> {
	const seen = new Set<string>();
	station.watch = () => {
		for (const call of live(station)) seen.add(`${/sip:(\w+)@/.exec(call.peer)?.[1]} ${call.lock}`);
	};
	return seen;
}

test("blind: the other party calls the target, and the two agree keys of their own", () =>
	withThree(async (alice, bob, carol) => {
		await secured(alice, bob);
		const before = bob.call.sas;
		const seen = locksOf(bob);
		equal(alice.phone.transfer(carol.uri), undefined);
		equal(alice.call.state, "held");
		equal(alice.call.transfer?.state, "asked");
		equal(alice.phone.transfer(carol.uri), "this call is being sent on already");
		await until("carol rings", () => live(carol).length === 1);
		await until("alice knows", () => alice.call.transfer?.state === "trying");
		equal(callWith(bob, carol).via, callWith(bob, alice).peerName);
		equal([callWith(bob, carol).lock, callWith(bob, alice).lock], ["open", "closed"]);
		carol.phone.answer();
		await securedBetween([bob, carol]);
		await ended(alice);
		await until("one call", () => live(bob).length === 1);
		equal(bob.call.state, "connected");
		ok(bob.call.peer.includes("carol") && carol.call.peer.includes("bob"));
		ok(bob.call.sas === carol.call.sas && bob.call.sas !== before, "the words are those of the new call");
		ok(alice.phone.state.notice?.includes("is connected with"), alice.phone.state.notice);
		ok(alice.call.reason?.includes("is connected with") && alice.call.transfer?.state === "done", alice.call.reason);
		// Never a lock for a call that has no keys yet: alice's was closed, carol's went from open to closed.
		equal([...seen].sort(), ["alice closed", "carol closed", "carol open"]);
	}));

test("blind, and the target is busy or declines: told, and back with the first", () =>
	withThree(
		async (alice, bob, carol) => {
			for (const how of ["busy", "declined"]) {
				await secured(alice, bob);
				if (how === "busy") carol.phone.setDoNotDisturb(true);
				equal(alice.phone.transfer(carol.uri), undefined);
				if (how === "declined") {
					await until("carol rings", () => live(carol).length === 1);
					carol.phone.hangup();
				}
				await until("failed", () => alice.phone.state.notice?.startsWith("transfer failed: ") === true);
				ok(alice.phone.state.notice?.includes("you are back with "), alice.phone.state.notice);
				await until("back", () => alice.call.state === "connected" && bob.call.state === "connected");
				equal([alice.call.transfer, alice.call.lock, bob.call.lock], [undefined, "closed", "closed"]);
				equal([live(alice).length, live(bob).length, live(carol).length], [1, 1, 0]);
				ok(bob.phone.state.notice?.startsWith("not connected with "), bob.phone.state.notice);
				alice.phone.hangup();
				await ended(alice, bob);
				carol.phone.setDoNotDisturb(false);
			}
		},
		{ bob: { user: "bob" } },
	));

test("after asking: the two are connected, the call of the one takes the place of the other's", () =>
	withThree(async (alice, bob, carol) => {
		await secured(alice, bob);
		equal(alice.phone.connectOthers(), "a second call is needed to connect the two");
		alice.phone.dial(carol.uri);
		await until("carol rings", () => live(carol).length === 1);
		carol.phone.answer();
		await securedBetween([alice, carol]);
		const asked = carol.call;
		equal(alice.phone.connectOthers(), undefined);
		await until("alice is out of it", () => live(alice).length === 0);
		ok(alice.call.reason?.includes("is connected with"), alice.call.reason);
		await until("carol has bob", () => live(carol).length === 1 && carol.call.peer.includes("bob"));
		await securedBetween([bob, carol]);
		await until("one call each", () => live(bob).length === 1 && live(carol).length === 1);
		equal([bob.call.state, carol.call.state, carol.call.lock], ["connected", "connected", "closed"]);
		ok(carol.call.sas !== asked.sas && carol.call.sas === bob.call.sas, "the words are those of the new call");
		equal(carol.call.via, asked.peerName);
		// Nobody had to answer a second time.
		equal(carol.phone.state.missed, 0);
		// And the call that went was not put on hold for it.
		const changes = carol.said.split("\n").filter((line) => /: out .* INVITE sip:.* sendonly/.test(line));
		equal(changes, []);
	}));

test("a phone that lets nobody connect it says so, and the call goes on", () =>
	withThree(
		async (alice, bob, carol) => {
			await secured(alice, bob);
			alice.phone.transfer(carol.uri);
			await until("failed", () => alice.phone.state.notice?.startsWith("transfer failed: ") === true);
			await until("back", () => alice.call.state === "connected" && bob.call.state === "connected");
			equal(live(carol).length, 0);
		},
		{ bob: { features: { transferByPeer: false } } },
	));

test("what cannot be sent on", () =>
	withThree(async (alice, bob, carol) => {
		equal(alice.phone.transfer(carol.uri), "there is no call to send on");
		alice.phone.dial(bob.uri);
		equal(alice.phone.transfer(carol.uri), "there is no call to send on");
		equal(alice.phone.transfer("bob smith"), '"bob smith" is no address to send a call to');
	}));

/** Of bob's call with somebody without ZRTP. */
async function silentUnasked(bob: Station, carol: Station): Promise<void> {
	await until(
		"the end of the wait",
		() => /no longer is|not encrypted/.test(callWith(bob, carol).notice ?? ""),
		12_000,
	);
	const { lock, question, stats } = callWith(bob, carol);
	equal([lock, question?.about, stats?.clearSent], ["warning", "unencrypted", 0]);
	bob.phone.decide("unencrypted", true, callWith(bob, carol).id);
	equal(callWith(bob, carol).lock, "open");
	await until("voice", () => (callWith(bob, carol).stats?.clearSent ?? 0) > 3);
}

test("connected from an encrypted call with a phone without ZRTP: a warning, and nobody is heard unasked", () =>
	withThree(
		async (alice, bob, carol) => {
			await secured(alice, bob);
			equal(alice.phone.transfer(carol.uri), undefined);
			await until("carol rings", () => live(carol).length === 1);
			carol.phone.answer();
			await silentUnasked(bob, carol);
		},
		{ carol: { zrtp: false } },
	));

test("a phone without ZRTP that takes the place of an encrypted call: a warning, and nobody is heard unasked", () =>
	withThree(
		async (alice, bob, carol) => {
			alice.phone.dial(carol.uri);
			await until("carol rings", () => live(carol).length === 1);
			carol.phone.answer();
			await until("connected", () => live(alice)[0]?.state === "connected");
			alice.phone.dial(bob.uri);
			await until("bob rings", () => live(bob).length === 1);
			bob.phone.answer();
			await securedBetween([alice, bob]);
			equal(alice.phone.connectOthers(), undefined);
			await until("bob has carol", () => live(bob).length === 1 && bob.call.peer.includes("carol"));
			await silentUnasked(bob, carol);
		},
		{ carol: { zrtp: false } },
	));
