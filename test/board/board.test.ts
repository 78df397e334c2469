/** The bare board as a phone: it registers, calls and is called, and what it does when something is wrong. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { buildFolder } from "../../scripts/builder/paths";
import { buildVirtPhone } from "../../scripts/builder/phone";
import { imageFile, virtSizes } from "../../scripts/builder/virt";
import { serveConfigs } from "../../scripts/simulator/config-server";
import { buildProgram } from "../../scripts/simulator/program";
import { boardTestSizes, buildBoardTests } from "../../scripts/testing/xs";
import { startBoardPhone } from "../../scripts/virt/board-phone";
import { callTwice } from "../../scripts/virt/calls";
import { makeTap, tap } from "../../scripts/virt/network";
import { runMachine } from "../../scripts/virt/qemu";
import { Kamailio } from "../interop/peers/kamailio";

const FOLDER = path.join(buildFolder, "test", "board");
let executable = "";

before(async () => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	makeTap();
	({ executable } = await buildVirtPhone());
	await buildProgram();
});

after(() => rmSync(FOLDER, { recursive: true, force: true }));

test("it calls the simulator, loses its power, is called, and knows its peer", { timeout: 200_000 }, async () => {
	const folder = path.join(FOLDER, "calls");
	mkdirSync(folder, { recursive: true });
	const summary = await callTwice({ executable, sizes: virtSizes, folder, onStep: (line) => console.log(line) });
	assert.deepEqual(
		summary.calls.map(({ secure, sas, heard, retained }) => ({ secure, same: sas[0] === sas[1], heard, retained })),
		[
			{ secure: true, same: true, heard: [true, true], retained: "none" },
			{ secure: true, same: true, heard: [true, true], retained: "match" },
		],
	);
});

test("it registers with kamailio from its config URL", { timeout: 100_000 }, async () => {
	const port = 5070;
	const kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), port, undefined, undefined, tap.host);
	const configs = await serveConfigs(
		{
			board: {
				account: {
					aor: "sip:alice@phones.example",
					registrar: `${tap.host}:${port}`,
					outboundProxy: `${tap.host}:${port}`,
					username: "alice",
					password: "alice-Kx7pQ2mV",
					expiresSec: 60,
				},
			},
		},
		tap.host,
	);
	const state = path.join(FOLDER, "registers");
	mkdirSync(state, { recursive: true });
	const phone = await startBoardPhone({
		executable,
		state,
		name: "Board",
		config: configs.url("board"),
		network: tap.options,
		fixedAddress: tap.setting,
	});
	try {
		await phone.until("registered", ({ registered }) => registered.some(({ ok }) => ok), 60_000);
	} finally {
		await phone.stop("SIGKILL");
		await kamailio.stop();
		configs.close();
	}
});

const alone = (more: object = {}, until?: RegExp) =>
	runMachine({ executable, sizes: virtSizes, arguments: ["--state", "flash"], ...more }, 50_000, until);

test("without a network it is up all the same, and says so", { timeout: 60_000 }, async () => {
	const { output } = await alone({}, /ready for calls/);
	assert.match(output, /^no network device$/m);
	assert.match(output, /ready for calls/);
});

test("nobody answers DHCP: it goes on after three seconds", { timeout: 60_000 }, async () => {
	const { output } = await alone({ network: tap.options }, /ready for calls/);
	assert.match(output, /^no network address yet$/m);
	assert.match(output, /ready for calls/);
});

test("a damaged image is not run: it says so and stops", { timeout: 60_000 }, async () => {
	const image = path.join(FOLDER, "damaged.flash");
	const bytes = readFileSync(imageFile(executable));
	bytes[1_200_000] = (bytes[1_200_000] ?? 0) ^ 4;
	writeFileSync(image, bytes);
	const { output, code } = await alone({ image });
	assert.match(output, /reset: damaged image: its check sum is wrong/);
	assert.match(output, /stopped after 5 failures in a row/);
	assert.equal(code, 1);
});

test("the VM's memory is exhausted: the reason is told, and after several times it stops", {
	timeout: 100_000,
}, async () => {
	const small = { ...virtSizes, vmByteLength: 64 * 1024 };
	const { executable: starved } = await buildVirtPhone(small, "sotto-starved");
	const run = await runMachine({ executable: starved, sizes: small, arguments: ["--state", "flash"] }, 60_000);
	assert.match(run.output, /reset: memory exhausted/);
	assert.match(run.output, /started again: memory exhausted/);
	assert.match(run.output, /stopped after 5 failures in a row/);
	assert.equal(run.code, 1);
});

test("the chip's memory is exhausted: the reason is told, and after several times it stops", {
	timeout: 100_000,
}, async () => {
	const small = { ...virtSizes, ramByteLength: 152 * 1024 };
	const { executable: starved } = await buildVirtPhone(small, "sotto-small-ram");
	const run = await runMachine({ executable: starved, sizes: small, arguments: ["--state", "flash"] }, 60_000);
	assert.match(run.output, /reset: memory exhausted: the C heap is full/);
	assert.match(run.output, /started again: memory exhausted/);
	assert.match(run.output, /stopped after 5 failures in a row/);
	assert.equal(run.code, 1);
});

test("a program that hangs is found by the watchdog", { timeout: 100_000 }, async () => {
	const tests = await buildBoardTests();
	const run = await runMachine(
		{ executable: tests, sizes: boardTestSizes, arguments: ["--watchdog=500", "--main", "test/unit/board/hang"] },
		60_000,
	);
	assert.match(run.output, /reset: watchdog: the program hangs at 0x2/);
	assert.match(run.output, /started again: watchdog/);
	assert.equal(run.code, 1);
});
