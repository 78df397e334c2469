/** Whole phones that ask a STUN server and find each other by ICE, on loopback. */
import UDP from "hal/net/udp";
import { BINDING, buildStun, parseStun } from "ice/stun";
import { equal, ok, test } from "test/harness";
import { connect, ended, HOME, live, type Station, secured, sleep, until, withPair } from "./pair";

/** Answers every Binding request, as if each sender stood behind a NAT whose outside is `outside` and keeps its ports. */
class StunServer {
	readonly #socket: UDP;
	readonly outside: string | undefined;
	asked = 0;

	constructor(outside?: string) {
		this.outside = outside;
		const read = (): void => this.#read();
		this.#socket = new UDP({ address: HOME, port: 0, onReadable: read });
	}

	get nat(): { ice: true; stunServer: { host: string; port: number } } {
		return { ice: true, stunServer: { host: HOME, port: this.#socket.port } };
	}

	close(): void {
		this.#socket.close();
	}

	#read(): void {
		for (let datagram = this.#socket.read(); datagram; datagram = this.#socket.read()) {
			const { address, port } = datagram;
			const request = parseStun(new Uint8Array(datagram));
			if (request === undefined) continue;
			this.asked++;
			const mapped = { address: this.outside ?? address, port };
			this.#socket.write(
				buildStun({ type: BINDING.success, transactionId: request.transactionId, mapped }),
				address,
				port,
			);
		}
	}
}

async function withServer(outside: string | undefined, body: (server: StunServer) => Promise<void>): Promise<void> {
	const server = new StunServer(outside);
	try {
		await body(server);
	} finally {
		server.close();
	}
}

function foundBy({ said }: Station): boolean {
	return /media: ICE: voice to 127\.0\.0\.1:\d+/.test(said);
}

test("two phones with a STUN server find each other by ICE, agree keys over what was found, and hear each other", () =>
	withServer(undefined, (server) =>
		withPair(
			async (alice, bob) => {
				await sleep(50);
				await secured(alice, bob);
				ok(foundBy(alice) && foundBy(bob), "both have a way");
				equal([alice.call.lock, alice.call.sas], ["closed", bob.call.sas]);
				await until("voice", () => (bob.call.stats?.encryptedReceived ?? 0) > 20);
				ok(server.asked >= 2, `${server.asked} questions`);
				bob.phone.hold(true);
				await until("held", () => alice.call.state === "held");
				bob.phone.hold(false);
				await until("resumed", () => alice.call.state === "connected" && alice.call.lock === "closed");
				alice.phone.hangup();
				await ended(alice, bob);
			},
			{ nat: server.nat },
			{ nat: server.nat },
		),
	));

test("who has no STUN server answers ICE all the same", () =>
	withServer(undefined, (server) =>
		withPair(
			async (alice, bob) => {
				await sleep(50);
				await secured(alice, bob);
				ok(foundBy(alice) && foundBy(bob));
			},
			{ nat: server.nat },
			{ nat: { ice: true, stunServer: undefined } },
		),
	));

test("a peer without ICE, or a phone that has it off, is reached where SDP says", () =>
	withServer(undefined, (server) =>
		withPair(
			async (alice, bob) => {
				await sleep(50);
				await secured(alice, bob);
				ok(!foundBy(alice) && !foundBy(bob));
			},
			{ nat: server.nat },
		),
	));

test("behind a NAT the description names its outside, and the candidates both sides of it", () =>
	withServer("127.0.0.9", (server) =>
		withPair(
			async (alice, bob) => {
				await sleep(50);
				await secured(alice, bob);
				ok(/typ srflx raddr 127\.0\.0\.1/.test(alice.said), "a reflexive candidate");
				ok(/call: connected, PCMA to 127\.0\.0\.9:/.test(bob.said), "c= is the outside");
				ok(foundBy(alice) && foundBy(bob), "the host candidates are the ones that work");
			},
			{ nat: server.nat },
			{ nat: { ice: true, stunServer: undefined } },
		),
	));

test("a STUN server that is dead costs a second, and the call goes on without it", () =>
	withPair(
		async (alice, bob) => {
			await sleep(50);
			const start = Date.now();
			await connect(alice, bob);
			ok(Date.now() - start < 3000);
			await until("secure", () => alice.call.secureAfterMs !== undefined);
			ok(/the STUN server does not answer/.test(alice.said));
		},
		{ nat: { ice: true, stunServer: { host: HOME, port: 9 } } },
		{ nat: { ice: true, stunServer: undefined } },
	));

test("hung up before the INVITE could leave, and while an answer waits: nothing stays behind", () =>
	withPair(
		async (alice, bob) => {
			await sleep(50);
			alice.phone.dial(bob.uri);
			alice.phone.hangup();
			equal(live(alice).length, 0);
			await sleep(1300);
			equal(bob.phone.state.calls.length, 0);
			bob.phone.dial(alice.uri);
			await until("it rings", () => alice.phone.state.calls[0]?.state === "ringing");
			alice.phone.answer();
			bob.phone.hangup();
			await until("both ended", () => live(alice).length === 0 && live(bob).length === 0);
		},
		{ nat: { ice: true, stunServer: { host: HOME, port: 9 } } },
	));
