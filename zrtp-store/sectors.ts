/**
 * The sectors of the partition: which of them hold the store, in which order, and which are free to be erased. What lies
 * on flash comes in when the store opens; sector-log.ts asks for new sectors and gives old ones back.
 * @module
 */
import { equal } from "bytes/equal";
import type { Provider, RandomSource } from "crypto/types";
import { type FlashDevice, StoreError } from "./flash-device";
import {
	CLEAN_MARK_OFFSET,
	type DecodedHeader,
	decodeCleanMark,
	decodeHeader,
	distance,
	encodeCleanMark,
	encodeFormatMark,
	encodeHeader,
	FORMAT_MAJOR,
	finishHeader,
	HEADER_BYTE_LENGTH,
	isBlank,
	isFormatMark,
	MARK_BYTE_LENGTH,
	OPENED_MARK_OFFSET,
	RECORDS_OFFSET,
	SALT_BYTE_LENGTH,
	type SectorHeader,
	STORE_ID_BYTE_LENGTH,
	ZID_BYTE_LENGTH,
} from "./format";
import { Sealer } from "./sealer";

/** Wrong bits up to which a 128-bit mark still counts: no other content comes that near. */
const MARK_TOLERANCE = 8;
const BLANK_CHECK_BYTE_LENGTH = 512;
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
	/** The header's tagged part, which the opened mark is about. */
	tagged: Uint8Array;
	/** Where the next record goes, from the start of the sector. */
	end: number;
	/** Nothing more is appended: what follows `end` is not known to be blank. */
	sealed: boolean;
}

export interface SectorsOptions {
	readonly flash: FlashDevice;
	readonly provider: Provider;
	/** 32 bytes. */
	readonly deviceKey: Uint8Array;
	readonly random: RandomSource;
	readonly warn: (text: string) => void;
	/** The owner's word that whatever is in the partition may go. */
	readonly format: boolean;
	/** Own ZID of a store that is begun; undefined: a random one. */
	readonly zid?: Uint8Array | undefined;
}

export class Sectors {
	readonly flash: FlashDevice;
	readonly sealer: Sealer;
	/** Own ZID. */
	readonly zid: Uint8Array;
	readonly #random: RandomSource;
	readonly #warn: (text: string) => void;
	readonly #storeId: Uint8Array;
	readonly #all: Sector[];
	/** Oldest first; the last is the one that records are appended to. */
	#live: Sector[] = [];
	#generation = 0;
	/** Holds the format mark of a first start. */
	#marked: Sector | undefined;

