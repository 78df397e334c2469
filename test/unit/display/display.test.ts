import Display from "hal/display/display";
import { equal, ok, test, throws } from "test/harness";

const pixelsOf = (display: Display) => [...new Uint16Array(display.snapshot())];

test("rows go to the area that was begun, in any portions", () => {
	const display = new Display({ width: 4, height: 3 });
	equal([display.width, display.height, display.pixelFormat, display.pixelsToBytes(5)], [4, 3, 7, 10]);
	display.begin(1, 1, 2, 2);
	const rows = new Uint16Array([1, 2, 3, 4]).buffer;
	display.send(rows, 0, 2);
	display.send(rows, 2, 4);
	display.send(rows, 6);
	display.end();
	equal(pixelsOf(display), [0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0]);
	display.begin({ x: 0, y: 0, width: 1, height: 1 });
	display.send(new Uint16Array([9]).buffer);
	display.continue(3, 2, 1, 1);
	display.send(new Uint16Array([8]).buffer);
	display.end();
	equal(pixelsOf(display), [9, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 8]);
	display.close();
});

test("the default is 320 by 240", () => {
	const display = new Display({});
	equal([display.width, display.height], [320, 240]);
	equal(display.snapshot().byteLength, 320 * 240 * 2);
	display.close();
});

test("areas off the glass, too many pixels and bytes that are not there are refused, and nothing is written", () => {
	const display = new Display({ width: 4, height: 3 });
	for (const [x, y, width, height] of [
		[-1, 0, 2, 2],
		[0, -1, 2, 2],
		[3, 0, 2, 2],
		[0, 2, 2, 2],
		[0, 0, 0, 1],
		[0, 0, 1, -1],
		[2_147_483_647, 0, 1, 1],
		[1, 1, 2_147_483_647, 2_147_483_647],
	] as const)
		throws(() => display.begin(x, y, width, height), RangeError);
	throws(() => display.send(new ArrayBuffer(2)), RangeError);
	display.begin(0, 0, 2, 2);
	throws(() => display.send(new ArrayBuffer(10)), /more pixels/);
	throws(() => display.send(new ArrayBuffer(8), 0, 10), /not in the buffer/);
	throws(() => display.send(new ArrayBuffer(8), 6, 4), /not in the buffer/);
	throws(() => display.send(new ArrayBuffer(8), -2, 4), /not in the buffer/);
	throws(() => display.send(new ArrayBuffer(8), 0, 3), /not in the buffer/);
	ok(pixelsOf(display).every((pixel) => pixel === 0));
	display.close();
});

test("sizes out of range are refused, a closed display does nothing more", () => {
	for (const width of [0, -1, 1025, 2_000_000_000]) throws(() => new Display({ width }), RangeError);
	const display = new Display({ width: 4, height: 3 });
	display.close();
	display.close();
	throws(() => display.begin(0, 0, 1, 1), /closed/);
	throws(() => display.snapshot(), /closed/);
});
