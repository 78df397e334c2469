/**
 * A partition whose power goes in an operation that a test chooses. What is left of that operation is put on the part itself,
 * by its driver and within its rules, so the same tests run on every board.
 */
import Flash, { type FlashOptions, type FlashStatistics } from "hal/flash/flash";

export interface PowerCut {
	/** The power goes in the operation after this many; that one throws, and everything after it. Absent: it stays. */
	readonly powerCutAfter?: number;
	/** How much of that operation is done, 0..1; default 0. At 1 it is complete, but nobody hears of it. */
	readonly powerCutTear?: number;
	/** Seed 1..2^32-1 for the bits at the edge of what is done; default 0: a clean edge. */
	readonly powerCutNoise?: number;
}

/** Of bits that a cut leaves anyhow; spread out, so that neighbouring seeds have nothing in common. */
class Noise {
	#state: number;

	constructor(seed: number) {
		this.#state = Math.imul(seed, 0x9e3779b1) >>> 0;
	}

	next(): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x >>> 0;
		return this.#state;
	}
}

export class PowerCutFlash {
	readonly #flash: Flash;
	readonly #tear: number;
	/** Undefined: clean edges. */
	readonly #noise: Noise | undefined;
	/** Operations left until the power goes; negative: it stays. */
	#left: number;
	#off = false;

	constructor(options: FlashOptions, { powerCutAfter = -1, powerCutTear = 0, powerCutNoise = 0 }: PowerCut = {}) {
		this.#flash = new Flash(options);
		this.#left = powerCutAfter;
		this.#tear = powerCutTear;
		this.#noise = powerCutNoise === 0 ? undefined : new Noise(powerCutNoise);
	}

	close(): void {
		this.#flash.close();
	}

	read(offset: number, byteLength: number): Uint8Array {
		this.#powered();
		return this.#flash.read(offset, byteLength);
	}

	program(offset: number, bytes: Uint8Array): void {
		this.#powered();
		if (!this.#goes()) {
			this.#flash.program(offset, bytes);
			return;
		}
		const now = this.#flash.read(offset, bytes.length);
		const whole = Math.floor(this.#tear * bytes.length);
		const left = now.map((old, at) => {
			const byte = bytes[at] ?? 0;
			if ((byte & ~old) !== 0) throw new RangeError(`flash: programming cannot set a bit at ${offset + at}`);
			if (at < whole) return byte;
			// The cells of the byte at the edge may each have taken their charge or not.
			return at === whole && this.#noise ? old & (byte | this.#noise.next()) : old;
		});
		this.#flash.program(offset, left);
		throw new Error("flash: the power went off");
	}

	erase(offset: number): void {
		this.#powered();
		if (!this.#goes()) {
			this.#flash.erase(offset);
			return;
		}
		const { sectorByteLength } = this;
		const left = this.#flash.read(offset, sectorByteLength);
		const whole = Math.floor(this.#tear * sectorByteLength);
		left.fill(0xff, 0, whole);
		// A part may drive all cells to 0 before it lifts them to 1: either way the rest may read as anything between.
		const noise = this.#noise;
		if (noise) {
			const kind = noise.next() % 3;
			for (let at = whole; at < sectorByteLength; at++) {
				const bits = noise.next() & 255;
				const old = left[at] ?? 0;
				left[at] = kind === 0 ? old | bits : kind === 1 ? old & bits : bits;
			}
		}
		this.#flash.erase(offset);
		this.#flash.program(offset, left);
		throw new Error("flash: the power went off");
	}

	get byteLength(): number {
		return this.#flash.byteLength;
	}

	get sectorByteLength(): number {
		return this.#flash.sectorByteLength;
	}

	get statistics(): FlashStatistics {
		return this.#flash.statistics;
	}

	#powered(): void {
		if (this.#off) throw new Error("flash: the power is off");
	}

	/** True for the operation in which the power goes. */
	#goes(): boolean {
		if (this.#left < 0) return false;
		this.#off = this.#left-- === 0;
		return this.#off;
	}
}
