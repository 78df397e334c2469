/** provision() against servers on loopback, friendly and hostile: every failure names the URL and the cause. */
import { now } from "board/clock";
import { utf8Decode, utf8Encode } from "bytes/text";
import Listener from "hal/net/listener";
import TCP from "hal/net/tcp";
import { type ProvisionOptions, type ProvisionResult, provision } from "provisioning/fetch";
import { equal, ok, test } from "test/harness";
import Timer from "timer";

const LOOPBACK = "127.0.0.1";

interface Server {
	readonly url: string;
	/** Heads of the requests that came. */
	readonly requests: string[];
	close(): void;
}

/** What a server does with one request: `path` asked for, `write` any number of times, `end` to close the connection. */
type Behaviour = (connection: { path: string; write(text: string | Uint8Array): void; end(): void }) => void;

function serve(behave: Behaviour): Server {
	const requests: string[] = [];
	const open = new Set<TCP>();
	const listener = new Listener({
		address: LOOPBACK,
		onReadable() {
			for (let from = this.read(); from; from = this.read()) {
				let head = "";
				const queue: Uint8Array[] = [];
				let ending = false;
				const socket = new TCP({
					from,
					onReadable() {
						const bytes = this.read();
						if (bytes) head += utf8Decode(new Uint8Array(bytes));
						if (!head.endsWith("\r\n\r\n")) return;
						requests.push(head);
						const path = head.split(" ")[1] ?? "";
						behave({
							path,
							write(text) {
								queue.push(typeof text === "string" ? utf8Encode(text) : text);
								flush(16_384);
							},
							end() {
								ending = true;
								flush(16_384);
							},
						});
					},
					onWritable: (room) => flush(room),
					onError: () => close(),
				});
				const close = () => {
					open.delete(socket);
					socket.close();
				};
				const flush = (room: number) => {
					let left = room;
					while (open.has(socket)) {
						const piece = queue[0];
						if (piece === undefined) break;
						if (left <= 0) return;
						const now = piece.subarray(0, Math.min(piece.length, left, 8192));
						try {
							left = socket.write(now);
						} catch {
							return;
						}
						if (now.length === piece.length) queue.shift();
						else queue[0] = piece.subarray(now.length);
					}
					if (ending) close();
				};
				open.add(socket);
			}
		},
	});
	return {
		url: `http://${LOOPBACK}:${listener.port}`,
		requests,
		close() {
			listener.close();
			for (const socket of open) socket.close();
		},
	};
}

function fetch(url: string, options: Partial<ProvisionOptions> = {}): Promise<ProvisionResult> {
	return new Promise((resolve) => {
		let returned = false;
		let results = 0;
		provision({
			...options,
			url,
			onDone(result) {
				ok(returned, "onDone before provision returned");
				ok(++results === 1, "onDone came twice");
				resolve(result);
			},
		});
		returned = true;
	});
}

function errorOf(result: ProvisionResult): string {
	return "error" in result ? result.error : `no error but ${JSON.stringify(result.json)}`;
}

/** Asks a server that behaves in one way; returns the error without its beginning, which must name the URL. */
async function failure(behave: Behaviour, options: Partial<ProvisionOptions> = {}): Promise<string> {
	const server = serve(behave);
	const url = `${server.url}/phone.json`;
	const error = errorOf(await fetch(url, options));
	server.close();
	ok(error.startsWith(`config ${url}`), error);
	return error.slice(`config ${url}`.length);
}

