import { equal, test } from "test/harness";
import { TextEntry } from "ui/text-entry";

const type = (entry: TextEntry, keys: string, pitchMs: number) => {
	let now = 0;
	for (const key of keys) {
		now += pitchMs;
		entry.key(key, now);
	}
	return entry.text;
};

test("numbers are typed as they are", () => {
	equal(type(new TextEntry({ mode: "123", maxLength: 20 }), "0049*30#", 10), "0049*30#");
});

test("letters turn while the same key follows within a second", () => {
	equal(type(new TextEntry({ mode: "abc", maxLength: 20 }), "222", 100), "c");
	equal(type(new TextEntry({ mode: "abc", maxLength: 20 }), "2222", 100), "2");
	equal(type(new TextEntry({ mode: "abc", maxLength: 20 }), "22222", 100), "a");
	equal(type(new TextEntry({ mode: "abc", maxLength: 20 }), "222", 1000), "aaa");
	equal(type(new TextEntry({ mode: "abc", maxLength: 20 }), "23", 100), "ad");
	equal(type(new TextEntry({ mode: "ABC", maxLength: 20 }), "77", 100), "Q");
	equal(type(new TextEntry({ mode: "abc", maxLength: 20 }), "112", 100), "@a");
});

test("star brings the next letters, in numbers it is a star", () => {
	const entry = new TextEntry({ mode: "abc", maxLength: 20 });
	equal(type(entry, "2*2*2*", 100), "aA2*");
	equal(entry.mode, "123");
	entry.switchMode();
	equal(entry.mode, "abc");
});

test("the length has an end, also while a letter turns; delete takes whole characters", () => {
	const entry = new TextEntry({ text: "ab\u{1f512}", mode: "abc", maxLength: 3 });
	equal(type(entry, "3333", 2000), "ab\u{1f512}");
	entry.delete();
	equal(entry.text, "ab");
	equal(type(entry, "33", 100), "abe");
	entry.delete();
	entry.delete();
	entry.delete();
	entry.delete();
	equal(entry.text, "");
});

test("other keys are not text", () => {
	const entry = new TextEntry({ mode: "abc", maxLength: 3 });
	for (const key of ["ok", "up", "soft1", "hook", "", "10"]) equal(entry.key(key, 0), false);
	equal(entry.text, "");
});
