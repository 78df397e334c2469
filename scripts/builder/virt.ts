/**
 * The target for the bare board in QEMU (boards/virt-rv32): what comes in is its sizes and the linker script, what goes
 * out is one image that fills the first bank of flash.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sizes from "../../boards/virt-rv32/sizes.json" with { type: "json" };
import { runMachine } from "../virt/qemu";
import { bareLibraries } from "./bare-libraries";
import { engineIncludes } from "./engine";
import { buildFolder, hostFolder, root } from "./paths";
import { BuildError, runTool } from "./process";
import { type EngineTarget, freshSources, sharedHostSources, simEngine, type Target } from "./target";

export const virtName = "virt-rv32" as const;
const boardFolder = join(root, "boards", virtName);
const boardHost = join(boardFolder, "host");
const FLASH_ORIGIN = 0x20000000;
const RAM_ORIGIN = 0x80000000;
const prefix = "riscv64-unknown-elf-";

export interface VirtSizes {
	/** RAM of the chip, for all but the VM, in bytes. */
	readonly ramByteLength: number;
	/** The region that only the VM may use, behind it, in bytes. */
	readonly vmByteLength: number;
	/** A larger image is refused. */
	readonly imageMostByteLength: number;
}

export const virtSizes: VirtSizes = sizes;

const machine = ["--specs=picolibc.specs", "-march=rv32imac", "-mabi=ilp32", "-fno-strict-aliasing"];
const cpu = [...machine, "-Os", "-msave-restore", "-g1", "-ffunction-sections", "-fdata-sections", "-fno-common"];

/** Headers of what little of POSIX the ports that are shared with systems need. */
const posix = ["hal/net/virt/posix", "hal/machine/virt/posix"].map((path) => `-I${join(root, path)}`);

/** What the board's engine and the bytecode's engine must have in common: the identifiers. */
const defines = [
	"INCLUDE_XSPLATFORM=1",
	'XSPLATFORM="xsplat.h"',
	"mxRun=1",
	"mxSloppy=1",
	"mxInstrument=1",
	"mxMinusZero=1",
	"mxNoConsole=1",
	"mxBoundsCheck=1",
].map((define) => `-D${define}`);

const engine: EngineTarget = {
	name: virtName,
	compiler: `${prefix}gcc`,
	archiver: `${prefix}ar`,
	flags: cpu,
	fast: ["xsRun.c", "xsMemory.c", "xsType.c", "xsProperty.c"],
	fastFlags: ["-mno-save-restore"],
	defines,
	includes: [`-I${boardHost}`, `-I${hostFolder}`, ...engineIncludes()],
	platformHeader: join(boardHost, "xsplat.h"),
};

/** This computer's engine with identifiers of 16 bits, as a 32-bit machine has them. */
const bytecode: EngineTarget = {
	...simEngine("release"),
	name: "release-16bit-identifiers",
	defines: [...defines, "-DmxParse=1"],
};

/** How much of the image is program, in bytes. */
export function imageByteLength(executable: string): number {
	return statSync(`${executable}.bin`).size;
}

/** The whole first bank of flash. */
export function imageFile(executable: string): string {
	return `${executable}.flash`;
}

/** CRC-32 as zlib and hal/machine/virt/image.c have it. */
function crc32(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

/** What stands behind the program: its length and its CRC-32, by which the board knows that the image is whole. */
export function imageTail(program: Uint8Array): Buffer {
	const tail = Buffer.alloc(8);
	tail.writeUInt32LE(program.length, 0);
	tail.writeUInt32LE(crc32(program), 4);
	return tail;
}

export function virtTarget(memory: VirtSizes = virtSizes): Target {
	return {
		name: virtName,
		platform: virtName,
		folder: join(buildFolder, virtName),
		engine,
		bytecode,
		keepsLines: false,
		flags: [...cpu, ...posix, "-DTCP_RING_BYTES=8192", "-DUDP_DATAGRAM_MAXIMUM=4096", "-DTLS_CONNECTIONS_MOST=2"],
		hostSources: [
			...sharedHostSources,
			...["vm-memory.c", "stop.c", "start.c", "figures-line.c", "no-parser.c"].map((name) => join(boardHost, name)),
		],
		freshSources,
		systemLibraries: false,
		prepare: () => bareLibraries({ ...engine, flags: cpu }, join(buildFolder, virtName, "libraries")),
		linkFlags: () => linkFlags(memory),
		finish: (executable) => writeImage(executable, memory.imageMostByteLength),
		preload: {
			nm: `${prefix}nm`,
			creation: {
				chunk: { initial: 36_864, incremental: 4096 },
				heap: { initial: 6656, incremental: 512 },
				keys: { initial: 64, incremental: 64, name: 1993, symbol: 127 },
			},
			origin: FLASH_ORIGIN,
			seedSources: ["seed.c", "strip.c", "trim.c", "freeze.c", "words.c", "slots.c", "host-file.c"].map((name) =>
				join(boardFolder, "seed", name),
			),
			phoneSources: [join(boardHost, "preloaded.c")],
			seedLinkFlags: () => linkFlags(seedSizes),
			finishSeed: (executable) => writeImage(executable, seedSizes.imageMostByteLength),
			run: runSeed,
		},
	};
}

/** All modules and the engine's built-ins in one region. */
const seedSizes: VirtSizes = { ...virtSizes, vmByteLength: 4 << 20, imageMostByteLength: 8 << 20 };
const SEED_MS = 120_000;

async function runSeed(executable: string, file: string): Promise<string | undefined> {
	const { code, output } = await runMachine(
		{ executable, sizes: seedSizes, hostFiles: true, arguments: ["--no-reset", `--preload=${file}`] },
		SEED_MS,
	);
	return code === 0 ? undefined : output;
}

function linkFlags(memory: VirtSizes): string[] {
	const symbols = {
		__ram_size: memory.ramByteLength,
		__vm_origin: RAM_ORIGIN + memory.ramByteLength,
		__vm_size: memory.vmByteLength,
		__main_stack_size: sizes.mainStackByteLength,
		__interrupt_stack_size: sizes.interruptStackByteLength,
	};
	return [
		...machine,
		"-nostartfiles",
		`-T${join(boardFolder, "board.ld")}`,
		...Object.entries(symbols).map(([name, value]) => `-Wl,--defsym=${name}=0x${value.toString(16)}`),
		"-Wl,--gc-sections",
		...["malloc", "calloc", "realloc", "free"].map((name) => `-Wl,--wrap=${name}`),
		"-lm",
	];
}

async function writeImage(executable: string, most: number): Promise<void> {
	const binary = `${executable}.bin`;
	await runTool(`${prefix}objcopy`, ["-O", "binary", "-R", ".preserve", executable, binary]);
	const code = readFileSync(binary);
	const program = Buffer.concat([code, imageTail(code)]);
	if (program.length > most)
		throw new BuildError(`The image has ${program.length} bytes; boards/${virtName}/sizes.json allows ${most}.`);
	const bank = Buffer.alloc(sizes.flashByteLength, 0xff);
	program.copy(bank);
	/* A machine that runs keeps the image that it has. */
	const making = `${imageFile(executable)}.new`;
	writeFileSync(making, bank);
	renameSync(making, imageFile(executable));
}
