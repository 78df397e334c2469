/**
 * Two phones behind kamailio, signalling over TLS: SDES is offered there and nowhere else, the lock says server, ZRTP inside
 * it says closed, DTLS-SRTP needs no TLS, and no trace of a phone has a key.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { heard, readWav } from "../../scripts/simulator/tone";
import { Authority } from "./peers/certificates";
import { Kamailio } from "./peers/kamailio";
import { pause } from "./peers/meeting";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "sdes-tls");
const TONES = { alice: 440, bob: 880 } as const;
const PASSWORD_TAIL = "-Kx7pQ2mV";

let program: string;
let authority: Authority;
let kamailio: Kamailio;
let tlsPort = 0;
let udpPort = 0;
let ports: number[];

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	authority = new Authority(FOLDER, "Test Authority");
	const identity = authority.issue("kamailio");
	[udpPort = 0, tlsPort = 0, ...ports] = await freeUdpPorts(20);
	kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), udpPort, {
		port: tlsPort,
		certificate: identity.certificate,
		key: identity.key,
	});
});

after(async () => {
	await kamailio?.stop();
});

/** Both phones registered over the transport; what is heard is judged when `talk` has ended. */
async function withPhones(
	name: string,
	transport: "tls" | "udp",
	config: Readonly<Record<string, unknown>>,
	talk: (alice: PhoneProcess, bob: PhoneProcess) => Promise<void>,
): Promise<void> {
	const phones: PhoneProcess[] = [];
	const closers: ConfigServer[] = [];
	const server = transport === "tls" ? `sip:localhost:${tlsPort};transport=tls` : `sip:localhost:${udpPort}`;
	const speaker = (who: string): string => path.join(FOLDER, `${name}-${who}.wav`);
	try {
		for (const who of ["alice", "bob"] as const) {
			const configs = await serveConfigs({
				[who]: {
					account: {
						aor: `sip:${who}@phones.example`,
						registrar: server,
						outboundProxy: server,
						username: who,
						password: secretPassword(`${who}${PASSWORD_TAIL}`),
					},
					sip: { port: ports.pop(), tls: { authorities: authority.pem, shippedAuthorities: false } },
					audio: { microphone: `tone:${TONES[who]}` },
					log: TRACE_ALL,
					...config,
				},
			});
			closers.push(configs);
			const state = path.join(FOLDER, `${name}-${who}`);
			const phone = await startSotto({ name: who, state, config: configs.url(who), program });
			phones.push(phone);
			await phone.until("registered", (now) => now.registered.some(({ ok }) => ok));
			phone.send({ speaker: speaker(who) });
		}
		const [alice, bob] = phones;
		assert.ok(alice && bob);
		alice.send({ dial: "sip:bob@phones.example" });
		await bob.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
		bob.send({ answer: true });
		for (const phone of phones) await phone.until("connected", ({ calls: [call] }) => call?.state === "connected");
		await talk(alice, bob);
		for (const phone of phones)
			assert.ok(!phone.lines.some((line) => /inline:|a=crypto/.test(line)), "a line of the log holds a=crypto");
		alice.send({ hangup: true });
		for (const phone of phones) await phone.until("ended", ({ calls: [call] }) => call?.state === "ended");
	} finally {
		for (const phone of phones) await phone.stop();
		for (const configs of closers) configs.close();
	}
	assert.ok(heard(readWav(speaker("alice")), TONES.bob), "Alice heard Bob");
	assert.ok(heard(readWav(speaker("bob")), TONES.alice), "Bob heard Alice");
}

test("SDES inside TLS: the lock says server at both ends, through hold and resume", () =>
	withPhones("sdes", "tls", { zrtp: { enabled: false }, srtp: { policy: "mandatory" } }, async (alice, bob) => {
		await pause(1500);
		for (const { call } of [alice, bob]) {
			assert.deepEqual([call?.keying, call?.lock, call?.notice], ["sdes", "server", undefined]);
		}
		bob.send({ hold: true });
		await alice.until("held", ({ calls: [call] }) => call?.state === "held");
		bob.send({ hold: false });
		await alice.until("resumed", ({ calls: [call] }) => call?.state === "connected");
		await pause(800);
		for (const { call } of [alice, bob]) {
			assert.deepEqual([call?.keying, call?.lock], ["sdes", "server"]);
			const { clearSent, rejected, replayed, encryptedReceived = 0 } = call?.stats ?? {};
			assert.deepEqual([clearSent, rejected, replayed], [0, 0, 0], "the same keys go on");
			assert.ok(encryptedReceived > 40, `${encryptedReceived} packets`);
		}
	}));

test("ZRTP inside SDES inside TLS takes over: the lock says closed at both ends", () =>
	withPhones("zrtp", "tls", { srtp: { policy: "mandatory" } }, async (alice, bob) => {
		for (const phone of [alice, bob]) await phone.until("closed", ({ calls: [call] }) => call?.lock === "closed");
		await pause(1000);
		const { sas } = alice.call ?? {};
		assert.equal(sas, bob.call?.sas);
		// Offers under ZRTP carry new keys of signalling, and none of them comes between.
		alice.send({ hold: true });
		await bob.until("held", ({ calls: [call] }) => call?.state === "held");
		alice.send({ hold: false });
		await bob.until("resumed", ({ calls: [call] }) => call?.state === "connected");
		await pause(800);
		for (const { call } of [alice, bob]) {
			const { clearSent, rejected = 0 } = call?.stats ?? {};
			assert.deepEqual([call?.keying, call?.lock, call?.sas, clearSent], ["zrtp", "closed", sas, 0]);
			assert.ok(rejected <= 3, `${rejected} rejected: more than was on its way when the keys changed`);
		}
	}));

test("ZRTP inside DTLS-SRTP takes over, without TLS too", () =>
	withPhones("dtls", "udp", { srtp: { policy: "mandatory", offer: "dtls" } }, async (alice, bob) => {
		for (const phone of [alice, bob]) await phone.until("closed", ({ calls: [call] }) => call?.lock === "closed");
		await pause(1000);
		for (const phone of [alice, bob])
			assert.ok(
				phone.lines.some((line) => line.includes("DTLS handshake complete")),
				`no handshake at ${phone.call?.id}`,
			);
		assert.equal(alice.call?.sas, bob.call?.sas);
		assert.deepEqual([alice.call?.keying, alice.call?.stats?.clearSent], ["zrtp", 0]);
	}));

test("without TLS best effort offers no keys: they would be everybody's", () =>
	withPhones("udp", "udp", { zrtp: { enabled: false }, srtp: { policy: "best-effort" } }, async (alice, bob) => {
		await pause(1200);
		for (const { call } of [alice, bob]) assert.deepEqual([call?.keying, call?.lock], ["none", "open"]);
	}));

test("without TLS mandatory makes no call, and says why", async () => {
	const [port] = ports.splice(-1);
	const configs = await serveConfigs({
		carol: {
			account: { aor: `sip:carol@127.0.0.1:${port}` },
			sip: { port },
			zrtp: { enabled: false },
			srtp: { policy: "mandatory" },
			log: TRACE_ALL,
		},
	});
	const state = path.join(FOLDER, "carol");
	const carol = await startSotto({ name: "carol", state, config: configs.url("carol"), program });
	try {
		await carol.until("ready", () => true);
		carol.send({ dial: "sip:bob@127.0.0.1:9" });
		const {
			calls: [call],
		} = await carol.until("the end", ({ calls: [each] }) => each?.state === "ended");
		assert.match(call?.reason ?? "", /no call without keys, and its signalling is not protected by TLS/);
	} finally {
		await carol.stop();
		configs.close();
	}
});
