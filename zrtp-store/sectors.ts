/**
 * The sectors of the partition: which of them hold the store, in which order, and which are free to be erased. What lies
 * on flash comes in when the store opens; sector-log.ts asks for new sectors and gives old ones back.
 * @module
 */
import { equal } from "bytes/equal";
import type { Provider, RandomSource } from "crypto/types";
import { clear, requireBlank, zeroMark } from "./first-start";
import { type FlashDevice, StoreError } from "./flash-device";
import {
	type DecodedHeader,
	distance,
	encodeHeader,
	FORMAT_MAJOR,
	finishHeader,
	MARK_BYTE_LENGTH,
	OPENED_MARK_OFFSET,
	RECORDS_OFFSET,
	SALT_BYTE_LENGTH,
	type SectorHeader,
	STORE_ID_BYTE_LENGTH,
	ZID_BYTE_LENGTH,
} from "./format";
import { Part, type Sector } from "./part";
import { Sealer } from "./sealer";
import { checkHeaders, survey } from "./survey";

/** Wrong bits up to which a 128-bit mark still counts: no other content comes that near. */
const MARK_TOLERANCE = 8;

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
	readonly #part: Part;
	#generation = 0;
	/** The sector that is not open yet, and the tagged part of its header, which the opened mark is about. */
	#prepared: { readonly sector: Sector; readonly tagged: Uint8Array } | undefined;

	/** @throws StoreError when the partition cannot be opened; then nothing in it was changed */
	constructor(options: SectorsOptions) {
		const { flash, provider, deviceKey, random, warn, format } = options;
		this.flash = flash;
		this.#random = random;
		this.#warn = warn;
		this.#part = new Part(flash, warn);
		const found = survey(this.#part);
		const [first] = found.headers.values();
		const begun = first === undefined || format || found.erasing;
		if (!begun) checkHeaders(this.#part, found);
		else if (first === undefined && !format) requireBlank(this.#part, found);
		this.#storeId = begun ? random(STORE_ID_BYTE_LENGTH) : first.header.storeId;
		this.sealer = new Sealer(provider, deviceKey, this.#storeId);
		let marked = found.marked;
		if (begun) {
			marked = clear(this.#part, found);
			this.zid = options.zid ?? random(ZID_BYTE_LENGTH);
			this.open(this.prepare());
		} else {
			this.zid = this.#adopt(found.headers).zid;
			this.#finishRetirement(found.headers);
		}
		if (marked !== undefined && marked.state === "free" && !marked.clean) zeroMark(this.#part, marked);
	}

	/** Oldest first. */
	get live(): readonly Sector[] {
		return this.#part.sectors.filter((sector) => sector.state === "live").sort((a, b) => a.generation - b.generation);
	}

	/** The one that records are appended to. */
	get newest(): Sector | undefined {
		let newest: Sector | undefined;
		for (const sector of this.#part.sectors)
			if (sector.state === "live" && (newest === undefined || sector.generation > newest.generation)) newest = sector;
		return newest;
	}

	/** The live sector that an offset from the start of the partition lies in. */
	liveAt(offset: number): Sector | undefined {
		const sector = this.#part.sectors[Math.floor(offset / this.flash.sectorByteLength)];
		return sector?.state === "live" ? sector : undefined;
	}

	get freeCount(): number {
		return this.#part.sectors.filter((sector) => sector.state === "free").length;
	}

	/** Sectors that could take a record, now or after they are erased. */
	get usableCount(): number {
		return this.#part.sectors.filter((sector) => sector.state !== "bad").length;
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
				this.#part.giveUp(sector, error);
			}
		}
		throw failure ?? new StoreError("bad-flash", "no sector of the flash is free");
	}

	/** The prepared sector is the newest one from now on, even when the power goes. */
	open(sector: Sector): void {
		const prepared = this.#prepared;
		if (prepared?.sector !== sector) throw new RangeError(`sector ${sector.index} was not prepared`);
		this.program(sector.offset + OPENED_MARK_OFFSET, this.sealer.openedMark(prepared.tagged));
		this.#prepared = undefined;
		sector.state = "live";
	}

	/** Everything in it was taken over by a sector that is open: nothing of it stays readable. */
	retire(sector: Sector): void {
		this.#eraseFree(sector);
	}

	#eraseFree(sector: Sector): void {
		sector.state = "free";
		try {
			this.#part.erase(sector);
		} catch (error) {
			// Its header must go, or it would count again once its successor has gone.
			this.#part.zeroHeader(sector);
			this.#part.giveUp(sector, error);
		}
	}

	program(offset: number, bytes: Uint8Array): void {
		this.#part.program(offset, bytes);
	}

	isBlank(offset: number, byteLength: number): boolean {
		return this.#part.isBlank(offset, byteLength);
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
			sector.end = RECORDS_OFFSET;
			this.#settleMark(sector, tagged);
		}
		const newest = authentic[authentic.length - 1]?.[1].header;
		if (newest === undefined) throw new RangeError("no header");
		this.#generation = newest.generation;
		// The power went while the very first sector was being opened: nothing has been stored yet.
		if (opened.length === 0) this.#openFirst(authentic, newest);
		// Bits that the power left between 0 and 1 could make it count at a later start.
		else for (const [sector] of authentic) if (sector.state === "free") this.#eraseFree(sector);
		return newest;
	}

	/** A mark that was cut short and is near enough to count: made whole, so that it counts at every start. */
	#settleMark({ offset }: Sector, tagged: Uint8Array): void {
		const right = this.sealer.openedMark(tagged);
		const mark = this.flash.read(offset + OPENED_MARK_OFFSET, MARK_BYTE_LENGTH);
		if (!equal(mark, right)) this.#part.settle(offset + OPENED_MARK_OFFSET, right);
	}

	/** The first sector's header is there without its mark: the identity in it is kept. */
	#openFirst(authentic: readonly (readonly [Sector, DecodedHeader])[], newest: SectorHeader): void {
		const last = authentic[authentic.length - 1];
		if (last === undefined || newest.replaces !== 0)
			throw new StoreError(
				"foreign",
				"the flash holds the beginning of a store of retained secrets, but not the store",
			);
		const [sector, { tagged, tag }] = last;
		this.#part.settle(sector.offset, finishHeader(tagged, tag));
		sector.salt = newest.salt;
		sector.generation = newest.generation;
		sector.end = RECORDS_OFFSET;
		this.#prepared = { sector, tagged };
		this.open(sector);
	}

	/** The power went after a sector had been taken over and before it was erased. */
	#finishRetirement(headers: ReadonlyMap<Sector, DecodedHeader>): void {
		for (const successor of this.live) {
			const replaces = headers.get(successor)?.header.replaces ?? 0;
			const replaced = this.live.find((sector) => replaces !== 0 && sector.generation === replaces);
			if (replaced !== undefined) this.retire(replaced);
		}
	}

	#leastWorn(): Sector | undefined {
		let best: Sector | undefined;
		for (const sector of this.#part.sectors) {
			if (sector.state !== "free") continue;
			if (best === undefined || Number(sector.clean) - Number(best.clean) > 0) best = sector;
			else if (sector.clean === best.clean && sector.eraseCount < best.eraseCount) best = sector;
		}
		return best;
	}

	#writeHeader(sector: Sector, replaces: Sector | undefined): void {
		if (!sector.clean) this.#part.erase(sector);
		sector.clean = false;
		sector.generation = ++this.#generation;
		sector.salt = this.#random(SALT_BYTE_LENGTH);
		const tagged = encodeHeader({
			major: FORMAT_MAJOR,
			sectorByteLength: this.flash.sectorByteLength,
			sectorCount: this.#part.sectors.length,
			generation: sector.generation,
			eraseCount: sector.eraseCount,
			replaces: replaces?.generation ?? 0,
			storeId: this.#storeId,
			salt: sector.salt,
			zid: this.zid,
			sectorIndex: sector.index,
		});
		this.program(sector.offset, finishHeader(tagged, this.sealer.headerTag(tagged)));
		sector.end = RECORDS_OFFSET;
		sector.sealed = false;
		this.#prepared = { sector, tagged };
	}
}
