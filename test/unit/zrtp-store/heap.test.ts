/** What the store keeps in memory depends on the peers, not on how often something about them was stored. */
import { gc, heap } from "board/heap";
import { equal, ok, test } from "test/harness";
import { numbered, Rig } from "./rig";

/** As boards have it: a thousand commits about one peer fill most of these sectors. */
const SECTORS = 64;
const FIRST = 50;
const COMMITS = 1000;

test("a thousand commits about one peer leave nothing behind in the VM, neither slots nor chunks", () => {
	const rig = new Rig(SECTORS);
	const store = rig.open();
	/** Both are here before the first is measured. */
	const first = { slots: 0, chunks: 0 };
	const last = { slots: 0, chunks: 0 };
	const commit = (from: number, to: number, held: { slots: number; chunks: number }) => {
		for (let n = from; n < to; n++)
			store.commit(numbered(12, 1), { rs1: numbered(32, n), rs2: numbered(32, n - 1), verified: false });
		gc();
		const { slotsByteLength, chunksByteLength } = heap();
		held.slots = slotsByteLength;
		held.chunks = chunksByteLength;
	};
	commit(1, FIRST, first);
	commit(FIRST, COMMITS, last);
	equal(last, first);
	equal(store.length, 1);
	ok(rig.warnings.length === 0, rig.warnings.join("\n"));
});
