/** TCP and Listener over loopback: both directions, back pressure, the end in its place, closing. */
import { utf8Decode, utf8Encode } from "bytes/text";
import Listener from "hal/net/listener";
import TCP from "hal/net/tcp";
import type { NetError } from "hal/net/udp";
import { equal, ok, test, throws } from "test/harness";
import Timer from "timer";

const LOOPBACK = "127.0.0.1";

function after(ms: number): Promise<void> {
	return new Promise((resolve) => void Timer.set(() => resolve(), ms));
}

/** A listener that gives the one connection it waits for to `accept`, which may close it. */
function serve(accept: (socket: TCP) => void): Listener {
	return new Listener({
		address: LOOPBACK,
		onReadable() {
			const socket = this.read();
			if (socket) accept(socket);
		},
	});
}

/** Deterministic bytes that show a lost or repeated piece. */
function pattern(byteLength: number): Uint8Array {
	const bytes = new Uint8Array(byteLength);
	for (let i = 0; i < byteLength; i++) bytes[i] = (i * 7 + (i >> 8)) & 255;
	return bytes;
}

test("a request and an answer, and the end after the last byte is read", async () => {
	const log: string[] = [];
	const listener = serve((from) => {
		new TCP({
			from,
			onReadable() {
				const bytes = this.read();
				ok(bytes);
				log.push(`server got ${utf8Decode(new Uint8Array(bytes))}`);
				this.write(utf8Encode("pong"));
				// Closing at once must not lose what was just written.
				this.close();
			},
		});
	});
	const error = await new Promise<NetError>((resolve) => {
		new TCP({
			address: LOOPBACK,
			port: listener.port,
			onWritable(count) {
				log.push(`writable ${count > 0}`);
				if (log.length === 1) this.write(utf8Encode("ping"));
			},
			onReadable(count) {
				log.push(`client can read ${count}`);
				// Left unread for a while: the end must wait.
				Timer.set(() => {
					const bytes = this.read();
					ok(bytes);
					log.push(`client got ${utf8Decode(new Uint8Array(bytes))}`);
				}, 30);
			},
			onError(error) {
				log.push("end");
				this.close();
				resolve(error);
			},
		});
	});
	equal(error.code, "closed");
	equal(error.message, `connection with ${LOOPBACK}:${listener.port}: closed by the other end`);
	equal(
		log.filter((line) => line !== "writable true"),
		["server got ping", "client can read 4", "client got pong", "end"],
	);
	listener.close();
});

test("a refused connection is told with its address", async () => {
	const listener = serve(() => {});
	const { port } = listener;
	listener.close();
	const error = await new Promise<NetError>((resolve) => {
		new TCP({
			address: LOOPBACK,
			port,
			onWritable: () => ok(false, "writable though refused"),
			onError(error) {
				this.close();
				resolve(error);
			},
		});
	});
	equal([error.code, error.address, error.port], ["ECONNREFUSED", LOOPBACK, port]);
	equal(error.message, `cannot connect to ${LOOPBACK}:${port}: connection refused`);
});

test("a megabyte each way through small rings, against a slow reader", async () => {
	const sent = pattern(1 << 20);
	const send = (socket: TCP, state: { offset: number }, room: number) => {
		const piece = sent.subarray(state.offset, state.offset + room);
		if (piece.length === 0) return;
		state.offset += piece.length;
		socket.write(piece);
	};
	const received = { client: 0, server: 0 };
	const check = (who: "client" | "server", bytes: Uint8Array) => {
		const at = received[who];
		for (let i = 0; i < bytes.length; i += 101)
			if (bytes[i] !== sent[at + i]) throw new Error(`${who}: wrong byte at ${at + i}`);
		received[who] = at + bytes.length;
	};
	await new Promise<void>((resolve) => {
		const done = () => received.client === sent.length && received.server === sent.length && resolve();
		const listener = serve((from) => {
			const state = { offset: 0 };
			new TCP({
				from,
				onWritable(room) {
					send(this, state, room);
				},
				onReadable() {
					// A slow reader: the other end's ring fills, and it has to wait.
					Timer.set(() => {
						for (let bytes = this.read(5000); bytes; bytes = this.read(5000)) check("server", new Uint8Array(bytes));
						done();
					}, 1);
				},
				onError() {
					this.close();
				},
			});
			listener.close();
		});
		const state = { offset: 0 };
		new TCP({
			address: LOOPBACK,
			port: listener.port,
			nodelay: true,
			onWritable(room) {
				send(this, state, room);
			},
			onReadable() {
				for (let bytes = this.read(); bytes; bytes = this.read()) check("client", new Uint8Array(bytes));
				done();
			},
			onError() {
				this.close();
			},
		});
	});
	equal(received, { client: 1 << 20, server: 1 << 20 });
});

