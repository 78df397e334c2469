/**
 * A whole phone and a far end that changes inside the call: transfer, move, hold with music, another Hello in the
 * signalling or on the line (RFC 6189 sections 5 and 8).
 */
import { equal, ok, test } from "test/harness";
import { Caller, describe, description, EngineMedia, laboratory, section } from "./laboratory";
import { Station, secured, sleep, until, withPair, withStations } from "./pair";

async function secure(bob: Station, media: EngineMedia): Promise<void> {
	await until("secure", () => bob.call.keying === "zrtp" && media.end.secureAt !== undefined);
}

async function hears(media: EngineMedia): Promise<void> {
	const before = media.heard;
	await until("voice", () => media.heard > before + 3);
}

async function hearsNothing(media: EngineMedia): Promise<void> {
	await sleep(60);
	const before = media.heard;
	await sleep(200);
	equal(media.heard, before);
}

test("transfer by re-INVITE: another Hello is announced, keys anew, microphone held meanwhile, and it is said", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 11 }));
		const carol = open(new EngineMedia("carol", { seed: 12 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await secure(bob, alice);
		bob.phone.verify(true, "Alice");
		equal([bob.call.lock, bob.call.peerName], ["verified", "Alice"]);
		await hears(alice);
		const { sas } = bob.call;
		const answer = await caller.reinvite(describe(carol));
		equal([bob.call.securing, bob.call.lock, bob.call.keying, bob.call.sas], [true, "open", "none", undefined]);
		await hearsNothing(alice);
		await hearsNothing(carol);
		carol.begin(answer);
		await secure(bob, carol);
		equal([bob.call.lock, bob.call.retained, bob.call.verified], ["closed", "none", false]);
		equal(bob.call.peerName === "Alice", false, "her name goes with her");
		ok(bob.call.sas !== sas && bob.call.sas === carol.end.sas?.text);
		ok(bob.call.notice?.includes("another phone than before"), bob.call.notice);
		equal(carol.end.warnings, [], "our new Hello was the announced one");
		await hears(carol);
		await hearsNothing(alice);
		bob.phone.verify(true);
		equal([bob.call.lock, bob.call.notice], ["verified", undefined]);
		equal(bob.store.length, 2);
	});
});

test("transfer back: the first phone in a session of its own is the same one, and nobody has to compare again", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const cache = new Map();
		const alice = open(new EngineMedia("alice", { seed: 21, cache }));
		const carol = open(new EngineMedia("carol", { seed: 22 }));
		const again = open(new EngineMedia("alice", { seed: 23, cache }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await secure(bob, alice);
		bob.phone.verify(true, "Alice");
		carol.begin(await caller.reinvite(describe(carol)));
		await secure(bob, carol);
		again.begin(await caller.reinvite(describe(again)));
		await secure(bob, again);
		equal([bob.call.lock, bob.call.retained, bob.call.peerName], ["verified", "match", "Alice"]);
		equal(bob.call.notice, undefined, "whose words were compared needs no sentence");
	});
});

test("the same phone at another port with the same Hello: keys go on, voice follows", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 31 }));
		const moved = open(new EngineMedia("elsewhere", { seed: 32 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await secure(bob, alice);
		const { sas } = bob.call;
		await caller.reinvite(describe(moved, { hash: alice.end.session.helloHash }));
		equal([bob.call.securing, bob.call.lock, bob.call.sas], [false, "closed", sas]);
		await hears(moved);
		await hearsNothing(alice);
	});
});

test("hold with music from somewhere else leaves the keys alone; resumed, they are on at once", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 41 }));
		const music = open(new EngineMedia("music", { seed: 42 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await secure(bob, alice);
		const { sas } = bob.call;
		await caller.reinvite(describe(music, { direction: "sendonly", hash: undefined }));
		equal([bob.call.state, bob.call.lock], ["held", "closed"]);
		await hearsNothing(music);
		await hearsNothing(alice);
		await caller.reinvite(describe(alice));
		equal([bob.call.state, bob.call.securing, bob.call.sas], ["connected", false, sas]);
		await hears(alice);
	});
});

