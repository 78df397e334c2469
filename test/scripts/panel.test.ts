/** What any page or program on this computer can send to the panel's port must not end it, and the phone with it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { WebSocket } from "ws";
import { Desk } from "../../scripts/panel/desk";
import { openPanel, type Panel } from "../../scripts/panel/server";

/** The handshake of RFC 6455 section 4.1, but for its first line and Host. */
const UPGRADE =
	"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n";

const folder = mkdtempSync(join(tmpdir(), "sotto-panel-"));
let desk: Desk;
let panel: Panel;
/** In the place of the phone's end of the desk. */
let phone: net.Socket;

before(async () => {
	desk = await Desk.open(join(folder, "desk"));
	panel = await openPanel({ desk, port: 0 });
	const connected = new Promise<void>((resolve) => desk.once("connected", resolve));
	phone = net.connect(desk.path).resume();
	await connected;
});

after(() => {
	phone.destroy();
	panel.close();
	desk.close();
	rmSync(folder, { recursive: true, force: true });
});

/** Sends one request as it is. @returns the status, or "" when the panel only closed the connection */
function ask(line: string, headers = "", reset = false): Promise<string> {
	return new Promise((resolve) => {
		const socket = net.connect(panel.port, "127.0.0.1");
		let answer = "";
		socket.write(`${line}\r\nHost: 127.0.0.1:${panel.port}\r\n${headers}\r\n`);
		socket.on("data", (bytes) => {
			answer += bytes.toString("latin1");
		});
		socket.on("error", () => {});
		socket.on("close", () => resolve(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? ""));
		if (reset) socket.once("connect", () => setTimeout(() => socket.resetAndDestroy(), 1));
	});
}

/** Sends a text over the WebSocket. @returns the error it is answered with */
function say(text: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = new WebSocket(`ws://127.0.0.1:${panel.port}/phone`);
		socket.on("open", () => socket.send(text));
		socket.on("error", reject);
		socket.on("message", (data) => {
			resolve(String(JSON.parse(String(data)).error));
			socket.terminate();
		});
	});
}

test("a path that is no URL is not found", async () => {
	for (const path of ["//", "/\\\\", "//a:b:c/", "http://[", "/__proto__", "/../page.ts", "/page.ts", "/%00"]) {
		assert.equal(await ask(`GET ${path} HTTP/1.1`, "Connection: close\r\n"), "404", path);
		assert.equal(await ask(`GET ${path} HTTP/1.1`, UPGRADE), "403", path);
	}
	assert.equal(await ask("GET /style.css?x HTTP/1.1", "Connection: close\r\n"), "200");
});

test("pages of other sites are turned away", async () => {
	for (const origin of ["http://example.org", "null", "https://127.0.0.1", "http://127.0.0.1.example.org"])
		assert.equal(await ask("GET /phone HTTP/1.1", `${UPGRADE}Origin: ${origin}\r\n`), "403", origin);
});

test("whoever is turned away may vanish before the answer", async () => {
	for (let i = 0; i < 40; i++) await ask("GET /nothing HTTP/1.1", UPGRADE, true);
	assert.equal(await ask("GET /style.css HTTP/1.1", "Connection: close\r\n"), "200");
});

test("JSON that cannot be written back, and keys that are no text", async () => {
	assert.equal(await say('{"key":{"toString":1,"valueOf":1}}'), "a key is text");
	assert.equal(await say('{"key":["ok"]}'), "a key is text");
	assert.equal(await say('{"key":"__proto__"}'), "no such key: __proto__");
	assert.equal(await say(`{"dial":${"[".repeat(30000)}${"]".repeat(30000)}}`), "that is nested too deeply");
});

/** Opens the WebSocket; `closed` is its close code once it has one. */
async function connected(): Promise<{ socket: WebSocket; errors: string[]; closed: Promise<number> }> {
	const socket = new WebSocket(`ws://127.0.0.1:${panel.port}/phone`);
	const errors: string[] = [];
	const closed = new Promise<number>((resolve) => socket.on("close", resolve));
	socket.on("error", () => {});
	socket.on("message", (data) => errors.push(String(JSON.parse(String(data)).error)));
	await new Promise((resolve) => socket.once("open", resolve));
	return { socket, errors, closed };
}