test("writing more than fits throws and sends nothing of it; close leaves what was accepted", async () => {
	let total = 0;
	const whole = await new Promise<number>((resolve) => {
		const listener = serve((from) => {
			listener.close();
			new TCP({
				from,
				onReadable() {
					for (let bytes = this.read(); bytes; bytes = this.read()) total += bytes.byteLength;
				},
				onError() {
					this.close();
					resolve(total);
				},
			});
		});
		new TCP({
			address: LOOPBACK,
			port: listener.port,
			onWritable(count) {
				throws(() => this.write(new Uint8Array(count + 1)), /RangeError: .*room for/);
				equal(this.write(new Uint8Array(100)) <= count, true);
				this.write(new Uint8Array(10_000));
				this.close();
			},
		});
	});
	equal(whole, 10_100);
});

test("a peer that resets is told as that, and writing to it is no exception", async () => {
	const code = await new Promise<string>((resolve) => {
		const listener = serve((from) => {
			listener.close();
			// Closing with bytes unread makes the kernel send a reset: more of them than the ring takes.
			const socket = new TCP({ from });
			Timer.set(() => socket.close(), 30);
		});
		new TCP({
			address: LOOPBACK,
			port: listener.port,
			onWritable(count) {
				this.write(new Uint8Array(count));
			},
			onError(error) {
				equal(this.write(Uint8Array.of(1)), 0);
				this.close();
				resolve(error.code);
			},
		});
	});
	ok(code === "ECONNRESET" || code === "EPIPE", code);
});

test("more connections than the queue holds all come through", async () => {
	const clients = 40;
	let accepted = 0;
	const listener = new Listener({
		address: LOOPBACK,
		onReadable() {
			// One for each callback turn at most: the queue is full for a while.
			Timer.set(() => {
				for (let socket = this.read(); socket; socket = this.read()) {
					accepted++;
					const { remoteAddress, remotePort } = socket;
					equal(remoteAddress, LOOPBACK);
					ok(remotePort);
					new TCP({ from: socket }).close();
				}
			}, 5);
		},
	});
	const ended: Promise<void>[] = [];
	for (let i = 0; i < clients; i++)
		ended.push(
			new Promise((resolve) => {
				new TCP({
					address: LOOPBACK,
					port: listener.port,
					onError() {
						this.close();
						resolve();
					},
				});
			}),
		);
	await Promise.all(ended);
	equal(accepted, clients);
	listener.close();
});

test("closing is safe everywhere, and `from` takes only a fresh connection", async () => {
	const listener = serve((from) => {
		const socket = new TCP({ from });
		throws(() => new TCP({ from: socket }), /just given/);
		throws(() => new TCP({ from }), /just given/);
		socket.close();
		socket.close();
		from.close();
	});
	let calls = 0;
	const client = new TCP({
		address: LOOPBACK,
		port: listener.port,
		onWritable: () => calls++,
		onReadable: () => calls++,
		onError: () => calls++,
	});
	client.close();
	client.close();
	throws(() => client.read(), /closed/);
	await after(30);
	equal(calls, 0);
	const { port } = listener;
	throws(
		() => new Listener({ address: LOOPBACK, port }),
		new RegExp(`cannot listen on ${LOOPBACK}:${port}: address already in use`),
	);
	listener.close();
	listener.close();
	throws(() => listener.read(), /closed/);
	new Listener({ address: LOOPBACK, port }).close();
});

test("bad arguments are told at once", () => {
	throws(() => new TCP({ address: LOOPBACK, port: 0 }), /RangeError: .*port/);
	throws(() => new TCP({ address: "example.org", port: 80 }), /"example.org" is no numeric/);
	throws(() => new Listener({ address: "256.1.1.1" }), /no numeric/);
});
