/**
 * kamailio of Debian over TCP and TLS: phones register by digest, are called over the connection that they made, find
 * back to a registrar that was restarted, and refuse certificates with a reason that their owner can act on.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { createServer, type Server, type TlsOptions } from "node:tls";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { Authority, type Identity, inDays } from "./peers/certificates";
import { Kamailio, type KamailioTls } from "./peers/kamailio";
import { NameServer } from "./peers/name-server";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "transports");

let program: string;
let authority: Authority;
let port: number;
let tls: KamailioTls;
let kamailio: Kamailio | undefined;
let ports: number[];
const phones: PhoneProcess[] = [];
const closers: (() => void)[] = [];

interface PhoneSettings {
	readonly registrar: string;
	readonly tls?: Record<string, unknown>;
	readonly account?: Record<string, unknown>;
}

/** @param name the user's, then a 9 and what tells it from others */
async function start(name: string, settings: PhoneSettings, by = program): Promise<PhoneProcess> {
	const user = name.split("9")[0] ?? name;
	const configs: ConfigServer = await serveConfigs({
		[name]: {
			account: {
				aor: `sip:${user}@phones.example`,
				registrar: settings.registrar,
				outboundProxy: settings.registrar,
				username: user,
				password: secretPassword(`${user}-Kx7pQ2mV`),
				expiresSec: 60,
				...settings.account,
			},
			sip: { port: ports.pop(), ...(settings.tls && { tls: settings.tls }) },
			audio: { microphone: "tone:440" },
			log: TRACE_ALL,
		},
	});
	closers.push(() => configs.close());
	const state = path.join(FOLDER, name);
	const phone = await startSotto({ name, state, config: configs.url(name), program: by });
	phones.push(phone);
	return phone;
}

async function stop(...some: PhoneProcess[]): Promise<void> {
	for (const phone of some) {
		phones.splice(phones.indexOf(phone), 1);
		await phone.stop();
	}
}

async function registered(phone: PhoneProcess, timeoutMs?: number): Promise<string | undefined> {
	const state = await phone.until("registered", (each) => each.registered.some(({ ok }) => ok), timeoutMs);
	return state.registered[0]?.transport;
}

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
	const [first = 0, second = 0, ...others] = await freeUdpPorts(24);
	port = first;
	ports = others;
	tls = { port: second, certificate: identity.certificate, key: identity.key };
	kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, tls);
});

after(async () => {
	for (const phone of phones) await phone.stop();
	await kamailio?.stop();
	for (const close of closers) close();
});

