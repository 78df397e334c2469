/** Peers move to another phone in a file, and a phone forgets everything. */
import { fromHex, toHex } from "bytes/hex";
import { latin1Encode, utf8Encode } from "bytes/text";
import { nativeProvider } from "crypto/native";
import { nobleProvider } from "crypto/noble";
import { equal, ok, test, throws } from "test/harness";
import { size } from "test/size";
import type { ImportDone, ImportOutcome } from "zrtp/store";
import { pbkdf2 } from "zrtp-store/passphrase";
import type { Store } from "zrtp-store/store";
import { numbered, Rig, stateOf } from "./rig";

const PASSPHRASE = utf8Encode("harbour violin cactus Motte");

function fill(store: Store, peers: number): void {
	for (let i = 0; i < peers; i++) {
		const zid = numbered(12, i);
		store.commit(zid, { rs1: numbered(32, i), rs2: numbered(32, i + 500), verified: i % 2 === 0, name: `Peer ${i}` });
		store.commit(zid, {
			rs1: numbered(32, i + 1000),
			rs2: numbered(32, i),
			verified: i % 2 === 0,
			address: `sip:${i}@example.org`,
		});
	}
	store.setNote(numbered(12, 0), "Zimmer 4");
	store.setPbxSecret(numbered(12, 1), numbered(32, 77));
}

function done(outcome: ImportOutcome): ImportDone {
	if ("error" in outcome) throw new Error(outcome.error);
	return outcome;
}

function code(outcome: ImportOutcome): string {
	return "error" in outcome ? outcome.code : "none";
}

