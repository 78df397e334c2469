/**
 * Two Sotto phones, each behind a router with the kernel's NAT, and between them kamailio and coturn of Debian: they find a way
 * for their voice by STUN and ICE, and say so when there is none.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { Home, openMiddle, type RouterKind, SERVER_ADDRESS } from "./peers/homes";
import { Kamailio } from "./peers/kamailio";
import { buildRecorded, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "nat");
const SIP_PORT = 5060;
const STUN_PORT = 3478;
const NAMES = ["alice", "bob"] as const;

let program: string;
let kamailio: Kamailio;
let coturn: ChildProcess;
let configs: ConfigServer;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	openMiddle();
	kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), SIP_PORT, undefined, "kamailio-nat.cfg");
	coturn = spawn(
		"turnserver",
		["-n", "-S", "--no-tls", "--no-dtls", "--no-cli", "-L", SERVER_ADDRESS, "-p", String(STUN_PORT), "-l", "stdout"],
		{ stdio: "ignore", cwd: FOLDER },
	);
	const server = `${SERVER_ADDRESS}:${SIP_PORT}`;
	const config = (user: string, tone: number) => ({
		account: { aor: `sip:${user}@${server}`, registrar: server, outboundProxy: server, expiresSec: 60 },
		nat: { stunServer: `${SERVER_ADDRESS}:${STUN_PORT}` },
		audio: { microphone: `tone:${tone}` },
		log: TRACE_ALL,
	});
	configs = await serveConfigs({ alice: config("alice", 440), bob: config("bob", 880) }, SERVER_ADDRESS);
});

after(async () => {
	coturn?.kill("SIGKILL");
	await kamailio?.stop();
	configs?.close();
});

/** Both phones registered behind their routers, and closed with all around them at the end. */
async function withHomes(
	kinds: readonly [RouterKind, RouterKind],
	numbers: readonly [number, number],
	body: (alice: PhoneProcess, bob: PhoneProcess) => Promise<void>,
): Promise<void> {
	const homes: Home[] = [];
	const phones: PhoneProcess[] = [];
	try {
		for (const index of [0, 1] as const) {
			const home = await Home.open(numbers[index], kinds[index]);
			homes.push(home);
			const name = NAMES[index];
			const state = path.join(FOLDER, `${name}-${numbers[index]}`);
			const launch = (args: readonly string[]) => home.launch(program, args);
			phones.push(await startSotto({ name, state, config: configs.url(name), program, launch }));
		}
		const [alice, bob] = phones;
		assert.ok(alice && bob);
		for (const phone of phones) await phone.until("registered", ({ registered }) => registered.some(({ ok }) => ok));
		await body(alice, bob);
	} finally {
		for (const phone of phones) await phone.stop();
		for (const home of homes) home.close();
	}
}

async function call(alice: PhoneProcess, bob: PhoneProcess): Promise<void> {
	alice.send({ dial: "bob" });
	await bob.until("ringing", ({ calls: [it] }) => it?.state === "ringing");
	bob.send({ answer: true });
	for (const phone of [alice, bob]) await phone.until("connected", ({ calls: [it] }) => it?.state === "connected");
}

describe("phones behind NATs", { concurrency: false }, () => {
	test("both behind routers that keep ports: a way is found, keys are agreed, voice is heard both ways", () =>
		withHomes(["keeps ports", "keeps ports"], [1, 2], async (alice, bob) => {
			await call(alice, bob);
			const [a, b] = await Promise.all(
				[alice, bob].map(async (phone) => {
					const { calls } = await phone.until(
						"an encrypted voice",
						({ calls: [it] }) => it?.lock === "closed" && (it.stats?.encryptedReceived ?? 0) > 50,
					);
					return calls[0]?.sas;
				}),
			);
			assert.ok(a !== undefined && a === b, `the same words: ${a}, ${b}`);
			for (const phone of [alice, bob])
				assert.ok(
					phone.lines.some((line) => /ICE: voice to 198\.51\.100\.\d+:\d+/.test(line)),
					"to the other router's outside",
				);
			alice.send({ hangup: true });
			await bob.until("the end", ({ calls: [it] }) => it?.state === "ended");
		}));

	test("one behind a router that takes new ports, the other behind none: found all the same", () =>
		withHomes(["new ports", "no NAT"], [3, 4], async (alice, bob) => {
			await call(alice, bob);
			for (const phone of [alice, bob])
				await phone.until("an encrypted voice", ({ calls: [it] }) => (it?.stats?.encryptedReceived ?? 0) > 50, 30_000);
		}));

	test("both behind routers that take new ports: there is no way without a relay, and the phones say so", () =>
		withHomes(["new ports", "new ports"], [5, 6], async (alice, bob) => {
			await call(alice, bob);
			const told = () =>
				[alice, bob].every((phone) => phone.lines.some((line) => /no way to the other phone was found/.test(line)));
			for (let waited = 0; !told() && waited < 40_000; waited += 500) await new Promise((r) => setTimeout(r, 500));
			assert.ok(told());
			for (const phone of [alice, bob]) assert.notEqual(phone.call?.lock, "closed");
		}));
});
