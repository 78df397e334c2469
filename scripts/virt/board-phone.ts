/** The bare board as one phone: QEMU behind the same face as a simulated phone's process, its flash in a file of its own. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type VirtSizes, virtSizes } from "../builder/virt";
import { PhoneProcess, type PhoneProcessOptions } from "../simulator/phone-process";
import { type MachineOptions, startMachine } from "./qemu";

const BANK_BYTE_LENGTH = 32 * 1024 * 1024;

export interface BoardPhoneOptions
	extends Omit<PhoneProcessOptions, "launch" | "program">,
		Pick<MachineOptions, "flashReadOnly" | "entropy" | "monitor"> {
	readonly executable: string;
	readonly sizes?: VirtSizes;
	/** QEMU's options for the network device; undefined: there is none. */
	readonly network?: readonly string[] | undefined;
	/** A fixed address: "ADDRESS/BITS,GATEWAY,NAMESERVER". */
	readonly fixedAddress?: string | undefined;
	readonly instructionShift?: number | undefined;
	readonly clock?: string | undefined;
	/** More of the machine's own arguments, before the program's. */
	readonly machineArguments?: readonly string[];
}

/** The second bank of flash in a state folder; made blank where there is none. */
export function flashFile(state: string): string {
	const file = join(state, "flash.bank1");
	if (existsSync(file)) return file;
	const making = `${file}.new`;
	const handle = openSync(making, "w");
	const piece = Buffer.alloc(1 << 20, 0xff);
	for (let at = 0; at < BANK_BYTE_LENGTH; at += piece.length) writeSync(handle, piece);
	closeSync(handle);
	renameSync(making, file);
	return file;
}

export function startBoardPhone(options: BoardPhoneOptions): Promise<PhoneProcess> {
	return PhoneProcess.start({
		...options,
		launch: (args, desk) =>
			startMachine({
				executable: options.executable,
				sizes: options.sizes ?? virtSizes,
				flash: flashFile(options.state),
				flashReadOnly: options.flashReadOnly,
				entropy: options.entropy,
				monitor: options.monitor,
				network: options.network,
				panel: desk,
				instructionShift: options.instructionShift,
				clock: options.clock,
				arguments: [
					...(options.machineArguments ?? []),
					...(options.fixedAddress === undefined ? [] : [`--network=${options.fixedAddress}`]),
					...args,
				],
			}),
	});
}
