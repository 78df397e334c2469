/** What carries SIP, over real sockets on loopback: both transports, connections used again, and hostile ones closed. */
import { now } from "board/clock";
import { utf8Decode, utf8Encode } from "bytes/text";
import { MAX_CONNECTIONS, Transports } from "call/transport/transports";
import Listener from "hal/net/listener";
import TCP from "hal/net/tcp";
import UDP from "hal/net/udp";
import { Log } from "log/log";
import { keyOf } from "sip/flows";
import type { Destination } from "sip/uri";
import { equal, ok, test } from "test/harness";
import Timer from "timer";
import { request } from "../sip/raw";

const LOOPBACK = "127.0.0.1";
const MESSAGE = request("OPTIONS");

function after(ms: number): Promise<void> {
	return new Promise((resolve) => void Timer.set(() => resolve(), ms));
}

async function until(what: string, condition: () => boolean): Promise<void> {
	for (let i = 0; i < 400; i++) {
		if (condition()) return;
		await after(5);
	}
	throw new Error(`${what} did not come`);
}

class End {
	readonly messages: { readonly text: string; readonly from: Destination }[] = [];
	readonly connected: Destination[] = [];
	readonly ended: string[] = [];
	readonly transports: Transports;
	/** Called with each message. */
	onMessage: () => void = () => {};

	constructor(keepAliveSec = 0, address6?: string) {
		this.transports = new Transports({
			address: LOOPBACK,
			address6,
			port: 0,
			keepAliveSec,
			tls: {},
			chance: () => 0,
			log: new Log({ now: () => 0, onEntry: () => {} }).area("sip"),
			onMessage: (bytes, from) => {
				this.messages.push({ text: utf8Decode(bytes) ?? "", from });
				this.onMessage();
			},
			onConnected: ({ to }) => void this.connected.push(to),
			onDisconnected: (_, reason) => void this.ended.push(reason),
			onUndelivered: (_, reason) => void this.ended.push(reason),
		});
	}

	get tcp(): Destination {
		return { address: LOOPBACK, port: this.transports.port, transport: "tcp" };
	}
}

/** A plain TCP client, which may send what it likes. */
class Client {
	readonly socket: TCP;
	open = false;
	closed = false;
	received = "";

	constructor(to: Destination) {
		this.socket = new TCP({
			address: to.address,
			port: to.port,
			nodelay: true,
			onWritable: () => {
				this.open = true;
			},
			onReadable: () => {
				this.received += utf8Decode(new Uint8Array(this.socket.read() ?? new ArrayBuffer(0))) ?? "";
			},
			onError: () => {
				this.closed = true;
			},
		});
	}
}

async function connect(to: Destination): Promise<Client> {
	const client = new Client(to);
	await until("a connection", () => client.open || client.closed);
	return client;
}

test("one connection carries messages both ways, and is used again", async () => {
	const [a, b] = [new End(), new End()];
	a.transports.send(MESSAGE, b.tcp);
	a.transports.send(MESSAGE, b.tcp);
	await until("two messages", () => b.messages.length === 2);
	const back = b.messages[0]?.from;
	ok(back);
	equal(back.transport, "tcp");
	b.transports.send(MESSAGE, back);
	await until("the way back", () => a.messages.length === 1);
	equal(a.messages[0]?.from, b.tcp);
	equal([a.transports.count, b.transports.count], [1, 1]);
	equal([a.connected.map(keyOf), b.connected.map(keyOf)], [[keyOf(b.tcp)], [keyOf(back)]]);
	a.transports.connect(b.tcp);
	equal(a.connected.length, 2, "told again at once");
	const { port } = b.transports;
	b.transports.close();
	await until("the end", () => a.ended.length === 1);
	equal(a.ended, [`connection with ${LOOPBACK}:${port}: closed by the other end`]);
	equal(a.transports.count, 0);
	a.transports.close();
});

