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
