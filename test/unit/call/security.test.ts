/** Whole phones on loopback: words compared, secrets retained, and what happens where keys do not come. */
import { utf8Decode, utf8Encode } from "bytes/text";
import { hardwareRandom } from "crypto/random";
import UDP from "hal/net/udp";
import { equal, ok, test } from "test/harness";
import { connect, ended, HOME, ring, type Station, secured, sleep, until, withPair } from "test/unit/call/pair";

async function again(alice: Station, bob: Station): Promise<void> {
	alice.phone.hangup();
	await ended(alice, bob);
	await secured(alice, bob);
}

/** Voice flows for a while, in this way alone. */
async function heard(from: Station, to: Station, how: "encrypted" | "clear" | "not"): Promise<void> {
	if (how === "not") {
		await sleep(300);
		equal([from.call.stats?.clearSent, from.call.stats?.encryptedSent], [0, 0]);
		equal(to.call.stats?.received, 0);
		return;
	}
	const counter = how === "clear" ? "clearReceived" : "encryptedReceived";
	const before = to.call.stats?.[counter] ?? 0;
	await until(`${how} voice`, () => (to.call.stats?.[counter] ?? 0) > before + 3);
}

test("words compared once: verified with a name, and in the next call without a question", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		alice.phone.verify(true, "Bob from work");
		equal([alice.call.lock, alice.call.verified, alice.call.peerName], ["verified", true, "Bob from work"]);
		equal([bob.call.lock, bob.call.verified], ["closed", false]);
		bob.phone.verify(true);
		equal(bob.call.lock, "verified");
		await again(alice, bob);
		for (const { call } of [alice, bob])
			equal([call.lock, call.retained, call.verified, call.notice], ["verified", "match", true, undefined]);
		equal(alice.call.peerName, "Bob from work");
		equal(
			alice.store.list().map(({ addresses }) => addresses),
			[[bob.uri]],
			"where the peer was seen",
		);
		// Power off and on at one end; the store is on flash.
		alice.phone.hangup();
		await ended(alice, bob);
		alice.restart();
		await secured(alice, bob);
		equal([alice.call.lock, alice.call.retained, alice.call.peerName], ["verified", "match", "Bob from work"]);
		equal(bob.call.lock, "verified");
		// A name that cannot be kept stands for this call.
		alice.flash.close();
		alice.phone.verify(true, "Robert");
		equal([alice.call.lock, alice.call.peerName], ["verified", "Robert"]);
		ok(alice.said.includes("the name was not stored"));
	}));

test("words never compared: closed in every call, matched and never a warning", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		await again(alice, bob);
		for (const { call } of [alice, bob]) equal([call.lock, call.retained, call.verified], ["closed", "match", false]);
	}));

test("a secret that does not match: a warning until the words are compared", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		alice.phone.verify(true, "Bob from work");
		bob.phone.verify(true);
		alice.phone.hangup();
		await ended(alice, bob);
		alice.store.commit(bob.store.zid, { rs1: hardwareRandom(32), verified: true });
		await secured(alice, bob);
		equal([alice.call.lock, alice.call.retained, alice.call.verified], ["warning", "mismatch", false]);
		ok(alice.call.notice?.includes("compare the words"), alice.call.notice);
		ok(alice.call.peerName !== "Bob from work", "a name for who may be somebody else");
		equal(alice.call.sas, bob.call.sas);
		alice.phone.verify(true);
		equal(alice.call.peerName, "Bob from work");
		equal([alice.call.lock, alice.call.verified, alice.call.notice], ["verified", true, undefined]);
		if (bob.call.lock === "warning") bob.phone.verify(true);
		await again(alice, bob);
		equal([alice.call.lock, alice.call.retained], ["verified", "match"]);
	}));

test("words that differ: a warning that stays, and the line of secrets is broken", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		alice.phone.verify(true);
		equal(alice.call.lock, "verified");
		alice.phone.verify(false);
		equal([alice.call.lock, alice.call.verified], ["warning", false]);
		ok(alice.call.notice?.startsWith("The words did not match"), alice.call.notice);
		alice.phone.hangup();
		await ended(alice, bob);
		// What was, was: an ended call is not verified afterwards.
		alice.phone.verify(true, "Eve");
		equal([alice.call.lock, alice.call.verified], ["warning", false]);
		ok(!alice.store.list().some((peer) => peer.verified || peer.name === "Eve"));
		await secured(alice, bob);
		ok(alice.call.lock !== "verified", alice.call.lock);
	}));

test("no ZRTP at the other end: an open lock that says so, voice in the clear", () =>
	withPair(
		async (alice, bob) => {
			await connect(alice, bob);
			equal([alice.call.securing, alice.call.lock], [true, "open"]);
			await until("discovery ends", () => !alice.call.securing);
			for (const { call } of [alice, bob]) equal([call.lock, call.keying, call.sas], ["open", "none", undefined]);
			ok(alice.call.notice?.includes("cannot encrypt: this call can be overheard"), alice.call.notice);
			ok(bob.call.notice?.includes("switched off on this phone"), bob.call.notice);
			await heard(alice, bob, "clear");
			await heard(bob, alice, "clear");
			alice.phone.verify(true);
			equal(alice.call.lock, "open");
		},
		{},
		{ zrtp: false, tone: 300 },
	));

test("no ZRTP at the other end, and this phone does not talk without: silence that says why", () =>
	withPair(
		async (alice, bob) => {
			await connect(alice, bob);
			await until("discovery ends", () => !alice.call.securing);
			ok(alice.call.notice?.includes("the microphone stays off"), alice.call.notice);
			equal(alice.call.lock, "open");
			await heard(alice, bob, "not");
			equal(alice.call.stats?.received, 0);
			alice.phone.mute(true);
			alice.phone.mute(false);
			await heard(alice, bob, "not");
		},
		{ mandatory: true },
		{ zrtp: false, tone: 300 },
	));

