/**
 * The append-only log of records. Bodies come in from store.ts and lie in flash sealed; when a sector is full, what still
 * counts in the oldest one is copied to a free one before anything is erased.
 * @module
 */
import { wipe } from "bytes/wipe";
import { StoreError } from "./flash-device";
import {
	BODY_MAXIMUM,
	CELL,
	decodeRecordHeader,
	encodeRecordHeader,
	isBlank,
	isZero,
	RECORD_HEADER_BYTE_LENGTH,
	RECORD_STATE_OFFSET,
	RECORDS_OFFSET,
	type RecordHeader,
	recordByteLength,
	TAG_BYTE_LENGTH,
} from "./format";
import type { Sector } from "./part";
import type { PeerIndex } from "./peer-index";
import type { Place } from "./sealer";
import type { Sectors } from "./sectors";

/** Sectors tried for one record before the part is given up. */
const ATTEMPTS = 3;
/** How much of the room may be taken by what counts: with less slack every commit would erase a sector. */
const FILL_MAXIMUM = 7 / 8;
/** What a peer takes with both secrets and the longest name: kept free for each, so that every peer there is can be renewed. */
const RESERVED_BYTE_LENGTH = 208;

/** A record as it was found on flash. */
export interface FoundRecord {
	/** From the start of the partition, in bytes. */
	readonly offset: number;
	readonly byteLength: number;
	readonly type: number;
	readonly sequence: number;
	/** Whether all its bits are known to stay as they are; false: it is to be written anew. */
	readonly settled: boolean;
	/** The body; undefined when it is not what was written. Whoever gets it wipes it. */
	readonly body: Uint8Array | undefined;
}

export class SectorLog {
	readonly #sectors: Sectors;
	readonly #index: PeerIndex;
	readonly #warn: (text: string) => void;
	#sequence = 0;

	/** @param index says which records count, and is told where they went */
	constructor(sectors: Sectors, index: PeerIndex, warn: (text: string) => void) {
		this.#sectors = sectors;
		this.#index = index;
		this.#warn = warn;
	}

	/** Every record that is not crossed out, in the order they were written. Once, before anything is appended. */
	scan(visit: (record: FoundRecord) => void): void {
		const newest = this.#sectors.newest;
		for (const sector of this.#sectors.live) {
			const damaged = this.#scanSector(sector, visit);
			if (damaged !== undefined && sector === newest) {
				this.#warn("a record that was being written when the power went is ignored");
				this.cross(damaged.offset);
			} else if (damaged !== undefined) this.#warnDamaged(damaged);
		}
	}

	/**
	 * Makes a record durable in one step; returns where it lies.
	 * @param isNew nothing becomes superfluous by it: a full store refuses it, while what is there can still be replaced
	 * @throws StoreError "full" or "bad-flash"
	 */
	append(type: number, body: Uint8Array, isNew: boolean): FoundRecord {
		if (body.length > BODY_MAXIMUM) throw new RangeError(`body: ${body.length} of at most ${BODY_MAXIMUM} bytes`);
		const byteLength = recordByteLength(body.length);
		if (isNew && !this.hasRoom(byteLength, 0))
			throw new StoreError("full", `there is no room for one more record of ${byteLength} bytes`);
		const sequence = this.#sequence + 1;
		for (let attempt = 1; ; attempt++) {
			const sector = this.#makeRoom(recordByteLength(body.length));
			try {
				const offset = this.#write(sector, type, sequence, body);
				this.#sequence = sequence;
				return { offset, byteLength: recordByteLength(body.length), type, sequence, settled: true, body };
			} catch (error) {
				if (attempt === ATTEMPTS || !(error instanceof StoreError)) throw error;
				this.#warn(`${error.message}; another place is taken`);
			}
		}
	}

