/** Two DTLS-SRTP handshakes that talk to each other, over a network that loses, and with certificates that are not announced. */
import DTLS, { DTLSIdentity, type DTLSOptions, type DTLSState } from "hal/dtls/dtls";
import { equal, ok, test, throws } from "test/harness";

const bytes = (buffer: ArrayBuffer): Uint8Array => new Uint8Array(buffer);

/** Both ends and a clock that stands still until somebody waits. */
class Pair {
	readonly #identities = { client: new DTLSIdentity(), server: new DTLSIdentity() };
	readonly client: DTLS;
	readonly server: DTLS;
	now = 1000;
	sent = 0;

	constructor(client: Partial<DTLSOptions> = {}, server: Partial<DTLSOptions> = {}) {
		this.client = this.#end("client", "server", client);
		this.server = this.#end("server", "client", server);
	}

	/**
	 * Until both have come to an end, or nothing happens any more.
	 * @param passes whether datagram number index arrives
	 */
	run(passes: (index: number) => boolean = () => true): [DTLSState, DTLSState] {
		let states: [DTLSState, DTLSState] = [this.client.step(this.now, undefined), this.server.step(this.now, undefined)];
		for (let quiet = 0; quiet < 2; ) {
			let moved = false;
			for (const [from, to, index] of [
				[this.client, this.server, 1],
				[this.server, this.client, 0],
			] as const)
				for (let packet = from.read(); packet; packet = from.read()) {
					moved = true;
					if (passes(this.sent++)) states[index] = to.step(this.now, bytes(packet));
				}
			if (moved) {
				quiet = 0;
				continue;
			}
			const next = Math.min(
				...[this.client.wakeAtMs, this.server.wakeAtMs].map((at) => at ?? Number.POSITIVE_INFINITY),
			);
			if (next === Number.POSITIVE_INFINITY) quiet++;
			else this.now = Math.max(this.now, next);
			states = [this.client.step(this.now, undefined), this.server.step(this.now, undefined)];
		}
		return states;
	}

	close(): void {
		for (const each of [this.client, this.server, ...Object.values(this.#identities)]) each.close();
	}

	#end(role: "client" | "server", other: "client" | "server", options: Partial<DTLSOptions>): DTLS {
		return new DTLS({
			identity: this.#identities[role],
			role,
			hash: "sha-256",
			fingerprint: bytes(this.#identities[other].fingerprint),
			peer: "192.0.2.1:4000",
			...options,
		});
	}
}

function withPair(body: (pair: Pair) => void, client?: Partial<DTLSOptions>, server?: Partial<DTLSOptions>): void {
	const pair = new Pair(client, server);
	try {
		body(pair);
	} finally {
		pair.close();
	}
}

test("both ends have the same keys, crosswise, and each direction its own", () =>
	withPair((pair) => {
		equal(pair.run(), ["connected", "connected"]);
		equal([pair.client.authTag, pair.server.authTag], ["HS80", "HS80"]);
		const [send, receive] = [pair.client.keys("send"), pair.client.keys("receive")];
		const [theirSend, theirReceive] = [pair.server.keys("send"), pair.server.keys("receive")];
		equal([bytes(send.key), bytes(send.salt)], [bytes(theirReceive.key), bytes(theirReceive.salt)]);
		equal([bytes(receive.key), bytes(receive.salt)], [bytes(theirSend.key), bytes(theirSend.salt)]);
		equal([send.key.byteLength, send.salt.byteLength], [16, 14]);
		ok(bytes(send.key).join() !== bytes(receive.key).join());
	}));

test("keys of one handshake are not those of the next", () => {
	const seen = new Set<string>();
	for (let i = 0; i < 3; i++)
		withPair((pair) => {
			pair.run();
			seen.add(bytes(pair.client.keys("send").key).join());
		});
	equal(seen.size, 3);
});

test("a certificate that was not announced ends the handshake at the end that sees it, without keys", () => {
	const wrong = new Uint8Array(32).fill(7);
	const words = "the other end's certificate is not the one that signalling announced";
	withPair(
		(pair) => {
			equal(pair.run()[0], "failed");
			equal(pair.client.reason, words);
			throws(() => pair.client.keys("send"), Error);
			throws(() => pair.server.keys("send"), Error);
		},
		{ fingerprint: wrong },
	);
	withPair(
		(pair) => {
			equal(pair.run()[1], "failed");
			equal(pair.server.reason, words);
			throws(() => pair.server.keys("receive"), Error);
		},
		{},
		{ fingerprint: wrong },
	);
});

for (const lossPercent of [10, 20, 50])
	test(`${lossPercent} % of all datagrams lost`, () => {
		let connected = 0;
		for (let seed = 1; seed <= 10; seed++)
			withPair((pair) => {
				let state = seed * 2654435761;
				const states = pair.run(() => {
					state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
					return (state >>> 8) % 100 >= lossPercent;
				});
				// Each end knows its own outcome; where both have keys they are the same.
				if (states[0] === "connected" && states[1] === "connected") {
					connected++;
					equal(bytes(pair.client.keys("send").key), bytes(pair.server.keys("receive").key));
				}
			});
		ok(connected >= (lossPercent === 50 ? 2 : 9), `${connected} of 10`);
	});

test("a peer that never answers is told after a while, and one that answers garbage too", () => {
	withPair((pair) => {
		const state = pair.run(() => false);
		equal(state[0], "failed");
		equal(pair.client.reason, "the other end does not answer in DTLS");
		ok(pair.now > 5000 && pair.now < 60_000, `after ${pair.now} ms`);
	});
	withPair((pair) => {
		for (let i = 0; i < 500; i++) {
			const junk = new Uint8Array((i * 37) % 1600).map((_, j) => (i * 31 + j * 17) & 0xff);
			if (junk.length > 13) junk.set([20 + (i % 4), 254, 253], 0);
			pair.server.step(pair.now, junk);
			while (pair.server.read()) {}
		}
		ok(pair.server.step(pair.now, undefined) !== "connected");
	});
});

test("arguments that make no sense are refused; close twice", () => {
	const identity = new DTLSIdentity();
	const good: DTLSOptions = { identity, role: "client", hash: "sha-256", fingerprint: new Uint8Array(32), peer: "x" };
	throws(() => new DTLS({ ...good, fingerprint: new Uint8Array(20) }), RangeError);
	throws(() => new DTLS({ ...good, hash: "sha-1" as "sha-256" }), RangeError);
	throws(() => new DTLS({ ...good, role: "both" as "client" }), RangeError);
	const dtls = new DTLS(good);
	throws(() => dtls.keys("send"), Error);
	equal(bytes(identity.fingerprint).length, 32);
	identity.close();
	identity.close();
	throws(() => identity.fingerprint, Error);
	equal(dtls.step(0, undefined), "handshaking", "it keeps the certificate for itself");
	ok((dtls.read()?.byteLength ?? 0) > 50);
	dtls.close();
	dtls.close();
	throws(() => dtls.step(0, undefined), Error);
	throws(() => new DTLS(good), Error);
});
