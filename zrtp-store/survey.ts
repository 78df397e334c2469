/**
 * What lies in the header's place of every sector: the first look at a partition. sectors.ts takes over what is the store,
 * first-start.ts clears what is not.
 * @module
 */
import { equal } from "bytes/equal";
import { StoreError } from "./flash-device";
import {
	CLEAN_MARK_OFFSET,
	type DecodedHeader,
	decodeCleanMark,
	decodeHeader,
	FORMAT_MAJOR,
	isBlank,
	isEraseMark,
	isFormatMark,
	RECORDS_OFFSET,
	type SectorHeader,
} from "./format";
import type { Part, Sector } from "./part";

export interface Survey {
	readonly headers: ReadonlyMap<Sector, DecodedHeader>;
	/** Holds the format mark: nothing of value is in the partition, or a store without peers. */
	readonly marked: Sector | undefined;
	/** An erasing of everything was begun and must be finished. */
	readonly erasing: boolean;
}

/** Reads the header of each sector, and notes which sectors are clean and how worn. Changes nothing in flash. */
export function survey(part: Part): Survey {
	const headers = new Map<Sector, DecodedHeader>();
	let marked: Sector | undefined;
	let erasing = false;
	for (const sector of part.sectors) {
		const area = part.flash.read(sector.offset, RECORDS_OFFSET);
		const mark = area.slice(CLEAN_MARK_OFFSET);
		if (isFormatMark(mark)) marked = sector;
		const eraseCount = decodeCleanMark(mark);
		sector.eraseCount = eraseCount ?? 0;
		sector.clean = eraseCount !== undefined && isBlank(area.subarray(0, CLEAN_MARK_OFFSET));
		const decoded = sector.clean ? undefined : decodeHeader(area);
		if (decoded === undefined) continue;
		headers.set(sector, decoded);
		if (decoded.header.major !== FORMAT_MAJOR) continue;
		sector.eraseCount = decoded.header.eraseCount;
		erasing ||= isEraseMark(mark);
	}
	return { headers, marked, erasing };
}

/** @throws StoreError when these are not headers of one store that fits this partition */
export function checkHeaders(part: Part, { headers }: Survey): void {
	const [first] = headers.values();
	for (const { header } of headers.values()) checkHeader(part, header, first?.header ?? header);
}

function checkHeader(part: Part, header: SectorHeader, first: SectorHeader): void {
	const { byteLength, sectorByteLength } = part.flash;
	if (header.major !== FORMAT_MAJOR)
		throw new StoreError(
			"format",
			`the retained secrets are stored in format ${header.major}; this version reads format ${FORMAT_MAJOR}`,
		);
	if (header.sectorByteLength !== sectorByteLength || header.sectorCount > part.sectors.length)
		throw new StoreError(
			"size",
			`the retained secrets were stored in ${header.sectorCount} sectors of ${header.sectorByteLength} bytes; ` +
				`this partition has ${byteLength / sectorByteLength} of ${sectorByteLength}`,
		);
	if (!equal(header.storeId, first.storeId))
		throw new StoreError("foreign", "the flash holds pieces of two different stores of retained secrets");
}
