/**
 * G.711 against its definition: the quantizing steps of ITU-T G.711 tables 1a/1b (A-law) and 2a/2b (mu-law) are built
 * here from the segments as the tables lay them out, and every 16-bit sample and every code is compared.
 */
import { type CodecName, decode, encode } from "hal/codec/codec";
import { equal, ok, test, throws } from "test/harness";

interface Law {
	readonly name: CodecName;
	/** 16-bit units in one unit of the law's tables. */
	readonly unit: number;
	/** Upper decision value of each of the 128 positive steps, and the value decoded from it, in the law's units. */
	readonly steps: readonly { readonly upper: number; readonly value: number }[];
	/** The code of positive step n, and the bit that makes it negative. */
	readonly code: (step: number) => number;
}

/** Table 1: 13-bit, 32 steps of 2, then segments of 16 steps of 4, 8 ... 128. Even bits of the code are inverted. */
function aLaw(): Law {
	const steps: { upper: number; value: number }[] = [];
	let lower = 0;
	for (let segment = 0; segment < 8; segment++)
		for (let i = 0; i < 16; i++) {
			const upper = lower + (segment === 0 ? 2 : 2 ** segment);
			steps.push({ upper, value: (lower + upper) / 2 });
			lower = upper;
		}
	return { name: "PCMA", unit: 8, steps, code: (step) => (0x80 | step) ^ 0x55 };
}

/** Table 2: 14-bit, one step of 1, 15 of 2, then segments of 16 steps of 4, 8 ... 256. All bits are inverted. */
function muLaw(): Law {
	const steps: { upper: number; value: number }[] = [];
	let lower = 0;
	for (let segment = 0; segment < 8; segment++)
		for (let i = 0; i < 16; i++) {
			const upper = lower + (segment === 0 && i === 0 ? 1 : 2 ** (segment + 1));
			steps.push({ upper, value: lower === 0 ? 0 : (lower + upper) / 2 });
			lower = upper;
		}
	return { name: "PCMU", unit: 4, steps, code: (step) => 0xff ^ step };
}

const laws = [aLaw(), muLaw()];

for (const law of laws) {
	test(`${law.name}: the steps reach the virtual decision value of the table`, () => {
		equal(law.steps.length, 128);
		equal(law.steps[127]?.upper, law.name === "PCMA" ? 4096 : 8159 + 0);
	});

	test(`${law.name}: all 256 codes decode to their table's value`, () => {
		const payload = new Uint8Array(256).map((_, code) => code);
		const samples = new Int16Array(decode(law.name, payload.buffer));
		equal(samples.length, 256);
		law.steps.forEach(({ value }, step) => {
			const code = law.code(step);
			equal(samples[code], value * law.unit, `code ${code}`);
			equal(samples[code ^ 0x80], value === 0 ? 0 : -value * law.unit, `code ${code ^ 0x80}`);
		});
	});

	test(`${law.name}: all 65536 samples fall into their table's step`, () => {
		const samples = new Int16Array(65536).map((_, i) => i - 32768);
		const codes = new Uint8Array(encode(law.name, samples.buffer));
		equal(codes.length, 65536);
		let wrong = 0;
		let step = 0;
		// Upwards from zero; above the last decision value everything is clipped into the last step.
		for (let sample = 0; sample < 32768; sample++) {
			while (step < 127 && sample / law.unit >= (law.steps[step]?.upper ?? 0)) step++;
			if (codes[sample + 32768] !== law.code(step)) wrong++;
		}
		// Downwards from minus one; a decision value itself belongs to the step nearer to zero (ITU-T G.191).
		step = 0;
		for (let sample = -1; sample >= -32768; sample--) {
			while (step < 127 && -sample / law.unit > (law.steps[step]?.upper ?? 0)) step++;
			if (codes[sample + 32768] !== (law.code(step) ^ 0x80)) wrong++;
		}
		equal(wrong, 0);
	});

	test(`${law.name}: coding what was decoded changes nothing`, () => {
		const payload = new Uint8Array(256).map((_, code) => code);
		const again = new Uint8Array(encode(law.name, decode(law.name, payload.buffer)));
		let different = 0;
		for (let code = 0; code < 256; code++) if (again[code] !== code) different++;
		// mu-law has two zeros; the negative one comes back positive.
		equal(different, law.name === "PCMU" ? 1 : 0);
	});
}

test("zero is coded as the silence of the law", () => {
	equal([...new Uint8Array(encode("PCMU", new Int16Array(2).buffer))], [0xff, 0xff]);
	equal([...new Uint8Array(encode("PCMA", new Int16Array(2).buffer))], [0xd5, 0xd5]);
});

test("an unknown codec and half a sample are refused", () => {
	throws(() => encode("PCMX" as CodecName, new ArrayBuffer(2)), RangeError);
	throws(() => encode("PCMU", new ArrayBuffer(3)), RangeError);
	throws(() => decode("" as CodecName, new ArrayBuffer(3)), RangeError);
	ok(decode("PCMU", new ArrayBuffer(0)).byteLength === 0);
});
