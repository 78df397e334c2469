/**
 * A second voice stream in one call: two whole phones over the seeded network, keyed by Multistream mode from the first
 * (RFC 6189 section 4.4.3); its lock is never better than the worst of them.
 */

import { equal, ok, test } from "test/harness";
import type { NetemOptions } from "test/net/netem";
import { Between } from "./between";
import { Caller, description, EngineMedia, laboratory, section } from "./laboratory";
import { ended, HOME, Station, until, withPair } from "./pair";

async function over(
	net: NetemOptions,
	body: (alice: Station, bob: Station, between: Between) => Promise<void>,
	session: { readonly allowClear?: boolean } = {},
): Promise<void> {
	await withPair(
		async (alice, bob) => {
			const between = new Between(bob.phone.sipPort, net);
			try {
				alice.phone.dial(`sip:bob@${HOME}:${between.port}`);
				await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
				bob.phone.answer();
				await until("secure", () => alice.call.keying === "zrtp" && bob.call.keying === "zrtp", 20_000);
				await body(alice, bob, between);
			} finally {
				between.close();
			}
		},
		{ session, tone: 440 },
		{ session, tone: 300 },
	);
}

const streamsSecure = (station: Station): number => station.said.split("secure after").length - 1;

async function bothStreams(alice: Station, bob: Station): Promise<void> {
	await until("a second stream", () => alice.call.streams === 2 && bob.call.streams === 2);
	await until("its keys", () => alice.call.lock === "closed" && bob.call.lock === "closed", 20_000);
}

test("a stream added by re-INVITE, from either end, over networks that lose, duplicate and reorder", async () => {
	for (const [seed, loss] of [
		[1, 0],
		[2, 0.05],
		[3, 0.2],
		[4, 0.2],
	] as const)
		await over({ seed, loss, delayMs: 5, jitterMs: 10, duplicate: 0.1, reorder: 0.1 }, async (alice, bob, between) => {
			const { sas } = alice.call;
			const adds = seed % 2 === 0 ? alice : bob;
			ok(adds.phone.addStream());
			equal(adds.phone.addStream(), false, "two are as many as there may be");
			await bothStreams(alice, bob);
			equal([alice.call.sas, bob.call.sas, between.streams], [sas, sas, 2], `seed ${seed}`);
			for (const station of [alice, bob]) {
				ok(station.said.includes("chooses S256 AES1 HS80 Mult"), "Multistream, and no second DH");
				equal([station.call.stats?.clearSent, station.call.stats?.rejected, station.store.length], [0, 0, 1]);
			}
			if (loss >= 0.2) ok(between.lost > 0);
		});
});

test("while the second stream has no keys the lock is open, nothing leaves there in the clear, and then it is closed", () =>
	over({ seed: 5, delayMs: 60 }, async (alice, bob) => {
		alice.phone.verify(true);
		equal(alice.call.lock, "verified");
		alice.phone.addStream();
		await until("agreed", () => alice.call.streams === 2);
		await until("weak", () => alice.call.lock === "open");
		ok(alice.call.notice?.startsWith("The second stream of this call is not encrypted yet"), alice.call.notice);
		await until("good again", () => alice.call.lock === "verified" && bob.call.lock === "closed");
		equal(alice.call.notice, undefined);
		ok(!alice.said.includes("voice in the clear is allowed"));
	}));

test(
	"GoClear ends both streams, and both come back",
	() =>
		over(
			{ seed: 6 },
			async (alice, bob) => {
				alice.phone.addStream();
				await bothStreams(alice, bob);
				ok(alice.phone.encrypt(false));
				await until("cleared", () => alice.call.clear === "done" && bob.call.clear === "done");
				equal([alice.call.lock, bob.call.lock, bob.call.question?.about], ["open", "warning", "cleared"]);
				const before = streamsSecure(alice);
				ok(alice.phone.encrypt(true));
				await bothStreams(alice, bob);
				ok(streamsSecure(alice) >= before + 2, "two streams");
			},
			{ allowClear: true },
		),
	{ timeoutMs: 60_000 },
);

test("hold, resume and the end with two streams", () =>
	over({ seed: 7 }, async (alice, bob) => {
		alice.phone.addStream();
		await bothStreams(alice, bob);
		bob.phone.hold(true);
		await until("held", () => alice.call.state === "held");
		bob.phone.hold(false);
		await until("resumed", () => alice.call.state === "connected" && bob.call.state === "connected");
		await bothStreams(alice, bob);
		alice.phone.hangup();
		await ended(alice, bob);
		equal([alice.call.lock, bob.call.lock], ["closed", "closed"], "what was, was");
	}));

test("a peer that refuses the second stream keeps the first one's keys", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 91 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await until("secure", () => bob.call.keying === "zrtp");
		caller.answers = description([section(alice), "m=audio 0 RTP/AVP 8"]);
		ok(bob.phone.addStream());
		await until("offered", () => caller.offers.length === 1);
		equal(caller.offers[0]?.match(/^m=audio/gm)?.length, 2);
		await until("refused", () => bob.call.streams === undefined);
		equal([bob.call.lock, bob.call.notice], ["closed", undefined]);
		const before = alice.heard;
		await until("voice", () => alice.heard > before + 3);
	});
});

test("a second stream from another ZID than the first one's: a warning, and nothing goes there", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 92 }));
		const eve = open(new EngineMedia("eve", { seed: 93 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await until("secure", () => bob.call.keying === "zrtp");
		const answer = await caller.reinvite(description([section(alice), section(eve)]));
		const second = answer.slice(answer.lastIndexOf("m=audio"));
		ok(!second.startsWith("m=audio 0"), answer);
		eve.begin(second);
		await until("a warning", () => bob.call.lock === "warning");
		ok(bob.call.notice?.startsWith("The second stream of this call is not encrypted: nothing"), bob.call.notice);
		equal(eve.heard, 0);
		// The stream is taken out again.
		await caller.reinvite(description([section(alice), "m=audio 0 RTP/AVP 8"]));
		equal([bob.call.streams, bob.call.lock], [undefined, "closed"]);
	});
});

test("two streams from the first moment of a call", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 94 }));
		const second = open(new EngineMedia("alice", { seed: 95, joins: alice.end.session.association }));
		const caller = open(new Caller(bob, "alice"));
		await caller.ring(description([section(alice), section(second)]));
		bob.phone.answer();
		const answer = await caller.answered();
		second.begin(answer.slice(answer.lastIndexOf("m=audio")));
		alice.begin(answer);
		await until("secure", () => bob.call.lock === "closed" && bob.call.streams === 2);
		equal([second.end.failures, second.end.cache.size], [[], 0]);
		await until("voice on both", () => alice.heard > 3 && second.heard > 3);
		// Another phone takes over: the second stream's keys go with the first one's.
		const carol = open(new EngineMedia("carol", { seed: 96 }));
		const besides = open(new EngineMedia("carol", { seed: 97, joins: carol.end.session.association }));
		const moved = await caller.reinvite(description([section(carol), section(besides)]));
		equal([bob.call.securing, bob.call.lock], [true, "open"]);
		besides.begin(moved.slice(moved.lastIndexOf("m=audio")));
		carol.begin(moved);
		await until("secure again", () => bob.call.lock === "closed");
		equal([carol.end.warnings, besides.end.warnings], [[], []]);
	});
});