function ok200(body: string): string {
	return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${utf8Encode(body).length}\r\n\r\n${body}`;
}

test("a config arrives: counted, chunked, up to the end, in small pieces, with a byte order mark", async () => {
	const json = { account: { aor: "sip:alice@example.org", displayName: "Älice" }, peers: [] };
	const text = JSON.stringify(json);
	const half = text.length >> 1;
	const answers: Record<string, Behaviour> = {
		counted: ({ write }) => write(ok200(text)),
		mark: ({ write }) => write(ok200(`\uFEFF${text}`)),
		chunked: ({ write }) => {
			const pieces = [text.slice(0, half), text.slice(half)].map(
				(piece) => `${utf8Encode(piece).length.toString(16)}\r\n${piece}\r\n`,
			);
			write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${pieces.join("")}0\r\n\r\n`);
		},
		end: ({ write, end }) => {
			write(`HTTP/1.0 200 OK\r\n\r\n${text}`);
			end();
		},
		drops: ({ write }) => {
			const bytes = utf8Encode(ok200(text));
			for (let at = 0; at < bytes.length; at++) Timer.set(() => write(bytes.slice(at, at + 1)), at / 10);
		},
	};
	for (const [name, behave] of Object.entries(answers)) {
		const server = serve(behave);
		equal(await fetch(`${server.url}/phone.json?x`), { json }, name);
		const [request = ""] = server.requests;
		equal(request.split("\r\n").slice(0, 2), ["GET /phone.json?x HTTP/1.1", `Host: ${server.url.slice(7)}`]);
		server.close();
	}
});

test("a config of 64 KB arrives, one byte more does not", async () => {
	const text = (length: number) => `{"a":"${"x".repeat(length - 8)}"}`;
	const server = serve(({ write }) => write(ok200(text(65_536))));
	const result = await fetch(server.url);
	server.close();
	ok("json" in result, errorOf(result));
	equal(await failure(({ write }) => write(ok200(text(65_537)))), ": longer than 65536 bytes");
});

test("the MAC address goes into the URL", async () => {
	const server = serve(({ write }) => write(ok200("{}")));
	equal(await fetch(`${server.url}/{mac}.json`, { mac: "0a1b2c3d4e5f" }), { json: {} });
	ok(server.requests[0]?.startsWith("GET /0a1b2c3d4e5f.json "));
	equal(
		errorOf(await fetch(`${server.url}/{mac}.json`)),
		`config ${server.url}/{mac}.json: the URL asks for this phone's MAC address, which is not known`,
	);
	server.close();
});

test("redirects are followed, but not for ever; to https, too", async () => {
	const server = serve(({ path, write }) => {
		const target = { "/a": "/b", "/b": "c", "/loop": "/loop", "/tls": "https://127.0.0.1:9/x" }[path];
		if (target === undefined) write(ok200(`{"path":"${path}"}`));
		else write(`HTTP/1.1 302 Found\r\nLocation: ${target}\r\nContent-Length: 0\r\n\r\n`);
	});
	equal(await fetch(`${server.url}/a`), { json: { path: "/c" } });
	equal(
		errorOf(await fetch(`${server.url}/loop`)),
		`config ${server.url}/loop (redirected to ${server.url}/loop): more than 5 redirects`,
	);
	equal(
		errorOf(await fetch(`${server.url}/tls`)),
		`config ${server.url}/tls (redirected to https://127.0.0.1:9/x): cannot connect to 127.0.0.1:9: connection refused`,
	);
	server.close();
});

test("URLs that cannot be asked", async () => {
	equal(
		errorOf(await fetch("file:///etc/passwd")),
		'config URL: "file:///etc/passwd" begins neither with http:// nor with https://',
	);
	const secret = errorOf(await fetch("http://user:hunter2@h/"));
	equal(secret, "config URL: a name and password in the URL are not supported");
	ok(
		errorOf(await fetch("http://no-such-host.invalid/x")).startsWith(
			"config http://no-such-host.invalid/x: cannot find the host no-such-host.invalid: ",
		),
	);
});

test("a server that is down", async () => {
	const server = serve(() => {});
	server.close();
	equal(
		errorOf(await fetch(`${server.url}/x`)),
		`config ${server.url}/x: cannot connect to ${server.url.slice(7)}: connection refused`,
	);
});

