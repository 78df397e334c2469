/**
 * Figures of the bare board, counted by QEMU's own instruction counter: each instruction takes 4 ns of its clock, as one in
 * a cycle at 250 MHz. In the place of a peer stands what is allowed.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { Kamailio } from "../../test/interop/peers/kamailio";
import { buildFolder, root } from "../builder/paths";
import { buildVirtPhone } from "../builder/phone";
import { BuildError, say } from "../builder/process";
import { build } from "../builder/program";
import { imageByteLength, type VirtSizes, virtSizes, virtTarget } from "../builder/virt";
import { serveConfigs } from "../simulator/config-server";
import { startBoardPhone } from "../virt/board-phone";
import { callTwice } from "../virt/calls";
import { type BoardFigures, figuresOf, ramByOwner } from "../virt/figures";
import { makeTap, tap } from "../virt/network";
import { Pair } from "../virt/pair";
import { runMachine } from "../virt/qemu";
import { type Figure, figure } from "./figure";

const FOLDER = path.join(buildFolder, "bench", "board");
const SOURCES = path.join(root, "scripts/bench/zrtp");
const SHIFT = 2;
/** What the board's counter counts for each. */
const PER_INSTRUCTION = 1 << SHIFT;
const ALLOWED = {
	image: 2 << 20,
	ram: 448 * 1024,
	registered: 300e6,
	handshake: { X255: 60e6, DH3k: 200e6 },
	frame: 0.25e6,
};
/** An instruction in a cycle at 240 MHz. */
const INSTRUCTIONS_PER_MS = 240e3;
const REGISTRAR_PORT = 5070;
const REGISTERED_MS = 120_000;

const allowed = (name: string, unit: string, value: number, most: number): Figure =>
	figure(name, unit, value, { allowed: most }, 1);

/** All of it in the RAM of one chip, the VM's heap at its end. */
const chip = (kilobytes: number, vmKilobytes: number): VirtSizes => ({
	...virtSizes,
	ramByteLength: (kilobytes - vmKilobytes) * 1024,
	vmByteLength: vmKilobytes * 1024,
});
const CHIP = chip(512, 208);
const SMALL_CHIP = chip(384, 168);

interface BoardPrograms {
	readonly phone: string;
	readonly smallPhone: string;
	readonly handshakes: string;
}

/** The programs; done before the network is left. */
export async function buildBoardPrograms(): Promise<BoardPrograms> {
	const { executable: phone } = await buildVirtPhone(CHIP, "sotto-512k");
	const { executable: smallPhone } = await buildVirtPhone(SMALL_CHIP, "sotto-384k");
	const { executable: handshakes } = await build({
		name: "sotto-handshakes",
		manifest: path.join(root, "manifest.json"),
		target: virtTarget(),
		main: "bench/zrtp/handshakes",
		modules: new Map([
			["bench/zrtp/handshakes", path.join(SOURCES, "handshakes.ts")],
			["bench/zrtp/sides", path.join(SOURCES, "sides.ts")],
		]),
	});
	return { phone, smallPhone, handshakes };
}

/** Instructions of the whole program with so many handshakes. */
async function instructions(executable: string, agreement: string, count: number): Promise<number> {
	const run = await runMachine(
		{
			executable,
			sizes: virtSizes,
			instructionShift: SHIFT,
			arguments: ["--no-reset", "--figures=1000000", agreement, String(count)],
		},
		120_000,
	);
	const found = /^instructions (\d+)$/m.exec(run.output)?.[1];
	if (run.code !== 0 || found === undefined) throw new BuildError(`the handshakes failed on the board:\n${run.output}`);
	return Number(found) / PER_INSTRUCTION;
}

const kilobytes = (byteLength: number): string => `${Math.round(byteLength / 1024)} KB`;

