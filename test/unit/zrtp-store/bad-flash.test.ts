/** Partitions that are damaged, foreign, of another size, format or device; parts that fail: nothing valid is thrown away. */
import { nativeProvider } from "crypto/native";
import { equal, ok, test, throws } from "test/harness";
import { size } from "test/size";
import type { FlashDevice } from "zrtp-store/flash-device";
import { encodeHeader, finishHeader } from "zrtp-store/format";
import { openStore, type Store, StoreError } from "zrtp-store/store";
import { numbered, Rig, Seeded, stateOf } from "./rig";

const zid = (n: number) => numbered(12, n);
const secret = (n: number) => numbered(32, n);

function fill(store: Store, peers: number): void {
	for (let n = 0; n < peers; n++)
		store.commit(zid(n), { rs1: secret(n), rs2: secret(n + 1), verified: n % 2 === 0, name: `peer ${n}` });
}

function refused(rig: Rig, code: string, text: RegExp): void {
	const before = rig.contents();
	const error = throws(() => rig.reopen(), text);
	ok(error instanceof StoreError);
	equal(error.code, code);
	equal(rig.contents(), before, "the partition was changed");
}

test("random and foreign partitions are refused, and begun anew only at the owner's word", () => {
	const random = new Seeded(3);
	const noise = new Rig();
	noise.overwrite(0, random.bytes(4096));
	noise.overwrite(8192, random.bytes(4096));
	refused(noise, "foreign", /something that is no store of retained secrets \(sector 0\); it was left as it is/);
	const text = new Rig(4, 4096, "other.flash");
	text.overwrite(3 * 4096 + 500, new Uint8Array(40).fill(0x41));
	refused(text, "foreign", /sector 3/);
	for (const rig of [noise, text]) {
		const store = rig.reopen({ format: true });
		fill(store, 3);
		const state = stateOf(store);
		equal(stateOf(rig.reopen()), state);
	}
});

test("the owner's word to begin anew can be cut short", () => {
	const rig = new Rig();
	fill(rig.open(), 3);
	rig.deviceKey = new Uint8Array(32).fill(9);
	for (let cut = 0; ; cut++) {
		rig.power({ powerCutAfter: cut, powerCutTear: 0.5, powerCutNoise: cut });
		try {
			rig.open({ format: true });
			break;
		} catch (error) {
			ok(String(error).includes("power"), String(error));
		}
	}
	equal(rig.reopen().length, 0);
});

test("another device's key", () => {
	const rig = new Rig();
	fill(rig.open(), 3);
	const state = stateOf(rig.open());
	const key = rig.deviceKey;
	rig.deviceKey = new Uint8Array(32).fill(9);
	refused(rig, "wrong-key", /under another device key/);
	rig.deviceKey = key;
	equal(stateOf(rig.reopen()), state);
});

test("a partition that shrank or has other sectors; one that grew is used", () => {
	const large = new Rig(4);
	fill(large.open(), 3);
	const contents = large.contents();
	const copyTo = (rig: Rig) => {
		for (let at = 0; at < Math.min(rig.byteLength, contents.length); at += rig.sectorByteLength)
			rig.overwrite(at, contents.slice(at, Math.min(at + rig.sectorByteLength, rig.byteLength)));
		return rig;
	};
	refused(copyTo(new Rig(2, 4096, "other.flash")), "size", /in 4 sectors of 4096 bytes; this partition has 2 of 4096/);
	refused(copyTo(new Rig(2, 8192, "other.flash")), "size", /in 4 sectors of 4096 bytes; this partition has 2 of 8192/);
	const grown = copyTo(new Rig(8, 4096, "other.flash"));
	equal(grown.reopen().length, 3);
	fill(grown.open(), 100);
	equal(grown.reopen().length, 100);
	equal(grown.warnings, []);
});

test("another format version", () => {
	const rig = new Rig();
	rig.open();
	const tagged = encodeHeader({
		major: 2,
		sectorByteLength: 4096,
		sectorCount: 4,
		generation: 7,
		eraseCount: 1,
		replaces: 0,
		storeId: new Uint8Array(16),
		salt: new Uint8Array(8),
		zid: zid(1),
		sectorIndex: 0,
	});
	rig.overwrite(0, finishHeader(tagged, new Uint8Array(16)));
	refused(rig, "format", /stored in format 2; this version reads format 1/);
});

test("a flipped bit anywhere in a sector costs one record at most", () => {
	const rig = new Rig();
	const peers = 6;
	fill(rig.open(), peers);
	const before = stateOf(rig.open());
	const whole = rig.contents().slice(0, 4096);
	let [headers, records] = [0, 0];
	let [lost, repaired] = [0, 0];
	const random = new Seeded(1);
	for (let byte = 0; byte < 1200; byte += byte < 92 ? size(1, 11) : size(4, 43)) {
		byte < 92 ? headers++ : records++;
		const damaged = whole.slice();
		damaged[byte] = (damaged[byte] ?? 0) ^ (1 << random.below(8));
		rig.overwrite(0, damaged);
		rig.warnings.length = 0;
		const store = rig.reopen();
		const after = stateOf(store);
		ok(
			after.every((line) => before.includes(line)),
			`byte ${byte}: a peer was changed`,
		);
		ok(after.length >= peers - 1, `byte ${byte}: ${peers - after.length} peers lost`);
		if (after.length < peers) {
			lost++;
			ok(rig.warnings.length > 0, `byte ${byte}: lost without a word`);
		}
		if (byte < 92) {
			equal(after.length, peers);
			repaired++;
		}
	}
	ok(lost > records / 2 && repaired === headers, `${lost} records of ${records} refused`);
});