	/** The record at an offset; undefined when it is no longer what was written. */
	read(offset: number): FoundRecord | undefined {
		const header = decodeRecordHeader(this.#sectors.flash.read(offset, RECORD_HEADER_BYTE_LENGTH));
		return header && this.#readBody(this.#sectorOf(offset), offset, header);
	}

	/** Crosses a record out: it counts no more, and its body becomes zeros. */
	cross(offset: number): void {
		const { flash } = this.#sectors;
		const bytes = flash.read(offset, RECORD_HEADER_BYTE_LENGTH);
		const header = decodeRecordHeader(bytes);
		if (header === undefined) return;
		// One operation, and the state goes first: whatever part of it is done, the record is whole or crossed out.
		const zeros = new Uint8Array(RECORD_HEADER_BYTE_LENGTH + header.bodyByteLength + TAG_BYTE_LENGTH);
		zeros.set(bytes.subarray(RECORD_STATE_OFFSET + 1), RECORD_STATE_OFFSET + 1);
		flash.program(offset + RECORD_STATE_OFFSET, zeros.subarray(RECORD_STATE_OFFSET));
	}

	/** Crosses a record out if it is still the one with that number: its sector may have been erased since. */
	crossIf(offset: number, sequence: number): void {
		if (this.#sectors.liveAt(offset) === undefined) return;
		const record = this.read(offset);
		wipe(record?.body);
		if (record?.body !== undefined && record.sequence === sequence) this.cross(offset);
	}

	/** Visits one sector's records; returns the last one when its body is damaged. */
	#scanSector(sector: Sector, visit: (record: FoundRecord) => void): FoundRecord | undefined {
		const { flash } = this.#sectors;
		let damaged: FoundRecord | undefined;
		let at = RECORDS_OFFSET;
		sector.sealed = false;
		while (at + RECORD_HEADER_BYTE_LENGTH <= flash.sectorByteLength) {
			const bytes = flash.read(sector.offset + at, RECORD_HEADER_BYTE_LENGTH);
			const header = decodeRecordHeader(bytes);
			const byteLength = header === undefined ? CELL : recordByteLength(header.bodyByteLength);
			if (header === undefined || at + byteLength > flash.sectorByteLength) {
				if (isBlank(bytes) && this.#isUnwritten(sector, at)) break;
				// Not a header: perhaps one that the power cut short, perhaps a flipped bit. Look for the next one.
				if (!sector.sealed) this.#warn(`unreadable bytes in sector ${sector.index} are passed over`);
				sector.sealed = true;
				at += CELL;
				continue;
			}
			if (damaged !== undefined) this.#warnDamaged(damaged);
			damaged = this.#visit(sector, at, header, visit);
			at += byteLength;
		}
		sector.end = at;
		return damaged;
	}

	/** Records follow each other: where there is room for the longest one and nothing in it, none was begun. */
	#isUnwritten(sector: Sector, at: number): boolean {
		const left = this.#sectors.flash.sectorByteLength - at;
		return this.#sectors.isBlank(sector.offset + at, Math.min(left, recordByteLength(BODY_MAXIMUM)));
	}

	/** Hands one record over; returns it when it is damaged. */
	#visit(
		sector: Sector,
		at: number,
		header: RecordHeader,
		visit: (record: FoundRecord) => void,
	): FoundRecord | undefined {
		const offset = sector.offset + at;
		this.#sequence = Math.max(this.#sequence, header.sequence);
		if (!header.live) {
			this.#finishCrossing(offset, header);
			return undefined;
		}
		const record = this.#readBody(sector, offset, header);
		if (record.body === undefined) return record;
		visit(record);
		return undefined;
	}