/** From power-on until kamailio has taken the registration: on blank flash, and on what the first life left. */
async function registrationFigures(executable: string): Promise<Figure[]> {
	const state = path.join(FOLDER, "registers");
	mkdirSync(state, { recursive: true });
	const kamailio = await Kamailio.start(path.join(FOLDER, "kamailio"), REGISTRAR_PORT, undefined, undefined, tap.host);
	const registrar = `${tap.host}:${REGISTRAR_PORT}`;
	const account = {
		aor: "sip:alice@phones.example",
		registrar,
		outboundProxy: registrar,
		username: "alice",
		password: "alice-Kx7pQ2mV",
		expiresSec: 60,
	};
	const configs = await serveConfigs({ board: { account } }, tap.host);
	const figures: Figure[] = [];
	try {
		for (const name of ["board/first-boot-to-registered", "board/boot-to-registered"]) {
			let spent = 0;
			const board = await startBoardPhone({
				executable,
				sizes: CHIP,
				state,
				name: "Board",
				config: configs.url("board"),
				network: tap.options,
				fixedAddress: tap.setting,
				instructionShift: SHIFT,
				machineArguments: ["--figures=20"],
				onLine: (line) => {
					spent = (figuresOf(line)?.instructions ?? 0) / PER_INSTRUCTION || spent;
				},
			});
			try {
				await board.until("registered", ({ registered }) => registered.some(({ ok }) => ok), REGISTERED_MS);
				figures.push(allowed(name, "instructions", spent, ALLOWED.registered));
				say(`${name}: ${Math.round(spent / INSTRUCTIONS_PER_MS)} ms at 240 MHz`);
			} finally {
				await board.stop("SIGKILL");
			}
		}
	} finally {
		await kamailio.stop();
		configs.close();
	}
	return figures;
}

/** The same calls where there is less memory; said, whichever way it goes. */
async function tryCalls(executable: string): Promise<void> {
	const folder = path.join(FOLDER, "384k");
	mkdirSync(folder, { recursive: true });
	let last: BoardFigures | undefined;
	let result: string;
	try {
		const { good } = await callTwice({
			executable,
			sizes: SMALL_CHIP,
			folder,
			onStep: () => {},
			machineArguments: ["--figures=50"],
			instructionShift: SHIFT,
			onLine: (line) => {
				last = figuresOf(line) ?? last;
			},
		});
		result = good ? "both calls were secure and heard" : "the calls were not as they must be";
	} catch (error) {
		result = `no: ${(error as Error).message.split("\n")[0]}`;
	}
	const used = last === undefined ? 0 : ramByOwner(last).reduce((sum, [, byteLength]) => sum + byteLength, 0);
	say(`The same with 384 KB: ${result}; ${kilobytes(used)} used.`);
}

export async function boardFigures(): Promise<Figure[]> {
	const { phone, smallPhone, handshakes } = await buildBoardPrograms();
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const figures = [allowed("board/image", "bytes", imageByteLength(phone), ALLOWED.image)];
	for (const agreement of ["X255", "DH3k"] as const) {
		const [one, three] = [await instructions(handshakes, agreement, 1), await instructions(handshakes, agreement, 3)];
		const side = (three - one) / 4;
		say(`${agreement} handshake: ${Math.round(side / INSTRUCTIONS_PER_MS)} ms a side at 240 MHz`);
		figures.push(
			allowed(`board/${agreement.toLowerCase()}-handshake`, "instructions", side, ALLOWED.handshake[agreement]),
		);
	}
	makeTap();
	figures.push(...(await registrationFigures(phone)));
	let last: BoardFigures | undefined;
	const ready: number[] = [];
	const summary = await callTwice({
		executable: phone,
		sizes: CHIP,
		folder: FOLDER,
		onStep: say,
		/* Garbage is collected every second, so that a frame which it could delay would be late. */
		machineArguments: ["--figures=50", "--collect=1000"],
		instructionShift: SHIFT,
		onLine: (line) => {
			if (/ready for calls/.test(line) && last !== undefined) ready.push(last.instructions / PER_INSTRUCTION);
			last = figuresOf(line) ?? last;
		},
	});
	if (!summary.good || last === undefined || ready.length < 2)
		throw new BuildError("the board's calls were not as they must be");
	const rows = ramByOwner(last);
	const total = rows.reduce((sum, [, byteLength]) => sum + byteLength, 0);
	say(
		`RAM by owner in a secure call, the most that each ever had; all of it in the ${kilobytes(512 * 1024)} of the chip:`,
	);
	for (const [owner, byteLength] of rows) say(`  ${owner.padEnd(24)} ${(byteLength / 1024).toFixed(0).padStart(5)} KB`);
	say(`  all                      ${(total / 1024).toFixed(0).padStart(5)} KB`);
	await tryCalls(smallPhone);
	const { voice } = last;
	const masked = last.masked / PER_INSTRUCTION;
	const frame = voice.instructions / PER_INSTRUCTION;
	say(
		`  voice frame ${(frame / INSTRUCTIONS_PER_MS).toFixed(2)} ms, interrupts off ${(masked / INSTRUCTIONS_PER_MS).toFixed(2)} ms at 240 MHz; the latest frame ${voice.lateMostUs} us late`,
	);
	figures.push(
		allowed("board/ram-secure-call", "bytes", total, ALLOWED.ram),
		figure("board/vm-heap", "bytes", last.vm.used),
		figure("board/first-boot-to-ready", "instructions", ready[0] ?? 0),
		figure("board/boot-to-ready", "instructions", ready[1] ?? 0),
		allowed("board/voice-frame", "instructions", frame, ALLOWED.frame),
		figure("board/voice-frame-most", "instructions", voice.instructionsMost / PER_INSTRUCTION),
		figure("board/late-frames", "frames", voice.late),
		figure("board/interrupts-off", "instructions", masked),
	);
	return figures;
}

