/** The figures that the bare board prints of itself (boards/virt-rv32/host/figures-line.c), and their sum by owner. */

export interface BoardFigures {
	readonly instructions: number;
	readonly vm: {
		/** Bytes; the region is all that the VM may have. */
		readonly used: number;
		readonly region: number;
		readonly slots: number;
		readonly chunks: number;
		readonly keys: number;
		readonly collections: number;
	};
	/** Static data and C heap of each owner: now, and the most it ever was. Bytes. */
	readonly owners: Readonly<Record<string, readonly [number, number]>>;
	/** The most that was ever used, and the size. */
	/** C heap, bytes. */
	readonly heap: { readonly used: number; readonly peak: number; readonly size: number };
	readonly stacks: { readonly main: readonly [number, number]; readonly interrupt: readonly [number, number] };
	readonly voice: {
		readonly frames: number;
		readonly late: number;
		readonly instructions: number;
		readonly instructionsMost: number;
		readonly lateMostUs: number;
	};
	/** Instructions of the longest time with interrupts off, or inside one. */
	readonly masked: number;
	readonly dropped: number;
}

/** Undefined: the line is none. */
export function figuresOf(line: string): BoardFigures | undefined {
	if (!line.startsWith("figures {")) return undefined;
	try {
		return JSON.parse(line.slice("figures ".length)) as BoardFigures;
	} catch {
		return undefined;
	}
}

/** RAM by owner, largest first, in bytes: the VM's region, then the most of everything else. */
export function ramByOwner(figures: BoardFigures): [owner: string, byteLength: number][] {
	const rows: [string, number][] = [
		["VM, its heap", figures.vm.used],
		...Object.entries(figures.owners).map(([owner, [, most]]): [string, number] => [owner, most]),
		["stacks", figures.stacks.main[0] + figures.stacks.interrupt[0]],
	];
	return rows.sort(([, a], [, b]) => b - a);
}
