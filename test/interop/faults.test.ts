/**
 * What goes wrong around a whole phone: configs, ports, files, strangers, power. Each time a message that names the
 * thing, nothing lost, and the phone goes on.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { before, describe, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { PhoneProcess, type PhoneProcessOptions } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { pause } from "./peers/meeting";
import { mutate } from "./peers/mutate";
import { freeRtpPorts } from "./peers/rtp-ports";
import { buildRecorded, recordingFile, startSotto } from "./peers/sotto";

const FOLDER = path.join(buildFolder, "test", "faults");

let program: string;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	program = await buildRecorded();
});

const state = (name: string): string => path.join(FOLDER, name);

/** Starts phones, uses them, and ends them whatever happens. */
async function withPhones<T>(
	all: readonly Omit<PhoneProcessOptions, "state">[],
	use: (...phones: PhoneProcess[]) => Promise<T>,
): Promise<T> {
	const phones: PhoneProcess[] = [];
	try {
		for (const options of all) phones.push(await startSotto({ state: state(options.name), program, ...options }));
		return await use(...phones);
	} finally {
		for (const phone of phones) await phone.stop();
	}
}

/** The first line that matches, as soon as the phone writes it. */
async function line(phone: PhoneProcess, pattern: RegExp, timeoutMs = 8000): Promise<string> {
	for (const end = Date.now() + timeoutMs; ; ) {
		const found = phone.lines.find((each) => pattern.test(each));
		if (found !== undefined) return found;
		assert.ok(Date.now() < end, `no line ${pattern}; the phone wrote:\n${phone.lines.slice(-20).join("\n")}`);
		await pause(20);
	}
}

