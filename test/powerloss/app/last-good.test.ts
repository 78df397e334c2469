/** The power cut at every program and erase while a config is kept: what is found afterwards is the old one or the new one, whole. */
import { LastGood } from "app/last-good";
import { equal, ok, test } from "test/harness";
import { size } from "test/size";
import { type PowerCut, PowerCutFlash } from "test/unit/flash/power-cut";
import { statePath } from "test/unit/flash/state-folder";

const SECTOR = 512;

class Part {
	readonly path = statePath("settings.flash");
	readonly byteLength: number;
	#flash: PowerCutFlash | undefined;

	constructor(sectors: number) {
		this.byteLength = sectors * SECTOR;
		/* A board has one part of a name for all tests, one after the other. */
		this.blank();
	}

	/** Off and on; perhaps to fail after so many operations. */
	power(cut: PowerCut = {}): PowerCutFlash {
		this.#flash?.close();
		const { path, byteLength } = this;
		this.#flash = new PowerCutFlash({ path, byteLength, sectorByteLength: SECTOR, durable: false }, cut);
		return this.#flash;
	}

	blank(): void {
		const flash = this.power();
		for (let offset = 0; offset < this.byteLength; offset += SECTOR) flash.erase(offset);
	}

	close(): void {
		this.#flash?.close();
	}
}

/** A config of about so many octets, different for every number. */
function config(number: number, length: number): string {
	return JSON.stringify({ number, text: String.fromCharCode(97 + (number % 26)).repeat(length) });
}

/** @returns false when the power went */
function written(flash: PowerCutFlash, text: string): boolean {
	try {
		ok(new LastGood(flash).write(text), "too long");
		return true;
	} catch (error) {
		if (error instanceof Error && error.name === "AssertionError") throw error;
		return false;
	}
}

test("what was kept is found again; the newest of many; nothing on a blank part", () => {
	const part = new Part(8);
	equal(new LastGood(part.power()).read(), undefined);
	for (let number = 0; number < 20; number++) {
		const text = config(number, (number * 97) % 1900);
		ok(new LastGood(part.power()).write(text));
		equal(new LastGood(part.power()).read(), text);
	}
	part.close();
});

test("the same text again costs the flash nothing", () => {
	const part = new Part(4);
	const flash = part.power();
	const lastGood = new LastGood(flash);
	ok(lastGood.write("{}"));
	const { programs, erases } = flash.statistics;
	ok(lastGood.write("{}"));
	equal([flash.statistics.programs, flash.statistics.erases], [programs, erases]);
	part.close();
});

test("a text that fits no slot changes nothing; one that fits exactly is kept", () => {
	const part = new Part(4);
	const lastGood = new LastGood(part.power());
	const most = 2 * SECTOR - 16;
	ok(lastGood.write("x".repeat(most)));
	equal(lastGood.write("x".repeat(most + 1)), false);
	// Octets count, not characters.
	equal(lastGood.write("é".repeat(most / 2 + 1)), false);
	equal(lastGood.read(), "x".repeat(most));
	ok(lastGood.write("Zoë 📞"));
	equal(lastGood.read(), "Zoë 📞");
	part.close();
});

for (const [length, nextLength] of [
	[10, 20],
	[10, 1900],
	[1900, 10],
	[700, 1500],
] as const)
	test(`${length} characters are replaced by ${nextLength}, and the power goes at each moment`, () => {
		const part = new Part(8);
		let cuts = 0;
		for (const tear of [0, 0.5, 1, 0.1, 0.9].slice(0, size(5, 3)))
			for (const noise of tear === 0 || tear === 1 ? [0] : [0, 11])
				for (let after = 0, done = false; !done; after++) {
					ok(after < 100, "it never ends");
					part.blank();
					// Two before, so that both slots are in use.
					for (const number of [1, 2]) ok(written(part.power(), config(number, length)));
					const flash = part.power({ powerCutAfter: after, powerCutTear: tear, powerCutNoise: noise });
					done = written(flash, config(3, nextLength));
					if (!done) cuts++;
					const found = new LastGood(part.power()).read();
					const allowed = done ? [config(3, nextLength)] : [config(2, length), config(3, nextLength)];
					ok(allowed.includes(found ?? ""), `after ${after}, tear ${tear}: ${found?.slice(0, 40)}`);
					// And the phone can keep the next one.
					ok(written(part.power(), config(4, nextLength)));
					equal(new LastGood(part.power()).read(), config(4, nextLength));
				}
		ok(cuts > size(10, 7), `${cuts} cuts`);
		part.close();
	});

