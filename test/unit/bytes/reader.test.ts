import { Reader } from "bytes/reader";
import { equal, ok, test } from "test/harness";

const BYTES = Uint8Array.of(0x01, 0xff, 0xfe, 0x80, 0, 0, 1, 9, 8, 7);

test("fields are big-endian and unsigned", () => {
	const reader = new Reader(BYTES);
	equal(reader.byteLength, 10);
	equal(reader.u8(), 0x01);
	equal(reader.u16(), 0xfffe);
	equal(reader.u32(), 0x80000001);
	equal([reader.offset, reader.remaining], [7, 3]);
	equal(reader.rest(), Uint8Array.of(9, 8, 7));
	equal([reader.remaining, reader.overrun], [0, false]);
});

test("an overrun is sticky: everything after it is 0 and empty", () => {
	const reads: readonly ((reader: Reader) => unknown)[] = [
		(reader) => reader.u8(),
		(reader) => reader.u16(),
		(reader) => reader.u32(),
		(reader) => reader.bytes(1).length,
		(reader) => reader.view(1).length,
		(reader) => reader.rest().length,
		(reader) => reader.sub(0).byteLength,
	];
	const overruns: readonly ((reader: Reader) => void)[] = [
		(reader) => reader.skip(11),
		(reader) => void reader.bytes(11),
		(reader) => void reader.view(-1),
		(reader) => reader.skip(1.5),
		(reader) => reader.skip(Number.NaN),
		(reader) => reader.skip(2 ** 32 + 1),
		(reader) => void reader.sub(11),
		(reader) => {
			reader.offset = 11;
		},
		(reader) => {
			reader.offset = -1;
		},
	];
	for (const overrun of overruns) {
		const reader = new Reader(BYTES);
		ok(!reader.overrun);
		overrun(reader);
		for (const read of reads) equal(read(reader), 0);
		reader.offset = 0;
		ok(reader.overrun, "moving back does not forgive");
		equal([reader.u8(), reader.remaining], [0, 0]);
	}
});

test("a field that is half there gives 0, not its half", () => {
	const reader = new Reader(Uint8Array.of(1, 2, 3));
	equal(reader.u32(), 0);
	ok(reader.overrun);
});

test("bytes copies, view does not", () => {
	const input = Uint8Array.of(1, 2, 3, 4);
	const reader = new Reader(input);
	const copy = reader.bytes(2);
	const view = reader.view(2);
	input.fill(9);
	equal([copy, view], [Uint8Array.of(1, 2), Uint8Array.of(9, 9)]);
});

test("a sub-reader cannot leave its part", () => {
	const reader = new Reader(BYTES);
	const sub = reader.sub(2);
	equal([sub.u16(), sub.overrun], [0x01ff, false]);
	equal([sub.u8(), sub.overrun], [0, true]);
	equal([reader.u8(), reader.overrun], [0xfe, false], "the outer reader goes on behind it");
	ok(new Reader(BYTES).sub(11).overrun, "a part that is not there is overrun from the start");
});

test("an input that is itself a view", () => {
	const reader = new Reader(BYTES.subarray(7, 9));
	equal([reader.u16(), reader.u8(), reader.overrun], [0x0908, 0, true]);
});