test("settings that contradict themselves stay silent and say so", () =>
	withPair(
		async (alice, bob) => {
			await connect(alice, bob);
			ok(alice.call.notice?.includes("allow no call without it"), alice.call.notice);
			await heard(alice, bob, "not");
		},
		{ zrtp: false, mandatory: true },
		{ zrtp: false, tone: 300 },
	));

test("mandatory at both ends: an encrypted call as any other", () =>
	withPair(
		async (alice, bob) => {
			await secured(alice, bob);
			await heard(alice, bob, "encrypted");
			equal([alice.call.lock, alice.call.notice], ["closed", undefined]);
		},
		{ mandatory: true },
		{ mandatory: true },
	));

/** Stands between the SIP of two phones and may rewrite what passes to the right. */
class Relay {
	readonly #left: UDP;
	readonly #right: UDP;
	#caller: { address: string; port: number } | undefined;

	constructor(calleePort: number, rewrite: (text: string) => string) {
		this.#left = new UDP({
			address: HOME,
			onReadable: () => {
				for (let datagram = this.#left.read(); datagram; datagram = this.#left.read()) {
					this.#caller = { address: datagram.address, port: datagram.port };
					const text = utf8Decode(new Uint8Array(datagram)) ?? "";
					this.#right.write(utf8Encode(withLength(rewrite(text))), HOME, calleePort);
				}
			},
		});
		this.#right = new UDP({
			address: HOME,
			onReadable: () => {
				for (let datagram = this.#right.read(); datagram; datagram = this.#right.read())
					if (this.#caller) this.#left.write(datagram, this.#caller.address, this.#caller.port);
			},
		});
	}
	get port(): number {
		return this.#left.port;
	}
	close(): void {
		this.#left.close();
		this.#right.close();
	}
}

function withLength(text: string): string {
	const at = text.indexOf("\r\n\r\n");
	const length = utf8Encode(text.slice(at + 4)).length;
	return text.replace(/Content-Length: *\d+/i, `Content-Length: ${length}`);
}

async function through(alice: Station, bob: Station, rewrite: (text: string) => string, body: () => Promise<void>) {
	const relay = new Relay(bob.phone.sipPort, rewrite);
	try {
		alice.phone.dial(`sip:bob@${HOME}:${relay.port}`);
		await until("it rings", () => bob.phone.state.calls[0]?.state === "ringing");
		bob.phone.answer();
		await until("connected", () => alice.call.state === "connected" && bob.call.state === "connected");
		await body();
	} finally {
		relay.close();
	}
}

test("another Hello than the one announced: a warning, until the words are compared", () =>
	withPair(async (alice, bob) => {
		const forged = `a=zrtp-hash:1.10 ${"ab".repeat(32)}`;
		await through(
			alice,
			bob,
			(text) => text.replace(/a=zrtp-hash:1\.10 [0-9a-f]{64}/, forged),
			async () => {
				await until("a warning", () => bob.call.lock === "warning");
				ok(bob.call.notice?.includes("not those that were announced"), bob.call.notice);
				ok(alice.call.lock !== "warning");
				await until("words", () => bob.call.sas !== undefined && bob.call.keying === "zrtp");
				bob.phone.verify(true);
				equal(bob.call.lock, "verified");
			},
		);
	}));

test(
	"announced ZRTP that never begins holds the microphone: nobody on the way gets clear voice",
	() =>
		withPair(
			async (alice, bob) => {
				const announced = `a=zrtp-hash:1.10 ${"ab".repeat(32)}\r\n`;
				await through(
					alice,
					bob,
					(text) => (text.includes("m=audio") ? `${text}${announced}` : text),
					async () => {
						// What was announced is waited for longer.
						await until("discovery ends", () => !bob.call.securing, 20_000);
						equal(bob.call.lock, "warning");
						ok(bob.call.notice?.includes("does not answer in ZRTP"), bob.call.notice);
						await heard(bob, alice, "not");
					},
				);
			},
			{ zrtp: false },
			{ tone: 300 },
		),
	{ timeoutMs: 30_000 },
);

test("no announcement, as by a proxy that takes it out: keys come all the same", () =>
	withPair(async (alice, bob) => {
		await through(
			alice,
			bob,
			(text) => text.replace(/a=zrtp-hash:.*\r\n/g, ""),
			async () => {
				await until("secure", () => alice.call.keying === "zrtp" && bob.call.keying === "zrtp");
				equal([alice.call.lock, bob.call.lock], ["closed", "closed"]);
			},
		);
	}));

test("nothing leaves before there are keys", () =>
	withPair(
		async (alice, bob) => {
			await ring(alice, bob);
			bob.phone.answer();
			await until("secure", () => alice.call.secureAfterMs !== undefined && bob.call.secureAfterMs !== undefined);
			await heard(alice, bob, "encrypted");
			await heard(bob, alice, "encrypted");
			for (const { call } of [alice, bob]) equal([call.stats?.clearSent, call.stats?.clearReceived], [0, 0]);
		},
		{},
		{ tone: 300 },
	));

test("a store that fails: the call is secure, and says that the next one starts anew", () =>
	withPair(async (alice, bob) => {
		await secured(alice, bob);
		alice.phone.hangup();
		await ended(alice, bob);
		alice.flash.close();
		await secured(alice, bob);
		ok(alice.said.includes("the retained secret was not read"));
		equal(alice.call.lock, "closed");
		ok(alice.call.notice?.includes("could not be stored"), alice.call.notice);
		await heard(alice, bob, "encrypted");
	}));