test("many messages that come at once leave timers their turn", async () => {
	for (const over of ["tcp", "udp"]) {
		const end = new End();
		let [inTurn, most] = [0, 0];
		end.onMessage = () => {
			most = Math.max(most, ++inTurn);
			// What comes while the first is read waits in the socket until this turn is over.
			for (const until = now() + (end.messages.length === 1 ? 100 : 2); now() < until; );
		};
		const turns = Timer.repeat(() => {
			inTurn = 0;
		}, 1);
		const hand = over === "udp" ? new UDP({ address: LOOPBACK }) : undefined;
		const client = hand ? undefined : await connect(end.tcp);
		for (let i = 0; i < 50; i++) {
			hand?.write(MESSAGE, LOOPBACK, end.transports.port);
			client?.socket.write(MESSAGE);
		}
		await until("all of them", () => end.messages.length === 50);
		Timer.clear(turns);
		hand?.close();
		client?.socket.close();
		end.transports.close();
		ok(most <= 24, `${over}: ${most} in one turn`);
	}
});

test("UDP beside it", async () => {
	const [a, b] = [new End(), new End()];
	a.transports.send(MESSAGE, { address: LOOPBACK, port: b.transports.port });
	await until("a datagram", () => b.messages.length === 1);
	equal(b.messages[0]?.from, { address: LOOPBACK, port: a.transports.port });
	a.transports.close();
	b.transports.close();
});

test("IPv6 beside IPv4, by both transports, and a phone that has none", async () => {
	const [a, b] = [new End(0, "::1"), new End(0, "::1")];
	// A computer without IPv6 has nothing to test here; that it goes on is the test's end.
	if (a.transports.address6 !== undefined && b.transports.address6 !== undefined) {
		const { port } = b.transports;
		a.transports.send(MESSAGE, { address: "::1", port });
		a.transports.send(MESSAGE, { address: "::1", port, transport: "tcp" });
		a.transports.send(MESSAGE, { address: LOOPBACK, port });
		await until("three messages", () => b.messages.length === 3);
		const froms = b.messages.map(({ from }) => `${from.transport ?? "udp"} ${from.address}`).sort();
		equal(froms, ["tcp ::1", `udp ${LOOPBACK}`, "udp ::1"].sort());
	}
	const none = new End(0, "2001:db8::77");
	equal(none.transports.address6, undefined);
	none.transports.send(MESSAGE, { address: LOOPBACK, port: b.transports.port });
	await until("IPv4 all the same", () => b.messages.length > 0);
	for (const end of [a, b, none]) end.transports.close();
});

test("nobody there: said in words", async () => {
	const [a, b] = [new End(), new End()];
	b.transports.close();
	const to = { address: LOOPBACK, port: 9, transport: "tcp" } as const;
	a.transports.send(MESSAGE, to);
	await until("a refusal", () => a.ended.length === 1);
	equal(a.ended, [`cannot connect to ${LOOPBACK}:9: connection refused`]);
	a.transports.close();
});

test("bytes one at a time, and several messages in one piece", async () => {
	const end = new End();
	const client = await connect(end.tcp);
	for (const byte of MESSAGE) {
		client.socket.write(Uint8Array.of(byte));
		await after(0);
	}
	await until("a message", () => end.messages.length === 1);
	const three = new Uint8Array(3 * MESSAGE.length);
	for (let i = 0; i < 3; i++) three.set(MESSAGE, i * MESSAGE.length);
	client.socket.write(three);
	await until("three more", () => end.messages.length === 4);
	equal(new Set(end.messages.map(({ text }) => text)).size, 1);
	client.socket.write(utf8Encode("\r\n\r\n"));
	await until("a pong", () => client.received === "\r\n");
	client.socket.close();
	await until("the end", () => end.transports.count === 0);
	end.transports.close();
});

