/** The program as this computer's process: arguments, exit, console, heap figures. */

/** The arguments after the program's name. */
export function programArguments(this: void): readonly string[] {
	return native("xs_process_arguments").call(this);
}

/** Ends the loop with this exit code (0 to 255) once the running callback has returned. */
export function exit(this: void, code: number): void {
	native("xs_process_exit").call(this, code);
}

/** Writes one line to standard output. */
export function print(this: void, line: string): void {
	native("xs_process_print").call(this, line);
}

/** Called once when the process is asked to end (SIGINT, SIGTERM); without it the program simply ends. */
export function onStop(this: void, callback: () => void): void {
	native("xs_process_on_stop").call(this, callback);
}

/** Collects garbage now. */
export function gc(this: void): void {
	native("xs_process_gc").call(this);
}

export interface HeapFigures {
	/** Slots in use and reserved, in bytes. */
	readonly slotsByteLength: number;
	readonly slotsReservedByteLength: number;
	/** Chunks in use and reserved, in bytes. */
	readonly chunksByteLength: number;
	readonly chunksReservedByteLength: number;
	/** Deepest use of the stack since the start, in bytes. */
	readonly stackPeakByteLength: number;
	/** Most memory one module's parsing took, in bytes. */
	readonly parserPeakByteLength: number;
	/** Names known to the engine. */
	readonly keys: number;
	readonly garbageCollections: number;
}

function heapFigures(this: void): readonly number[] {
	return native("xs_process_heap").call(this);
}

/** Figures of the VM as they are now; call gc() first to count what is reachable alone. */
export function heap(this: void): HeapFigures {
	const figures = heapFigures();
	const at = (index: number) => figures[index] ?? 0;
	return {
		slotsByteLength: at(0),
		slotsReservedByteLength: at(1),
		chunksByteLength: at(2),
		chunksReservedByteLength: at(3),
		stackPeakByteLength: at(4),
		parserPeakByteLength: at(5),
		keys: at(6),
		garbageCollections: at(7),
	};
}
