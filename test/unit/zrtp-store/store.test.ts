/** The store of retained secrets: what goes in comes out again after the power was off; nothing else does. */
import { utf8Encode } from "bytes/text";
import { nobleProvider } from "crypto/noble";
import { equal, ok, test, throws } from "test/harness";
import { size } from "test/size";
import { type Store, StoreError } from "zrtp-store/store";
import { numbered, Rig, Seeded, stateOf } from "./rig";

const zid = (n: number) => numbered(12, n);
const secret = (n: number) => numbered(32, n);

/** Where `needle` first lies in `bytes`, or -1. */
function find(bytes: Uint8Array, needle: Uint8Array): number {
	for (let at = 0; at + needle.length <= bytes.length; at++)
		if (needle.every((byte, i) => bytes[at + i] === byte)) return at;
	return -1;
}

function codeOf(error: unknown): string {
	ok(error instanceof StoreError, String(error));
	return error.code;
}

test("own ZID is made once and kept", () => {
	const rig = new Rig();
	const first = rig.open();
	equal(first.zid.length, 12);
	equal(first.length, 0);
	equal(rig.reopen().zid, first.zid);
	equal(new Rig().open({ random: new Seeded(8).bytes }).zid.length, 12);
	equal(rig.warnings, []);
});

test("a commit is found again after the power was off, by both providers", () => {
	const rig = new Rig();
	const store = rig.open();
	equal(store.lookup(zid(1)), undefined);
	store.commit(zid(1), { rs1: secret(1), verified: false });
	store.commit(zid(2), { rs1: secret(2), rs2: secret(1), verified: true, name: "Ada Lövelace" });
	for (const open of [() => store, () => rig.reopen(), () => rig.reopen({ provider: nobleProvider })]) {
		const again = open();
		equal(again.length, 2);
		equal(again.lookup(zid(1)), { rs1: secret(1), verified: false, expired: false });
		equal(again.lookup(zid(2)), {
			rs1: secret(2),
			rs2: secret(1),
			verified: true,
			name: "Ada Lövelace",
			expired: false,
		});
		equal(again.lookup(zid(3)), undefined);
		equal(
			again.list().map(({ zid, verified, name }) => [zid, verified, name]),
			[
				[zid(1), false, undefined],
				[zid(2), true, "Ada Lövelace"],
			],
		);
	}
	equal(rig.warnings, []);
});

test("a commit replaces the secrets and leaves the name; absent secrets are erased", () => {
	const rig = new Rig();
	const store = rig.open();
	store.commit(zid(1), { rs1: secret(1), rs2: secret(2), verified: true, name: "Bob" });
	store.commit(zid(1), { rs1: secret(3), verified: false });
	equal(store.lookup(zid(1)), { rs1: secret(3), verified: false, name: "Bob", expired: false });
	store.commit(zid(1), { verified: false });
	equal(rig.reopen().lookup(zid(1)), { verified: false, name: "Bob", expired: false });
	equal(rig.warnings, []);
});

test("renaming, verifying and forgetting", () => {
	const rig = new Rig();
	const store = rig.open();
	store.commit(zid(1), { rs1: secret(1), rs2: secret(2), verified: false });
	equal(store.setVerified(zid(1), true), true);
	equal(store.rename(zid(1), "Grace"), true);
	equal(store.setVerified(zid(9), true), false);
	equal(store.rename(zid(9), "Nobody"), false);
	equal(rig.reopen().lookup(zid(1)), { rs1: secret(1), rs2: secret(2), verified: true, name: "Grace", expired: false });
	const again = rig.open();
	again.rename(zid(1), undefined);
	equal(again.lookup(zid(1))?.name, undefined);
	again.rename(zid(1), "é".repeat(40));
	equal(again.lookup(zid(1))?.name, "é".repeat(32), "cut at a whole character");
	again.forget(zid(1));
	again.forget(zid(1));
	equal(again.lookup(zid(1)), undefined);
	equal([again.length, rig.reopen().length], [0, 0]);
	equal(rig.warnings, []);
});