test("garbage, a TLS hello and a huge Content-Length: closed, with the reason", async () => {
	const end = new End();
	const hello = `\x16\x03\x01\x02\x00${"\x01".repeat(512)}`;
	const cases: readonly (readonly [string, RegExp])[] = [
		["GET / HTTP/1.1\r\nHost: x\r\n\r\n", /is not SIP: no Content-Length/],
		["INVITE sip:a@b SIP/2.0\r\nContent-Length: 4000000000\r\n\r\n", /no length/],
		["INVITE sip:a@b SIP/2.0\r\nContent-Length: 400000000\r\n\r\n", /a message of more than 16384 bytes/],
		[hello.repeat(40), /a head of more than/],
	];
	for (const [text, reason] of cases) {
		const before = end.ended.length;
		const client = await connect(end.tcp);
		client.socket.write(utf8Encode(text).subarray(0, 16000));
		await until("the end", () => end.ended.length > before && client.closed);
		ok(reason.test(end.ended[before] ?? ""), end.ended[before]);
		client.socket.close();
	}
	equal(end.transports.count, 0);
	end.transports.close();
});

test("a hundred connections of one address: the newest few stay, and a call still gets in", async () => {
	const end = new End();
	const clients: Client[] = [];
	for (let i = 0; i < 100; i++) {
		clients.push(await connect(end.tcp));
		ok(end.transports.count <= MAX_CONNECTIONS);
	}
	await until("few", () => end.transports.count <= 4);
	const client = await connect(end.tcp);
	client.socket.write(MESSAGE);
	await until("a message", () => end.messages.length === 1);
	for (const each of [...clients, client]) each.socket.close();
	end.transports.close();
});

test("connections that never say a word do not push out one that has, be it of the same address", async () => {
	const end = new End();
	const honest = await connect(end.tcp);
	honest.socket.write(MESSAGE);
	await until("a message", () => end.messages.length === 1);
	const silent: Client[] = [];
	for (let i = 0; i < 40; i++) silent.push(await connect(end.tcp));
	await until("few", () => end.transports.count <= 4);
	honest.socket.write(MESSAGE);
	await until("another message", () => end.messages.length === 2);
	equal(honest.closed, false);
	for (const each of [...silent, honest]) each.socket.close();
	end.transports.close();
});

test("a registration's connection is kept alive; a server that stops answering pings has gone", async () => {
	const [a, b] = [new End(1), new End()];
	a.transports.send(request("REGISTER"), b.tcp);
	await until("a registration", () => b.messages.length === 1);
	await after(1800);
	// The other end is one of ours, and answers pings.
	equal([a.transports.count, a.ended], [1, []]);
	a.transports.close();
	b.transports.close();
});

test(
	"who dawdles is shown the door: a message that never ends, a server that no longer answers pings",
	async () => {
		const slow = new End();
		const client = await connect(slow.tcp);
		client.socket.write(MESSAGE.subarray(0, 100));
		// One byte every half second keeps nobody's connection open for longer than a message may take.
		let at = 100;
		const drip = Timer.repeat(() => {
			if (!client.closed) client.socket.write(MESSAGE.subarray(at, ++at));
		}, 500);
		let pings = 0;
		const server = new Listener({
			address: LOOPBACK,
			onReadable() {
				const from = this.read();
				if (from === undefined) return;
				const socket: TCP = new TCP({
					from,
					onReadable: () => {
						const text = utf8Decode(new Uint8Array(socket.read() ?? new ArrayBuffer(0))) ?? "";
						if (text.endsWith("\r\n\r\n") && !text.startsWith("REGISTER") && ++pings === 1)
							socket.write(utf8Encode("\r\n"));
					},
				});
			},
		});
		const registered = new End(1);
		registered.transports.send(request("REGISTER"), { address: LOOPBACK, port: server.port, transport: "tcp" });
		for (let i = 0; i < 34 && (slow.ended.length === 0 || registered.ended.length === 0); i++) await after(500);
		Timer.clear(drip);
		equal(slow.ended, ["a message did not come whole within 15 s"]);
		equal(registered.ended, ["no answer to a keep-alive within 10 s"]);
		ok(pings > 1);
		client.socket.close();
		server.close();
		for (const end of [slow, registered]) end.transports.close();
	},
	{ timeoutMs: 30_000 },
);
