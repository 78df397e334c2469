/**
 * Runs an image of boards/virt-rv32 in QEMU: what the machine is made of, and one run with a bound on its time. The serial
 * console comes out as text.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hashOf } from "../builder/files";
import { buildFolder } from "../builder/paths";
import { BuildError } from "../builder/process";
import { imageFile, type VirtSizes, virtName } from "../builder/virt";

const ARGUMENT_BYTES = 1024;

export interface MachineOptions {
	/** What the linker made; its image lies beside it. */
	readonly executable: string;
	readonly sizes: VirtSizes;
	/** The program's arguments, without a line end in any. */
	readonly arguments?: readonly string[] | undefined;
	/** A file of 32 MB that is the second bank of flash, and keeps what is written. */
	readonly flash?: string | undefined;
	/** Options for the network device; none: the board has no network. */
	readonly network?: readonly string[] | undefined;
	/** A Unix socket of a panel. */
	readonly panel?: string | undefined;
	/** Every instruction takes this many nanoseconds times two to its power; none: as fast as it goes, by the real clock. */
	readonly instructionShift?: number | undefined;
	/** What the board's clock says when it is switched on, as date(1) would write it in UTC: "1970-01-01T00:00:00"; none: this computer's time. */
	readonly clock?: string | undefined;
	/** The second bank takes no program and no erase, and its chips say so. */
	readonly flashReadOnly?: boolean | undefined;
	/** Without it the board has no source of random numbers. */
	readonly entropy?: boolean | undefined;
	/** A Unix socket for QEMU's commands; QEMU makes it. */
	readonly monitor?: string | undefined;
	/** Another image in the place of the executable's. */
	readonly image?: string | undefined;
	/** The program may write files of this computer. */
	readonly hostFiles?: boolean;
	/** Processor time is shared with others. */
	readonly nice?: number | undefined;
}

export function machineArguments(options: MachineOptions): string[] {
	const { sizes } = options;
	/* QEMU writes a device tree of 1 MB near the end of RAM at every reset. It lies beyond the board's memory, which the
	   core's memory protection ends (machineCapMemory). */
	const ramKilobytes = 2048 * Math.ceil((sizes.ramByteLength + sizes.vmByteLength) / (1 << 21)) + 4096;
	const args = [
		"-M",
		"virt",
		"-m",
		`${ramKilobytes}K`,
		"-bios",
		"none",
		"-display",
		"none",
		"-monitor",
		options.monitor === undefined ? "none" : `unix:${options.monitor},server=on,wait=off`,
		"-serial",
		"stdio",
		"-global",
		"virtio-mmio.force-legacy=false",
		"-drive",
		`if=pflash,unit=0,format=raw,readonly=on,file=${options.image ?? imageFile(options.executable)}`,
		/* The second watchdog (hal/machine/virt/watchdog.c). */
		"-device",
		"i6300esb",
	];
	if (options.entropy ?? true) args.push("-device", "virtio-rng-device");
	if (options.flash !== undefined)
		args.push(
			"-drive",
			`if=pflash,unit=1,format=raw,readonly=${options.flashReadOnly ? "on" : "off"},file=${options.flash}`,
		);
	if (options.network !== undefined) args.push(...options.network);
	if (options.panel !== undefined)
		args.push(
			"-chardev",
			`socket,id=panel,path=${options.panel}`,
			"-device",
			"virtio-serial-device",
			"-device",
			"virtserialport,chardev=panel,nr=1,name=panel",
		);
	if (options.clock !== undefined) args.push("-rtc", `base=${options.clock}`);
	if (options.hostFiles === true) args.push("-semihosting-config", "enable=on,target=native");
	if (options.instructionShift !== undefined) args.push("-icount", `shift=${options.instructionShift}`);
	if (options.arguments !== undefined && options.arguments.length > 0)
		args.push("-device", `loader,file=${argumentsFile(options.arguments)},addr=0x80000000,force-raw=on`);
	return args;
}

/** A file with the program's arguments, as hal/machine/virt/boot.c reads them. */
function argumentsFile(args: readonly string[]): string {
	const bytes = Buffer.from(`sotto arguments\n${args.join("\n")}\0`);
	if (bytes.length > ARGUMENT_BYTES) throw new BuildError(`The arguments have more than ${ARGUMENT_BYTES} bytes.`);
	const file = join(buildFolder, virtName, "arguments", `${hashOf(bytes)}.bin`);
	mkdirSync(dirname(file), { recursive: true });
	if (!existsSync(file)) writeFileSync(file, bytes);
	return file;
}

export function startMachine(options: MachineOptions): ChildProcess {
	const command = ["qemu-system-riscv32", ...machineArguments(options)];
	return spawn("nice", ["-n", String(options.nice ?? 0), ...command], { stdio: ["ignore", "pipe", "pipe"] });
}

export interface MachineRun {
	readonly output: string;
	/** Undefined: it was ended by force. */
	readonly code: number | undefined;
	readonly ms: number;
}

/** @param until ends it as soon as it has written this */
export function runMachine(options: MachineOptions, timeoutMs: number, until?: RegExp): Promise<MachineRun> {
	return new Promise((resolve) => {
		const start = performance.now();
		const child = startMachine(options);
		let output = "";
		const add = (data: Buffer) => {
			output += data.toString().replaceAll("\r", "");
			if (until?.test(output)) child.kill("SIGKILL");
		};
		child.stdout?.on("data", add);
		child.stderr?.on("data", add);
		const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
		child.on("error", (error) => add(Buffer.from(`${error.message}\n`)));
		child.on("close", (code, signal) => {
			clearTimeout(timer);
			const text = signal === null ? output : `${output}\nended by ${signal}`;
			resolve({ output: text, code: code ?? undefined, ms: Math.round(performance.now() - start) });
		});
	});
}
