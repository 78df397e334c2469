/**
 * TLS with somebody on the way: a relay between the phone and kamailio that gives bytes one at a time, falls silent,
 * cuts, changes a bit or says what is no TLS. Each ends in a registration or in a reason; the phone always comes back.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { Authority } from "./peers/certificates";
import { Kamailio } from "./peers/kamailio";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "hostile-tls");

/** What the relay does with bytes from kamailio; `count` are those before. */
type Mischief = (bytes: Buffer, to: Socket, count: number) => void;

let program: string;
let authority: Authority;
let kamailio: Kamailio;
let relay: Server;
let relayPort: number;
let ports: number[];
let mischief: Mischief;
const sockets = new Set<Socket>();
const phones: PhoneProcess[] = [];
const closers: ConfigServer[] = [];

const faithful: Mischief = (bytes, to) => void to.write(bytes);

async function start(name: string, at = relayPort): Promise<PhoneProcess> {
	const configs = await serveConfigs({
		[name]: {
			account: {
				aor: "sip:alice@phones.example",
				registrar: `sip:localhost:${at};transport=tls`,
				outboundProxy: `sip:localhost:${at};transport=tls`,
				username: "alice",
				password: secretPassword("alice-Kx7pQ2mV"),
			},
			sip: { port: ports.pop(), keepAliveSec: 1, tls: { authorities: authority.pem, shippedAuthorities: false } },
			log: TRACE_ALL,
		},
	});
	closers.push(configs);
	const phone = await startSotto({ name, state: path.join(FOLDER, name), config: configs.url(name), program });
	phones.push(phone);
	return phone;
}

const registered = (phone: PhoneProcess, timeoutMs?: number) =>
	phone.until("registered", (state) => state.registered.some(({ ok }) => ok), timeoutMs);

async function refusal(phone: PhoneProcess): Promise<string> {
	const state = await phone.until(
		"a reason",
		({ registered: [first] }) => first?.ok === false && first.reason !== undefined && first.reason !== "registering",
	);
	return state.registered[0]?.reason ?? "";
}

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	authority = new Authority(FOLDER, "Test Authority");
	const identity = authority.issue("kamailio");
	const [port = 0, tlsPort = 0, ...others] = await freeUdpPorts(14);
	ports = others;
	kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, {
		port: tlsPort,
		certificate: identity.certificate,
		key: identity.key,
	});
	relay = createServer({ noDelay: true }, (phone) => {
		const server = connect(tlsPort, "127.0.0.1");
		let count = 0;
		for (const socket of [phone, server]) {
			sockets.add(socket);
			socket.on("error", () => {});
			socket.on("close", () => {
				phone.destroy();
				server.destroy();
			});
		}
		phone.on("data", (bytes) => void server.write(bytes));
		server.on("data", (bytes) => {
			mischief(bytes, phone, count);
			count += bytes.length;
		});
	});
	await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
	const address = relay.address();
	assert.ok(address !== null && typeof address === "object");
	relayPort = address.port;
});

after(async () => {
	for (const phone of phones) await phone.stop();
	for (const socket of sockets) socket.destroy();
	relay?.close();
	await kamailio?.stop();
	for (const configs of closers) configs.close();
});

test("bytes one at a time: a handshake and a registration all the same", async () => {
	const waiting: [number, Socket][] = [];
	const pump = setInterval(() => {
		for (const [byte, to] of waiting.splice(0, 8)) to.write(Buffer.from([byte]));
	}, 1);
	mischief = (bytes, to) => void waiting.push(...[...bytes].map((byte): [number, Socket] => [byte, to]));
	const phone = await start("dribble");
	await registered(phone, 20_000);
	clearInterval(pump);
	await phone.stop();
});