describe("kamailio over connections", { concurrency: false }, () => {
	for (const transport of ["tcp", "tls"] as const)
		test(`${transport}: two phones register, call each other both ways, hold, and end`, async () => {
			const registrar =
				transport === "tcp" ? `127.0.0.1:${port};transport=tcp` : `sip:localhost:${tls.port};transport=tls`;
			const settings = { registrar, tls: { authorities: authority.pem, shippedAuthorities: false } };
			const alice = await start(`alice9${transport}`, settings);
			const bob = await start(`bob9${transport}`, settings);
			assert.deepEqual([await registered(alice), await registered(bob)], [transport, transport]);
			for (const [caller, callee, name] of [
				[alice, bob, "bob"],
				[bob, alice, "alice"],
			] as const) {
				const ids = [caller.call?.id, callee.call?.id];
				caller.send({ dial: name });
				await callee.until("ringing", ({ calls: [call] }) => call?.state === "ringing" && call.id !== ids[1]);
				callee.send({ answer: true });
				for (const [index, phone] of [caller, callee].entries())
					await phone.until(
						"keys",
						({ calls: [call] }) =>
							call?.secureAfterMs !== undefined && call.keying === "zrtp" && call.id !== ids[index],
					);
				callee.send({ hold: true });
				await caller.until("held", ({ calls: [call] }) => call?.state === "held");
				callee.send({ hold: false });
				await caller.until("resumed", ({ calls: [call] }) => call?.state === "connected");
				callee.send({ hangup: true });
				await caller.until("the end", ({ calls: [call] }) => call?.state === "ended");
				await callee.until("the end", ({ calls: [call] }) => call?.state === "ended");
			}
			for (const phone of [alice, bob]) {
				const sip = phone.lines.filter((line) => / sip debug: (in|out) /.test(line));
				assert.ok(sip.length > 20, "SIP was traced");
				assert.deepEqual(
					sip.filter((line) => !line.includes(` ${transport} `)),
					[],
					"everything went by the connection",
				);
				const made = phone.lines.filter((line) => / sip debug: connected to /.test(line));
				assert.equal(made.length, 1, "one connection for all of it");
				assert.equal(phone.lines.filter((line) => / sip debug: connected from /.test(line)).length, 0);
			}
			await stop(alice, bob);
		});

	for (const transport of ["udp", "tcp"] as const)
		test(`IPv6 over ${transport}: registered, and called by a phone of IPv4`, async () => {
			const six = await start(`alice9six${transport}`, { registrar: `[::1]:${port};transport=${transport}` });
			const four = await start(`bob9four${transport}`, { registrar: `127.0.0.1:${port}` });
			assert.deepEqual([await registered(six), await registered(four)], [transport, "udp"]);
			four.send({ dial: "alice" });
			await six.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
			six.send({ answer: true });
			await four.until("keys", ({ calls: [call] }) => call?.keying === "zrtp" && call.secureAfterMs !== undefined);
			six.send({ hangup: true });
			await four.until("the end", ({ calls: [call] }) => call?.state === "ended");
			await stop(six, four);
		});

	test("the registrar is restarted: the phone notices, registers anew by itself, and can be called", async () => {
		const settings = {
			registrar: `sip:localhost:${tls.port};transport=tls`,
			tls: { authorities: authority.pem },
		};
		const alice = await start("alice9restart", settings);
		const bob = await start("bob9restart", settings);
		await registered(alice);
		await registered(bob);
		await kamailio?.stop();
		await refusal(alice);
		kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, tls);
		// RFC 5626 section 4.5: the second try comes within a minute.
		await registered(alice, 70_000);
		await registered(bob, 70_000);
		bob.send({ dial: "alice" });
		await alice.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
		bob.send({ hangup: true });
		await alice.until("the end", ({ calls: [call] }) => call?.state === "ended");
		await stop(alice, bob);
	});

	test("a client certificate: shown where it is asked for, its lack told", async () => {
		await kamailio?.stop();
		kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, { ...tls, clients: authority.certificate });
		const own = authority.issue("phone", { names: "", commonName: "alice" });
		const trust = { authorities: authority.pem };
		const registrar = `sip:localhost:${tls.port};transport=tls`;
		const with_ = await start("alice9client", {
			registrar,
			tls: { ...trust, certificate: readFileSync(own.certificate, "utf8"), key: readFileSync(own.key, "utf8") },
		});
		assert.equal(await registered(with_), "tls");
		const without = await start("bob9client", { registrar, tls: trust });
		assert.match(await refusal(without), /wants a client certificate, and the phone has none/);
		await stop(with_, without);
	});
});

describe("servers that the DNS names (RFC 3263)", { concurrency: false }, () => {
	test("NAPTR and SRV lead to kamailio over TLS, past a server that is down, under the name of the domain", async () => {
		const own = authority.issue("domain", { names: "URI:sip:phones.example", commonName: "somebody" });
		await kamailio?.stop();
		kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, { ...tls, ...own });
		const server = await NameServer.start({
			"phones.example NAPTR": [
				"10 10 s SIPS+D2T _sips._tcp.phones.example",
				"20 10 s SIP+D2U _sip._udp.phones.example",
			],
			"_sips._tcp.phones.example SRV": ["10 5 9 down.phones.example", `20 5 ${tls.port} up.phones.example`],
			"_sip._udp.phones.example SRV": [`10 5 ${port} up.phones.example`],
			"down.phones.example A": ["127.0.0.9"],
			"up.phones.example A": ["127.0.0.1"],
		});
		try {
			const settings = { registrar: "phones.example", tls: { authorities: authority.pem } };
			const phone = await start("alice9dns", settings, server.wrap(FOLDER, program));
			assert.equal(await registered(phone), "tls");
			assert.ok(server.asked.includes("phones.example NAPTR"), server.asked.join(", "));
			assert.ok(phone.lines.some((line) => /127\.0\.0\.9:9: connection refused/.test(line)));
			await stop(phone);
			// Records that are too long for a datagram.
			server.cut = true;
			const long = await start("alice9cut", settings, server.wrap(FOLDER, program));
			assert.equal(await registered(long), "tls");
			assert.ok(server.asked.includes("phones.example NAPTR over TCP"), server.asked.join(", "));
			server.cut = false;
			await stop(long);
			// The same domain without TLS: over UDP, as its second choice has it.
			const plain = await start(
				"bob9dns",
				{ ...settings, account: { transport: "udp" } },
				server.wrap(FOLDER, program),
			);
			assert.equal(await registered(plain), "udp");
			await stop(plain);
			const lost = await start("carol9dns", { registrar: "nowhere.example" }, server.wrap(FOLDER, program));
			assert.match(await refusal(lost), /nowhere\.example: no such name/);
			await stop(lost);
		} finally {
			server.close();
		}
	});
});

