/**
 * The factory erase, with the power cut in each of its operations: afterwards everybody is there, or nobody and nothing that
 * could be read; never some. A sector that will not erase is overwritten.
 */
import { print } from "board/process";
import { toHex } from "bytes/hex";
import { nativeProvider } from "crypto/native";
import { equal, ok, test, throws } from "test/harness";
import { size } from "test/size";
import { MemoryFlash, type Operation } from "test/unit/zrtp-store/memory-flash";
import { DEVICE_KEY_FILL, numbered, Seeded, stateOf } from "test/unit/zrtp-store/plain";
import { openStore, type Store } from "zrtp-store/store";

class PowerCut extends Error {}

const SECTORS = 4;
const PEERS = size(30, 5);

function open(flash: MemoryFlash, random: Seeded, format = false): Store {
	return openStore({
		flash,
		provider: nativeProvider,
		deviceKey: new Uint8Array(32).fill(DEVICE_KEY_FILL),
		random: random.bytes,
		now: () => 1_800_000_000_000,
		format,
	});
}

function filled(random: Seeded, peers = PEERS): { flash: MemoryFlash; store: Store } {
	const flash = new MemoryFlash(SECTORS, 4096, random);
	const store = open(flash, random);
	for (let i = 0; i < 3 * peers; i++)
		store.commit(numbered(12, i % peers), { rs1: numbered(32, i), verified: i % 2 === 0, name: "Somebody" });
	return { flash, store };
}

/** Runs with a power cut before one operation is complete; false: there was none so late. */
function cutAt(flash: MemoryFlash, at: number, random: Seeded, run: () => void): boolean {
	let left = at;
	let off = false;
	flash.onOperation = (operation: Operation) => {
		if (off) throw new PowerCut();
		if (left-- > 0) return;
		off = true;
		const length = operation.bytes?.length ?? flash.sectorByteLength;
		const edge = (["none", "steady", "marginal"] as const)[random.below(3)] ?? "none";
		flash.tear(operation, { whole: [0, length][random.below(4)] ?? random.below(length), edge });
		throw new PowerCut();
	};
	try {
		run();
		return false;
	} catch (error) {
		if (!(error instanceof PowerCut)) throw error;
		return true;
	} finally {
		flash.onOperation = () => {};
	}
}

/** Octets in flash that are part of an old sealed record or header: an old sector's content where it was. */
function remains(flash: MemoryFlash, before: Uint8Array): number {
	let same = 0;
	for (let at = 0; at + 16 <= before.length; at += 16) {
		const cell = before.subarray(at, at + 16);
		// Blank, zeros, the beginning of a header and a clean mark are alike in every store.
		const alike = [0, 16, 112].includes(at % 4096);
		if (alike || cell.every((octet) => octet === 0xff || octet === 0)) continue;
		if (toHex(cell) === toHex(flash.bytes.slice(at, at + 16))) same++;
	}
	return same;
}

for (const format of [false, true])
	test(`power cuts in every operation of ${format ? "beginning anew" : "the factory erase"}`, () => {
		const random = new Seeded(format ? 4 : 3);
		let cuts = 0;
		for (let round = 0; round < size(3, 1); round++)
			for (let at = 0; ; at++) {
				const { flash, store } = filled(random);
				const [state, zid, before] = [stateOf(store), toHex(store.zid), flash.bytes.slice()];
				if (!cutAt(flash, at, random, () => (format ? void open(flash, random, true) : store.eraseAll()))) {
					equal(stateOf(open(flash, random)), []);
					equal(remains(flash, before), 0, "left after the whole erase");
					break;
				}
				cuts++;
				while (random.below(2) === 0) cutAt(flash, random.below(8), random, () => void open(flash, random));
				const again = open(flash, random);
				const where = `round ${round}, operation ${at}`;
				if (toHex(again.zid) === zid)
					ok(String(stateOf(again)) === String(state), `${where}: ${again.length} of ${PEERS} peers are left`);
				else {
					equal(again.length, 0, where);
					equal(remains(flash, before), 0, `${where}: something old is left`);
				}
				again.commit(numbered(12, 1), { rs1: numbered(32, 1), verified: true });
				equal(open(flash, random).lookup(numbered(12, 1))?.rs1, numbered(32, 1), where);
			}
		print(`# ${cuts} cuts tried; everybody or nobody in each`);
	});

test("a sector that will not erase is overwritten; one that takes nothing is named", () => {
	const random = new Seeded(9);
	// Enough of them for the second sector to be in use.
	const { flash, store } = filled(random, 30);
	const before = flash.bytes.slice();
	const worn = 1;
	flash.erase = (offset) => {
		if (offset !== worn * 4096) MemoryFlash.prototype.erase.call(flash, offset);
	};
	store.eraseAll();
	equal(remains(flash, before), 0);
	ok(
		flash.bytes.slice(worn * 4096 + 128, worn * 4096 + 4096).every((octet) => octet === 0),
		"not overwritten",
	);
	equal(open(flash, random).length, 0);

	const dead = filled(random, 30);
	dead.flash.erase = (offset) => {
		if (offset !== worn * 4096) MemoryFlash.prototype.erase.call(dead.flash, offset);
	};
	dead.flash.program = (offset, bytes) => {
		if (Math.floor(offset / 4096) !== worn) MemoryFlash.prototype.program.call(dead.flash, offset, bytes);
	};
	throws(() => dead.store.eraseAll(), /sector 1 of the flash does not let go/);
});
