import { fromHex, toHex } from "bytes/hex";
import { latin1Decode, latin1Encode, utf8Decode, utf8Encode } from "bytes/text";
import { equal, test } from "test/harness";

test("utf-8 both ways, at the edges of each length", () => {
	for (const [text, hex] of [
		["", ""],
		["\u0000", "00"],
		["\u007f", "7f"],
		["\u0080", "c280"],
		["\u07ff", "dfbf"],
		["\u0800", "e0a080"],
		["\uffff", "efbfbf"],
		["\u{10000}", "f0908080"],
		["\u{10ffff}", "f48fbfbf"],
		["\ufeffa", "efbbbf61"],
		["Grüße, 電話 ☎ 📞", "4772c3bcc39f652c20e99bbbe8a9b120e2988e20f09f939e"],
	] as const) {
		equal(toHex(utf8Encode(text)), hex, hex);
		equal(utf8Decode(fromHex(hex) ?? new Uint8Array(1)), text, hex);
	}
});

test("a surrogate alone becomes U+FFFD", () => {
	for (const text of ["\ud800", "\udfff"]) equal(toHex(utf8Encode(text)), "efbfbd");
	equal(toHex(utf8Encode("a\ud83db")), "61efbfbd62");
});

test("malformed utf-8 is refused", () => {
	for (const hex of [
		"80",
		"c3",
		"c328",
		"c080",
		"c1bf",
		"e08080",
		"e09fbf",
		"e282",
		"e28228",
		"eda080",
		"edbfbf",
		"f0808080",
		"f08fbfbf",
		"f4908080",
		"f5808080",
		"f09f93",
		"f8888080",
		"fe",
		"ff",
		"61c3",
		"c3bc80",
	])
		equal(utf8Decode(fromHex(hex) ?? new Uint8Array(0)), undefined, hex);
});

test("long texts, with pairs of surrogates at every place of a chunk", () => {
	for (let before = 0; before < 140; before++) {
		const text = `${"x".repeat(before)}📞${"é".repeat(3)}📞`;
		equal(utf8Decode(utf8Encode(text)), text, `${before}`);
	}
	const long = "SIP/2.0 200 OK\r\n".repeat(500);
	equal(utf8Decode(utf8Encode(long)), long);
});

test("octets 0 in a text, and octets in the middle of a buffer", () => {
	for (const text of ["\u0000", "a\u0000b", "\u0000\u0000é", "end\u0000"]) {
		equal(utf8Decode(utf8Encode(text)), text);
		equal(latin1Decode(latin1Encode(text) ?? new Uint8Array(9)), text);
	}
	const around = utf8Encode("ä-text-ä");
	equal(utf8Decode(around.subarray(2, 8)), "-text-");
	equal(latin1Decode(around.subarray(3, 7)), "text");
	equal(utf8Decode(around.subarray(4, 4)), "");
});

test("latin-1", () => {
	const all = new Uint8Array(256).map((_, i) => i);
	equal(latin1Encode(latin1Decode(all)), all);
	equal(latin1Decode(Uint8Array.of(0x58, 0x32, 0x35, 0x35)), "X255");
	equal(latin1Encode("B32 "), Uint8Array.of(0x42, 0x33, 0x32, 0x20));
	for (const text of ["ā", "☎", "📞", "\ud800"]) equal(latin1Encode(text), undefined);
});