	#warnDamaged(record: FoundRecord): void {
		this.#warn(`a damaged record (number ${record.sequence}) is ignored`);
	}

	/** The power went while a record was being crossed out. */
	#finishCrossing(offset: number, header: RecordHeader): void {
		const { flash } = this.#sectors;
		const byteLength = header.bodyByteLength + TAG_BYTE_LENGTH;
		const body = flash.read(offset + RECORD_HEADER_BYTE_LENGTH, byteLength);
		if (!isZero(body)) this.cross(offset);
	}

	#sectorOf(offset: number): Sector {
		const sector = this.#sectors.liveAt(offset);
		if (sector === undefined) throw new RangeError(`no live sector at ${offset}`);
		return sector;
	}

	#readBody(sector: Sector, offset: number, header: RecordHeader): FoundRecord {
		const { flash, sealer } = this.#sectors;
		const { type, sequence, bodyByteLength, untouched } = header;
		const bytes = flash.read(offset + RECORD_HEADER_BYTE_LENGTH, bodyByteLength + TAG_BYTE_LENGTH);
		const body = sealer.unseal(
			placeOf(sector, offset - sector.offset),
			encodeRecordHeader(type, bodyByteLength, sequence),
			bytes.subarray(0, bodyByteLength),
			bytes.subarray(bodyByteLength),
		);
		return { offset, byteLength: recordByteLength(bodyByteLength), type, sequence, settled: untouched, body };
	}

	#write(sector: Sector, type: number, sequence: number, body: Uint8Array): number {
		const place = placeOf(sector, sector.end);
		const sealed = this.#sectors.sealer.seal(place, encodeRecordHeader(type, body.length, sequence), body);
		const offset = sector.offset + place.offset;
		// Until it is known to be whole, nothing may follow it.
		sector.sealed = true;
		if (!this.#sectors.isBlank(offset, sealed.length))
			throw new StoreError("bad-flash", `sector ${sector.index} of the flash is not blank where it was erased`);
		this.#sectors.program(offset, sealed);
		sector.sealed = false;
		sector.end += recordByteLength(body.length);
		return offset;
	}

	/** Whether enough stays free when a record of some length takes the place of another; 0: of none. */
	hasRoom(byteLength: number, replacedByteLength: number): boolean {
		const counted = (length: number) => (length === 0 ? 0 : Math.max(length, RESERVED_BYTE_LENGTH));
		const growth = counted(byteLength) - counted(replacedByteLength);
		if (growth <= 0) return true;
		// One sector is always free, to copy to.
		const room = (this.#sectors.usableCount - 1) * (this.#sectors.flash.sectorByteLength - RECORDS_OFFSET);
		return this.#index.totalByteLength(RESERVED_BYTE_LENGTH) + growth <= FILL_MAXIMUM * room;
	}

	/** A sector with room for a record of that length. */
	#makeRoom(byteLength: number): Sector {
		const { flash, usableCount } = this.#sectors;
		const fits = (sector: Sector) => !sector.sealed && sector.end + byteLength <= flash.sectorByteLength;
		// Each turn takes a new sector; when all have had theirs there is nothing left to gain.
		for (let turn = 0; turn <= usableCount; turn++) {
			const newest = this.#sectors.newest;
			if (newest !== undefined && fits(newest)) return newest;
			if (this.#sectors.freeCount > 1) this.#sectors.open(this.#sectors.prepare());
			else if (this.#sectors.freeCount === 1) this.#compact();
			while (this.#sectors.freeCount === 0 && this.#evacuate());
		}
		throw new StoreError("full", `there is no room left for a record of ${byteLength} bytes`);
	}

	/** Sectors went bad and none is free: the emptiest one is, once what counts in it lies in the newest. */
	#evacuate(): boolean {
		const { flash, live, newest } = this.#sectors;
		const recordsIn = (sector: Sector) => this.#index.recordsIn(sector.offset, sector.offset + flash.sectorByteLength);
		const bytesIn = (sector: Sector) => recordsIn(sector).reduce((sum, record) => sum + record.byteLength, 0);
		let emptiest: Sector | undefined;
		for (const sector of live)
			if (sector !== newest && (emptiest === undefined || bytesIn(sector) < bytesIn(emptiest))) emptiest = sector;
		if (emptiest === undefined || newest === undefined) return false;
		const needed = bytesIn(emptiest);
		if (needed > 0 && (newest.sealed || newest.end + needed > flash.sectorByteLength)) return false;
		for (const [from, to] of this.#copy(emptiest, newest)) this.#index.moved(from, to);
		this.#sectors.retire(emptiest);
		return true;
	}

	/** Copies what counts in one sector to another; returns from where to where. */
	#copy(source: Sector, target: Sector): [from: number, to: number][] {
		const moves: [from: number, to: number][] = [];
		const end = source.offset + this.#sectors.flash.sectorByteLength;
		for (const { offset } of this.#index.recordsIn(source.offset, end)) {
			const record = this.read(offset);
			if (record?.body === undefined) {
				this.#warn("the record of a peer went bad and is lost");
				this.#index.deleteAt(offset);
				continue;
			}
			moves.push([offset, this.#write(target, record.type, record.sequence, record.body)]);
			wipe(record.body);
		}
		return moves;
	}

	/** Copies what counts in the oldest sector to the last free one; the oldest is erased only then. */
	#compact(): void {
		const [oldest] = this.#sectors.live;
		if (oldest === undefined) throw new RangeError("no live sector");
		const sector = this.#sectors.prepare(oldest);
		const moves = this.#copy(oldest, sector);
		this.#sectors.open(sector);
		for (const [from, to] of moves) this.#index.moved(from, to);
		this.#sectors.retire(oldest);
	}
}

function placeOf(sector: Sector, offset: number): Place {
	return { salt: sector.salt, sectorIndex: sector.index, offset };
}
