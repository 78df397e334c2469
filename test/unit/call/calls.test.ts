/** Whole phones on loopback: how calls begin and end. */
import { board } from "board/board";
import { now } from "board/clock";
import UDP from "hal/net/udp";
import { equal, ok, test, throws } from "test/harness";
import {
	connect,
	ended,
	HOME,
	ring,
	Station,
	SUITES,
	secured,
	sleep,
	until,
	withPair,
	withStations,
} from "test/unit/call/pair";

test("a call: it rings, is answered, closes the lock, and both ends read the same words", () =>
	withPair(async (alice, bob) => {
		await ring(alice, bob);
		equal([alice.call.direction, bob.call.direction], ["outgoing", "incoming"]);
		equal([alice.call.lock, bob.call.lock], ["open", "open"]);
		equal([alice.call.securing, bob.call.securing], [false, false]);
		equal(bob.call.peer.startsWith("sip:alice@"), true);
		bob.phone.answer();
		await until("secure", () => alice.call.secureAfterMs !== undefined && bob.call.secureAfterMs !== undefined);
		for (const { call } of [alice, bob]) {
			equal([call.lock, call.keying, call.retained, call.verified], ["closed", "zrtp", "none", false]);
			equal([call.keyAgreement, call.hash, call.cipher, call.authTag], ["X255", "S256", "AES1", "HS80"]);
			equal([call.sasType, call.sas?.length, call.codec, call.notice], ["B32", 4, "PCMA", undefined]);
		}
		equal(alice.call.sas, bob.call.sas);
		await until(
			"voice",
			() => (bob.call.stats?.encryptedReceived ?? 0) > 5 && (alice.call.stats?.encryptedReceived ?? 0) > 5,
		);
		for (const { call } of [alice, bob]) equal([call.stats?.clearSent, call.stats?.clearReceived], [0, 0]);
		alice.phone.hangup();
		await ended(alice, bob);
		equal([alice.call.reason, bob.call.reason], ["you hung up", "the other party hung up"]);
	}));

test("a call by ZRTP with AES-GCM: voice goes both ways, none of it in the clear", () => {
	const session = { suites: { ...SUITES, ciphers: ["AES3", "AES1"], authTags: ["GCM", "HS80"] } } as const;
	return withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			for (const { call } of [alice, bob]) equal([call.cipher, call.authTag, call.lock], ["AES3", "GCM", "closed"]);
			equal(alice.call.sas, bob.call.sas);
			await until(
				"voice",
				() => (bob.call.stats?.encryptedReceived ?? 0) > 10 && (alice.call.stats?.encryptedReceived ?? 0) > 10,
			);
			for (const { call } of [alice, bob]) equal([call.stats?.clearSent, call.stats?.clearReceived], [0, 0]);
		},
		{ session },
		{ session },
	);
});

test("a call with SHA-3, which the simulator has where a setting lists it", () => {
	const session = { provider: board.provider, suites: { ...SUITES, hashes: ["N384", "N256", "S256"] } } as const;
	return withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			for (const { call } of [alice, bob]) equal([call.hash, call.lock], ["N384", "closed"]);
			equal(alice.call.sas, bob.call.sas);
		},
		{ session },
		{ session },
	);
});

test("the one that was called hangs up; the figures of the call stay", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		await until("voice", () => (alice.call.stats?.encryptedReceived ?? 0) > 5);
		bob.phone.hangup();
		await ended(alice, bob);
		const { stats, durationMs } = alice.call;
		ok(durationMs > 0 && (stats?.encryptedReceived ?? 0) > 5);
		const changes = [alice.changes, bob.changes];
		await sleep(200);
		equal(alice.call.stats, stats);
		equal(alice.call.durationMs, durationMs);
		equal([alice.changes, bob.changes], changes);
	}));

test("the caller gives up while it rings", () =>
	withPair(async (alice, bob) => {
		await ring(alice, bob);
		alice.phone.hangup();
		await ended(alice, bob);
		equal([alice.call.reason, bob.call.reason], ["you hung up", "the caller hung up"]);
		bob.phone.answer();
		bob.phone.hangup();
		equal(bob.call.state, "ended");
	}));

test("a hang-up in the same moment as the answer", () =>
	withPair(async (alice, bob) => {
		await ring(alice, bob);
		bob.phone.answer();
		alice.phone.hangup();
		await ended(alice, bob);
		await sleep(100);
		equal([alice.call.state, bob.call.state], ["ended", "ended"]);
	}));

test("an answer and a hang-up at once, at the called phone", () =>
	withPair(async (alice, bob) => {
		await ring(alice, bob);
		bob.phone.answer();
		bob.phone.answer();
		bob.phone.hangup();
		bob.phone.hangup();
		await ended(alice, bob);
		equal(bob.call.reason, "you hung up");
	}));

