import { Reader } from "bytes/reader";
import { Writer } from "bytes/writer";
import { equal, test, throws } from "test/harness";

test("what is written is read back", () => {
	const bytes = new Writer(14)
		.u8(0xfe)
		.u16(0xfedc)
		.u32(0xfedcba98)
		.bytes(Uint8Array.of(1, 2, 3))
		.zeros(4)
		.finish();
	const reader = new Reader(bytes);
	equal([reader.u8(), reader.u16(), reader.u32()], [0xfe, 0xfedc, 0xfedcba98]);
	equal(reader.rest(), Uint8Array.of(1, 2, 3, 0, 0, 0, 0));
});

test("what is not filled exactly throws", () => {
	throws(() => new Writer(3).u32(1), RangeError);
	throws(() => new Writer(3).u16(1).u16(1), RangeError);
	throws(() => new Writer(0).u8(1), RangeError);
	throws(() => new Writer(1).bytes(new Uint8Array(2)), RangeError);
	throws(() => new Writer(1).zeros(-1), RangeError);
	throws(() => new Writer(2).u8(1).finish(), RangeError);
	throws(() => new Writer(-1), RangeError);
	throws(() => new Writer(1.5), RangeError);
});

test("a value that does not fit its field throws", () => {
	for (const value of [-1, 256, 1.5, Number.NaN]) throws(() => new Writer(4).u8(value), RangeError);
	for (const value of [-1, 65536]) throws(() => new Writer(4).u16(value), RangeError);
	for (const value of [-1, 2 ** 32]) throws(() => new Writer(4).u32(value), RangeError);
});

test("only what is written can be patched", () => {
	const writer = new Writer(8).u32(0).u16(0);
	writer.patchU16(4, 0x1234).patchU32(0, 0xffffffff);
	throws(() => writer.patchU16(5, 1), RangeError);
	throws(() => writer.patchU32(3, 1), RangeError);
	throws(() => writer.patchU16(-1, 1), RangeError);
	throws(() => writer.patchU16(0, 65536), RangeError);
	equal(writer.offset, 6);
	equal(writer.zeros(2).finish(), Uint8Array.of(255, 255, 255, 255, 0x12, 0x34, 0, 0));
});
