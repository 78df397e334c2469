/** Export, import and factory erase on the screen, over a real store and a real file. */
import { readFile, writeFile } from "board/files";
import { toHex } from "bytes/hex";
import { latin1Decode, utf8Encode } from "bytes/text";
import { equal, ok, test, throws } from "test/harness";
import { stateOf } from "test/unit/zrtp-store/rig";
import { PASSPHRASE_MAXIMUM, PassphraseEntry } from "ui/passphrase-entry";
import { type Known, zidOf } from "./known";
import { CALL, IDLE, Stage, withCall } from "./scenes";

const MENU = ["soft4", "soft1", "soft3"];
const EXPORT = [...MENU, "ok"];
const IMPORT = [...MENU, "down", "ok"];
const ERASE = [...MENU, "down", "down", "down", "ok"];
const WORD = "harbour violin";
const RINGING = { ...CALL, direction: "incoming", state: "ringing", durationMs: 0 } as const;

function three(known: Known): void {
	known.meet(3, { daysAgo: 2, verified: false });
	known.meet(2, { daysAgo: 1, verified: false, name: "Carol" });
	known.meet(1, { daysAgo: 0, verified: true, name: "Bob", address: "sip:bob@example.org" });
}

function exported(stage: Stage, word = WORD): Uint8Array | undefined {
	stage.press(...EXPORT);
	stage.type(word);
	stage.press("soft1");
	stage.type(word);
	stage.press("soft1", "wait");
	return readFile(stage.known.path, 1 << 20);
}

test("all that is known moves to a new handset: passphrase twice there, once here, and the ZID with it", () => {
	const old = new Stage(IDLE, { known: three });
	const file = exported(old);
	equal(old.ui.screen, "message");
	ok(file && file.length > 200);
	ok(!latin1Decode(file).includes("Bob") && !latin1Decode(file).includes(WORD));
	const fresh = new Stage(IDLE);
	writeFile(fresh.known.path, file);
	fresh.press(...IMPORT);
	fresh.type(WORD);
	fresh.press("soft1");
	equal(fresh.ui.screen, "passphrase", "the work is announced first");
	fresh.press("1", "2", "soft1", "soft4");
	equal(fresh.ui.screen, "passphrase");
	fresh.press("wait");
	equal(fresh.ui.screen, "message");
	equal(stateOf(fresh.known.store), stateOf(old.known.store));
	equal(fresh.known.store.zid, old.known.store.zid);
	fresh.press("ok");
	equal(fresh.ui.screen, "peers");
	for (const stage of [old, fresh]) {
		equal(
			stage.known.log.filter(({ text }) => text.includes("harbour") || text.includes("violin")),
			[],
		);
		stage.close();
	}
});

test("another passphrase, no file, half a file: a sentence, and nothing changes", () => {
	const old = new Stage(IDLE, { known: three });
	const file = exported(old) ?? new Uint8Array(0);
	old.close();
	for (const [content, word] of [
		[file, "harbour violim"],
		[undefined, WORD],
		[file.slice(0, 99), WORD],
		[utf8Encode("hello"), WORD],
	] as const) {
		const stage = new Stage(IDLE, { known: (known) => void known.meet(7, { daysAgo: 1, verified: true }) });
		const before = [toHex(stage.known.store.zid), ...stateOf(stage.known.store)];
		if (content) writeFile(stage.known.path, content);
		stage.press(...IMPORT);
		stage.type(word);
		stage.press("soft1", "wait");
		equal(stage.ui.screen, "message");
		equal([toHex(stage.known.store.zid), ...stateOf(stage.known.store)], before);
		stage.press("soft4");
		equal(stage.ui.screen, "peers-menu");
		stage.close();
	}
});

test("too short, or not the same twice: nothing is written, and it begins again", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...EXPORT, "soft1", "ok");
	stage.type("harbour");
	stage.press("soft1", "ok");
	// Seven are not enough; the eighth is typed now.
	stage.type("s");
	stage.press("soft1");
	stage.type("harbours x");
	stage.press("soft1", "wait");
	equal(stage.ui.screen, "passphrase");
	equal(readFile(stage.known.path, 1 << 20), undefined);
	// From the beginning: what was typed first does not count any more.
	stage.type("harbours");
	stage.press("soft1");
	stage.type("harbours");
	stage.press("soft1", "wait");
	equal(stage.ui.screen, "message");
	ok(readFile(stage.known.path, 1 << 20));
	stage.close();
});

test("what is typed cannot be read off the screen: two words of one length look the same at every key", () => {
	const look = (word: string) => {
		const stage = new Stage(IDLE, { known: three });
		stage.press(...EXPORT);
		const frames: Uint16Array[] = [];
		for (const letter of word) {
			stage.type(letter);
			stage.ui.tick(stage.now);
			frames.push(stage.pixels());
		}
		stage.press("soft1");
		frames.push(stage.pixels());
		stage.close();
		return frames;
	};
	// First letters of their keys: the same number of presses, at the same times.
	const [one, other] = [look("adgjmptw"), look("wtpmjgda")];
	equal(one.length, 9);
	one.forEach((frame, index) => {
		const second = other[index];
		equal(
			frame.findIndex((pixel, at) => pixel !== second?.[at]),
			-1,
			`key ${index}`,
		);
	});
});