/** Ten minutes of voice, by the board's own clock. */
const SOAK_FRAMES = 30_000;
/** How long they may take where processor time is short. */
const SOAK_MOST_MS = 1_800_000;
/** A frame that begins so much later has missed its turn. */
const FRAME_US = 20_000;

/** Garbage is collected every second of a ten-minute call, and no voice frame may be late for it. */
export async function soakFigures(): Promise<Figure[]> {
	const { executable } = await buildVirtPhone();
	const folder = path.join(buildFolder, "bench", "soak");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	makeTap();
	let last: BoardFigures | undefined;
	const pair = await Pair.start({
		executable,
		sizes: virtSizes,
		folder,
		onStep: say,
		machineArguments: ["--figures=1000", "--collect=1000"],
		instructionShift: SHIFT,
		onLine: (line) => {
			last = figuresOf(line) ?? last;
		},
	});
	try {
		await pair.boot();
		await pair.connect("simulator");
		const before = figuresNow(last);
		const end = performance.now() + SOAK_MOST_MS;
		while (figuresNow(last).voice.frames - before.voice.frames < SOAK_FRAMES && performance.now() < end)
			await new Promise((resolve) => setTimeout(resolve, 1000));
		const after = figuresNow(last);
		const [call] = (await pair.board.until("the call", () => true)).calls;
		if (call?.state !== "connected") throw new BuildError(`the call ended before its time: ${call?.reason}`);
		await pair.hangUp("board");
		const frames = after.voice.frames - before.voice.frames;
		const collections = after.vm.collections - before.vm.collections;
		const late = after.voice.late - before.voice.late;
		say(
			`${frames} frames, ${collections} collections of garbage, ${late} late, the latest by ${after.voice.lateMostUs} us`,
		);
		if (frames < SOAK_FRAMES) throw new BuildError("the board did not come to ten minutes: too few frames to judge by");
		return [
			figure("soak/frames", "frames", frames),
			figure("soak/collections", "collections", collections),
			allowed("soak/latest-frame", "us", after.voice.lateMostUs, FRAME_US),
			allowed(
				"soak/interrupts-off",
				"instructions",
				after.masked / PER_INSTRUCTION,
				(FRAME_US / 1000) * INSTRUCTIONS_PER_MS,
			),
			figure("soak/missed-with-this-computer", "frames", late),
		];
	} finally {
		await pair.close();
	}
}

function figuresNow(figures: BoardFigures | undefined): BoardFigures {
	if (figures === undefined) throw new BuildError("the board does not print its figures");
	return figures;
}
