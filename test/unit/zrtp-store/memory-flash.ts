/**
 * A part in memory that keeps the rules of NOR flash, quick enough for every cut of a long history. A test sees each
 * operation before it happens, and makes of it what a power cut would leave.
 */
import type { FlashDevice } from "zrtp-store/flash-device";
import type { Seeded } from "./plain";

/** One program, or one erase (no bytes). */
export interface Operation {
	readonly offset: number;
	readonly bytes: Uint8Array | undefined;
}

/** How many octets of an operation were done, and what is at the edge. */
export interface Tear {
	readonly whole: number;
	/** steady: bits there are set or clear for good. marginal: they read differently every time. none: a clean edge. */
	readonly edge: "none" | "steady" | "marginal";
}

export class MemoryFlash implements FlashDevice {
	readonly byteLength: number;
	readonly sectorByteLength: number;
	readonly bytes: Uint8Array;
	/** By sector. */
	readonly eraseCounts: number[];
	programs = 0;
	programmedByteLength = 0;
	/** Called before each operation. */
	onOperation: (operation: Operation) => void = () => {};
	/** Cells that the power left between 0 and 1: offset, and which bits. */
	readonly #marginal = new Map<number, number>();
	readonly #random: Seeded;

	constructor(sectorCount: number, sectorByteLength: number, random: Seeded) {
		this.byteLength = sectorCount * sectorByteLength;
		this.sectorByteLength = sectorByteLength;
		this.bytes = new Uint8Array(this.byteLength).fill(0xff);
		this.eraseCounts = Array.from({ length: sectorCount }, () => 0);
		this.#random = random;
	}

	get operations(): number {
		return this.programs + this.eraseCounts.reduce((sum, count) => sum + count, 0);
	}

	/** Becomes the same part with the same content. */
	copyFrom(other: MemoryFlash): void {
		this.bytes.set(other.bytes);
		this.#marginal.clear();
	}

	read(offset: number, byteLength: number): Uint8Array {
		if (offset < 0 || offset + byteLength > this.byteLength) throw new RangeError(`read ${byteLength} at ${offset}`);
		const bytes = this.bytes.slice(offset, offset + byteLength);
		if (this.#marginal.size === 0) return bytes;
		for (const [at, mask] of this.#marginal)
			if (at >= offset && at < offset + byteLength)
				bytes[at - offset] = ((bytes[at - offset] ?? 0) & ~mask) | (this.#random.below(256) & mask);
		return bytes;
	}

	program(offset: number, bytes: Uint8Array): void {
		const end = offset + bytes.length;
		if (Math.floor(offset / this.sectorByteLength) !== Math.floor((end - 1) / this.sectorByteLength))
			throw new RangeError(`${bytes.length} bytes at ${offset} cross a sector`);
		for (let i = 0; i < bytes.length; i++)
			if (((bytes[i] ?? 0) & ~this.#settled(offset + i)) !== 0)
				throw new RangeError(`programming cannot set a bit at ${offset + i}`);
		this.onOperation({ offset, bytes });
		this.programs++;
		this.programmedByteLength += bytes.length;
		this.#write(offset, bytes, bytes.length);
	}

	erase(offset: number): void {
		if (offset % this.sectorByteLength !== 0) throw new RangeError(`${offset} is not the start of a sector`);
		this.onOperation({ offset, bytes: undefined });
		const index = offset / this.sectorByteLength;
		this.eraseCounts[index] = (this.eraseCounts[index] ?? 0) + 1;
		this.#blank(offset, this.sectorByteLength);
	}

	/** What is left of an operation in which the power went. */
	tear({ offset, bytes }: Operation, { whole, edge }: Tear): void {
		if (bytes !== undefined) {
			this.#write(offset, bytes, whole);
			if (whole === bytes.length || edge === "none") return;
			const at = offset + whole;
			const undone = (this.bytes[at] ?? 0) & ~(bytes[whole] ?? 0);
			if (edge === "steady") this.bytes[at] = (this.bytes[at] ?? 0) & ~(undone & this.#random.below(256));
			else this.#marginal.set(at, undone);
			return;
		}
		this.#blank(offset, whole);
		if (edge === "none") return;
		// A part may drive all cells to 0 before it lifts them to 1: the rest may read as anything between.
		const kind = this.#random.below(3);
		for (let at = offset + whole; at < offset + Math.min(this.sectorByteLength, whole + 4096); at++) {
			const noise = this.#random.below(256);
			const old = this.bytes[at] ?? 0;
			this.bytes[at] = kind === 0 ? old | noise : kind === 1 ? old & noise : noise;
			if (edge === "marginal" && (at & 7) === 0 && at < offset + whole + 256) this.#marginal.set(at, noise);
		}
	}

	/** Bits that are certainly set; a marginal one may be given either way. */
	#settled(at: number): number {
		return (this.bytes[at] ?? 0) | (this.#marginal.get(at) ?? 0);
	}

	#write(offset: number, bytes: Uint8Array, byteLength: number): void {
		this.bytes.set(bytes.subarray(0, byteLength), offset);
		if (this.#marginal.size === 0) return;
		for (const [at, mask] of [...this.#marginal]) {
			if (at < offset || at >= offset + byteLength) continue;
			const left = mask & (bytes[at - offset] ?? 0);
			if (left === 0) this.#marginal.delete(at);
			else this.#marginal.set(at, left);
		}
	}

	#blank(offset: number, byteLength: number): void {
		this.bytes.fill(0xff, offset, offset + byteLength);
		for (const at of [...this.#marginal.keys()])
			if (at >= offset && at < offset + byteLength) this.#marginal.delete(at);
	}
}
