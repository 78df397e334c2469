/** A phone whose flash cannot be used goes on without it, says why, and leaves the files as they are. */
import { Storage } from "app/storage";
import { VolatileStore } from "app/volatile-store";
import { board } from "board/board";
import { now } from "board/clock";
import { latin1Decode } from "bytes/text";
import Flash from "hal/flash/flash";
import { type Entry, Log } from "log/log";
import { equal, ok, test } from "test/harness";
import { statePath } from "test/unit/flash/state-folder";

const ZID = new Uint8Array(12).fill(7);
const RS1 = new Uint8Array(32).fill(1);

function open(folder: string, entries: Entry[] = []): Storage {
	return new Storage(folder, new Log({ now, onEntry: (entry) => entries.push(entry) }).area("store"));
}

test("what is stored is found again, under the same ZID, and nothing is amiss", () => {
	const folder = statePath("whole");
	const first = open(folder);
	equal(first.fault, undefined);
	first.secrets.commit(ZID, { rs1: RS1, verified: true, name: "Bob" });
	ok(first.lastGood?.write("{}"));
	const { zid } = first.secrets;
	first.close();
	first.close();
	const second = open(folder);
	equal(second.secrets.zid, zid);
	equal(second.secrets.lookup(ZID)?.rs1, RS1);
	equal(second.lastGood?.read(), "{}");
	second.close();
});

test("a secrets file of the wrong size is named and left alone; the phone remembers until it ends", () => {
	const folder = statePath("short");
	const path = `${folder}/${board.flash.secrets.file}`;
	const other = new Flash({ path, byteLength: 8192, sectorByteLength: 4096, durable: false });
	other.program(0, Uint8Array.of(1, 2, 3));
	other.close();
	const entries: Entry[] = [];
	const storage = open(folder, entries);
	ok(storage.fault?.includes(path), storage.fault);
	ok(storage.fault?.includes("8192"), storage.fault);
	equal(entries.filter((entry) => entry.level === "error").length, 1);
	ok(storage.lastGood, "settings have a file of their own");
	storage.secrets.commit(ZID, { rs1: RS1, verified: false });
	equal(storage.secrets.lookup(ZID)?.rs1, RS1);
	storage.close();
	const untouched = new Flash({ path, byteLength: 8192, sectorByteLength: 4096 });
	equal(untouched.read(0, 4), Uint8Array.of(1, 2, 3, 0xff));
	untouched.close();
});

test("two phones on one folder: the second says that it is in use, and the first is not disturbed", () => {
	const folder = statePath("shared");
	const first = open(folder);
	const second = open(folder);
	ok(second.fault?.includes("in use"), second.fault);
	equal(second.lastGood, undefined);
	first.secrets.commit(ZID, { rs1: RS1, verified: true });
	equal(second.secrets.lookup(ZID), undefined);
	second.close();
	equal(first.secrets.lookup(ZID)?.verified, true);
	first.close();
});

test("the store in memory keeps copies, names and the newest record, and wipes on the way out", () => {
	const store = new VolatileStore((byteLength) => new Uint8Array(byteLength).fill(9));
	equal(store.zid.length, 12);
	const rs1 = RS1.slice();
	store.commit(ZID, { rs1, verified: false, name: "Bob" });
	rs1.fill(0);
	equal(store.lookup(ZID), { rs1: RS1, verified: false, name: "Bob" });
	store.commit(ZID, { rs1: RS1, rs2: RS1, verified: true });
	equal(store.list(), [{ zid: ZID, verified: true, hasSecret: true, name: "Bob" }]);
	store.commit(ZID, { rs1: RS1, verified: true, address: "sip:bob@example.org" });
	equal(store.list()[0]?.addresses, ["sip:bob@example.org"]);
	const pbxsecret = RS1.slice();
	ok(store.setPbxSecret(ZID, pbxsecret));
	pbxsecret.fill(0);
	store.commit(ZID, { rs1: RS1, verified: true });
	equal([store.lookup(ZID)?.pbxsecret, store.list()[0]?.hasPbxSecret], [RS1, true], "a call does not end the trust");
	ok(store.setPbxSecret(ZID, undefined));
	equal([store.lookup(ZID)?.pbxsecret, store.list()[0]?.hasPbxSecret], [undefined, undefined]);
	ok(!store.setPbxSecret(new Uint8Array(12), RS1));
	ok(store.rename(ZID, undefined));
	equal(store.lookup(ZID)?.name, undefined);
	ok(!store.rename(new Uint8Array(12), "nobody"));
	store.forget(ZID);
	equal(store.lookup(ZID), undefined);
	store.commit(ZID, { rs1: RS1, verified: true });
	store.eraseAll();
	equal(store.list(), []);
	store.close();
});

test("a factory erase leaves no settings, no secrets and another ZID, with flash and without", () => {
	const folder = statePath("erased");
	const storage = open(folder);
	storage.secrets.commit(ZID, { rs1: RS1, verified: true, name: "Bob" });
	ok(storage.lastGood?.write('{"secret":"pa55word"}'));
	const before = storage.secrets.zid.slice();
	// A second phone on the same folder gets no flash.
	const other = open(folder);
	other.secrets.commit(ZID, { rs1: RS1, verified: true });
	const otherZid = other.secrets.zid.slice();
	other.eraseAll();
	ok(!same(other.secrets.zid, otherZid));
	equal(other.secrets.length, 0);
	other.close();
	equal(storage.secrets.length, 1, "the other one erased its own memory alone");
	storage.eraseAll();
	equal(storage.secrets.length, 0);
	equal(storage.lastGood?.read(), undefined);
	const { zid } = storage.secrets;
	ok(!same(zid, before));
	storage.close();
	const again = open(folder);
	equal([again.fault, again.secrets.zid, again.secrets.length], [undefined, zid, 0]);
	again.close();
	for (const { file, byteLength, sectorByteLength } of [board.flash.settings, board.flash.secrets]) {
		const flash = new Flash({ path: `${folder}/${file}`, byteLength, sectorByteLength });
		const left = latin1Decode(flash.read(0, 16_384));
		ok(!left.includes("pa55word") && !left.includes("Bob"), file);
		flash.close();
	}
});

function same(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((octet, at) => octet === b[at]);
}
