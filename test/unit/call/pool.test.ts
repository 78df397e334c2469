/** The pool of connections under attack, over real sockets on loopback: whoever makes the phone connect shuts nobody out. */
import { utf8Decode } from "bytes/text";
import { MAX_CONNECTIONS, Transports } from "call/transport/transports";
import Listener from "hal/net/listener";
import TCP from "hal/net/tcp";
import { Log } from "log/log";
import { keyOf } from "sip/flows";
import type { Destination } from "sip/uri";
import { equal, ok, test } from "test/harness";
import { until } from "test/unit/call/pair";
import { request } from "../sip/raw";

const LOOPBACK = "127.0.0.1";
const REGISTER = request("REGISTER");

/** Takes every connection at one address and keeps what comes on each. */
class Server {
	readonly received: string[] = [];
	readonly listener: Listener;
	readonly #sockets: TCP[] = [];

	constructor(address: string) {
		this.listener = new Listener({
			address,
			port: 0,
			onReadable: (count) => {
				for (let i = 0; i < count; i++) this.#accept();
			},
		});
	}

	close(): void {
		for (const socket of this.#sockets) socket.close();
		this.listener.close();
	}

	#accept(): void {
		const from = this.listener.read();
		if (!from) return;
		const index = this.received.push("") - 1;
		const socket: TCP = new TCP({
			from,
			onReadable: () => {
				this.received[index] += utf8Decode(new Uint8Array(socket.read() ?? new ArrayBuffer(0))) ?? "";
			},
			onError: () => socket.close(),
		});
		this.#sockets.push(socket);
	}
}

function phone(): { transports: Transports; connected: Set<string>; ended: string[] } {
	const connected = new Set<string>();
	const ended: string[] = [];
	const transports = new Transports({
		address: LOOPBACK,
		port: 0,
		keepAliveSec: 0,
		tls: {},
		chance: () => 0,
		log: new Log({ now: () => 0, onEntry: () => {} }).area("sip"),
		onMessage: () => {},
		onConnected: ({ to }) => void connected.add(keyOf(to)),
		onDisconnected: (_, reason) => void ended.push(reason),
		onUndelivered: (_, reason) => void ended.push(reason),
	});
	return { transports, connected, ended };
}

test("a hundred places to connect to: every one is reached, the pool stays bounded, and the registrar's connection stands", async () => {
	const registrar = new Server(LOOPBACK);
	const everywhere = new Server("0.0.0.0");
	const { transports, connected, ended } = phone();
	const home: Destination = { address: LOOPBACK, port: registrar.listener.port, transport: "tcp" };
	transports.send(REGISTER, home);
	await until("registered", () => registrar.received[0]?.includes("REGISTER") === true);
	for (let n = 1; n <= 100; n++) {
		const to: Destination = { address: `127.0.1.${n}`, port: everywhere.listener.port, transport: "tcp" };
		transports.connect(to);
		await until(`connected to ${n}`, () => connected.has(keyOf(to)));
		ok(transports.count <= MAX_CONNECTIONS, `${transports.count} connections`);
	}
	equal(new Set(ended), new Set(["there are too many"]));
	transports.send(REGISTER, home);
	await until("the same connection", () => registrar.received[0]?.split("REGISTER sip:").length === 3);
	equal(registrar.received.length, 1);
	transports.close();
	registrar.close();
	everywhere.close();
});

test("a hundred ports of one address: a few connections at a time, and those to others stay", async () => {
	const { transports, connected, ended } = phone();
	const servers = [LOOPBACK, ...Array.from({ length: 20 }, () => "127.0.2.1")].map((address) => new Server(address));
	const [first, ...others] = servers.map(({ listener }, index) => {
		const to: Destination = { address: index === 0 ? LOOPBACK : "127.0.2.1", port: listener.port, transport: "tcp" };
		return to;
	});
	if (!first) throw new Error("no server");
	transports.connect(first);
	await until("connected", () => connected.has(keyOf(first)));
	for (let round = 0; round < 5; round++)
		for (const to of others) {
			connected.delete(keyOf(to));
			transports.connect(to);
			await until("connected", () => connected.has(keyOf(to)));
			ok(transports.count <= 9, `${transports.count} connections`);
		}
	equal(new Set(ended), new Set(["there are too many to the same address"]));
	transports.send(request("OPTIONS"), first);
	await until("still the first connection", () => servers[0]?.received[0]?.includes("OPTIONS") === true);
	transports.close();
	for (const server of servers) server.close();
});
