import { now } from "board/clock";
import { gc, heap } from "board/heap";
import { programArguments } from "board/process";
import { equal, ok, test, throws } from "test/harness";

/* Not a forwarding body: these stay calls of native() and Native() at run time. */
function nativeByName(name: string): NativeFunction {
	return native(name);
}

test("native() finds a C function at run time, and gives the same function again", () => {
	const clock = nativeByName("xs_clock_now");
	ok(clock === nativeByName("xs_clock_now"));
	const before = now();
	const between: number = clock.call(undefined);
	ok(before <= between && between <= now());
});

test("an unknown name is a ReferenceError that tells the name", () => {
	throws(() => nativeByName("xs_no_such_thing"), /xs_no_such_thing/);
	throws(() => Native("xs_no_such_thing"), ReferenceError);
});

test("heap figures are those of this machine", () => {
	gc();
	const before = heap();
	const kept = new Uint8Array(200_000);
	gc();
	const after = heap();
	ok(
		after.chunksByteLength - before.chunksByteLength >= 200_000,
		`grew by ${after.chunksByteLength - before.chunksByteLength}`,
	);
	ok(after.garbageCollections > before.garbageCollections);
	ok(after.slotsByteLength <= after.slotsReservedByteLength);
	ok(kept.length === 200_000);
});

test("arguments are strings", () => {
	for (const argument of programArguments()) equal(typeof argument, "string");
});

test("XS text conversions", () => {
	equal(new Uint8Array(ArrayBuffer.fromString("aé")), new Uint8Array([0x61, 0xc3, 0xa9]));
	equal(String.fromArrayBuffer(new Uint8Array([0x61, 0xc3, 0xa9]).buffer), "aé");
});
