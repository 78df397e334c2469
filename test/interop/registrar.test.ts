/**
 * kamailio of Debian as registrar and proxy over UDP with digest: two Sotto phones register, call each other through it
 * by number, both ways, and say plainly what is wrong when it is.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { Kamailio } from "./peers/kamailio";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "registrar");

let program: string;
let port: number;
let kamailio: Kamailio;
let second: Kamailio;
let configs: ConfigServer;
const phones: PhoneProcess[] = [];

async function start(name: string): Promise<PhoneProcess> {
	const phone = await startSotto({ name, state: path.join(FOLDER, name), config: configs.url(name), program });
	phones.push(phone);
	return phone;
}

const registered = (phone: PhoneProcess, timeoutMs?: number) =>
	phone.until("registered", (state) => state.registered.some(({ ok }) => ok), timeoutMs);

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
	const [kamailioPort = 0, alice = 0, bob = 0, carol = 0, dora = 0, secondPort = 0] = await freeUdpPorts(6);
	port = kamailioPort;
	kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port);
	second = await Kamailio.start(path.join(FOLDER, "kamailio-2"), secondPort);
	const line = (user: string, at: number, password = `${user}-Kx7pQ2mV`) => ({
		aor: `sip:${user}@phones.example`,
		registrar: `127.0.0.1:${at}`,
		outboundProxy: `127.0.0.1:${at}`,
		username: user,
		password: secretPassword(password),
		expiresSec: 60,
	});
	const config = (user: string, own: number, password?: string) => ({
		account: line(user, port, password),
		sip: { port: own },
		audio: { microphone: "tone:440" },
		log: TRACE_ALL,
	});
	configs = await serveConfigs({
		alice: config("alice", alice),
		bob: config("bob", bob),
		carol: config("carol", carol, "Wz4rT8bNc1"),
		dora: { ...config("dora", dora), moreAccounts: [line("erin", secondPort)] },
	});
});

after(async () => {
	for (const phone of phones) await phone.stop();
	await kamailio?.stop();
	await second?.stop();
	configs?.close();
});

describe("registration with kamailio", { concurrency: false }, () => {
	test("two phones register by digest", async () => {
		for (const name of ["alice", "bob"]) {
			const phone = await start(name);
			const state = await registered(phone);
			assert.deepEqual(
				state.registered.map(({ aor, ok, transport }) => ({ aor, ok, transport })),
				[{ aor: `sip:${name}@phones.example`, ok: true, transport: "udp" }],
			);
			assert.ok(
				phone.lines.some((line) => / sip debug: in .* 401 /.test(line)),
				"there was a challenge",
			);
		}
	});

	for (const [from, to] of [
		["alice", "bob"],
		["bob", "alice"],
	] as const)
		test(`${from} calls ${to} by name through the proxy, which stays in the path`, async () => {
			const find = (name: string): PhoneProcess => {
				const phone = phones.find((each) => each.state?.name === name);
				assert.ok(phone);
				return phone;
			};
			const [caller, callee] = [find(from), find(to)];
			const [callerLines, calleeLines] = [caller.lines.length, callee.lines.length];
			const ids = [caller.call?.id, callee.call?.id];
			caller.send({ dial: to });
			await callee.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
			callee.send({ answer: true });
			for (const [index, phone] of [caller, callee].entries())
				await phone.until(
					"keys",
					({ calls: [call] }) => call?.secureAfterMs !== undefined && call.keying === "zrtp" && call.id !== ids[index],
				);
			assert.equal(caller.call?.sas, callee.call?.sas);
			// In the dialog, too: a re-INVITE and BYE from the called side go by the recorded route.
			callee.send({ hold: true });
			await caller.until("held", ({ calls: [call] }) => call?.state === "held");
			callee.send({ hold: false });
			await caller.until("resumed", ({ calls: [call] }) => call?.state === "connected");
			callee.send({ hangup: true });
			await caller.until("the end", ({ calls: [call] }) => call?.state === "ended");
			await callee.until("the end", ({ calls: [call] }) => call?.state === "ended");
			const spoken = [...caller.lines.slice(callerLines), ...callee.lines.slice(calleeLines)];
			const sip = spoken.filter((line) => / sip debug: (in|out) \d/.test(line));
			assert.ok(sip.length > 20, "SIP was traced");
			const elsewhere = sip.filter((line) => !new RegExp(` (in|out) 127\\.0\\.0\\.1:${port} `).test(line));
			assert.deepEqual(elsewhere, [], "messages that did not go through the proxy");
			for (const method of ["INVITE", "ACK", "BYE"])
				assert.ok(
					sip.some((line) => line.includes(` in 127.0.0.1:${port} ${method} `)),
					`no ${method} came through the proxy`,
				);
		});

	test("two lines at two registrars: both register, and the first one's callers ring", async () => {
		const dora = await start("dora");
		const state = await dora.until(
			"both registered",
			({ registered }) => registered.filter(({ ok }) => ok).length === 2,
		);
		assert.deepEqual(
			state.registered.map(({ aor }) => aor),
			["sip:dora@phones.example", "sip:erin@phones.example"],
		);
		const [alice] = phones;
		alice?.send({ dial: "dora" });
		await dora.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
		alice?.send({ hangup: true });
		await dora.until("the end", ({ calls: [call] }) => call?.state === "ended");
	});

	test("a wrong password: the reason is the password, and the phone does not go on asking", async () => {
		const carol = await start("carol");
		const state = await carol.until("a reason", ({ registered: [first] }) => /password/.test(first?.reason ?? ""));
		assert.equal(state.registered[0]?.ok, false);
		const asked = (): number => carol.lines.filter((line) => / out .* REGISTER /.test(line)).length;
		assert.equal(asked(), 2, "one without credentials and one with");
		await new Promise((resolve) => setTimeout(resolve, 1500));
		assert.equal(asked(), 2);
	});

	test("a number that nobody has: the reason is told", async () => {
		const [alice] = phones;
		assert.ok(alice);
		const last = alice.call?.id;
		alice.send({ dial: "nobody" });
		const {
			calls: [call],
		} = await alice.until("the end", ({ calls: [each] }) => each?.state === "ended" && each.id !== last);
		assert.match(call?.reason ?? "", /nobody has this address/);
	});

	test("the registrar is down, which is told, and comes back, which mends it", async () => {
		const [alice] = phones;
		assert.ok(alice);
		await kamailio.stop();
		// A registration of 60 s is renewed well before; a phone that starts now needs it at once.
		await alice.stop();
		phones.splice(0, 1);
		const again = await start("alice");
		const down = await again.until(
			"a reason",
			({ registered: [first] }) => first?.ok === false && first.reason !== undefined && first.reason !== "registering",
		);
		assert.match(down.registered[0]?.reason ?? "", /reach|refused|answer/);
		kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port);
		// RFC 5626 section 4.5: half to all of a minute after the first failure.
		await registered(again, 70_000);
	});
});
