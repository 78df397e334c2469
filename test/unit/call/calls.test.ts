/** Whole phones on loopback: how calls begin and end. */
import { now } from "board/clock";
import { utf8Encode } from "bytes/text";
import UDP from "hal/net/udp";
import { equal, ok, test, throws } from "test/harness";
import {
	connect,
	ended,
	HOME,
	ring,
	Station,
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

test("a third phone hears busy, and the call goes on", () => {
	const [alice, bob, carol] = [new Station("alice"), new Station("bob"), new Station("carol")];
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

test("a second dial is refused with a remark that the next call takes away", () =>
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
			["ringing", ring],
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

/** A peer of the tests' own: raw SIP. */
async function received(socket: UDP): Promise<string> {
	let text = "";
	await until("a datagram", () => {
		const datagram = socket.read();
		if (datagram) text = String.fromCharCode(...new Uint8Array(datagram));
		return datagram !== undefined;
	});
	return text;
}

function field(message: string, name: string): string {
	return new RegExp(`^${name}: (.*)\r$`, "m").exec(message)?.[1] ?? "";
}

function invite(port: number, branch: string, extra: readonly string[], body: string): Uint8Array {
	return utf8Encode(
		[
			"INVITE sip:bob@127.0.0.1 SIP/2.0",
			`Via: SIP/2.0/UDP ${HOME}:${port};branch=z9hG4bK${branch}`,
			"Max-Forwards: 70",
			`From: <sip:eve@${HOME}>;tag=eve${branch}`,
			"To: <sip:bob@127.0.0.1>",
			`Call-ID: ${branch}`,
			"CSeq: 1 INVITE",
			...extra,
			`Content-Length: ${body.length}`,
			"",
			body,
		].join("\r\n"),
	);
}

function sdp(port: number, address = HOME, format = "0"): string {
	return `v=0\r\no=- 1 1 IN IP4 ${HOME}\r\ns=-\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=audio ${port} RTP/AVP ${format}\r\n`;
}

test("an INVITE without an offer: ours goes out with 200, the answer comes with ACK; a hang-up before it is no dead end", async () => {
	for (const how of ["ack", "hangup", "no answer"]) {
		const bob = new Station("bob");
		const eve = new UDP({ address: HOME });
		await withStations([bob], async () => {
			const { sipPort } = bob.phone;
			eve.write(invite(eve.port, `late${how.length}`, [`Contact: <sip:eve@${HOME}:${eve.port}>`], ""), HOME, sipPort);
			await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
			bob.phone.answer();
			bob.phone.answer();
			let ok200 = "";
			while (!ok200.startsWith("SIP/2.0 200")) ok200 = await received(eve);
			ok(ok200.includes("m=audio"), ok200);
			if (how === "hangup") {
				bob.phone.hangup();
				equal(bob.call.state, "ended");
			}
			const body = how === "no answer" ? "" : sdp(40_000);
			eve.write(
				utf8Encode(
					[
						`ACK sip:bob@${HOME}:${sipPort} SIP/2.0`,
						`Via: SIP/2.0/UDP ${HOME}:${eve.port};branch=z9hG4bKack`,
						"Max-Forwards: 70",
						`From: ${field(ok200, "From")}`,
						`To: ${field(ok200, "To")}`,
						`Call-ID: ${field(ok200, "Call-ID")}`,
						"CSeq: 1 ACK",
						...(body === "" ? [] : ["Content-Type: application/sdp"]),
						`Content-Length: ${body.length}`,
						"",
						body,
					].join("\r\n"),
				),
				HOME,
				sipPort,
			);
			if (how === "ack") await until("connected", () => bob.call.state === "connected");
			else {
				await ended(bob);
				let bye = "";
				while (!bye.startsWith("BYE")) bye = await received(eve);
			}
		});
		eve.close();
	}
});

test("a peer's addresses that nothing can be sent to are that peer's fault alone", async () => {
	const bob = new Station("bob", { autoAnswer: true });
	const eve = new UDP({ address: HOME });
	await withStations([bob], async () => {
		const type = "Content-Type: application/sdp";
		let count = 0;
		for (const contact of ["1.2.3.999", "999", "...", "127.0.0.1:0", "[::zz]", "a..b"])
			for (const body of [
				sdp(40_000),
				sdp(40_000, "0.0.0.1"),
				sdp(65535, "255.255.255.255"),
				sdp(9, HOME, "300"),
				sdp(0),
			]) {
				eve.write(
					invite(eve.port, `evil${count++}`, [`Contact: <sip:eve@${contact}>`, type], body),
					HOME,
					bob.phone.sipPort,
				);
				await sleep(10);
				bob.phone.hangup();
			}
		// It is still there.
		const alice = new Station("alice");
		await withStations([alice], async () => {
			await until("idle", () => bob.phone.state.calls.every((call) => call.state === "ended"));
			alice.phone.dial(bob.uri);
			await until("secure", () => alice.call.secureAfterMs !== undefined);
		});
	});
	eve.close();
});

test("ACK and BYE to an address that is none: the call ends, the program does not", async () => {
	for (const contact of ["1.2.3.999", "999", "127.0.0.1:0", "no.such.host.invalid"]) {
		const alice = new Station("alice");
		const eve = new UDP({ address: HOME });
		await withStations([alice], async () => {
			alice.phone.dial(`sip:eve@${HOME}:${eve.port}`);
			const request = await received(eve);
			const body = sdp(40_000);
			eve.write(
				utf8Encode(
					[
						"SIP/2.0 200 OK",
						`Via: ${field(request, "Via")}`,
						`From: ${field(request, "From")}`,
						`To: ${field(request, "To")};tag=eve`,
						`Call-ID: ${field(request, "Call-ID")}`,
						`CSeq: ${field(request, "CSeq")}`,
						`Contact: <sip:eve@${contact}>`,
						"Content-Type: application/sdp",
						`Content-Length: ${body.length}`,
						"",
						body,
					].join("\r\n"),
				),
				HOME,
				alice.phone.sipPort,
			);
			await sleep(100);
			alice.phone.hangup();
			await sleep(50);
			equal(alice.call.state, "ended", contact);
		});
		eve.close();
	}
});