test("a move to who announces nothing begins anew; if there is no ZRTP the call does not go on in the clear unasked", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 51 }));
		const plain = open(new EngineMedia("plain", { seed: 52 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await secure(bob, alice);
		plain.deaf = true;
		await caller.reinvite(describe(plain, { hash: undefined }));
		equal([bob.call.securing, bob.call.lock], [true, "open"]);
		await until("the end of the wait", () => !bob.call.securing, 20_000);
		equal([bob.call.lock, bob.call.question?.about], ["warning", "unencrypted"]);
		ok(bob.call.notice?.startsWith("This call was encrypted, and no longer is"), bob.call.notice);
		await hearsNothing(plain);
		bob.phone.decide("unencrypted", true);
		equal(bob.call.lock, "open");
		await hears(plain);
		// Back where it was encrypted: nothing is left of the consent.
		const again = open(new EngineMedia("alice", { seed: 53, cache: alice.end.cache }));
		again.begin(await caller.reinvite(describe(again)));
		await secure(bob, again);
		equal([bob.call.lock, bob.call.retained], ["closed", "match"]);
	});
});

test("somebody else answers our own re-INVITE: keys anew, and another re-INVITE says which Hello is ours", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 57 }));
		const carol = open(new EngineMedia("carol", { seed: 58 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice);
		await secure(bob, alice);
		const hash = (sdp: string | undefined) => /a=zrtp-hash:1.10 (\w+)/.exec(sdp ?? "")?.[1];
		caller.answers = describe(carol);
		bob.phone.hold(true);
		await until("the second offer", () => caller.offers.length === 2);
		ok(hash(caller.offers[0]) !== hash(caller.offers[1]), "a Hello of its own for a session of its own");
		equal([bob.call.keying, bob.call.lock], ["none", "open"]);
		carol.begin(caller.offers[1] ?? "");
		await secure(bob, carol);
		equal([bob.call.lock, bob.call.retained, carol.end.warnings], ["closed", "none", []]);
		bob.phone.hold(false);
		await until("resumed", () => bob.call.state === "connected");
		await hears(carol);
		await sleep(300);
		equal(caller.offers.length, 3, "and no more than these");
		equal(hash(caller.offers[2]), hash(caller.offers[1]));
	});
});

test("a server that connects two whole phones with each other in the middle of their calls: they find each other", async () => {
	const carol = new Station("carol", { tone: 300 });
	const bob = new Station("bob", { tone: 440 });
	await withStations([carol], () =>
		laboratory(bob, async (open) => {
			// Bob talks with alice, when the server puts carol in her place (RFC 3725, flow I).
			const alice = open(new EngineMedia("alice", { seed: 59 }));
			const [toBob, toCarol] = [open(new Caller(bob, "pbx")), open(new Caller(carol, "pbx"))];
			await toBob.ring(describe(alice));
			bob.phone.answer();
			const first = await toBob.answered();
			alice.begin(first);
			await secure(bob, alice);
			await toCarol.ring(first);
			carol.phone.answer();
			const ofCarol = await toCarol.answered();
			const ofBob = await toBob.reinvite(ofCarol);
			await toCarol.reinvite(ofBob);
			await until("secure", () => bob.call.keying === "zrtp" && carol.call.keying === "zrtp", 20_000);
			equal([bob.call.sas, bob.call.retained], [carol.call.sas, "none"]);
			equal([bob.call.lock, carol.call.lock], ["closed", "closed"]);
			ok(bob.call.notice?.includes("another phone than before"), bob.call.notice);
			equal([carol.call.notice, carol.call.stats?.clearSent, bob.call.stats?.clearSent], [undefined, 0, 0]);
			const before = carol.call.stats?.encryptedReceived ?? 0;
			await until("voice", () => (carol.call.stats?.encryptedReceived ?? 0) > before + 3);
		}),
	);
});

