/** The simulator's flash keeps the rules of the part, and its file is safe from everybody. */
import { DEVICE_KEY_BYTE_LENGTH, deviceKey } from "hal/flash/device-key";
import Flash from "hal/flash/flash";
import { equal, ok, test, throws } from "test/harness";
import { type PowerCut, PowerCutFlash } from "./power-cut";
import { statePath } from "./state-folder";

const SECTOR = 4096;

function open(path: string, more: object = {}): Flash {
	return new Flash({ path, byteLength: 4 * SECTOR, durable: false, ...more });
}

function openToCut(path: string, cut: PowerCut): PowerCutFlash {
	return new PowerCutFlash({ path, byteLength: 4 * SECTOR, durable: false }, cut);
}

test("a new file is blank, and so are its folders made", () => {
	const flash = new Flash({ path: statePath("a/b/c.flash"), byteLength: 2 * SECTOR });
	equal([flash.byteLength, flash.sectorByteLength], [2 * SECTOR, SECTOR]);
	ok(flash.read(0, 2 * SECTOR).every((byte) => byte === 0xff));
	flash.close();
});

test("programming clears bits, never sets one, and survives closing", () => {
	const path = statePath("x.flash");
	const flash = open(path);
	flash.program(10, Uint8Array.of(0xf0, 0x0f, 0xff));
	flash.program(10, Uint8Array.of(0xc0, 0x0f, 0x01));
	throws(() => flash.program(9, Uint8Array.of(0xff, 0xc1)), /RangeError: .*cannot set a bit at 10: c1 over c0/);
	equal(flash.read(9, 5), Uint8Array.of(0xff, 0xc0, 0x0f, 0x01, 0xff));
	flash.close();
	const again = open(path);
	equal(again.read(9, 5), Uint8Array.of(0xff, 0xc0, 0x0f, 0x01, 0xff));
	again.close();
});

test("erasing takes one whole sector", () => {
	const flash = open(statePath("x.flash"));
	for (const offset of [SECTOR - 1, SECTOR, 2 * SECTOR - 1, 2 * SECTOR]) flash.program(offset, Uint8Array.of(0));
	flash.erase(SECTOR);
	equal(flash.read(SECTOR - 1, 2), Uint8Array.of(0, 0xff));
	equal(flash.read(2 * SECTOR - 1, 2), Uint8Array.of(0xff, 0));
	throws(() => flash.erase(SECTOR + 1), /not the start of a sector/);
	throws(() => flash.erase(4 * SECTOR), /RangeError/);
	equal(flash.statistics, { programs: 4, erases: 1, programmedByteLength: 4 });
	flash.close();
});

test("bounds are checked", () => {
	const flash = open(statePath("x.flash"));
	throws(() => flash.read(4 * SECTOR - 1, 2), /RangeError/);
	throws(() => flash.read(-1, 1), /RangeError/);
	throws(() => flash.read(0.5, 1), /RangeError/);
	throws(() => flash.read(0, Number.NaN), /RangeError/);
	throws(() => flash.program(4 * SECTOR, Uint8Array.of(1)), /RangeError/);
	throws(() => flash.program(SECTOR - 1, Uint8Array.of(1, 1)), /cross a sector/);
	flash.close();
	flash.close();
	throws(() => flash.read(0, 1), /closed/);
	throws(() => open(statePath("x.flash"), { byteLength: SECTOR + 1 }), /multiple of 4096/);
	throws(() => open("", {}), /path/);
});

test("a file of another size is named with both sizes and left alone", () => {
	const path = statePath("x.flash");
	const flash = open(path);
	flash.program(0, Uint8Array.of(1, 2, 3));
	flash.close();
	const error = throws(() => open(path, { byteLength: 2 * SECTOR }));
	equal(String(error), `Error: flash file ${path} has 16384 bytes instead of 8192; it was left as it is`);
	const again = open(path);
	equal(again.read(0, 3), Uint8Array.of(1, 2, 3));
	again.close();
});

test("two phones never share a file", () => {
	const path = statePath("x.flash");
	const flash = open(path);
	equal(String(throws(() => open(path))), `Error: flash file ${path} is in use by another phone`);
	flash.close();
	open(path).close();
});

test("a folder that cannot be written is named", () => {
	equal(
		String(throws(() => open("/proc/sotto/x.flash"))),
		"Error: state folder /proc/sotto cannot be made: No such file or directory",
	);
	throws(() => open("/proc/x.flash"), /^Error: state folder \/proc is not writable: /);
	throws(() => open("/dev/null/x.flash"), /\/dev\/null\/x\.flash/);
	throws(() => open("/dev"), /\/dev cannot be opened for writing/);
});

test("the power goes: a program is cut anywhere, and nothing works any more", () => {
	for (const noise of [0, 12345])
		for (const tear of [0, 0.3, 0.5, 0.99, 1]) {
			const path = statePath("x.flash");
			const flash = openToCut(path, { powerCutAfter: 1, powerCutTear: tear, powerCutNoise: noise });
			flash.program(0, Uint8Array.of(0x11));
			const bytes = new Uint8Array(100).fill(0x5a);
			throws(() => flash.program(100, bytes), /power went off/);
			throws(() => flash.read(0, 1), /power is off/);
			throws(() => flash.program(300, bytes), /power is off/);
			throws(() => flash.erase(0), /power is off/);
			flash.close();
			const again = open(path);
			const found = again.read(100, 100);
			const whole = Math.floor(tear * 100);
			ok(found.subarray(0, whole).every((byte) => byte === 0x5a));
			ok(found.subarray(whole + 1).every((byte) => byte === 0xff));
			// The byte at the edge has lost some of the bits it was to lose, and no others.
			if (whole < 100) equal((found[whole] ?? 0) & 0x5a, 0x5a);
			equal(again.read(0, 1), Uint8Array.of(0x11));
			equal(again.read(300, 1), Uint8Array.of(0xff));
			again.close();
		}
});

test("the power goes: an erase is left half done", () => {
	const seen = new Set<number>();
	for (const noise of [0, 1, 2, 3, 4, 5, 6, 7]) {
		const path = statePath("x.flash");
		const flash = openToCut(path, { powerCutAfter: 1, powerCutTear: 0.5, powerCutNoise: noise });
		flash.program(SECTOR, new Uint8Array(SECTOR).fill(0x3c));
		throws(() => flash.erase(SECTOR), /power went off/);
		flash.close();
		const again = open(path);
		ok(again.read(SECTOR, SECTOR / 2).every((byte) => byte === 0xff));
		const rest = again.read(SECTOR + SECTOR / 2, SECTOR / 2);
		if (noise === 0) ok(rest.every((byte) => byte === 0x3c));
		else for (const byte of rest) seen.add(byte);
		ok(again.read(0, SECTOR).every((byte) => byte === 0xff));
		again.close();
	}
	ok(seen.size > 200, `only ${seen.size} different octets`);
});

test("the device key is made once, and a damaged one is never replaced", () => {
	const path = statePath("device.key");
	const key = deviceKey(path);
	equal(key.length, DEVICE_KEY_BYTE_LENGTH);
	ok(new Set(key).size > 8);
	equal(deviceKey(path), key);
	const other = statePath("x.flash");
	new Flash({ path: other, byteLength: 4096 }).close();
	equal(
		String(throws(() => deviceKey(other))),
		`Error: device key file ${other} has 4096 bytes instead of 32; it was left as it is`,
	);
});