test("a call that comes wipes what was typed; an export that was on its way is refused and says nothing over the call", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...EXPORT);
	stage.type(WORD);
	stage.show(withCall(RINGING));
	stage.show(IDLE);
	stage.press("hook", "cancel", ...EXPORT, "soft1");
	equal(stage.ui.screen, "passphrase");
	stage.type(WORD);
	stage.press("soft1");
	stage.type(WORD);
	stage.press("soft1");
	stage.show(withCall({ ...RINGING, id: 2 }));
	stage.press("wait");
	equal(stage.ui.screen, "incoming");
	equal(readFile(stage.known.path, 1 << 20), undefined);
	stage.close();
});

test("the octets of a passphrase are wiped, by whoever had them", () => {
	const entry = new PassphraseEntry();
	const other = new PassphraseEntry();
	for (const [index, key] of [..."1234567890*#22"].entries()) {
		entry.key(key, index * 2000);
		other.key(key, index * 2000);
	}
	ok(entry.equals(other) && entry.length > 8);
	other.delete();
	ok(!entry.equals(other));
	const copy = entry.copy();
	equal(copy.length, entry.length);
	entry.wipe();
	equal([entry.length, entry.copy().length], [0, 0]);
	for (let index = 0; index < 100; index += 1) entry.key("2", index * 2000);
	equal(entry.length, PASSPHRASE_MAXIMUM);
	entry.key("2", 198_100);
	equal(entry.copy()[PASSPHRASE_MAXIMUM - 1], 0x41, "what has no room turns no letter");

	const stage = new Stage(IDLE, { known: three });
	for (const word of ["violin!!", "short"]) {
		const given = utf8Encode(word);
		stage.known.phones.export(given);
		equal(given, new Uint8Array(word.length), word);
		const again = utf8Encode(word);
		stage.known.phones.import(new Uint8Array(3), again);
		equal(again, new Uint8Array(word.length), word);
	}
	stage.close();
});

test("a file that cannot be written or read is named", () => {
	const stage = new Stage(IDLE, { known: three });
	const folder = stage.known.path.replace("known-phones.sotto", "");
	equal(readFile(`${folder}nothing`, 10), undefined);
	throws(() => readFile(folder, 10), /is no file/);
	throws(() => writeFile(`${folder}no/such`, new Uint8Array(1)), /no\/such cannot be written: No such file/);
	writeFile(stage.known.path, new Uint8Array(11).fill(1));
	throws(() => readFile(stage.known.path, 10), /longer than 10 bytes/);
	writeFile(stage.known.path, Uint8Array.of(2, 3));
	equal(readFile(stage.known.path, 10), Uint8Array.of(2, 3));
	writeFile(stage.known.path, new Uint8Array(0));
	equal(readFile(stage.known.path, 10), new Uint8Array(0));
	stage.close();
});

test("factory erase: the word is typed, a wrong letter begins it again, and only then the key is there", () => {
	const stage = new Stage(IDLE, { known: three });
	const zid = toHex(stage.known.store.zid);
	stage.press(...ERASE, "soft1", "ok", ..."3727", "soft1", "ok", "3", "soft3", "soft1", "4", "3", "soft1");
	equal(stage.ui.screen, "erase");
	equal(stage.known.store.length, 3);
	stage.press("4", ..."37273", "ok");
	equal(stage.known.store.length, 3, "ok is what is pressed without reading");
	stage.press("soft1");
	equal(stage.ui.screen, "message");
	equal([stage.known.store.length, stage.known.events.includes("erased")], [0, true]);
	ok(toHex(stage.known.store.zid) !== zid);
	stage.press("soft4");
	equal(stage.ui.screen, "peers-menu");
	// Nobody comes back.
	stage.known.restart();
	equal(stage.known.store.length, 0);
	ok(toHex(stage.known.store.zid) !== zid);
	stage.close();
});

test("factory erase in a call: refused, also where the word was typed before the call came", () => {
	const stage = new Stage(IDLE, { known: three });
	stage.press(...ERASE, ..."37273");
	stage.show(withCall(CALL));
	stage.press("soft1");
	equal(stage.ui.screen, "message");
	equal([stage.known.store.length, stage.known.events.includes("erased")], [3, false]);
	stage.close();
});

function opened(open: () => void): boolean {
	try {
		open();
		return true;
	} catch (error) {
		ok(String(error).includes("the power went off"), String(error));
		return false;
	}
}

test("factory erase, and the power goes at each moment: everything as before, or nothing at all under a new ZID", () => {
	let cuts = 0;
	let before = 0;
	for (const tear of [0, 0.5, 1])
		for (let after = 0, done = false; !done; after += 1) {
			ok(after < 100, "it never ends");
			const stage = new Stage(IDLE, { known: three });
			const zid = toHex(stage.known.store.zid);
			const state = stateOf(stage.known.store);
			// Each opening writes a little: the power may go right there.
			const up = opened(() => stage.known.restart({ powerCutAfter: after, powerCutTear: tear }));
			if (up) {
				stage.press(...ERASE, ..."37273", "soft1");
				equal(stage.ui.screen, "message");
			}
			done = stage.known.events.includes("erased");
			if (!done) cuts += 1;
			stage.known.restart();
			const { store } = stage.known;
			if (toHex(store.zid) === zid) {
				before += 1;
				ok(!done, "it said that it was erased");
				equal(stateOf(store), state, `after ${after}, tear ${tear}`);
			} else equal(store.length, 0, `after ${after}, tear ${tear}`);
			equal(store.lookup(zidOf(1)) === undefined, toHex(store.zid) !== zid);
			stage.close();
		}
	ok(cuts > 10 && before > 0 && before < cuts, `${cuts} cuts, ${before} before`);
});