test("hold and resume between two phones of ours begin nothing anew", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			const { sas } = alice.call;
			for (const station of [alice, bob]) {
				station.phone.hold(true);
				await until("held", () => alice.call.state === "held" && bob.call.state === "held");
				station.phone.hold(false);
				await until("resumed", () => alice.call.state === "connected" && bob.call.state === "connected");
			}
			await sleep(300);
			equal([alice.call.sas, bob.call.sas], [sas, sas], "nothing has changed");
			equal(bob.said.split(" INVITE sip:").length < 12, true, bob.said);
		},
		{ tone: 440 },
		{ tone: 300 },
	));

test("a hash that comes late and is not that of the Hello that was heard: a warning until the words are compared", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 61 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.call(alice, { hash: undefined });
		await secure(bob, alice);
		equal(bob.call.lock, "closed");
		await caller.reinvite(describe(alice, { hash: new Uint8Array(32).fill(9) }));
		equal(bob.call.lock, "warning");
		ok(bob.call.notice?.includes("not those that were announced"), bob.call.notice);
		bob.phone.verify(true);
		equal(bob.call.lock, "verified");
	});
});

test("a new source on the line, where signalling says nothing: keys anew once the old one is silent, and it is said", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 71 }));
		await open(new Caller(bob, "alice")).call(alice, { hash: undefined });
		await secure(bob, alice);
		bob.phone.verify(true, "Alice");
		// Without a word in SIP somebody else is at that address.
		alice.restart("carol", { seed: 72 });
		await sleep(300);
		equal([bob.call.keying, bob.call.lock], ["zrtp", "verified"], "a Hello proves nothing");
		// The former keys are on until these are confirmed.
		await until("keys with the new one", () => bob.call.sas !== undefined && bob.call.sas === alice.end.sas?.text);
		equal([bob.call.lock, bob.call.retained, bob.call.sas], ["closed", "none", alice.end.sas?.text]);
		ok(bob.call.notice?.includes("another phone than before"), bob.call.notice);
		ok(bob.said.includes("another phone is at the other end"));
		await hears(alice);
	});
});

test("a new source that never finishes, or never was one, takes no keys away", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 75 }));
		await open(new Caller(bob, "alice")).call(alice, { hash: undefined });
		await secure(bob, alice);
		bob.phone.verify(true);
		const { sas } = bob.call;
		alice.restart("eve", { seed: 76 });
		// In whichever role it is: the keys are agreed, and no Confirm of its own comes.
		alice.fallsSilentAfter = ["DHPart1", "DHPart2"];
		await until("it was listened to", () => alice.deaf);
		await hears(alice);
		for (let n = 0; n < 14; n++) {
			await sleep(1000);
			equal([bob.call.sas, bob.call.lock, bob.call.keying, bob.call.securing], [sas, "verified", "zrtp", false]);
		}
		await hears(alice);
		equal(bob.store.length, 1);
	});
});

test("a new source whose Hello is not the announced one is nobody, however often it says it", () => {
	const bob = new Station("bob", { tone: 440 });
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 73 }));
		await open(new Caller(bob, "alice")).call(alice);
		await secure(bob, alice);
		const { sas } = bob.call;
		alice.restart("eve", { seed: 74 });
		await sleep(3000);
		equal([bob.call.sas, bob.call.lock, bob.call.keying], [sas, "closed", "zrtp"]);
		ok(bob.call.remarks?.some((text) => text.includes("Another phone wanted to agree keys")));
	});
});

test("an offer of two streams without a session of their own takes one of them", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const alice = open(new EngineMedia("alice", { seed: 81 }));
		const other = open(new EngineMedia("other", { seed: 82 }));
		const caller = open(new Caller(bob, "alice"));
		await caller.ring(description([section(alice), section(other, { hash: undefined })]));
		bob.phone.answer();
		const answer = await caller.answered();
		equal(
			answer.match(/^m=audio \d+/gm)?.map((line) => line.endsWith(" 0")),
			[false, true],
		);
	});
});