async function until(what: string, condition: () => boolean): Promise<void> {
	for (let i = 0; i < 1000; i++) {
		if (condition()) return;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error(`${what} did not come`);
}

test("a frame that is too long closes its own connection and no other", async () => {
	const good = await connected();
	for (const bytes of [Buffer.alloc(600 * 1024, 0x20), Buffer.alloc(64 << 20)]) {
		const bad = await connected();
		bad.socket.send(bytes);
		assert.equal(await bad.closed, 1009);
	}
	// In pieces, none of which is long.
	const pieces = await connected();
	for (let i = 0; i < 40; i++) pieces.socket.send(" ".repeat(16 * 1024), { fin: false });
	assert.equal(await pieces.closed, 1009);
	good.socket.send("x");
	await until("the answer", () => good.errors.length > 0);
	assert.deepEqual(good.errors, ["that is not JSON"]);
	good.socket.terminate();
});

test("a phone that does not read: messages are refused, and nothing piles up", async () => {
	phone.pause();
	const client = await connected();
	const before = process.memoryUsage().rss;
	const text = JSON.stringify({ transfer: "x".repeat(100_000) });
	for (let i = 0; i < 2000; i++) {
		client.socket.send(text);
		if (i % 20 === 0) await until("room", () => client.socket.bufferedAmount < 1 << 20);
	}
	await until("refusals", () => client.errors.length > 1000);
	assert.deepEqual([...new Set(client.errors)], ["the phone does not keep up with what it is sent"]);
	// 200 MB were sent.
	assert.ok(process.memoryUsage().rss - before < 100 << 20, `${process.memoryUsage().rss - before} bytes`);
	phone.resume();
	client.errors.length = 0;
	await until("the phone reads again", () => {
		client.socket.send('{"key":"1"}');
		return client.errors.length === 0;
	});
	client.socket.terminate();
});

test("a client that asks and never reads is cut off", async () => {
	const client = await connected();
	client.socket.pause();
	const question = "x".repeat(200);
	for (let i = 0; i < 1_000_000 && client.socket.readyState === WebSocket.OPEN; i++) {
		client.socket.send(question);
		if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
	}
	assert.notEqual(client.socket.readyState, WebSocket.OPEN);
	client.socket.resume();
	await client.closed;
	assert.equal(await say("x"), "that is not JSON");
});

test("half a handshake is not waited for, and a hundred of them keep nobody out for long", async () => {
	const sockets = Array.from({ length: 100 }, () => {
		const socket = net.connect(panel.port, "127.0.0.1");
		socket.on("error", () => {});
		socket.write("GET /phone HTTP/1.1\r\nUpgrade: websocket\r\n");
		return socket;
	});
	let closed = 0;
	for (const socket of sockets) socket.resume().on("close", () => closed++);
	await until("all closed", () => closed === 100);
	assert.equal(await say("x"), "that is not JSON");
});

test("clients that answer no ping make room", async () => {
	const other = await openPanel({ desk, port: 0, pingMs: 100 });
	const ends: net.Socket[] = [];
	try {
		let open = 0;
		for (let i = 0; i < 16; i++) {
			const socket = net.connect(other.port, "127.0.0.1");
			socket.on("error", () => {});
			socket.on("close", () => open--);
			socket.once("data", () => open++);
			socket.write(`GET /phone HTTP/1.1\r\nHost: 127.0.0.1:${other.port}\r\n${UPGRADE}\r\n`);
			ends.push(socket);
		}
		await until("all sixteen", () => open === 16);
		await until("all gone", () => open === 0);
		const alive = new WebSocket(`ws://127.0.0.1:${other.port}/phone`);
		await new Promise((resolve) => alive.once("open", resolve));
		await new Promise((resolve) => setTimeout(resolve, 500));
		assert.equal(alive.readyState, WebSocket.OPEN);
		alive.terminate();
	} finally {
		for (const socket of ends) socket.destroy();
		other.close();
	}
});