test("a lifetime passes; none is for ever; without a clock nothing expires", () => {
	const rig = new Rig();
	const store = rig.open();
	store.commit(zid(1), { rs1: secret(1), verified: false, lifetimeSec: 60 });
	store.commit(zid(2), { rs1: secret(1), verified: false, lifetimeSec: 0xffffffff });
	store.commit(zid(3), { rs1: secret(1), verified: false, lifetimeSec: 0 });
	store.commit(zid(4), { rs1: secret(1), verified: false });
	const expired = () => [1, 2, 3, 4].map((n) => store.lookup(zid(n))?.expired);
	equal(expired(), [false, false, true, false]);
	rig.time += 59_000;
	equal(expired(), [false, false, true, false]);
	rig.time += 1000;
	equal(expired(), [true, false, true, false]);
	// Renaming does not make a secret younger.
	store.rename(zid(1), "x");
	equal(expired(), [true, false, true, false]);
	rig.time += 1e13;
	equal(expired(), [true, false, true, false]);
	rig.time = 0;
	equal(expired(), [false, false, true, false]);
	store.commit(zid(1), { rs1: secret(1), verified: false, lifetimeSec: 60 });
	equal(expired(), [false, false, true, false]);
});

test("nothing on flash can be read without the device key", () => {
	const rig = new Rig();
	const store = rig.open();
	store.commit(zid(1), { rs1: secret(1), rs2: secret(2), verified: true, name: "Rosalind" });
	const contents = rig.contents();
	for (const needle of [secret(1), secret(2), zid(1), utf8Encode("Rosalind"), secret(1).subarray(0, 8)])
		equal(find(contents, needle), -1);
	// The same record twice is different octets each time.
	const before = contents.slice(128 + 16, 128 + 16 + 100);
	const other = new Rig(4, 4096, "other.flash");
	other.random.below(3);
	other.open().commit(zid(1), { rs1: secret(1), rs2: secret(2), verified: true, name: "Rosalind" });
	ok(find(other.contents(), before.subarray(0, 16)) < 0);
});

test("what is replaced or forgotten becomes zeros at once", () => {
	const rig = new Rig();
	const store = rig.open();
	store.commit(zid(1), { rs1: secret(1), verified: true });
	const before = rig.contents();
	const body = before.slice(128 + 16, 128 + 16 + 13 + 34 + 10);
	ok(body.some((byte) => byte !== 0));
	store.commit(zid(1), { rs1: secret(2), rs2: secret(1), verified: true });
	ok(
		rig
			.contents()
			.slice(128 + 16, 128 + 16 + body.length + 16)
			.every((byte) => byte === 0),
	);
	store.commit(zid(2), { rs1: secret(3), verified: true });
	store.forget(zid(1));
	store.forget(zid(2));
	const { programs } = rig.flash.statistics;
	// Every body in the sector is zeros now: only record headers are left.
	const left = rig.contents().slice(128, 4096);
	for (let cell = 0; cell < left.length; cell += 16) {
		const bytes = left.subarray(cell, cell + 16);
		ok(bytes[0] === 0x5a || bytes.every((byte) => byte === 0 || byte === 0xff), `cell ${cell}`);
	}
	rig.reopen();
	equal(rig.flash.statistics.programs, 0, "opening finds nothing to put in order");
	ok(programs > 0);
});

test("thousands of commits in two sectors; the sectors wear evenly", () => {
	const rig = new Rig(2);
	const store = rig.open();
	const commits = size(1500, 200);
	for (let i = 0; i < commits; i++) {
		const peer = i % 5;
		store.commit(zid(peer), { rs1: secret(i), rs2: secret(i - 5), verified: peer === 0, name: `peer ${peer}` });
	}
	const { programs, erases, programmedByteLength } = rig.flash.statistics;
	const again = rig.reopen();
	equal(again.length, 5);
	for (let i = commits - 5; i < commits; i++)
		equal(again.lookup(zid(i % 5)), {
			rs1: secret(i),
			rs2: secret(i - 5),
			verified: i % 5 === 0,
			name: `peer ${i % 5}`,
			expired: false,
		});
	ok(erases < commits / 10, `${erases} erases, ${programs} programs, ${programmedByteLength} bytes`);
	const counter = (offset: number) => new DataView(rig.flash.read(offset, 4).buffer).getUint32(0);
	// In the header of a sector that is in use, in the clean mark of one that is not.
	const eraseCount = (sector: number) => Math.min(counter(sector * 4096 + 24), counter(sector * 4096 + 112 + 4));
	ok(Math.abs(eraseCount(0) - eraseCount(1)) <= 1, `${eraseCount(0)} and ${eraseCount(1)} erases`);
	equal(rig.warnings, []);
});