test("wishes beside a config: either is replaced alone, and the power cut at each moment leaves both of before or of now", () => {
	const part = new Part(8);
	for (const tear of [0, 0.5, 1])
		for (let after = 0, done = false; !done; after++) {
			ok(after < 100, "it never ends");
			part.blank();
			ok(written(part.power(), config(1, 700)));
			ok(new LastGood(part.power()).writeWishes("[1]"));
			try {
				done = new LastGood(part.power({ powerCutAfter: after, powerCutTear: tear })).writeWishes("[2]");
			} catch {
				done = false;
			}
			const found = new LastGood(part.power());
			equal(found.read(), config(1, 700));
			const wishes = found.readWishes();
			ok(wishes === "[2]" || (!done && wishes === "[1]"), `after ${after}, tear ${tear}: ${wishes}`);
			ok(found.write(config(2, 200)));
			equal([found.read(), found.readWishes()], [config(2, 200), wishes]);
			ok(found.writeWishes(""));
			equal([found.read(), found.readWishes()], [config(2, 200), ""]);
		}
	part.close();
});

test("wishes where there is no config", () => {
	const part = new Part(4);
	ok(new LastGood(part.power()).writeWishes("{}"));
	const found = new LastGood(part.power());
	equal([found.read(), found.readWishes()], [undefined, "{}"]);
	part.close();
});

test("the first config on a blank part, and the power goes: none or the first", () => {
	const part = new Part(4);
	for (const tear of [0, 0.5, 1])
		for (let after = 0, done = false; !done; after++) {
			part.blank();
			done = written(part.power({ powerCutAfter: after, powerCutTear: tear }), config(1, 600));
			const found = new LastGood(part.power()).read();
			ok(found === config(1, 600) || (!done && found === undefined), `after ${after}, tear ${tear}`);
		}
	part.close();
});

test("a damaged slot is passed over", () => {
	const part = new Part(4);
	ok(written(part.power(), config(1, 100)));
	ok(written(part.power(), config(2, 100)));
	// The second slot holds the newer; one bit of its text flips.
	const flash = part.power();
	const at = 2 * SECTOR + 40;
	const octet = flash.read(at, 1)[0] ?? 0;
	flash.program(at, Uint8Array.of(octet & (octet - 1)));
	equal(new LastGood(part.power()).read(), config(1, 100));
	part.close();
});

test("a factory erase, and the power goes at each moment: a config that was kept, whole, or none", () => {
	const part = new Part(8);
	let [cuts, gone] = [0, 0];
	for (const tear of [0, 0.5, 1])
		for (let after = 0, done = false; !done; after++) {
			ok(after < 100, "it never ends");
			part.blank();
			for (const number of [1, 2]) ok(written(part.power(), config(number, 700)));
			const flash = part.power({ powerCutAfter: after, powerCutTear: tear });
			try {
				new LastGood(flash).erase();
				done = true;
			} catch {
				cuts++;
			}
			const found = new LastGood(part.power()).read();
			ok(found === undefined || (!done && [config(1, 700), config(2, 700)].includes(found)), `after ${after}`);
			if (found === undefined) gone++;
			if (done) equal(part.power().read(0, 8 * SECTOR), new Uint8Array(8 * SECTOR).fill(0xff));
		}
	ok(cuts > 10 && gone > 3, `${cuts} cuts`);
	part.close();
});