test("a record that goes bad while the phone is on is told, and is simply not known any more", () => {
	const rig = new Rig(2);
	const store = rig.open();
	fill(store, 3);
	rig.flash.program(128 + 16 + 40, new Uint8Array(20));
	equal(store.lookup(zid(0)), undefined);
	equal(rig.warnings, ["the record of a peer went bad"]);
	for (let n = 0; n < 60; n++) store.commit(zid(1), { rs1: secret(n), verified: true });
	equal(rig.warnings.length, 2);
	equal([store.lookup(zid(0)), store.length], [undefined, 2]);
	store.commit(zid(0), { rs1: secret(5), verified: false });
	equal(rig.reopen().length, 3);
	equal(rig.warnings.length, 2);
});

test("damaged records do not stop new ones", () => {
	const rig = new Rig();
	fill(rig.open(), 4);
	const sector = rig.contents().slice(0, 4096);
	const random = new Seeded(2);
	for (let round = 0; round < size(40, 2); round++) {
		const damaged = sector.slice();
		for (let i = 0; i < 40; i++) damaged[128 + random.below(900)] = random.below(256);
		rig.blank();
		rig.overwrite(0, damaged);
		const store = rig.reopen();
		for (let n = 0; n < 200; n++) store.commit(zid(n % 10), { rs1: secret(n), verified: true });
		equal(rig.reopen().length, 10);
		equal(rig.open().lookup(zid(9))?.rs1, secret(199));
	}
});

/** A part in memory whose sectors can be worn out. */
class WornFlash implements FlashDevice {
	readonly sectorByteLength = 4096;
	readonly byteLength: number;
	readonly #bytes: Uint8Array;
	/** Sectors that no longer erase, and those that refuse with an error. */
	readonly stuck = new Set<number>();
	readonly failing = new Set<number>();
	/** Octets that lose a bit in every program. */
	readonly weak = new Set<number>();

	constructor(sectorCount: number) {
		this.byteLength = sectorCount * this.sectorByteLength;
		this.#bytes = new Uint8Array(this.byteLength).fill(0xff);
	}

	read(offset: number, byteLength: number): Uint8Array {
		return this.#bytes.slice(offset, offset + byteLength);
	}

	program(offset: number, bytes: Uint8Array): void {
		bytes.forEach((byte, i) => {
			const old = this.#bytes[offset + i] ?? 0;
			if ((byte & ~old) !== 0) throw new RangeError(`cannot set a bit at ${offset + i}`);
			this.#bytes[offset + i] = this.weak.has(offset + i) ? old & byte & 0xfe : byte;
		});
	}

	erase(offset: number): void {
		const sector = offset / this.sectorByteLength;
		if (this.failing.has(sector)) throw new Error(`erase of sector ${sector} failed`);
		if (!this.stuck.has(sector)) this.#bytes.fill(0xff, offset, offset + this.sectorByteLength);
	}
}

function openOn(flash: FlashDevice, warnings: string[] = []): Store {
	return openStore({
		flash,
		provider: nativeProvider,
		deviceKey: new Uint8Array(32),
		random: new Seeded(4).bytes,
		now: () => 0,
		onWarning: (text) => warnings.push(text),
	});
}

test("a sector that will not erase is left out, and nothing in it comes back", () => {
	for (const kind of ["stuck", "failing"] as const) {
		const flash = new WornFlash(4);
		const warnings: string[] = [];
		const store = openOn(flash, warnings);
		fill(store, 3);
		flash[kind].add(0);
		flash[kind].add(2);
		for (let n = 0; n < 300; n++) store.commit(zid(n % 5), { rs1: secret(n), verified: true });
		store.forget(zid(4));
		ok(
			warnings.some((text) => /^sector [02] of the flash is not used any more/.test(text)),
			String(warnings),
		);
		const state = stateOf(store);
		equal(state.length, 4);
		equal(stateOf(openOn(flash)), state);
	}
});

test("a cell that does not keep what is written costs its sector, not the record", () => {
	const flash = new WornFlash(4);
	const warnings: string[] = [];
	const store = openOn(flash, warnings);
	for (const offset of [700, 4096 + 900]) for (let i = 0; i < 4; i++) flash.weak.add(offset + i);
	for (let n = 0; n < 200; n++) store.commit(zid(n % 5), { rs1: secret(n), verified: true, name: `name ${n}` });
	ok(warnings.length > 0);
	const state = stateOf(store);
	equal(stateOf(openOn(flash)), state);
	equal(state.length, 5);
});
