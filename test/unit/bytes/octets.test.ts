import { fromBase64, toBase64 } from "bytes/base64";
import { compare } from "bytes/compare";
import { concat } from "bytes/concat";
import { crc32c } from "bytes/crc32c";
import { equal as equalBytes } from "bytes/equal";
import { fromHex, toHex } from "bytes/hex";
import { utf8Encode } from "bytes/text";
import { wipe } from "bytes/wipe";
import { equal, ok, test, throws } from "test/harness";

test("equal looks at every octet and at both lengths", () => {
	const a = Uint8Array.of(1, 2, 3);
	ok(equalBytes(a, Uint8Array.of(1, 2, 3)));
	ok(equalBytes(new Uint8Array(0), new Uint8Array(0)));
	for (const b of [[0, 2, 3], [1, 2, 2], [1, 2], [1, 2, 3, 0], []])
		ok(!equalBytes(a, Uint8Array.from(b)) && !equalBytes(Uint8Array.from(b), a), String(b));
	ok(!equalBytes(Uint8Array.of(0), new Uint8Array(0)) && !equalBytes(new Uint8Array(0), Uint8Array.of(0)));
	// A difference in a high bit of the length must not be lost to a narrower type.
	ok(!equalBytes(new Uint8Array(1), new Uint8Array(257)));
});

test("compare orders big-endian numbers", () => {
	equal(compare(Uint8Array.of(1, 255), Uint8Array.of(2, 0)), -1);
	equal(compare(Uint8Array.of(255, 0), Uint8Array.of(127, 255)), 1);
	equal(compare(Uint8Array.of(5, 5), Uint8Array.of(5, 5)), 0);
	throws(() => compare(new Uint8Array(1), new Uint8Array(2)), RangeError);
});

test("concat and wipe", () => {
	const a = Uint8Array.of(1, 2);
	const joined = concat(a, new Uint8Array(0), Uint8Array.of(3));
	equal(joined, Uint8Array.of(1, 2, 3));
	wipe(a, undefined, joined.subarray(1));
	equal([a, joined], [Uint8Array.of(0, 0), Uint8Array.of(1, 0, 0)], "concat copied; a view wipes its part alone");
	equal(concat(), new Uint8Array(0));
});

test("hex", () => {
	const all = new Uint8Array(256).map((_, i) => i);
	equal(fromHex(toHex(all)), all);
	equal(toHex(Uint8Array.of(0, 15, 16, 255)), "000f10ff");
	equal(fromHex("AbCd"), Uint8Array.of(0xab, 0xcd));
	equal(fromHex(""), new Uint8Array(0));
	for (const text of ["0", "0g", "0x", " 0", "00 ", "ÄÄ"]) equal(fromHex(text), undefined, text);
});

test("base64, RFC 4648 section 10", () => {
	for (const [text, encoded] of [
		["", ""],
		["f", "Zg=="],
		["fo", "Zm8="],
		["foo", "Zm9v"],
		["foob", "Zm9vYg=="],
		["fooba", "Zm9vYmE="],
		["foobar", "Zm9vYmFy"],
	] as const) {
		equal(toBase64(utf8Encode(text)), encoded);
		equal(fromBase64(encoded), utf8Encode(text));
		equal(fromBase64(encoded.split("=")[0] ?? ""), utf8Encode(text), "without padding");
	}
	const all = new Uint8Array(256).map((_, i) => i);
	equal(fromBase64(toBase64(all)), all);
	for (const text of ["A", "AA=", "A===", "AA==AA==", "Zh==", "Zm9=", "Zm9v\n", "Zm-v", "=", "===="])
		equal(fromBase64(text), undefined, text);
});

test("crc32c is what a big-endian field carries", () => {
	equal(crc32c(utf8Encode("123456789")), 0x839206e3);
	equal(crc32c(new Uint8Array(0)), 0);
	// RFC 3720 appendix B.4 prints the octets as they are sent.
	equal(crc32c(new Uint8Array(32)), 0xaa36918a);
	equal(crc32c(new Uint8Array(32).fill(0xff)), 0x43aba862);
	equal(crc32c(new Uint8Array(32).map((_, i) => i)), 0x4e79dd46);
	equal(crc32c(new Uint8Array(32).map((_, i) => 31 - i)), 0x5cdb3f11);
});