/** Runs the program by itself until it is ready for calls, and ends it. @returns everything that it wrote */
async function whatItSays(folder: string): Promise<string> {
	const child = spawn(program, ["--state", folder, "--sip-port", "0", "--address", "127.0.0.1"], {
		env: { ...process.env, SOTTO_RECORDING: recordingFile() },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let text = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (data: Buffer) => {
			text += data.toString();
		});
	const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
	for (
		const end = Date.now() + 5000;
		Date.now() < end && !text.includes("ready for calls") && child.exitCode === null;
	)
		await pause(20);
	child.kill("SIGTERM");
	await ended;
	return text;
}

async function secureCall(caller: PhoneProcess, callee: PhoneProcess, uri: string): Promise<void> {
	const ids = [caller, callee].map((phone) => phone.call?.id);
	caller.send({ dial: uri });
	await callee.until("ringing", ({ calls: [call] }) => call?.state === "ringing");
	callee.send({ answer: true });
	for (const [index, phone] of [caller, callee].entries())
		await phone.until(
			"keys",
			({ calls: [call] }) => call?.keying === "zrtp" && call.secureAfterMs !== undefined && call.id !== ids[index],
		);
}

type Reply = (response: http.ServerResponse) => void;

/** A config server whose answer changes. */
async function fickleServer(use: (url: string, answer: (reply: Reply) => void, server: http.Server) => Promise<void>) {
	let reply: Reply = (response) => response.writeHead(404).end();
	const server = http.createServer((_, response) => reply(response));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	try {
		await use(
			`http://127.0.0.1:${port}/phone.json`,
			(fresh) => {
				reply = fresh;
			},
			server,
		);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

const serve =
	(config: object): Reply =>
	(response) =>
		response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(config));

describe("configs", { concurrency: false }, () => {
	const bad: readonly (readonly [string, Reply, RegExp])[] = [
		["404", (response) => response.writeHead(404).end(), /404/],
		[
			"half",
			(response) => {
				response.writeHead(200, { "Content-Length": "400" });
				response.write('{"sip":');
				setTimeout(() => response.destroy(), 50);
			},
			/(\d+ of 400|half|before|cut|short|end)/,
		],
		["words", (response) => response.writeHead(200).end("<html>hello</html>"), /JSON/],
		["types", serve({ sip: { port: "high" }, zrtp: { enabled: 1 } }), /sip\.port/],
	];
	for (const [name, reply, reason] of bad)
		test(`a config that is ${name}: told with its URL, the last good settings stay, and a good one is taken later`, async () => {
			await fickleServer(async (url, answer) => {
				const sipPort = (await freeUdpPorts(1))[0] ?? 0;
				answer(serve({ sip: { port: sipPort }, account: { aor: "sip:good@phones.example" } }));
				const phone = { name: `config-${name}`, config: url };
				await withPhones([phone], async (one) => {
					await line(one, new RegExp(`ready for calls at 127\\.0\\.0\\.1:${sipPort}$`));
				});
				answer(reply);
				await withPhones([phone], async (one) => {
					const told = await line(one, /config error: /);
					assert.ok(told.includes(url), told);
					assert.match(told.replace(url, ""), reason);
					await line(one, /last good settings are used/);
					await line(one, new RegExp(`ready for calls at 127\\.0\\.0\\.1:${sipPort}$`));
					const { notice } = await one.until("a notice", (now) => now.notice !== undefined);
					assert.ok(notice?.includes(url), notice);
					const port = (await freeUdpPorts(1))[0] ?? 0;
					answer(serve({ sip: { port } }));
					await line(one, new RegExp(`ready for calls at 127\\.0\\.0\\.1:${port}$`), 12_000);
					await one.until("no notice", (now) => now.notice === undefined);
				});
			});
		});

	test("a config server that is down: a phone that never had a config runs on defaults, and recovers", async () => {
		const [port = 0, sipPort = 0] = await freeUdpPorts(2);
		const url = `http://127.0.0.1:${port}/phone.json`;
		await withPhones([{ name: "config-down", config: url, sipPort }], async (one) => {
			const told = await line(one, /config error: /);
			assert.ok(told.includes(`127.0.0.1:${port}`) && /refused|answer|reach/.test(told), told);
			await line(one, /default settings are used/);
			await line(one, /ready for calls/);
			const server = http.createServer((_, response) => serve({ peers: [] })(response)).listen(port, "127.0.0.1");
			try {
				await line(one, /config info: settings from/, 12_000);
			} finally {
				server.closeAllConnections();
				server.close();
			}
		});
	});
});

describe("ports", { concurrency: false }, () => {
	test("SIP port in use: named, tried again, taken when it is free", async () => {
		const blocker = dgram.createSocket("udp4").unref();
		await new Promise<void>((resolve) => blocker.bind(0, "127.0.0.1", resolve));
		const { port } = blocker.address();
		await withPhones([{ name: "sip-port", sipPort: port }], async (one) => {
			assert.match(await line(one, /in use/), new RegExp(`127\\.0\\.0\\.1:${port}`));
			await new Promise<void>((resolve) => blocker.close(() => resolve()));
			await line(one, new RegExp(`ready for calls at 127\\.0\\.0\\.1:${port}$`), 12_000);
		});
	});

	test("RTP port in use: the call ends with the reason, the next one works", async () => {
		const [rtpPort = 0] = await freeRtpPorts(1);
		const blocker = dgram.createSocket("udp4").unref();
		await new Promise<void>((resolve) => blocker.bind(rtpPort, "127.0.0.1", resolve));
		const [a = 0, b = 0] = await freeUdpPorts(2);
		await withPhones(
			[
				{ name: "rtp-port", sipPort: a, rtpPort },
				{ name: "rtp-peer", sipPort: b },
			],
			async (one, other) => {
				for (const phone of [one, other]) await phone.until("ready", () => true);
				one.send({ dial: `sip:other@127.0.0.1:${b}` });
				const {
					calls: [call],
				} = await one.until("the end", ({ calls: [each] }) => each?.state === "ended");
				assert.ok(call?.reason?.includes(String(rtpPort)), call?.reason);
				assert.match(call?.reason ?? "", /in use/);
				await new Promise<void>((resolve) => blocker.close(() => resolve()));
				await secureCall(one, other, `sip:other@127.0.0.1:${b}`);
			},
		);
	});

	test("panel port in use: named", async () => {
		const server = http.createServer().listen(0, "127.0.0.1");
		await new Promise<void>((resolve) => server.once("listening", resolve));
		const { port } = server.address() as AddressInfo;
		try {
			await assert.rejects(
				PhoneProcess.start({ name: "panel-port", state: state("panel-port"), panelPort: port, program }),
				new RegExp(`panel port ${port} is in use`),
			);
		} finally {
			server.close();
		}
	});
});

describe("files", { concurrency: false }, () => {
	test("the state folder is a file, or nothing can be written there: named, and the phone goes on", async () => {
		const file = state("state-file");
		writeFileSync(file, "mine");
		for (const folder of [file, "/sys"]) {
			const text = await whatItSays(folder);
			assert.match(text, /Secrets cannot be kept/);
			assert.ok(text.includes(`${folder}/secrets.flash`), text);
			assert.match(text, /Settings cannot be kept/);
			assert.match(text, /ready for calls/);
		}
		assert.equal(readFileSync(file, "utf8"), "mine");
	});

	test("flash and key files of a wrong size: named with the sizes, left untouched, and the phone goes on", async () => {
		const folder = state("flash");
		await withPhones([{ name: "flash", sipPort: 0 }], (one) => one.until("ready", () => true));
		for (const name of ["secrets.flash", "settings.flash", "device.key"]) {
			const file = path.join(folder, name);
			const whole = readFileSync(file);
			const half = whole.subarray(0, whole.length >> 1);
			writeFileSync(file, half);
			const text = await whatItSays(folder);
			const told = text.split("\n").find((each) => each.includes(file));
			assert.ok(told?.includes(String(half.length)) && told.includes(String(whole.length)), text);
			assert.match(text, /ready for calls/);
			assert.deepEqual(readFileSync(file), half);
			writeFileSync(file, whole);
		}
		assert.doesNotMatch(await whatItSays(folder), /cannot be kept/);
	});

	test("two phones on one state folder: the second is told, the first is not disturbed", async () => {
		await withPhones([{ name: "shared", sipPort: 0 }], async (one) => {
			await one.until("ready", () => true);
			const flash = path.join(state("shared"), "secrets.flash");
			const before = readFileSync(flash);
			const text = await whatItSays(state("shared"));
			assert.ok(text.includes(`${flash} is in use by another phone`), text);
			assert.deepEqual(readFileSync(flash), before);
			one.send({ log: "zrtp", level: "info" });
			await line(one, /log level of zrtp is now info/);
		});
	});
});

describe("strangers and power", { concurrency: false }, () => {
	test("RTP and ZRTP from a stranger, and hundreds of damaged SIP messages: the call goes on as it was", async () => {
		const [a = 0, b = 0] = await freeUdpPorts(2);
		const [rtpPort = 0] = await freeRtpPorts(1);
		await withPhones(
			[
				{ name: "target", sipPort: a, rtpPort },
				{ name: "friend", sipPort: b },
			],
			async (target, friend) => {
				for (const phone of [target, friend]) await phone.until("ready", () => true);
				await secureCall(friend, target, `sip:target@127.0.0.1:${a}`);
				const before = target.call;
				const stranger = dgram.createSocket("udp4").unref();
				const rtp = Buffer.alloc(172, 0x55);
				rtp.writeUInt16BE(0x8008, 0);
				const zrtp = Buffer.alloc(28, 0x20);
				zrtp.writeUInt16BE(0x1000, 0);
				zrtp.write("ZRTP", 4, "latin1");
				for (let count = 0; count < 50; count++) {
					stranger.send(rtp, rtpPort, "127.0.0.1");
					stranger.send(zrtp, rtpPort, "127.0.0.1");
				}
				const messages = mutate(a, 600);
				for (const [index, message] of messages.entries()) {
					stranger.send(message, a, "127.0.0.1");
					if (index % 20 === 0) await pause(10);
				}
				await pause(1500);
				const {
					calls: [call],
				} = await target.until("counted strangers", ({ calls: [each] }) => (each?.stats?.strangers ?? 0) >= 100);
				assert.equal(call?.id, before?.id);
				assert.equal(call?.state, "connected");
				assert.equal(call?.lock, before?.lock);
				assert.equal(call?.sas, before?.sas);
				assert.equal(call?.stats?.rejected, before?.stats?.rejected);
				assert.ok(
					(call?.stats?.encryptedReceived ?? 0) > (before?.stats?.encryptedReceived ?? 0) + 40,
					"voice goes on",
				);
				stranger.close();
				target.send({ hangup: true });
				await friend.until("the end", ({ calls: [each] }) => each?.state === "ended");
				await target.until("the end", ({ calls: [each] }) => each?.state === "ended");
				await secureCall(friend, target, `sip:target@127.0.0.1:${a}`);
				assert.equal(target.call?.retained, "match");
			},
		);
	});

	test("kill -9 in a call: the store is whole after the restart, and the next call matches", async () => {
		const [a = 0, b = 0] = await freeUdpPorts(2);
		const uri = `sip:survivor@127.0.0.1:${a}`;
		await withPhones([{ name: "friend-of-survivor", sipPort: b }], async (friend) => {
			await friend.until("ready", () => true);
			for (let round = 0; round < 3; round++) {
				await withPhones([{ name: "survivor", sipPort: a }], async (survivor) => {
					await survivor.until("ready", () => true);
					await secureCall(friend, survivor, uri);
					const retained = round === 0 ? "none" : "match";
					assert.equal(survivor.call?.retained, retained, `round ${round + 1}`);
					assert.equal(friend.call?.retained, retained, `round ${round + 1}`);
					await survivor.until("the peer stored", ({ store }) => store.peers === 1);
					await survivor.stop("SIGKILL");
				});
				cpSync(state("survivor"), state(`survivor-${round}`), { recursive: true });
				friend.send({ hangup: true });
				await friend.until("the end", ({ calls: [each] }) => each?.state === "ended", 40_000);
			}
		});
	});

	test("a peer that is unreachable, and an address that is none: the reason is told at once", async () => {
		const [a = 0, nobody = 0] = await freeUdpPorts(2);
		await withPhones([{ name: "caller", sipPort: a }], async (one) => {
			await one.until("ready", () => true);
			one.send({ dial: `sip:nobody@127.0.0.1:${nobody}` });
			const {
				calls: [call],
			} = await one.until("the end", ({ calls: [each] }) => each?.state === "ended", 6000);
			assert.match(call?.reason ?? "", /reach|refused|not there|nobody/);
			one.send({ dial: "what is this" });
			const { notice } = await one.until("a notice", (now) => now.notice !== undefined);
			assert.match(notice ?? "", /no address to call/);
		});
	});

	test("a peer that is silent: the call ends with the reason when SIP's time is over", async () => {
		const silent = dgram.createSocket("udp4").unref();
		await new Promise<void>((resolve) => silent.bind(0, "127.0.0.1", resolve));
		const [a = 0] = await freeUdpPorts(1);
		await withPhones([{ name: "patient", sipPort: a }], async (one) => {
			await one.until("ready", () => true);
			one.send({ dial: `sip:silent@127.0.0.1:${silent.address().port}` });
			// Timer B: 64 times 500 ms (RFC 3261 section 17.1.1.2).
			const {
				calls: [call],
			} = await one.until("the end", ({ calls: [each] }) => each?.state === "ended", 36_000);
			assert.match(call?.reason ?? "", /nobody answered|no answer/);
		});
		silent.close();
	});
});