test("declined", () =>
	withPair(async (alice, bob) => {
		await ring(alice, bob);
		bob.phone.hangup();
		await ended(alice, bob);
		equal(bob.call.reason, "you declined the call");
		ok(/declin/i.test(alice.call.reason ?? ""), alice.call.reason);
		await connect(alice, bob);
	}));

test("a third phone hears busy where the settings want no second caller, and the call goes on", () => {
	const features = { waiting: false };
	const [alice, bob, carol] = [new Station("alice"), new Station("bob", { features }), new Station("carol")];
	return withStations([alice, bob, carol], async () => {
		await secured(alice, bob);
		carol.phone.dial(bob.uri);
		await ended(carol);
		ok(/busy/i.test(carol.call.reason ?? ""), carol.call.reason);
		equal(bob.call.state, "connected");
		ok(bob.call.peer.startsWith("sip:alice@"));
		// Also while it rings.
		alice.phone.hangup();
		await ended(alice, bob);
		await ring(alice, bob);
		carol.phone.dial(bob.uri);
		await until("busy again", () => carol.call.state === "ended");
		equal(bob.call.state, "ringing");
	});
});

test("a second dial while the first rings is refused with a remark that the next call takes away", () =>
	withPair(async (alice, bob) => {
		await ring(alice, bob);
		alice.phone.dial("sip:carol@127.0.0.1");
		equal(alice.phone.state.notice, "there is a call already: hang up first");
		alice.phone.notice = "the config could not be fetched";
		equal(alice.phone.state.notice, "there is a call already: hang up first");
		alice.phone.hangup();
		equal(alice.phone.state.notice, "the config could not be fetched");
		await ended(alice, bob);
		await connect(alice, bob);
		equal(alice.phone.state.notice, "the config could not be fetched");
		alice.phone.notice = undefined;
		equal(alice.phone.state.notice, undefined);
	}));

test("nobody is there: the network says so", async () => {
	const gone = new UDP({ address: HOME });
	const { port } = gone;
	gone.close();
	for (const host of [HOME, "localhost"]) {
		const alice = new Station("alice");
		await withStations([alice], async () => {
			const start = now();
			alice.phone.dial(`sip:bob@${host}:${port}`);
			await ended(alice);
			ok(now() - start < 3000, `${host}: ${now() - start} ms`);
			ok(alice.call.reason?.includes(String(port)), alice.call.reason);
		});
	}
});

test("a phone that is silent keeps nobody from giving up, or from closing", async () => {
	const mute = new UDP({ address: HOME });
	const alice = new Station("alice");
	await withStations([alice], async () => {
		alice.phone.dial(`sip:bob@${HOME}:${mute.port}`);
		await sleep(100);
		equal(alice.call.state, "ringing");
		alice.phone.hangup();
		equal(alice.call.state, "ended");
		alice.phone.dial(`sip:bob@${HOME}:${mute.port}`);
		equal(alice.call.state, "ringing");
	});
	mute.close();
});

test("what is no address", () => {
	const [alice, eve] = [new Station("alice", { user: "alice" }), new Station("eve")];
	return withStations([alice, eve], async () => {
		for (const target of ["", "  ", "bob smith", "http://x/", "a@b@c", "sip:", "sip:@x y"]) {
			alice.phone.dial(target);
			equal(alice.phone.state.calls, [], target);
			ok(alice.phone.state.notice?.includes("is no address to call"), target);
		}
		// A name alone needs a domain.
		eve.phone.dial("bob");
		ok(eve.phone.state.notice?.includes("is no address to call"));
		for (const target of ["sips:bob@127.0.0.1", "sip:bob@[::zz]", "sip:bob@127.0.0.1:99999", "sip:bob@127.0.0.999"]) {
			alice.phone.dial(target);
			await ended(alice);
			ok((alice.call.reason ?? "").length > 5, target);
		}
		for (const target of ["bob", "*98#", "+4930123", "bob@example.invalid"]) {
			alice.phone.dial(target);
			ok(alice.call.peer.startsWith("sip:"), target);
			alice.phone.hangup();
			await ended(alice);
		}
	});
});

test("no codec in common: refused before it rings", () =>
	withPair(
		async (alice, bob) => {
			alice.phone.dial(bob.uri);
			await ended(alice);
			ok((alice.call.reason ?? "").length > 5, alice.call.reason);
			equal(bob.phone.state.calls, []);
			ok(bob.phone.state.notice?.includes("no codec in common"), bob.phone.state.notice);
			alice.phone.dial(bob.uri);
			await ended(alice);
		},
		{ codecs: ["PCMA"] },
		{ codecs: ["PCMU"] },
	));