describe("certificates that are refused", { concurrency: false }, () => {
	const servers: Server[] = [];

	async function serve(identity: Identity, options: TlsOptions = {}): Promise<number> {
		const server = createServer({
			cert: readFileSync(identity.certificate),
			key: readFileSync(identity.key),
			...options,
		});
		server.on("tlsClientError", () => {});
		server.on("secureConnection", (socket) => socket.on("error", () => {}));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		servers.push(server);
		const address = server.address();
		assert.ok(address !== null && typeof address === "object");
		return address.port;
	}

	after(() => {
		for (const server of servers) server.close();
	});

	const cases: readonly [string, () => Identity, RegExp][] = [
		[
			"expired",
			() => authority.issue("expired", { from: inDays(-20), to: inDays(-2) }),
			new RegExp(`certificate expired on ${new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)}`),
		],
		[
			"future",
			() => authority.issue("future", { from: inDays(3) }),
			/is not valid before 20\d\d-\d\d-\d\d: is the phone's clock right/,
		],
		[
			"name",
			() => authority.issue("name", { names: "DNS:other.example,DNS:*.localhost", commonName: "localhost" }),
			/certificate is for other\.example, \*\.localhost, not for localhost/,
		],
		[
			// RFC 5922 section 7.1: with a SIP URI there, DNS names do not count.
			"uri",
			() => authority.issue("uri", { names: "URI:sip:pbx.example,DNS:localhost" }),
			/certificate is for pbx\.example, not for localhost/,
		],
		[
			"authority",
			() => new Authority(FOLDER, "Somebody Else").issue("unknown"),
			/from an authority this phone does not trust \(CN=Somebody Else\): add it, or pin the key [0-9a-f]{64}/,
		],
		[
			"weak",
			() => authority.issue("weak", { newKey: ["-newkey", "rsa:1024"] }),
			/certificate is too weak: RSA of 2048 bits or more/,
		],
	];
	for (const [name, make, reason] of cases)
		test(name, async () => {
			const at = await serve(make());
			const phone = await start(`bad9${name}`, {
				registrar: `sip:localhost:${at};transport=tls`,
				tls: { authorities: authority.pem },
			});
			assert.match(await refusal(phone), reason);
			await stop(phone);
		});

	test("the pinned key, and another one in its place", async () => {
		const stranger = new Authority(FOLDER, "Own Signer").issue("pinned", { names: "DNS:elsewhere.example" });
		const changed = new Authority(FOLDER, "Own Signer").issue("changed", { names: "DNS:elsewhere.example" });
		await kamailio?.stop();
		kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, { ...tls, ...stranger });
		const settings = { registrar: `sip:localhost:${tls.port};transport=tls`, tls: { pins: stranger.pin } };
		const phone = await start("alice9pin", settings);
		assert.equal(await registered(phone), "tls");
		await kamailio.stop();
		kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, { ...tls, ...changed });
		const state = await phone.until(
			"a reason",
			({ registered: [first] }) => /pinned/.test(first?.reason ?? ""),
			30_000,
		);
		assert.match(
			state.registered[0]?.reason ?? "",
			new RegExp(`the server's key is not the pinned one: it is now ${changed.pin}; if that is right, change the pin`),
		);
		await stop(phone);
	});

	test("TLS 1.1 is refused, and so is what is no TLS", async () => {
		const old = await serve(authority.issue("old"), {
			minVersion: "TLSv1.1",
			maxVersion: "TLSv1.1",
			ciphers: "DEFAULT@SECLEVEL=0",
		});
		const phone = await start("alice9old", {
			registrar: `sip:localhost:${old};transport=tls`,
			tls: { authorities: authority.pem },
		});
		assert.match(await refusal(phone), /TLS 1\.2/);
		await stop(phone);
		const plain = await start("alice9plain", {
			registrar: `sip:localhost:${port};transport=tls`,
			tls: { authorities: authority.pem },
		});
		assert.match(await refusal(plain), /not TLS|in the middle of the handshake|no connection within/);
		await stop(plain);
	});
});
