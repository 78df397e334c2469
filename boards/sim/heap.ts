/** What the VM uses, on every board: for the panel, the bench and tests. */

/** Collects garbage now. */
export function gc(this: void): void {
	native("xs_heap_collect").call(this);
}

/** In bytes, but for the last two; reserved is the most there has been. Some engines do not count the last four. */
export interface HeapFigures {
	readonly slotsByteLength: number;
	readonly slotsReservedByteLength: number;
	readonly chunksByteLength: number;
	readonly chunksReservedByteLength: number;
	/** Deepest use of the stack since the start. */
	readonly stackPeakByteLength: number;
	/** Most memory that one module's parsing took. */
	readonly parserPeakByteLength: number;
	/** Names known to the engine. */
	readonly keys: number;
	readonly garbageCollections: number;
}

function heapFigures(this: void): readonly number[] {
	return native("xs_heap_figures").call(this);
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