test("answers that are no config", async () => {
	equal(await failure(({ write }) => write("HTTP/1.1 404 Not Found\r\n\r\n")), ": the server answered 404 Not Found");
	equal(await failure(({ write }) => write("HTTP/1.1 500 \r\n\r\n")), ": the server answered 500");
	equal(await failure(({ write }) => write("HTTP/1.1 302 Found\r\n\r\n")), ": the server answered 302 Found");
	const half: Behaviour = ({ write, end }) => {
		write(ok200('{"account":{}}').slice(0, -4));
		end();
	};
	equal(await failure(half), ": half a file: the connection was closed after 10 of 14 bytes");
	equal(await failure(({ end }) => end()), ": the server closed the connection without an answer");
	equal(await failure(({ write }) => write(ok200('{"a":1,\n "b" 2}'))), ': not JSON: line 2, column 6: expected ":"');
	equal(await failure(({ write }) => write(ok200("<html>"))), ": not JSON: line 1, column 1: expected a value");
	equal(await failure(({ write }) => write(ok200(""))), ": the file is empty");
	equal(await failure(({ write }) => write(ok200("[1]"))), ": expected an object, found an array");
	equal(await failure(({ write }) => write(ok200("null"))), ": expected an object, found null");
	equal(await failure(({ write }) => write(ok200("3"))), ": expected an object, found a number");
	const head = utf8Encode('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a":"');
	const latin1 = new Uint8Array(head.length + 2);
	latin1.set(head);
	latin1.set([0xe9, 0x22], head.length);
	equal(await failure(({ write }) => write(latin1)), ": not JSON: line 1, column 9: it ends too early");
	const broken = new Uint8Array(latin1.length + 1);
	broken.set(utf8Encode('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a":"'));
	broken.set([0xe9, 0x22, 0x7d], head.length);
	equal(await failure(({ write }) => write(broken)), ": the text is not UTF-8");
});

test("hostile servers: silent, slow, endless, garbage", async () => {
	const start = now();
	const timeoutMs = 200;
	const silent = await failure(() => {}, { timeoutMs });
	ok(/^: no whole answer within 0\.2 s \(waiting for 127\.0\.0\.1:\d+\)$/.test(silent), silent);
	const slow: Behaviour = ({ write }) => {
		write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
		for (let i = 1; i < 100; i++) Timer.set(() => write(" "), i * 20);
	};
	ok(/^: no whole answer within 0\.2 s \(\d+ bytes so far\)$/.test(await failure(slow, { timeoutMs })));
	const endlessHead: Behaviour = ({ write }) => {
		write(`HTTP/1.1 200 OK\r\n${"X-More: yes\r\n".repeat(20_000)}`);
	};
	equal(await failure(endlessHead), ": the answer's head is longer than 16384 bytes");
	equal(await failure(({ write }) => write("x".repeat(100_000))), ": the answer has a line of more than 2048 bytes");
	equal(
		await failure(({ write }) => write(new Uint8Array(50_000).fill(0x0a))),
		": what answers there is no HTTP server",
	);
	const endlessBody: Behaviour = ({ write }) => write(`HTTP/1.1 200 OK\r\n\r\n${" ".repeat(200_000)}`);
	equal(await failure(endlessBody), ": longer than 65536 bytes");
	ok(now() - start < 5000);
});

test("after close nothing is called, whatever the stage", async () => {
	const server = serve(({ write }) => Timer.set(() => write(ok200("{}")), 20));
	let calls = 0;
	for (const wait of [-1, 0, 5, 10]) {
		const fetching = provision({ url: server.url, onDone: () => calls++ });
		if (wait < 0) fetching.close();
		else
			Timer.set(() => {
				fetching.close();
				fetching.close();
			}, wait);
	}
	await new Promise<void>((resolve) => void Timer.set(() => resolve(), 80));
	equal(calls, 0);
	server.close();
});
