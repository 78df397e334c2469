/** UDP over loopback: delivery, coalescing, the bounded queue, errors that name their destination, closing. */
import { now } from "board/clock";
import { utf8Decode, utf8Encode } from "bytes/text";
import UDP, { type NetError } from "hal/net/udp";
import { equal, ok, test, throws } from "test/harness";
import Timer from "timer";

const LOOPBACK = "127.0.0.1";

function after(ms: number): Promise<void> {
	return new Promise((resolve) => void Timer.set(() => resolve(), ms));
}

/** Opens a socket, and a promise for each time it becomes readable. */
function open(queueLength?: number) {
	let wake = (_count: number) => {};
	const socket = new UDP({
		address: LOOPBACK,
		...(queueLength === undefined ? {} : { queueLength }),
		onReadable(count) {
			wake(count);
		},
	});
	const readable = () => new Promise<number>((resolve) => (wake = resolve));
	return { socket, readable };
}

test("a datagram arrives with its bytes, address and port", async () => {
	const a = open();
	const b = open();
	const arrived = b.readable();
	a.socket.write(utf8Encode("OPTIONS"), LOOPBACK, b.socket.port);
	equal(await arrived, 1);
	const datagram = b.socket.read();
	ok(datagram);
	equal(utf8Decode(new Uint8Array(datagram)), "OPTIONS");
	equal([datagram.address, datagram.port], [LOOPBACK, a.socket.port]);
	equal(b.socket.read(), undefined);
	a.socket.close();
	b.socket.close();
});

test("IPv6, an empty datagram and the longest one", async () => {
	let wake = () => {};
	const socket = new UDP({ address: "::1", onReadable: () => wake() });
	for (const byteLength of [0, 65_000]) {
		const arrived = new Promise<void>((resolve) => (wake = resolve));
		socket.write(new Uint8Array(byteLength).fill(7), "::1", socket.port);
		await arrived;
		const datagram = socket.read();
		ok(datagram);
		equal([datagram.byteLength, datagram.address], [byteLength, "::1"]);
	}
	socket.close();
});

test("datagrams that arrive together are told once and read in order", async () => {
	const a = open();
	const b = open();
	const arrived = b.readable();
	for (let i = 0; i < 20; i++) a.socket.write(Uint8Array.of(i), LOOPBACK, b.socket.port);
	// Nothing is called back while this script runs, so all twenty may gather.
	const count = await arrived;
	ok(count >= 1 && count <= 20);
	const seen: number[] = [];
	await after(20);
	for (let datagram = b.socket.read(); datagram; datagram = b.socket.read())
		seen.push(new Uint8Array(datagram)[0] ?? -1);
	equal(
		seen,
		Array.from({ length: 20 }, (_, i) => i),
	);
	a.socket.close();
	b.socket.close();
});

test("a full queue drops the newest and counts them", async () => {
	const a = open();
	const b = open(5);
	for (let i = 0; i < 12; i++) a.socket.write(Uint8Array.of(i), LOOPBACK, b.socket.port);
	for (let wait = 0; wait < 100 && b.socket.dropped < 7; wait++) await after(5);
	equal(b.socket.dropped, 7);
	const seen: number[] = [];
	for (let datagram = b.socket.read(); datagram; datagram = b.socket.read())
		seen.push(new Uint8Array(datagram)[0] ?? -1);
	equal(seen, [0, 1, 2, 3, 4]);
	a.socket.close();
	b.socket.close();
});

test("a refused datagram comes to onError with its own destination, and the next one still leaves", async () => {
	const gone = open();
	const refused = gone.socket.port;
	gone.socket.close();
	const b = open();
	const errors: NetError[] = [];
	let wake = () => {};
	const a = new UDP({
		address: LOOPBACK,
		onError(error) {
			errors.push(error);
			wake();
		},
	});
	const told = new Promise<void>((resolve) => (wake = resolve));
	const arrived = b.readable();
	a.write(Uint8Array.of(1), LOOPBACK, refused);
	// The kernel holds the refusal against the next datagram, whoever that is for.
	a.write(Uint8Array.of(2), LOOPBACK, b.socket.port);
	await told;
	await arrived;
	equal(errors.length, 1);
	const [error] = errors;
	ok(error instanceof Error);
	equal([error.address, error.port, error.code], [LOOPBACK, refused, "ECONNREFUSED"]);
	equal(error.message, `sending to ${LOOPBACK}:${refused}: connection refused`);
	const datagram = b.socket.read();
	ok(datagram);
	equal(new Uint8Array(datagram), Uint8Array.of(2));
	a.close();
	b.socket.close();
});

test("too long a datagram is an error told later, not an exception", async () => {
	let wake = (_error: NetError) => {};
	const socket = new UDP({ address: LOOPBACK, onError: (error) => wake(error) });
	const told = new Promise<NetError>((resolve) => (wake = resolve));
	socket.write(new Uint8Array(70_000), LOOPBACK, 9);
	equal((await told).code, "EMSGSIZE");
	socket.close();
});

test("a port in use is named; after close it is free at once", () => {
	const first = new UDP({ address: LOOPBACK });
	const port = first.port;
	throws(
		() => new UDP({ address: LOOPBACK, port }),
		new RegExp(`cannot open UDP ${LOOPBACK}:${port}: address already in use`),
	);
	for (let i = 0; i < 50; i++) {
		if (i === 0) first.close();
		new UDP({ address: LOOPBACK, port }).close();
	}
});

test("bad arguments are told at once", () => {
	throws(() => new UDP({ port: 70_000 }), /RangeError: .*port/);
	throws(() => new UDP({ address: "example.org" }), /"example.org" is no numeric/);
	throws(() => new UDP({ queueLength: 0 }), /RangeError: .*queueLength/);
	const socket = new UDP({ address: LOOPBACK });
	throws(() => socket.write(Uint8Array.of(1), "localhost", 9), /"localhost" is no numeric/);
	throws(() => socket.write(Uint8Array.of(1), LOOPBACK, 0), /port/);
	socket.close();
	throws(() => socket.write(Uint8Array.of(1), LOOPBACK, 9), /closed/);
	throws(() => socket.read(), /closed/);
});

test("close is safe twice, inside a callback, and nothing is called after it", async () => {
	const a = open();
	let calls = 0;
	const b = new UDP({
		address: LOOPBACK,
		onReadable() {
			calls++;
			this.close();
			this.close();
		},
	});
	const port = b.port;
	for (let i = 0; i < 10; i++) a.socket.write(Uint8Array.of(i), LOOPBACK, port);
	await after(50);
	equal(calls, 1);
	const c = new UDP({ address: LOOPBACK, onReadable: () => calls++ });
	a.socket.write(Uint8Array.of(0), LOOPBACK, c.port);
	c.close();
	c.close();
	await after(30);
	equal(calls, 1);
	a.socket.close();
});

test("a thousand round trips wait for no tick", async () => {
	const rounds = 1000;
	const a = open();
	const b = new UDP({
		address: LOOPBACK,
		onReadable() {
			for (let datagram = this.read(); datagram; datagram = this.read())
				this.write(datagram, datagram.address, datagram.port);
		},
	});
	const start = now();
	for (let i = 0; i < rounds; i++) {
		const arrived = a.readable();
		a.socket.write(Uint8Array.of(i & 255), LOOPBACK, b.port);
		await arrived;
		const datagram = a.socket.read();
		ok(datagram);
		equal(new Uint8Array(datagram), Uint8Array.of(i & 255));
	}
	const each = (now() - start) / rounds;
	ok(each < 5, `${each.toFixed(3)} ms for one round trip`);
	a.socket.close();
	b.close();
});
