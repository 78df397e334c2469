/**
 * Figures of the bare board, counted by QEMU's own instruction counter: each instruction takes 4 ns of its clock, as one in
 * a cycle at 250 MHz. In the place of a peer stands what is allowed.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { buildFolder, root } from "../builder/paths";
import { buildVirtPhone } from "../builder/phone";
import { BuildError, say } from "../builder/process";
import { build } from "../builder/program";
import { imageByteLength, virtSizes, virtTarget } from "../builder/virt";
import { callTwice } from "../virt/calls";
import { type BoardFigures, figuresOf, ramByOwner } from "../virt/figures";
import { makeTap } from "../virt/network";
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
	ready: 300e6,
	handshake: { X255: 60e6, DH3k: 200e6 },
	frame: 0.25e6,
};
/** An instruction in a cycle at 240 MHz. */
const INSTRUCTIONS_PER_MS = 240e3;

const allowed = (name: string, unit: string, value: number, most: number): Figure =>
	figure(name, unit, value, { allowed: most }, 1);

/** Both programs; done before the network is left. */
export async function buildBoardPrograms(): Promise<{ readonly phone: string; readonly handshakes: string }> {
	const { executable: phone } = await buildVirtPhone();
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
	return { phone, handshakes };
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

export async function boardFigures(): Promise<Figure[]> {
	const { phone, handshakes } = await buildBoardPrograms();
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
	let last: BoardFigures | undefined;
	const ready: number[] = [];
	const summary = await callTwice({
		executable: phone,
		sizes: virtSizes,
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
	for (const [owner, byteLength] of rows) say(`  ${owner.padEnd(24)} ${(byteLength / 1024).toFixed(0).padStart(5)} KB`);
	const { voice } = last;
	const masked = last.masked / PER_INSTRUCTION;
	const frame = voice.instructions / PER_INSTRUCTION;
	say(
		`  voice frame ${(frame / INSTRUCTIONS_PER_MS).toFixed(2)} ms, interrupts off ${(masked / INSTRUCTIONS_PER_MS).toFixed(2)} ms at 240 MHz; the latest frame ${voice.lateMostUs} us late`,
	);
	figures.push(
		allowed("board/ram-secure-call", "bytes", total, ALLOWED.ram),
		figure("board/ram-without-vm", "bytes", total - last.vm.used),
		allowed("board/first-boot-to-ready", "instructions", ready[0] ?? 0, ALLOWED.ready),
		allowed("board/boot-to-ready", "instructions", ready[1] ?? 0, ALLOWED.ready),
		allowed("board/voice-frame", "instructions", frame, ALLOWED.frame),
		figure("board/voice-frame-most", "instructions", voice.instructionsMost / PER_INSTRUCTION),
		figure("board/late-frames", "frames", voice.late),
		figure("board/interrupts-off", "instructions", masked),
	);
	return figures;
}