test("PBKDF2-HMAC-SHA-256: the vectors of RFC 7914 section 11, one block, and one of 4,096 rounds", () => {
	const [password, salt] = [utf8Encode("passwd"), utf8Encode("salt")];
	const expected = fromHex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
	for (const provider of [nativeProvider, nobleProvider]) equal(pbkdf2(provider, password, salt, 1), expected);
	const longer = pbkdf2(nativeProvider, utf8Encode("password"), utf8Encode("salt"), 4096);
	equal(toHex(longer), "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
	// Minutes of a board's time.
	if (size(80_000, 0) === 0) return;
	const long = pbkdf2(nativeProvider, utf8Encode("Password"), utf8Encode("NaCl"), 80_000);
	equal(toHex(long), "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
});

test("all peers move to a phone that knows nobody, and its own ZID with them", () => {
	const rig = new Rig();
	const old = rig.open();
	fill(old, 20);
	const [state, zid, shown] = [stateOf(old), old.zid, old.list()];
	const file = old.exportPeers(PASSPHRASE);
	rig.blank();
	const store = rig.open();
	ok(toHex(store.zid) !== toHex(zid), "a new phone has a ZID of its own");
	equal(done(store.importPeers(file, PASSPHRASE)), { added: 20, kept: 0, leftOut: 0, ownZid: "taken" });
	equal(store.zid, zid);
	const again = rig.reopen();
	equal(again.zid, zid);
	equal(stateOf(again), state);
	equal(again.list(), shown);
	equal(again.pbxSecret(numbered(12, 1)), numbered(32, 77));
	equal(done(again.importPeers(file, PASSPHRASE)), { added: 0, kept: 20, leftOut: 0, ownZid: "same" });
});

test("a phone with peers of its own keeps them, and takes names without secrets", () => {
	const rig = new Rig();
	fill(rig.open(), 4);
	const file = rig.open().exportPeers(PASSPHRASE);
	rig.blank();
	const store = rig.open();
	const zid = store.zid;
	store.commit(numbered(12, 2), { rs1: numbered(32, 9), verified: true, name: "Mine" });
	equal(done(store.importPeers(file, PASSPHRASE)), { added: 3, kept: 1, leftOut: 0, ownZid: "other" });
	equal(store.zid, zid);
	equal(store.lookup(numbered(12, 2)), { rs1: numbered(32, 9), verified: true, name: "Mine", expired: false });
	equal(store.lookup(numbered(12, 0)), { verified: false, name: "Peer 0", expired: false });
	equal(store.pbxSecret(numbered(12, 1)), undefined);
	equal(store.list().find(({ name }) => name === "Peer 0")?.note, "Zimmer 4");
});

test("for lack of room nobody is dropped; the verified ones come first", () => {
	const rig = new Rig(16);
	fill(rig.open(), 100);
	const file = rig.open().exportPeers(PASSPHRASE);
	const small = new Rig(3, 4096, "other.flash");
	small.blank();
	const store = small.open();
	const { added, leftOut } = done(store.importPeers(file, PASSPHRASE));
	equal(added + leftOut, 100);
	ok(added >= 25 && added < 50, `${added} in two sectors of 4 KB`);
	ok(
		store.list().every(({ verified }) => verified),
		"an unverified one took the room of a verified one",
	);
});

test("a wrong passphrase, a damaged or foreign file and another version are told apart, and change nothing", () => {
	const rig = new Rig();
	const store = rig.open();
	fill(store, 3);
	const file = store.exportPeers(PASSPHRASE);
	const before = rig.contents();
	const attempt = (bytes: Uint8Array, passphrase = PASSPHRASE) => code(store.importPeers(bytes, passphrase));
	equal(attempt(file, utf8Encode("harbour violin cactus motte")), "wrong-passphrase");
	for (let length = 0; length < file.length; length += 7)
		equal(attempt(file.slice(0, length)), length < 8 ? "foreign" : "damaged", `${length} octets`);
	for (let at = 0; at < file.length; at++) {
		const flipped = file.slice();
		flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
		equal(attempt(flipped), at < 8 ? "foreign" : at === 8 ? "version" : "damaged", `octet ${at}`);
	}
	equal(attempt(new Uint8Array(500)), "foreign");
	equal(attempt(Uint8Array.of(...file, 0)), "damaged");
	equal(rig.contents(), before);
	throws(() => store.exportPeers(utf8Encode("seven77")), /at least 8/);
});

test("nothing in the file can be read without the passphrase, and no two are alike", () => {
	const store = new Rig().open();
	store.commit(numbered(12, 1), { rs1: numbered(32, 1), verified: true, name: "Konstantinopel" });
	const file = store.exportPeers(PASSPHRASE);
	for (const secret of [numbered(32, 1), numbered(12, 1), store.zid, latin1Encode("Konstantinopel")])
		ok(secret !== undefined && !toHex(file).includes(toHex(secret)), "plain text in the file");
	ok(toHex(file.slice(40)) !== toHex(store.exportPeers(PASSPHRASE).slice(40)), "the same file twice");
});

test("what a person sees of a peer", () => {
	const rig = new Rig();
	const store = rig.open();
	const zid = numbered(12, 5);
	for (const host of ["a", "b", "c", "d", "b", "e"])
		store.commit(zid, { rs1: numbered(32, 1), verified: true, address: `sip:x@${host}` });
	store.commit(zid, {
		rs1: numbered(32, 2),
		rs2: numbered(32, 1),
		verified: true,
		address: "x".repeat(81),
		lifetimeSec: 5,
	});
	store.rename(zid, "Emma");
	store.setNote(zid, "from the fair");
	const shown = {
		zid,
		verified: true,
		hasSecret: true,
		expired: false,
		addresses: ["sip:x@e", "sip:x@b", "sip:x@d", "sip:x@c"],
		hasPbxSecret: false,
		name: "Emma",
		note: "from the fair",
		lastSeenSec: rig.time / 1000,
	};
	equal(rig.reopen().list(), [shown]);
	rig.time += 6000;
	const later = rig.reopen();
	ok(later.setVerified(zid, false));
	equal(later.list(), [{ ...shown, verified: false, expired: true }]);
});
