/**
 * The panel of one phone: its page over HTTP, and the WebSocket /phone that the page and programs use alike. Text
 * frames are JSON as docs/panel.md lists them; binary frames are sound, s16le at 8 kHz, either way. It listens on
 * loopback alone and answers no page of another origin, so that a web site cannot place calls.
 */
import { readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { transformSync } from "esbuild";
import { type WebSocket, WebSocketServer } from "ws";
import type { Desk } from "./desk";

const PAGE = path.join(import.meta.dirname, "page");
/** An export of as many phones as a handset can know. */
const MAX_MESSAGE_BYTE_LENGTH = 512 * 1024;
const MAX_CLIENTS = 16;
const MAX_UNSENT_BYTE_LENGTH = 4 << 20;
/** Pages, their files, and what begins a connection and says nothing. */
const MAX_CONNECTIONS = 64;
/** From the first byte of a request's header to its last. */
const HEADER_LIMIT_MS = 5000;
/** A client that has not answered one ping when the next is due has gone. */
const PING_MS = 15_000;
const TOO_FAST = "the phone does not keep up with what it is sent";

/** docs/panel.md lists them. */
const KEY = /^([0-9*#]|ok|cancel|up|down|soft[1-4]|hook|line[1-9]|mute|hold|transfer|volume[+-])$/;

const FILES: ReadonlyMap<string, { file: string; type: string }> = new Map([
	["/", { file: "index.html", type: "text/html; charset=utf-8" }],
	["/style.css", { file: "style.css", type: "text/css; charset=utf-8" }],
	["/page.js", { file: "page.ts", type: "text/javascript; charset=utf-8" }],
	["/phone-view.js", { file: "phone-view.ts", type: "text/javascript; charset=utf-8" }],
	["/sound.js", { file: "sound.ts", type: "text/javascript; charset=utf-8" }],
	["/sound-worklet.js", { file: "sound-worklet.ts", type: "text/javascript; charset=utf-8" }],
]);

export interface Panel {
	readonly port: number;
	readonly url: string;
	close(): void;
}

export interface PanelOptions {
	readonly desk: Desk;
	/** 0 takes any free port. */
	readonly port: number;
	/** Between pings; 15 s without it. */
	readonly pingMs?: number;
}

/** @throws {Error} naming the port when it is in use */
export async function openPanel({ desk, port, pingMs = PING_MS }: PanelOptions): Promise<Panel> {
	const limits = {
		headersTimeout: HEADER_LIMIT_MS,
		requestTimeout: HEADER_LIMIT_MS,
		connectionsCheckingInterval: 1000,
	};
	const server = http.createServer(limits, servePage);
	server.maxConnections = MAX_CONNECTIONS;
	const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTE_LENGTH });
	let lastState: string | undefined;

	const broadcast = (data: string | Buffer): void => {
		for (const client of sockets.clients) if (client.bufferedAmount < MAX_UNSENT_BYTE_LENGTH) client.send(data);
	};
	desk.on("message", (text) => {
		if (text.startsWith('{"state"')) lastState = text;
		broadcast(text);
	});
	desk.on("screen", (screen) => broadcast(JSON.stringify({ screen })));
	desk.on("speaker", (samples) => broadcast(samples));
	desk.on("disconnected", () => {
		for (const client of sockets.clients) client.close(1001, "the phone has ended");
	});

	server.on("upgrade", (request, socket, head) => {
		// Whoever is turned away may be gone already: that must not end the panel, and the phone with it.
		socket.on("error", () => socket.destroy());
		if (pathOf(request) !== "/phone" || !ownPage(request) || sockets.clients.size >= MAX_CLIENTS) {
			socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
			return;
		}
		sockets.handleUpgrade(request, socket, head, (client) => {
			answered.add(client);
			client.on("pong", () => answered.add(client));
			if (lastState !== undefined) client.send(lastState);
			if (desk.screen) client.send(JSON.stringify({ screen: desk.screen }));
			serve(client, desk);
		});
	});

	const answered = new WeakSet<WebSocket>();
	await new Promise<void>((resolve, reject) => {
		server.once("error", (error: NodeJS.ErrnoException) =>
			reject(
				error.code === "EADDRINUSE" ? new Error(`panel port ${port} is in use; choose another with --panel`) : error,
			),
		);
		server.listen(port, "127.0.0.1", resolve);
	});
	const pings = setInterval(() => {
		for (const client of sockets.clients)
			if (answered.delete(client)) client.ping();
			else client.terminate();
	}, pingMs);
	const address = server.address();
	const bound = typeof address === "object" && address ? address.port : port;
	return {
		port: bound,
		url: `http://127.0.0.1:${bound}/`,
		close: () => {
			clearInterval(pings);
			for (const client of sockets.clients) client.terminate();
			server.close();
		},
	};
}

function serve(client: WebSocket, desk: Desk): void {
	client.on("error", () => client.terminate());
	client.on("message", (data, isBinary) => {
		const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
		if (isBinary) {
			if (bytes.length % 2 === 0) desk.send("M", bytes);
			return;
		}
		const refuse = (error: string): void => {
			// Who asks without ever reading the answers.
			if (client.bufferedAmount > MAX_UNSENT_BYTE_LENGTH) client.terminate();
			else client.send(JSON.stringify({ error }));
		};
		const pass = (type: "K" | "J", text: string): void => {
			if (!desk.send(type, text)) refuse(desk.connected ? TOO_FAST : "the phone is not there");
		};
		let message: unknown;
		try {
			message = JSON.parse(bytes.toString("utf8"));
		} catch {
			refuse("that is not JSON");
			return;
		}
		if (typeof message !== "object" || message === null || Array.isArray(message)) refuse("a message is an object");
		else if ("key" in message) {
			if (typeof message.key === "string" && KEY.test(message.key)) pass("K", message.key);
			else refuse(typeof message.key === "string" ? `no such key: ${message.key.slice(0, 40)}` : "a key is text");
		} else if ("screen" in message) {
			if (client.bufferedAmount > MAX_UNSENT_BYTE_LENGTH) client.terminate();
			else if (desk.screen) client.send(JSON.stringify({ screen: desk.screen }));
		} else {
			const text = rewritten(message);
			if (text === undefined) refuse("that is nested too deeply");
			else pass("J", text);
		}
	});
}

/** The message as JSON of our own; undefined: it can be read, but is nested too deeply to be written. */
function rewritten(message: object): string | undefined {
	try {
		return JSON.stringify(message);
	} catch {
		return undefined;
	}
}

/** Without its query. A URL would have to be parsed, which throws for some that any page may ask for. */
function pathOf(request: http.IncomingMessage): string {
	return (request.url ?? "").replace(/\?.*$/s, "");
}

/** Only loopback names, and only pages that a panel served: a foreign site's script is turned away. */
function ownPage(request: http.IncomingMessage): boolean {
	const loopback = (authority: string | undefined): boolean =>
		authority !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(authority);
	const { origin, host } = request.headers;
	return loopback(host) && (origin === undefined || loopback(origin.replace(/^http:\/\//, "")));
}

function servePage(request: http.IncomingMessage, response: http.ServerResponse): void {
	const entry = FILES.get(pathOf(request));
	if (!entry || (request.method !== "GET" && request.method !== "HEAD") || !ownPage(request)) {
		response.writeHead(entry ? 403 : 404, { "Content-Type": "text/plain" }).end(entry ? "forbidden\n" : "not found\n");
		return;
	}
	const text = readFileSync(path.join(PAGE, entry.file), "utf8");
	const body = entry.file.endsWith(".ts") ? transformSync(text, { loader: "ts", target: "es2022" }).code : text;
	response.writeHead(200, {
		"Content-Type": entry.type,
		"Cache-Control": "no-store",
		"Content-Security-Policy":
			"default-src 'self'; img-src 'self' data: blob:; connect-src ws://127.0.0.1:* ws://localhost:*; frame-ancestors 'none'",
	});
	response.end(body);
}