test("the connection is cut: made again within seconds, by the session it had", async () => {
	mischief = faithful;
	const phone = await start("cut");
	await registered(phone);
	const connections = (): string[] => phone.lines.filter((line) => /sip debug: localhost: TLSv1\.2/.test(line));
	for (const socket of sockets) socket.destroy();
	for (let i = 0; i < 100 && connections().length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 50));
	assert.equal(connections().length, 2);
	await registered(phone);
	await phone.stop();
});

test("a session is taken up again with a server that keeps them (kamailio, with two processes, does not)", async () => {
	const identity = authority.issue("registrar");
	const taken: boolean[] = [];
	const options = {
		cert: readFileSync(identity.certificate),
		key: readFileSync(identity.key),
		maxVersion: "TLSv1.2",
	} as const;
	const registrar = createTlsServer(options, (socket) => {
		taken.push(socket.isSessionReused());
		socket.on("error", () => {});
		socket.on("data", (bytes: Buffer) => {
			const lines = bytes.toString().split("\r\n");
			const kept = lines.filter((line) => /^(Via|From|Call-ID|CSeq):/.test(line));
			const to = lines.find((line) => line.startsWith("To:"));
			const contact = lines.find((line) => line.startsWith("Contact:"));
			socket.write(
				["SIP/2.0 200 OK", ...kept, `${to};tag=1`, `${contact};expires=60`, "Content-Length: 0", "", ""].join("\r\n"),
			);
			if (taken.length < 3) setTimeout(() => socket.destroy(), 100);
		});
	});
	await new Promise<void>((resolve) => registrar.listen(0, "127.0.0.1", resolve));
	const address = registrar.address();
	assert.ok(address !== null && typeof address === "object");
	const phone = await start("again", address.port);
	for (let i = 0; i < 100 && taken.length < 3; i++) await new Promise((resolve) => setTimeout(resolve, 100));
	assert.deepEqual(taken, [false, true, true]);
	const said = phone.lines.filter((line) => /sip debug: localhost: TLSv1\.2/.test(line));
	assert.deepEqual(
		said.map((line) => line.endsWith(", resumed")),
		taken,
	);
	await phone.stop();
	registrar.close();
});

const cases: readonly [string, Mischief, RegExp][] = [
	["plain text in place of a handshake", (_, to) => void to.write("SIP/2.0 200 OK\r\n\r\n"), /not TLS/],
	["an end in the middle", (bytes, to) => void to.end(bytes.subarray(0, 40)), /in the middle of the handshake/],
	[
		"a changed bit in the certificate",
		(bytes, to, count) => {
			const copy = Buffer.from(bytes);
			const at = 300 - count;
			if (at >= 0 && at < copy.length) copy[at] = (copy[at] ?? 0) ^ 1;
			to.write(copy);
		},
		/cannot connect to .*: .+/,
	],
	["silence", () => {}, /no connection within 10 s/],
];
for (const [name, what, reason] of cases)
	test(name, async () => {
		mischief = what;
		const phone = await start(name.replace(/\W/g, ""));
		assert.match(await refusal(phone), reason);
		await phone.stop();
	});

test("after the handshake: a changed record, and records of nonsense, end the connection; the phone comes back", async () => {
	mischief = faithful;
	const phone = await start("later");
	await registered(phone);
	let spoilt = 0;
	// The next answer to a keep-alive comes changed.
	mischief = (bytes, to) => {
		spoilt++;
		const copy = Buffer.from(bytes);
		copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) ^ 1;
		to.write(Buffer.concat([copy, Buffer.alloc(60_000, 0x17)]));
	};
	const before = phone.lines.length;
	for (let i = 0; i < 100 && spoilt === 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
	mischief = faithful;
	const again = (): boolean => phone.lines.slice(before).some((line) => /registered sip:alice/.test(line));
	for (let i = 0; i < 100 && !again(); i++) await new Promise((resolve) => setTimeout(resolve, 100));
	assert.ok(again(), phone.lines.slice(before).join("\n"));
	assert.ok(phone.lines.slice(before).some((line) => /sip info: tls .*: connection with/.test(line)));
	await phone.stop();
});
