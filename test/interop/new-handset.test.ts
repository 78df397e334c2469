/**
 * A person's phone breaks and another takes its place: what the old one knew moves by the panel, and to the people it
 * talked to nothing has changed. Then a factory erase, by keys: after it this phone is a stranger.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { CallState } from "../../modules/call/state";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { buildRecorded, secretPassword, startSotto, TRACE_ALL } from "./peers/sotto";

type Message = Readonly<Record<string, unknown>>;

const BOB_SIP = 15080;
const ALICE_SIP = 15090;
const PASSPHRASE = secretPassword("correct horse 42 battery");
const TIMEOUT_MS = 15_000;

mkdirSync(join(buildFolder, "test"), { recursive: true });
const folder = mkdtempSync(join(buildFolder, "test", "new-handset-"));
const running: PhoneProcess[] = [];
let configs: ConfigServer;
let program = "";
let bob: PhoneProcess;

before(async () => {
	const phone = (name: string, port: number, autoAnswer: boolean) => ({
		account: { aor: `sip:${name}@127.0.0.1:${port}` },
		audio: { microphone: "tone:440" },
		sip: { port, autoAnswer },
		log: TRACE_ALL,
	});
	configs = await serveConfigs({ bob: phone("bob", BOB_SIP, true), alice: phone("alice", ALICE_SIP, false) });
	program = await buildRecorded();
	bob = await start("bob", "bob", 16_500);
});

after(async () => {
	for (const phone of running) await phone.stop();
	configs?.close();
	rmSync(folder, { recursive: true, force: true });
});

async function start(config: string, state: string, rtpPort: number): Promise<PhoneProcess> {
	const options = { name: state, state: join(folder, state), config: configs.url(config), rtpPort, program };
	const phone = await startSotto(options);
	running.push(phone);
	await phone.until("ready", () => true);
	return phone;
}

/** What the phone answers to a command. */
function ask(phone: PhoneProcess, message: Message): Promise<Message> {
	const [command = ""] = Object.keys(message);
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`no answer to ${command}`)), TIMEOUT_MS);
		const listen = (answer: Message): void => {
			if (!(command in answer) && !("error" in answer)) return;
			clearTimeout(timer);
			phone.off("message", listen);
			resolve(answer);
		};
		phone.on("message", listen);
		phone.send(message);
	});
}

/** Calls Bob, says that the words match where asked to, and hangs up. @returns both ends of the call as they were */
async function callBob(alice: PhoneProcess, verify = false): Promise<[alice: CallState, bob: CallState]> {
	const last = bob.call?.id;
	alice.send({ dial: `sip:bob@127.0.0.1:${BOB_SIP}` });
	const secure = (call: CallState | undefined) => call?.state === "connected" && call.secureAfterMs !== undefined;
	await alice.until("secure", ({ calls: [call] }) => secure(call));
	await bob.until("secure at Bob's", ({ calls: [call] }) => call?.id !== last && secure(call));
	if (verify)
		for (const phone of [alice, bob]) {
			phone.send({ verify: true, name: phone === bob ? "Alice" : "Bob" });
			await phone.until("verified", ({ calls: [call] }) => call?.lock === "verified");
		}
	assert.ok(alice.call && bob.call);
	assert.equal(alice.call.sas, bob.call.sas);
	const ends: [CallState, CallState] = [alice.call, bob.call];
	alice.send({ hangup: true });
	for (const phone of [alice, bob]) await phone.until("ended", ({ calls: [call] }) => call?.state === "ended");
	return ends;
}

test("a new handset takes over; to the other party it is the same phone, verified; erased, it is a stranger", async () => {
	const old = await start("alice", "alice-old", 16_510);
	const [first] = await callBob(old, true);
	assert.equal(first.retained, "none");
	const zid = old.state?.zid;
	const [known] = (await ask(old, { peers: true })).peers as Message[];
	assert.deepEqual([known?.zid, known?.name, known?.verified], [bob.state?.zid, "Bob", true]);
	const wrong = await ask(old, { export: true, passphrase: "short" });
	assert.match(String(wrong.error), /8 characters/);
	const file = (await ask(old, { export: true, passphrase: PASSPHRASE })).export;
	await old.stop();

	const fresh = await start("alice", "alice-new", 16_520);
	assert.notEqual(fresh.state?.zid, zid);
	const refused = await ask(fresh, { import: file, passphrase: "correct horse 43 battery" });
	assert.match(String(refused.error), /passphrase/);
	const { import: imported } = await ask(fresh, { import: file, passphrase: PASSPHRASE });
	assert.deepEqual(imported, { added: 1, kept: 0, leftOut: 0, ownZid: "taken" });
	await fresh.until("the old one's ZID", (state) => state.zid === zid);
	const ends = await callBob(fresh);
	for (const { retained, lock, verified } of ends)
		assert.deepEqual({ retained, lock, verified }, { retained: "match", lock: "verified", verified: true });
	assert.deepEqual([ends[0].peerName, ends[1].peerName], ["Bob", "Alice"]);

	// By keys: the list's menu, Factory erase, the word, and the key that does it.
	const lastLine = fresh.lines.length;
	for (const key of ["cancel", "soft4", "soft1", "soft3", "down", "down", "down", "ok", ..."37273", "soft1"]) {
		fresh.send({ key });
		await new Promise((resolve) => setTimeout(resolve, 60));
	}
	const erased = await fresh.until("another ZID", (state) => state.zid !== zid);
	assert.equal(erased.store.peers, 0);
	// It starts like a new phone, with the config that is served.
	for (const until = Date.now() + TIMEOUT_MS; ; ) {
		if (fresh.lines.slice(lastLine).some((line) => line.includes("ready for calls"))) break;
		assert.ok(Date.now() < until, fresh.lines.slice(lastLine).join("\n"));
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	const stranger = await callBob(fresh);
	for (const { retained, lock } of stranger) assert.deepEqual({ retained, lock }, { retained: "none", lock: "closed" });
	const { peers } = await ask(bob, { peers: true });
	assert.ok(Array.isArray(peers) && peers.length === 2, "Bob knows the one that was, and the one that is");
});

test("export by keys writes a file that its owner alone can read, and says where", async () => {
	// They have one address.
	for (const phone of running) if (phone !== bob) await phone.stop();
	const phone = await start("alice", "alice-file", 16_530);
	await callBob(phone);
	const word = [..."24682468"];
	for (const key of ["cancel", "soft4", "soft1", "soft3", "ok", ...word, "soft1", ...word, "soft1"]) {
		phone.send({ key });
		await new Promise((resolve) => setTimeout(resolve, 60));
	}
	const file = join(folder, "alice-file", "known-phones.sotto");
	for (const until = Date.now() + TIMEOUT_MS; ; ) {
		if (phone.lines.some((line) => line.includes("known phones were exported"))) break;
		assert.ok(Date.now() < until, phone.lines.slice(-20).join("\n"));
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	await new Promise((resolve) => setTimeout(resolve, 300));
	assert.equal(statSync(file).mode & 0o777, 0o600);
	const content = readFileSync(file);
	assert.equal(content.subarray(0, 7).toString(), "SottoPX");
	assert.ok(!content.includes("127.0.0.1"));
	const { import: again } = await ask(phone, {
		import: content.toString("base64"),
		// Eight keys, each once, in letters.
		passphrase: "agmtagmt",
	});
	assert.deepEqual(again, { added: 0, kept: 1, leftOut: 0, ownZid: "same" });
});