	/** @throws StoreError when the partition cannot be opened; then nothing in it was changed */
	constructor(options: SectorsOptions) {
		const { flash, provider, deviceKey } = options;
		this.flash = flash;
		this.#random = options.random;
		this.#warn = options.warn;
		const count = flash.byteLength / flash.sectorByteLength;
		if (!Number.isInteger(count) || count < 2 || flash.sectorByteLength < SECTOR_MINIMUM)
			throw new StoreError(
				"size",
				`a store needs two sectors or more of ${SECTOR_MINIMUM} bytes or more, not ${flash.byteLength} bytes in sectors of ${flash.sectorByteLength}`,
			);
		this.#all = Array.from({ length: count }, (_, index) => blankSector(index, flash.sectorByteLength));
		const found = options.format ? undefined : this.#find();
		if (found === undefined) {
			if (options.format) this.#eraseAll();
			else this.#requireBlank();
			this.#storeId = options.random(STORE_ID_BYTE_LENGTH);
			this.zid = options.zid ?? options.random(ZID_BYTE_LENGTH);
			this.sealer = new Sealer(provider, deviceKey, this.#storeId);
			this.open(this.prepare());
			this.#clearFormatMark();
			return;
		}
		this.#storeId = found.storeId;
		this.sealer = new Sealer(provider, deviceKey, found.storeId);
		const newest = this.#adopt(found.headers);
		this.zid = newest.zid;
		this.#finishRetirement(found.headers);
		this.#clearFormatMark();
	}

	/** Oldest first. */
	get live(): readonly Sector[] {
		return this.#live;
	}

	get newest(): Sector | undefined {
		return this.#live[this.#live.length - 1];
	}

	get freeCount(): number {
		return this.#all.filter((sector) => sector.state === "free").length;
	}

	/** Sectors that could take a record, now or after they are erased. */
	get usableCount(): number {
		return this.#all.filter((sector) => sector.state !== "bad").length;
	}

	/** A free sector with a new header. It counts only after open(), and what it replaces is valid until then. */
	prepare(replaces?: Sector): Sector {
		let failure: unknown;
		for (let sector = this.#leastWorn(); sector; sector = this.#leastWorn()) {
			try {
				this.#writeHeader(sector, replaces);
				return sector;
			} catch (error) {
				failure = error;
				sector.state = "bad";
				this.#warn(`sector ${sector.index} of the flash is not used any more: ${String(error)}`);
			}
		}
		throw failure ?? new StoreError("bad-flash", "no sector of the flash is free");
	}

	/** The prepared sector is the newest one from now on, even when the power goes. */
	open(sector: Sector): void {
		this.program(sector.offset + OPENED_MARK_OFFSET, this.sealer.openedMark(sector.tagged));
		sector.state = "live";
		this.#live.push(sector);
	}

	/** Everything in it was taken over by a sector that is open: nothing of it stays readable. */
	retire(sector: Sector): void {
		this.#live = this.#live.filter((other) => other !== sector);
		sector.state = "free";
		try {
			this.#erase(sector);
		} catch (error) {
			// Its header must go, or it would count again once its successor has gone.
			this.flash.program(sector.offset, new Uint8Array(HEADER_BYTE_LENGTH));
			sector.state = "bad";
			this.#warn(`sector ${sector.index} of the flash is not used any more: ${String(error)}`);
		}
	}

	/** Programs and reads back. @throws StoreError "bad-flash" when the part did not take it */
	program(offset: number, bytes: Uint8Array): void {
		this.flash.program(offset, bytes);
		if (!equal(this.flash.read(offset, bytes.length), bytes))
			throw new StoreError("bad-flash", `the flash did not keep ${bytes.length} bytes at ${offset}`);
	}

	isBlank(offset: number, byteLength: number): boolean {
		for (let at = 0; at < byteLength; at += BLANK_CHECK_BYTE_LENGTH)
			if (!isBlank(this.flash.read(offset + at, Math.min(BLANK_CHECK_BYTE_LENGTH, byteLength - at)))) return false;
		return true;
	}

	/** Reads every sector's header. Undefined when none has one; throws when they are not ours to read. */
	#find(): { storeId: Uint8Array; headers: ReadonlyMap<Sector, DecodedHeader> } | undefined {
		const headers = new Map<Sector, DecodedHeader>();
		for (const sector of this.#all) {
			const area = this.flash.read(sector.offset, RECORDS_OFFSET);
			const mark = area.subarray(CLEAN_MARK_OFFSET);
			if (isFormatMark(mark)) this.#marked = sector;
			const eraseCount = decodeCleanMark(mark);
			sector.eraseCount = eraseCount ?? 0;
			sector.clean = eraseCount !== undefined && isBlank(area.subarray(0, CLEAN_MARK_OFFSET));
			const decoded = sector.clean ? undefined : decodeHeader(area);
			if (decoded === undefined) continue;
			headers.set(sector, decoded);
			sector.eraseCount = decoded.header.eraseCount;
		}
		const [first] = headers.values();
		if (first === undefined) return undefined;
		for (const { header } of headers.values()) this.#checkHeader(header, first.header);
		return { storeId: first.header.storeId, headers };
	}

	#checkHeader(header: SectorHeader, first: SectorHeader): void {
		const { byteLength, sectorByteLength } = this.flash;
		if (header.major !== FORMAT_MAJOR)
			throw new StoreError(
				"format",
				`the retained secrets are stored in format ${header.major}; this version reads format ${FORMAT_MAJOR}`,
			);
		if (header.sectorByteLength !== sectorByteLength || header.sectorCount > this.#all.length)
			throw new StoreError(
				"size",
				`the retained secrets were stored in ${header.sectorCount} sectors of ${header.sectorByteLength} bytes; ` +
					`this partition has ${byteLength / sectorByteLength} of ${sectorByteLength}`,
			);
		if (!equal(header.storeId, first.storeId))
			throw new StoreError("foreign", "the flash holds pieces of two different stores of retained secrets");
	}

