/**
 * Instructions of a whole handshake for one side, from Hello to keys on, key pair included: Sotto's engine on XS with
 * the native provider and with noble alone, and libbzrtp, all counted by callgrind. Each program runs both sides of some
 * handshakes; a run of fewer is subtracted, so that starting up does not count, and the rest is halved.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { buildFolder, root } from "../builder/paths";
import { BuildError, runTool, say } from "../builder/process";
import { build } from "../builder/program";
import { type Figure, figure } from "./figure";

const FOLDER = path.join(buildFolder, "bench", "zrtp");
const SOURCES = path.join(root, "scripts/bench/zrtp");
const MAIN = "bench/zrtp/handshakes";
const HEAP_MAIN = "bench/zrtp/session-heap";
const SIDES: [string, string] = ["bench/zrtp/sides", path.join(SOURCES, "sides.ts")];

/** What a session may keep alive on a 32-bit board, above what the idle phone does. */
const SESSION_HEAP_KIB = 24;

/** The most that a side may cost against libbzrtp. */
const GOALS = Object.freeze({ X255: 4, DH3k: 1.5 });
type Agreement = keyof typeof GOALS;

interface Programs {
	readonly native: string;
	readonly noble: string;
	readonly bzrtp: string;
}

/** Builds all three; done before the network is left. */
export async function buildHandshakePrograms(): Promise<Programs> {
	const main = new Map([[MAIN, path.join(SOURCES, "handshakes.ts")], SIDES]);
	const manifest = path.join(root, "manifest.json");
	const common = { manifest, variant: "release", main: MAIN } as const;
	const native = await build({ ...common, name: "sotto-handshakes", modules: main });
	const noble = await build({
		...common,
		name: "sotto-handshakes-noble",
		modules: new Map([...main, ["crypto/native", path.join(root, "scripts/bench/noble-provider.ts")]]),
	});
	return { native: native.executable, noble: noble.executable, bzrtp: await buildPeer() };
}

async function buildPeer(): Promise<string> {
	if (!existsSync("/usr/include/bzrtp/bzrtp.h"))
		throw new BuildError("libbzrtp is not installed: apt-get install libbzrtp-dev");
	mkdirSync(FOLDER, { recursive: true });
	const program = path.join(FOLDER, "bzrtp-handshakes");
	const source = path.join(SOURCES, "bzrtp-handshakes.c");
	await runTool("cc", ["-O2", "-Wall", "-Wextra", source, "-o", program, "-lbzrtp", "-lbctoolbox"]);
	return program;
}

/** Instructions of a program from its first to its last. */
async function instructions(program: string, agreement: Agreement, count: number): Promise<number> {
	const out = path.join(FOLDER, `callgrind-${path.basename(program)}-${agreement}-${count}`);
	rmSync(out, { force: true });
	const log = path.join(FOLDER, "valgrind.log");
	const printed = await runTool("valgrind", [
		"--tool=callgrind",
		`--callgrind-out-file=${out}`,
		`--log-file=${log}`,
		program,
		agreement,
		String(count),
	]);
	const strings = printed.split("\n").filter((line) => /^[a-z0-9]{4}$/.test(line));
	if (strings.length !== count) throw new Error(`${program}: ${strings.length} of ${count} handshakes were secure`);
	const total = /^(?:summary|totals): (\d+)/m.exec(await runTool("grep", ["-E", "^(summary|totals): ", out]));
	if (!total) throw new Error(`${out} has no total`);
	return Number(total[1]);
}

async function ofOneSide(program: string, agreement: Agreement, count: number): Promise<number> {
	const fewer = await instructions(program, agreement, 1);
	const more = await instructions(program, agreement, 1 + count);
	return (more - fewer) / count / 2;
}

/** Under two minutes. */
export async function handshakeFigures(): Promise<Figure[]> {
	rmSync(FOLDER, { recursive: true, force: true });
	const programs = await buildHandshakePrograms();
	const figures: Figure[] = [];
	for (const agreement of ["X255", "DH3k"] as const) {
		say(`Counting the instructions of ${agreement} handshakes ...`);
		const name = agreement.toLowerCase();
		const bzrtp = await ofOneSide(programs.bzrtp, agreement, 4);
		const native = await ofOneSide(programs.native, agreement, 4);
		const noble = await ofOneSide(programs.noble, agreement, 2);
		const million = (count: number): number => count / 1e6;
		figures.push(
			figure(`zrtp/${name}-instructions`, "M a side", million(native), { libbzrtp: million(bzrtp) }, GOALS[agreement]),
			figure(`zrtp/${name}-instructions-noble`, "M a side", million(noble), { libbzrtp: million(bzrtp) }),
		);
	}
	return figures;
}

/** Builds the program; done before the network is left. */
export async function buildSessionHeapProgram(): Promise<string> {
	const { executable } = await build({
		name: "sotto-session-heap",
		manifest: path.join(root, "manifest.json"),
		variant: "m32",
		modules: new Map([[HEAP_MAIN, path.join(SOURCES, "session-heap.ts")], SIDES]),
		main: HEAP_MAIN,
	});
	return executable;
}

/** What one session keeps alive at its largest, on 32 bits; beside it the most that it may. */
export async function sessionHeapFigures(): Promise<Figure[]> {
	say("The heap of one ZRTP session on 32 bits ...");
	const printed = await runTool(await buildSessionHeapProgram(), []);
	const rows = [...printed.matchAll(/^(\w+) ([\d.]+) [\d.]+$/gm)];
	if (rows.length === 0) throw new Error(`no heap was told: ${printed}`);
	return rows.map(([, code = "", most]) =>
		figure(`zrtp/${code.toLowerCase()}-session-heap`, "KiB", Number(most) / 1024, { "at most": SESSION_HEAP_KIB }, 1),
	);
}