test("a thousand peers in 256 KB", () => {
	const peers = size(1000, 60);
	const rig = new Rig(64);
	const store = rig.open();
	for (let round = 0; round < 2; round++)
		for (let i = 0; i < peers; i++)
			store.commit(zid(i), { rs1: secret(i + round), rs2: secret(i), verified: i % 2 === 0, name: `peer number ${i}` });
	equal(store.length, peers);
	const again = rig.reopen();
	equal(again.length, peers);
	for (let i = 0; i < peers; i += 37)
		equal(again.lookup(zid(i)), {
			rs1: secret(i + 1),
			rs2: secret(i),
			verified: i % 2 === 0,
			name: `peer number ${i}`,
			expired: false,
		});
	equal(rig.warnings, []);
});

test("blocks of 256 KB", () => {
	const [commits, peers] = [size(2500, 200), size(100, 20)];
	const rig = new Rig(2, size(262_144, 16_384));
	const store = rig.open();
	for (let i = 0; i < commits; i++)
		store.commit(zid(i % peers), { rs1: secret(i), rs2: secret(i - 1), verified: false });
	ok(rig.flash.statistics.erases >= 1, "the second block was never taken");
	const again = rig.reopen();
	equal(again.length, peers);
	equal(again.lookup(zid(peers - 1))?.rs1, secret(commits - 1));
	equal(rig.warnings, []);
});

test("a full store drops the unverified peer not met for the longest time, and says so; never a verified one", () => {
	const rig = new Rig(2);
	const store = rig.open();
	const commit = (n: number, verified: boolean) => store.commit(zid(n), { rs1: secret(n), rs2: secret(n), verified });
	commit(1000, true);
	let peers = 1;
	for (; rig.warnings.length === 0; peers++) commit(peers, false);
	equal(rig.warnings, ["the store is full: an unverified peer that was not met for the longest time was dropped"]);
	ok(peers > 15, `${peers} peers in one sector`);
	equal(store.lookup(zid(1)), undefined);
	ok(store.lookup(zid(2)));
	ok(store.lookup(zid(1000)));
	// A peer that is there already is always replaced without loss.
	for (let i = 0; i < 100; i++) commit(2 + (i % 5), false);
	equal(rig.warnings.length, 1);
	for (let n = 2; n < peers; n++) store.setVerified(zid(n), true);
	const all = stateOf(store);
	equal(rig.warnings.slice(1), []);
	const error = throws(() => commit(5000, false), StoreError);
	equal(codeOf(error), "full");
	for (let n = 2; n < peers; n++) commit(n, true);
	commit(1000, true);
	equal(stateOf(rig.reopen()).length, all.length);
});

test("bad arguments are told at once", () => {
	const rig = new Rig();
	const store: Store = rig.open();
	throws(() => store.commit(new Uint8Array(11), { verified: false }), /zid: 11 bytes/);
	throws(() => store.commit(zid(1), { rs1: new Uint8Array(31), verified: false }), /rs1: 31 bytes/);
	throws(() => store.lookup(new Uint8Array(13)), /zid: 13 bytes/);
	throws(() => rig.reopen({ deviceKey: new Uint8Array(31) }), /deviceKey: 31 bytes/);
	throws(() => new Rig(1).open(), /two sectors or more/);
	throws(() => new Rig(8, 512).open(), /1024 bytes or more/);
});