	/** Takes over the sectors whose headers are authentic; returns the newest one's header. */
	#adopt(headers: ReadonlyMap<Sector, DecodedHeader>): SectorHeader {
		const authentic = [...headers].filter(([sector, { header, tagged, tag }]) => {
			return header.sectorIndex === sector.index && equal(this.sealer.headerTag(tagged), tag);
		});
		if (authentic.length === 0)
			throw new StoreError("wrong-key", "the retained secrets were stored under another device key");
		if (authentic.length < headers.size) this.#warn("part of the flash was changed by somebody else and is ignored");
		authentic.sort(([, a], [, b]) => a.header.generation - b.header.generation);
		const opened = authentic.filter(([sector, { tagged }]) => {
			const mark = this.flash.read(sector.offset + OPENED_MARK_OFFSET, MARK_BYTE_LENGTH);
			return distance(mark, this.sealer.openedMark(tagged)) <= MARK_TOLERANCE;
		});
		for (const [sector, { header, tagged }] of opened) {
			sector.state = "live";
			sector.generation = header.generation;
			sector.salt = header.salt;
			sector.tagged = tagged;
			sector.end = RECORDS_OFFSET;
			this.#live.push(sector);
		}
		const newest = authentic[authentic.length - 1]?.[1].header;
		if (newest === undefined) throw new RangeError("no header");
		this.#generation = newest.generation;
		// The power went while the very first sector was being opened: nothing has been stored yet.
		if (opened.length === 0) this.#openFirst(authentic, newest);
		return newest;
	}

	/** The first sector's header is there without its mark: the identity in it is kept. */
	#openFirst(authentic: readonly (readonly [Sector, DecodedHeader])[], newest: SectorHeader): void {
		const last = authentic[authentic.length - 1];
		if (last === undefined || newest.replaces !== 0)
			throw new StoreError(
				"foreign",
				"the flash holds the beginning of a store of retained secrets, but not the store",
			);
		const [sector, { tagged }] = last;
		sector.salt = newest.salt;
		sector.generation = newest.generation;
		sector.tagged = tagged;
		sector.end = RECORDS_OFFSET;
		this.open(sector);
	}

	/** The power went after a sector had been taken over and before it was erased. */
	#finishRetirement(headers: ReadonlyMap<Sector, DecodedHeader>): void {
		for (const successor of [...this.#live]) {
			const replaces = headers.get(successor)?.header.replaces ?? 0;
			const replaced = this.#live.find((sector) => replaces !== 0 && sector.generation === replaces);
			if (replaced !== undefined) this.retire(replaced);
		}
	}

	/** A partition without any header may only be taken when nothing can have been in it. */
	#requireBlank(): void {
		const { sectorByteLength } = this.flash;
		for (const sector of this.#all) {
			// What lies in a header's place alone is a first start that was interrupted.
			const blank = this.isBlank(sector.offset + RECORDS_OFFSET, sectorByteLength - RECORDS_OFFSET);
			if (!blank && this.#marked === undefined)
				throw new StoreError(
					"foreign",
					`the flash holds something that is no store of retained secrets (sector ${sector.index}); it was left as it is`,
				);
			sector.clean = blank && this.isBlank(sector.offset, RECORDS_OFFSET);
		}
		if (this.#all.some((sector) => sector.clean)) return;
		// The erase that follows may be cut short and leave what looks like anything.
		const last = this.#all[this.#all.length - 1];
		if (last === undefined || this.#marked !== undefined) return;
		this.flash.program(last.offset + CLEAN_MARK_OFFSET, encodeFormatMark());
		this.#marked = last;
	}

	#clearFormatMark(): void {
		if (this.#marked !== undefined)
			this.flash.program(this.#marked.offset + CLEAN_MARK_OFFSET, new Uint8Array(MARK_BYTE_LENGTH));
		this.#marked = undefined;
	}

	#eraseAll(): void {
		for (const sector of this.#all) this.#erase(sector);
	}

	#leastWorn(): Sector | undefined {
		let best: Sector | undefined;
		for (const sector of this.#all) {
			if (sector.state !== "free") continue;
			if (best === undefined || Number(sector.clean) - Number(best.clean) > 0) best = sector;
			else if (sector.clean === best.clean && sector.eraseCount < best.eraseCount) best = sector;
		}
		return best;
	}

	#erase(sector: Sector): void {
		sector.clean = false;
		if (this.#marked === sector) this.#marked = undefined;
		this.flash.erase(sector.offset);
		// A torn erase forgets the count; the most worn of the others is the nearest guess.
		if (sector.eraseCount === 0) sector.eraseCount = Math.max(...this.#all.map((other) => other.eraseCount));
		sector.eraseCount++;
		if (!this.isBlank(sector.offset, this.flash.sectorByteLength))
			throw new StoreError("bad-flash", `sector ${sector.index} does not erase`);
		this.program(sector.offset + CLEAN_MARK_OFFSET, encodeCleanMark(sector.eraseCount));
		sector.clean = true;
	}

	#writeHeader(sector: Sector, replaces: Sector | undefined): void {
		if (!sector.clean) this.#erase(sector);
		sector.clean = false;
		sector.generation = ++this.#generation;
		sector.salt = this.#random(SALT_BYTE_LENGTH);
		sector.tagged = encodeHeader({
			major: FORMAT_MAJOR,
			sectorByteLength: this.flash.sectorByteLength,
			sectorCount: this.#all.length,
			generation: sector.generation,
			eraseCount: sector.eraseCount,
			replaces: replaces?.generation ?? 0,
			storeId: this.#storeId,
			salt: sector.salt,
			zid: this.zid,
			sectorIndex: sector.index,
		});
		this.program(sector.offset, finishHeader(sector.tagged, this.sealer.headerTag(sector.tagged)));
		sector.end = RECORDS_OFFSET;
		sector.sealed = false;
	}
}

function blankSector(index: number, sectorByteLength: number): Sector {
	return {
		index,
		offset: index * sectorByteLength,
		state: "free",
		clean: false,
		eraseCount: 0,
		generation: 0,
		salt: new Uint8Array(SALT_BYTE_LENGTH),
		tagged: new Uint8Array(0),
		end: 0,
		sealed: true,
	};
}
