/**
 * Chromium drives the panel as a person does: two phones side by side, keys by mouse and keyboard, the screen looked at,
 * the microphone spoken into. Then the same panel as programs see it.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { PNG } from "pngjs";
import { buildFolder } from "../../scripts/builder/paths";
import { type ConfigServer, serveConfigs } from "../../scripts/simulator/config-server";
import type { PhoneProcess } from "../../scripts/simulator/phone-process";
import { freeUdpPorts } from "../../scripts/simulator/ports";
import { heard, readWav } from "../../scripts/simulator/tone";
import { buildRecorded, startSotto, TRACE_ALL } from "../interop/peers/sotto";
import { PanelClient } from "./panel-client";

const FOLDER = path.join(buildFolder, "test", "browser");
const FLAGS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--use-fake-device-for-media-stream",
	"--use-fake-ui-for-media-stream",
];
/** Keys do nothing for a moment after a screen has come by itself. */
const SETTLE_MS = 700;

let browser: Browser;
let configs: ConfigServer;
let alice: PhoneProcess;
let bob: PhoneProcess;

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const program = await buildRecorded();
	const [aliceSip = 0, bobSip = 0] = await freeUdpPorts(2);
	// Each is the other's outbound proxy, so that bare numbers find the way.
	const config = (number: string, displayName: string, own: number, other: number) => ({
		account: { aor: `sip:${number}@phones.example`, displayName, outboundProxy: `127.0.0.1:${other}` },
		sip: { port: own },
		audio: { microphone: "tone:440" },
		log: TRACE_ALL,
	});
	configs = await serveConfigs({
		alice: config("100", "Alice", aliceSip, bobSip),
		bob: config("200", "Bob", bobSip, aliceSip),
	});
	const start = (name: string) =>
		startSotto({
			name,
			state: path.join(FOLDER, name.toLowerCase()),
			config: configs.url(name.toLowerCase()),
			panelPort: 0,
			program,
		});
	[alice, bob] = [await start("Alice"), await start("Bob")];
	for (const phone of [alice, bob]) await phone.until("ready", () => true);
	browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
	await browser?.close();
	for (const phone of [alice, bob]) await phone?.stop();
	configs?.close();
});

interface Seen {
	readonly page: Page;
	readonly alice: Locator;
	readonly bob: Locator;
}

