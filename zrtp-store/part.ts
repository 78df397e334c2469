/**
 * The sectors of a partition as a part of flash, whatever they hold: programmed and read back, erased and proved to be.
 * sectors.ts says which of them are the store; first-start.ts clears them.
 * @module
 */
import { equal } from "bytes/equal";
import { type FlashDevice, StoreError } from "./flash-device";
import {
	CLEAN_MARK_OFFSET,
	encodeCleanMark,
	HEADER_BYTE_LENGTH,
	isBlank,
	isZero,
	RECORDS_OFFSET,
	SALT_BYTE_LENGTH,
} from "./format";

const STEP_BYTE_LENGTH = 512;
const SECTOR_MINIMUM = 1024;

export interface Sector {
	readonly index: number;
	/** From the start of the partition, in bytes. */
	readonly offset: number;
	/** Free sectors are erased, or may be; a bad one could not be. */
	state: "live" | "free" | "bad";
	/** Known to be erased all through. */
	clean: boolean;
	eraseCount: number;
	generation: number;
	salt: Uint8Array;
	/** Where the next record goes, from the start of the sector. */
	end: number;
	/** Nothing more is appended: what follows `end` is not known to be blank. */
	sealed: boolean;
}

export class Part {
	readonly flash: FlashDevice;
	readonly sectors: readonly Sector[];
	readonly #warn: (text: string) => void;

	/** @throws StoreError "size": no store fits */
	constructor(flash: FlashDevice, warn: (text: string) => void) {
		this.flash = flash;
		this.#warn = warn;
		const { byteLength, sectorByteLength } = flash;
		const count = byteLength / sectorByteLength;
		if (!Number.isInteger(count) || count < 2 || sectorByteLength < SECTOR_MINIMUM)
			throw new StoreError(
				"size",
				`a store needs two sectors or more of ${SECTOR_MINIMUM} bytes or more, not ${byteLength} bytes in sectors of ${sectorByteLength}`,
			);
		this.sectors = Array.from({ length: count }, (_, index) => sectorAt(index, sectorByteLength));
	}

	/** Programs and reads back. @throws StoreError "bad-flash" when the part did not take it */
	program(offset: number, bytes: Uint8Array): void {
		this.flash.program(offset, bytes);
		if (!equal(this.flash.read(offset, bytes.length), bytes))
			throw new StoreError("bad-flash", `the flash did not keep ${bytes.length} bytes at ${offset}`);
	}

	/** Programs once more what reads right or nearly so: bits that the power left between 0 and 1 stay clear then. */
	settle(offset: number, right: Uint8Array): void {
		const found = this.flash.read(offset, right.length);
		this.flash.program(
			offset,
			right.map((octet, i) => octet & (found[i] ?? 0)),
		);
	}

	isBlank(offset: number, byteLength: number): boolean {
		return this.#every(offset, byteLength, isBlank);
	}

	/** Erases a sector, proves it and says so on flash (`mark`). @throws StoreError "bad-flash" naming the sector */
	erase(sector: Sector, mark = true): void {
		sector.clean = false;
		this.flash.erase(sector.offset);
		// A torn erase forgets the count; the most worn of the others is the nearest guess.
		if (sector.eraseCount === 0)
			for (const other of this.sectors) sector.eraseCount = Math.max(sector.eraseCount, other.eraseCount);
		sector.eraseCount++;
		if (!this.isBlank(sector.offset, this.flash.sectorByteLength))
			throw new StoreError("bad-flash", `sector ${sector.index} does not erase`);
		if (mark) this.program(sector.offset + CLEAN_MARK_OFFSET, encodeCleanMark(sector.eraseCount));
		sector.clean = true;
	}

	/** Takes a sector out of use. */
	giveUp(sector: Sector, reason: unknown): void {
		sector.state = "bad";
		this.#warn(`sector ${sector.index} of the flash is not used any more: ${String(reason)}`);
	}

	/** So that a header that is still there cannot count again. */
	zeroHeader(sector: Sector): void {
		this.flash.program(sector.offset, new Uint8Array(HEADER_BYTE_LENGTH));
	}

	/** A sector that will not erase can still be made unreadable. @throws StoreError "bad-flash" when not even that */
	zeroAll(sector: Sector): void {
		const { sectorByteLength } = this.flash;
		for (let at = 0; at < sectorByteLength; at += STEP_BYTE_LENGTH)
			this.flash.program(sector.offset + at, new Uint8Array(Math.min(STEP_BYTE_LENGTH, sectorByteLength - at)));
		if (!this.#every(sector.offset, sectorByteLength, isZero))
			throw new StoreError("bad-flash", `sector ${sector.index} of the flash does not let go of what is in it`);
	}

	#every(offset: number, byteLength: number, test: (bytes: Uint8Array) => boolean): boolean {
		for (let at = 0; at < byteLength; at += STEP_BYTE_LENGTH)
			if (!test(this.flash.read(offset + at, Math.min(STEP_BYTE_LENGTH, byteLength - at)))) return false;
		return true;
	}
}

function sectorAt(index: number, sectorByteLength: number): Sector {
	return {
		index,
		offset: index * sectorByteLength,
		state: "free",
		clean: false,
		eraseCount: 0,
		generation: 0,
		salt: new Uint8Array(SALT_BYTE_LENGTH),
		end: RECORDS_OFFSET,
		sealed: true,
	};
}
