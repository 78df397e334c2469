/** Whole phones on loopback: calls with an address that encrypted before, and now do not. */
import { equal, ok, test } from "test/harness";
import { Caller, EngineMedia, laboratory } from "./laboratory";
import { connect, ended, HOME, Station, secured, sleep, until, withPair, withStations } from "./pair";

test("who takes ZRTP and its announcement out: loud, the microphone held until the owner says go on", async () => {
	const alice = new Station("alice", { tone: 440 });
	const bob = new Station("bob");
	// The same address, as seen from alice, and no ZRTP.
	const stripped = new Station("bob", { zrtp: false, tone: 300 });
	await withStations([alice, bob, stripped], async () => {
		await secured(alice, bob);
		alice.phone.verify(true, "Bob");
		alice.phone.hangup();
		await ended(alice, bob);
		await connect(alice, stripped);
		await until("discovery ends", () => !alice.call.securing, 20_000);
		equal([alice.call.lock, alice.call.question?.about, alice.call.keying], ["warning", "unencrypted", "none"]);
		ok(alice.call.notice?.startsWith("Calls with this address were encrypted"), alice.call.notice);
		await sleep(300);
		equal([alice.call.stats?.clearSent, alice.call.stats?.clearReceived], [0, 0]);
		alice.phone.decide("unencrypted", false);
		await sleep(100);
		equal([alice.call.stats?.clearSent, alice.call.lock], [0, "warning"]);
		alice.phone.decide("unencrypted", true);
		equal([alice.call.lock, alice.call.question], ["open", undefined]);
		ok(alice.call.notice?.includes("can be overheard"), alice.call.notice);
		await until("voice", () => (alice.call.stats?.clearSent ?? 0) > 3 && (alice.call.stats?.clearReceived ?? 0) > 3);
		alice.phone.hangup();
		await ended(alice, stripped);
		// A consent is for one call; who is forgotten is new.
		await connect(alice, stripped);
		await until("discovery ends", () => !alice.call.securing, 20_000);
		equal(alice.call.question?.about, "unencrypted");
		alice.phone.hangup();
		await ended(alice, stripped);
		alice.store.forget(bob.store.zid);
		await connect(alice, stripped);
		await until("discovery ends", () => !alice.call.securing, 20_000);
		equal([alice.call.lock, alice.call.question], ["open", undefined]);
	});
});

test("the owner does not talk without encryption at all: no question, no voice", async () => {
	const alice = new Station("alice", { tone: 440, mandatory: true });
	const bob = new Station("bob");
	const stripped = new Station("bob", { zrtp: false });
	await withStations([alice, bob, stripped], async () => {
		await secured(alice, bob);
		alice.phone.hangup();
		await ended(alice, bob);
		await connect(alice, stripped);
		await until("discovery ends", () => !alice.call.securing, 20_000);
		equal([alice.call.lock, alice.call.question], ["warning", undefined]);
		alice.phone.decide("unencrypted", true);
		await sleep(200);
		equal([alice.call.stats?.clearSent, alice.call.lock], [0, "warning"]);
	});
});

test("somebody else who has no ZRTP is no alarm, however many others encrypt", () =>
	withPair(
		async (alice, bob) => {
			alice.store.commit(new Uint8Array(12).fill(3), {
				rs1: new Uint8Array(32),
				verified: true,
				address: `sip:carol@${HOME}`,
			});
			await connect(alice, bob);
			await until("discovery ends", () => !alice.call.securing);
			equal([alice.call.lock, alice.call.question], ["open", undefined]);
		},
		{},
		{ zrtp: false },
	));

test("an address met through a gateway is not expected to encrypt the next time", () => {
	const bob = new Station("bob");
	return laboratory(bob, async (open) => {
		const media = open(new EngineMedia("gateway", { seed: 7, mitm: true }));
		await open(new Caller(bob, "+4930123456")).call(media);
		await until("secure", () => bob.call.keying === "zrtp");
		bob.phone.hangup();
		await until("ended", () => bob.call.state === "ended");
		const plain = open(new EngineMedia("nobody", { seed: 8 }));
		plain.deaf = true;
		await open(new Caller(bob, "+4930123456")).call(plain, { hash: undefined });
		await until("discovery ends", () => !bob.call.securing);
		equal([bob.call.lock, bob.call.question], ["open", undefined]);
	});
});