test("the RTP port is in use: the call ends with its name, at either end", async () => {
	const taken = new UDP({ address: HOME });
	// Of the pair, either is enough.
	const rtpPort = taken.port & ~1;
	await withPair(
		async (alice, bob) => {
			alice.phone.dial(bob.uri);
			equal(alice.call.state, "ended");
			ok(alice.call.reason?.includes(String(taken.port)), alice.call.reason);
			equal(bob.phone.state.calls, []);
			// The other way round, the one that is called cannot answer.
			bob.phone.dial(alice.uri);
			await until("it rings", () => alice.call.state === "ringing");
			alice.phone.answer();
			await ended(alice, bob);
			ok(alice.call.reason?.includes(String(taken.port)), alice.call.reason);
			taken.close();
			await secured(alice, bob);
		},
		{ rtpPort },
	);
});

test("the SIP port is in use: the constructor says which", () => {
	const taken = new UDP({ address: HOME });
	throws(() => new Station("alice", { sipPort: taken.port }), new RegExp(String(taken.port)));
	taken.close();
});

test("auto-answer", () =>
	withPair(
		async (alice, bob) => {
			alice.phone.dial(bob.uri);
			await until("secure", () => alice.call.secureAfterMs !== undefined && bob.call.secureAfterMs !== undefined);
			alice.phone.hangup();
			await ended(alice, bob);
		},
		{},
		{ autoAnswer: true },
	));

test(
	"close in every state: nothing is called afterwards, and the other end learns of it",
	async () => {
		const states: readonly (readonly [string, (alice: Station, bob: Station) => Promise<void>])[] = [
			["idle", async () => {}],
			["dialling", async (alice, bob) => alice.phone.dial(bob.uri)],
			[
				"ringing",
				async (alice, bob) => {
					await ring(alice, bob);
					// Before a provisional response the caller may not say CANCEL (RFC 3261 section 9.1).
					await until("the 180", () => / 180 Ringing to INVITE/.test(alice.said));
				},
			],
			[
				"connected",
				async (alice, bob) => {
					await connect(alice, bob);
					// Before the ACK the callee may not say BYE (RFC 3261 section 15).
					await until("the ACK", () => / ACK sip/.test(bob.said));
				},
			],
			["secure", secured],
			[
				"held",
				async (alice, bob) => {
					await secured(alice, bob);
					alice.phone.hold(true);
				},
			],
			[
				"ended",
				async (alice, bob) => {
					await connect(alice, bob);
					bob.phone.hangup();
					await ended(alice, bob);
				},
			],
		];
		for (const [what, reach] of states)
			for (const first of ["alice", "bob"])
				await withPair(async (alice, bob) => {
					await reach(alice, bob);
					const [closed, other] = first === "alice" ? [alice, bob] : [bob, alice];
					const before = closed.changes;
					const said = closed.entries.length;
					closed.phone.close();
					const afterClose = closed.entries.length;
					closed.phone.close();
					for (const command of ["answer", "hangup"] as const) closed.phone[command]();
					closed.phone.dial(other.uri);
					closed.phone.hold(true);
					closed.phone.mute(true);
					closed.phone.verify(true, "x");
					closed.phone.notice = "x";
					await sleep(120);
					equal(closed.changes, before, `${what}: changes`);
					equal(closed.entries.length, afterClose, `${what}: said ${closed.said.split("\n").slice(said).join("\n")}`);
					if (what !== "idle" && what !== "dialling")
						await until(`${what}: the other end`, () => other.call.state === "ended", 3000);
					ok(closed.phone.state.calls.every((call) => call.state === "ended"));
				});
	},
	{ timeoutMs: 60_000 },
);

test("switched off between its 200 and the ACK, a phone still says BYE (RFC 3261 15)", async () => {
	await withPair(async (alice, bob) => {
		alice.phone.dial(bob.uri);
		await until("ringing", () => bob.phone.state.calls[0]?.state === "ringing", 3000);
		let gone = false;
		bob.phone.answer();
		bob.phone.close(() => {
			gone = true;
		});
		ok(!gone, "the ACK is not there yet");
		await until("the end", () => alice.call.state === "ended", 3000);
		await until("gone", () => gone, 3000);
		equal(alice.call.reason, "the other party hung up");
	});
});

test("switched off before any answer to its INVITE, a phone still takes the call back (RFC 3261 9.1)", async () => {
	await withPair(async (alice, bob) => {
		alice.phone.dial(bob.uri);
		let gone = false;
		alice.phone.close(() => {
			gone = true;
		});
		ok(/ INVITE sip/.test(alice.said), "the INVITE is out");
		ok(!/ to INVITE/.test(alice.said), "nothing has answered it");
		ok(!gone, "CANCEL has to wait for a provisional response");
		await until("gone", () => gone, 3000);
		await until("the end", () => bob.phone.state.calls[0]?.state === "ended", 3000);
		equal(bob.call.reason, "the caller hung up");
		ok(/ CANCEL sip/.test(bob.said));
	});
});

test("a phone that has nothing to say is gone at once", async () => {
	await withPair(async (alice) => {
		let gone = false;
		alice.phone.close(() => {
			gone = true;
		});
		ok(gone);
	});
});