/** The page with both phones, as `npm start` shows it; ends with no call. */
async function seen(use: (seen: Seen) => Promise<void>): Promise<void> {
	const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
	page.setDefaultTimeout(8000);
	const faults: string[] = [];
	page.on("pageerror", (error) => faults.push(error.message));
	page.on("console", (message) => {
		if (message.type() === "error") faults.push(message.text());
	});
	try {
		await page.goto(`${alice.panel?.url}?phones=${alice.panel?.port},${bob.panel?.port}`);
		const phones = page.locator("section.phone");
		await phones
			.nth(1)
			.waitFor()
			.catch(() => assert.fail(`no second phone on the page: ${faults.join("; ")}`));
		const both = { page, alice: phones.nth(0), bob: phones.nth(1) };
		await both.alice.locator("h1", { hasText: "Alice" }).waitFor();
		await both.bob.locator("h1", { hasText: "Bob" }).waitFor();
		// What the last call left on the screens.
		await pause(SETTLE_MS);
		for (const phone of [both.alice, both.bob]) await press(phone, "cancel");
		await use(both);
		assert.deepEqual(faults, [], "errors in the browser");
	} finally {
		for (const phone of [alice, bob])
			if (phone.call && phone.call.state !== "ended") {
				phone.send({ hangup: true });
				await phone.until("the end", ({ calls: [call] }) => call?.state === "ended");
			}
		await page.close();
	}
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const press = (phone: Locator, key: string): Promise<void> => phone.locator(`button[data-key="${key}"]`).click();

/** The canvas as the person sees it. */
async function picture(phone: Locator, name: string): Promise<PNG> {
	const bytes = await phone.locator("canvas").screenshot({ path: path.join(FOLDER, `${name}.png`) });
	return PNG.sync.read(bytes);
}

function colours({ data }: PNG): number {
	const seen = new Set<number>();
	for (let at = 0; at < data.length; at += 4) seen.add(data.readUInt32BE(at) >>> 8);
	return seen.size;
}

/** Share of pixels that differ. */
function difference(a: PNG, b: PNG): number {
	let different = 0;
	for (let at = 0; at < a.data.length; at += 4) if (a.data.readUInt32BE(at) !== b.data.readUInt32BE(at)) different++;
	return different / (a.data.length / 4);
}

/** Both phones in a secure call that Alice made by keys and Bob took by mouse. */
async function call({ alice: left, bob: right }: Seen): Promise<void> {
	for (const digit of "200") await press(left, digit);
	await press(left, "ok");
	await bob.until("ringing", ({ calls: [each] }) => each?.state === "ringing");
	await press(right, "soft1");
	for (const phone of [alice, bob])
		await phone.until("a lock", ({ calls: [each] }) => each?.state === "connected" && each.secureAfterMs !== undefined);
}

describe("the panel in Chromium", { concurrency: false }, () => {
	test("dial by keys, answer by mouse, the lock closes, and the picture shows it", async () => {
		await seen(async (both) => {
			await pause(300);
			const idle = await picture(both.alice, "idle");
			assert.ok(colours(idle) > 20, "the idle screen is blank");
			await call(both);
			assert.equal(alice.call?.peer, "sip:200@phones.example");
			assert.equal(alice.call?.lock, "closed");
			assert.equal(alice.call?.sas, bob.call?.sas);
			await pause(300);
			assert.equal(await both.alice.getAttribute("data-lock"), "closed");
			assert.equal(await both.alice.getAttribute("data-call"), "connected");
			const closed = await picture(both.alice, "closed");
			assert.ok(colours(closed) > 20, "the screen in a call is blank");
			const changed = difference(idle, closed);
			assert.ok(changed > 0.05, `only ${changed} of the picture changed`);
			await press(both.bob, "soft4");
			await alice.until("the end", ({ calls: [each] }) => each?.state === "ended");
			assert.match(alice.call?.reason ?? "", /hung up/);
		});
	});

	test("the SAS question is answered by soft keys at both ends, and verified is shown", async () => {
		await seen(async (both) => {
			await call(both);
			await pause(SETTLE_MS);
			const closed = await picture(both.alice, "before-question");
			for (const phone of [both.alice, both.bob]) await press(phone, "soft1");
			await pause(SETTLE_MS);
			const question = await picture(both.alice, "question");
			assert.ok(difference(closed, question) > 0.05, "no question is shown");
			assert.equal(alice.call?.lock, "closed");
			for (const phone of [both.alice, both.bob]) await press(phone, "soft1");
			for (const phone of [alice, bob])
				await phone.until("verified", ({ calls: [each] }) => each?.lock === "verified" && each.verified);
			await pause(300);
			assert.equal(await both.bob.getAttribute("data-lock"), "verified");
			assert.ok(difference(closed, await picture(both.alice, "verified")) > 0.01, "the picture does not show it");
		});
	});

	test("do not disturb by keys; who called meanwhile stands on the screen and on the lamp", async () => {
		await seen(async (both) => {
			const before = await picture(both.bob, "disturbed");
			for (const key of ["soft4", "soft2", "ok", "cancel", "cancel"]) await press(both.bob, key);
			await bob.until("not to be disturbed", ({ doNotDisturb }) => doNotDisturb === true);
			alice.send({ dial: "200" });
			await alice.until("busy", ({ calls: [each] }) => each?.state === "ended" && /busy/i.test(each.reason ?? ""));
			await bob.until("counted", ({ missed }) => missed === 1);
			await both.bob.locator('.messages.on[title="0 new messages, 1 missed calls"]').waitFor();
			await pause(300);
			assert.ok(difference(before, await picture(both.bob, "undisturbed")) > 0.01, "the screen shows nothing of it");
			bob.send({ dnd: false });
			bob.send({ seen: true });
			await both.bob.locator(".messages:not(.on)").waitFor();
		});
	});

	test("the keyboard: digits, Enter, Escape, F4, the hook; not while an address is typed", async () => {
		await seen(async (both) => {
			await both.alice.locator("h1").click();
			await both.page.keyboard.type("200");
			await both.page.keyboard.press("Enter");
			await bob.until("ringing", ({ calls: [each] }) => each?.state === "ringing");
			await both.bob.locator("h1").click();
			await both.page.keyboard.press("F4");
			await alice.until(
				"declined",
				({ calls: [each] }) => each?.state === "ended" && /declined/.test(each.reason ?? ""),
			);
			const last = alice.call?.id;
			await pause(SETTLE_MS);
			await both.alice.locator("input[name=uri]").fill("sip:200@phones.example");
			await both.alice.locator("input[name=uri]").press("Enter");
			await bob.until("ringing again", ({ calls: [each] }) => each?.state === "ringing");
			assert.notEqual(alice.call?.id, last);
			await both.bob.locator("h1").click();
			await both.page.keyboard.press("h");
			await bob.until("answered by the hook", ({ calls: [each] }) => each?.state === "connected");
			await alice.until("keys", ({ calls: [each] }) => each?.lock === "verified");
		});
	});

	test("the browser's microphone is heard at the other phone, and its speaker plays", async () => {
		await seen(async (both) => {
			await call(both);
			const file = path.join(FOLDER, "heard-by-bob.wav");
			const sound = both.alice.locator("button[name=sound]");
			await sound.click();
			await both.alice.locator("button[name=sound]", { hasText: "on" }).waitFor();
			await pause(300);
			bob.send({ speaker: file });
			await pause(2500);
			bob.send({ speaker: "panel" });
			await pause(200);
			const { samples, rateHz } = readWav(file);
			// Chromium's fake microphone beeps once a second.
			const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
			assert.ok(samples.length > rateHz, `only ${samples.length} samples`);
			assert.ok(loudest > 0.02, `Bob heard at most ${loudest}`);
			assert.ok(!heard({ samples, rateHz }, 440), "it is the phone's own tone, not the microphone");
			alice.send({ mic: "tone:440" });
		});
	});
});

describe("the panel for programs", { concurrency: false }, () => {
	test("every message does what docs/panel.md says", async () => {
		const [a, b] = [await PanelClient.open(alice), await PanelClient.open(bob)];
		try {
			assert.equal((await a.next("state")).name, "Alice", "the state comes when the socket opens");
			a.send({ screen: true });
			const screen = await a.next("screen");
			const png = PNG.sync.read(Buffer.from(String(screen.png), "base64"));
			assert.deepEqual([png.width, png.height], [screen.width, screen.height]);

			a.send({ log: "zrtp", level: "info" });
			assert.match(
				String((await a.next("log", ({ text }) => /log level of zrtp/.test(String(text)))).text),
				/now info/,
			);
			a.send({ log: "zrtp", level: "trace" });

			a.send({ dial: "200" });
			await bob.until("ringing", ({ calls: [each] }) => each?.state === "ringing");
			b.send({ answer: true });
			await alice.until("keys", ({ calls: [each] }) => each?.secureAfterMs !== undefined);
			await bob.until("keys", ({ calls: [each] }) => each?.secureAfterMs !== undefined);
			assert.equal(typeof (await a.next("log", ({ area }) => area === "zrtp")).time, "number");

			a.send({ verify: true, name: "Robert" });
			await alice.until("the name", ({ calls: [each] }) => each?.peerName === "Robert" && each.lock === "verified");
			a.send({ mute: true });
			await alice.until("muted", ({ calls: [each] }) => (each as { muted?: boolean } | undefined)?.muted === true);
			a.send({ mute: false });
			a.send({ hold: true });
			await bob.until("held", ({ calls: [each] }) => each?.state === "held");
			a.send({ hold: false });
			await bob.until("resumed", ({ calls: [each] }) => each?.state === "connected");

			const file = path.join(FOLDER, "heard-by-program.wav");
			b.send({ speaker: file });
			a.send({ mic: "tone:660" });
			await pause(1500);
			b.send({ speaker: "panel" });
			await pause(200);
			assert.ok(heard(readWav(file), 660), "the tone that was asked for");

			// Sound by the socket itself: 990 Hz from the one, binary frames with it at the other.
			a.send({ mic: "panel" });
			const spoken = await b.listenWhile(() => a.speak(990, 1200));
			assert.ok(heard({ rateHz: 8000, samples: spoken }, 990), "the tone that was sent as samples");

			b.send({ verify: false });
			await bob.until("a warning", ({ calls: [each] }) => each?.lock === "warning");
			a.send({ key: "hook" });
			await bob.until("the end", ({ calls: [each] }) => each?.state === "ended");
			a.send({ dial: "200" });
			await bob.until("ringing", ({ calls: [each] }) => each?.state === "ringing");
			a.send({ hangup: true });
			await bob.until("the end", ({ calls: [each] }) => each?.state === "ended");
		} finally {
			a.close();
			b.close();
		}
	});

	test("no command vanishes: each one too many says so", async () => {
		const client = await PanelClient.open(alice);
		try {
			const sent = 1000;
			for (let i = 0; i < sent; i++) client.send({ hold: true });
			const answers = new Map<string, number>();
			for (let i = 0; i < sent; i++) {
				const error = await client.nextError();
				answers.set(error, (answers.get(error) ?? 0) + 1);
			}
			assert.deepEqual(
				[...answers.keys()].filter((error) => error !== "there is no call"),
				["too many commands wait already: this one was dropped"],
				JSON.stringify([...answers]),
			);
		} finally {
			client.close();
		}
	});

	test("what is wrong is answered with an error, and the phone goes on", async () => {
		const client = await PanelClient.open(alice);
		try {
			for (const wrong of [
				"{",
				"[]",
				'"dial"',
				"{}",
				'{"explode":true}',
				'{"dial":5}',
				'{"key":"soft9"}',
				'{"key":7}',
				'{"verify":"yes"}',
				'{"answer":true}',
				'{"hangup":true}',
				'{"hold":true}',
				'{"mute":1}',
				'{"mic":"/nowhere/in.wav"}',
				'{"speaker":"/nowhere/out.wav"}',
				'{"log":"zrtp","level":"loud"}',
				'{"log":"secrets","level":"trace"}',
				`{"dial":"${"x".repeat(60_000)}"}`,
			]) {
				client.clear();
				client.sendText(wrong);
				const error = await client.nextError();
				assert.ok(error.length > 5 && error.length < 300, `${wrong.slice(0, 40)} gives "${error}"`);
			}
			client.sendBytes(Buffer.from([1, 2, 3]));
			client.sendText(`{"dial":"${"x".repeat(600_000)}"}`);
			await client.closed;
			const again = await PanelClient.open(alice);
			assert.equal((await again.next("state")).name, "Alice", "the phone goes on");
			again.close();
		} finally {
			client.close();
		}
	});

	test("pages of a foreign origin and requests by a foreign name are refused", async () => {
		const { port = 0 } = alice.panel ?? {};
		const get = (headers: http.OutgoingHttpHeaders): Promise<number> =>
			new Promise((resolve, reject) => {
				http
					.get({ port, host: "127.0.0.1", path: "/", headers }, (response) => {
						response.resume();
						resolve(response.statusCode ?? 0);
					})
					.on("error", reject);
			});
		assert.equal(await get({}), 200);
		assert.equal(await get({ Host: "phone.example" }), 403, "DNS rebinding");
		assert.equal(await get({ Host: "127.0.0.1.phone.example" }), 403);
		assert.equal(await get({ Origin: "https://phone.example" }), 403);
		for (const headers of [
			{ Origin: "https://phone.example" },
			{ Origin: "null" },
			{ Host: "phone.example" },
			{ Origin: "http://127.0.0.1.phone.example" },
		])
			await assert.rejects(PanelClient.open(alice, headers), /403/, JSON.stringify(headers));
		const own = await PanelClient.open(alice, { Origin: `http://127.0.0.1:${port}` });
		own.close();
	});
});
