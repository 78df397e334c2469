/**
 * Making a partition ready for a store with nobody in it: at the first start, at the owner's word, and to erase everything.
 * The survey comes in; afterwards every sector is blank or cannot be read, and a power cut on the way is carried on at the
 * next start.
 * @module
 */
import { StoreError } from "./flash-device";
import { CLEAN_MARK_OFFSET, encodeFormatMark, FORMAT_MAJOR, MARK_BYTE_LENGTH, RECORDS_OFFSET } from "./format";
import type { Part, Sector } from "./part";
import type { Survey } from "./survey";

/** A partition without any header may only be taken when nothing can have been in it. @throws StoreError "foreign" */
export function requireBlank(part: Part, { marked }: Survey): void {
	const { sectorByteLength } = part.flash;
	for (const sector of part.sectors) {
		// What lies in a header's place alone is a first start that was interrupted.
		const blank = part.isBlank(sector.offset + RECORDS_OFFSET, sectorByteLength - RECORDS_OFFSET);
		if (!blank && marked === undefined)
			throw new StoreError(
				"foreign",
				`the flash holds something that is no store of retained secrets (sector ${sector.index}); it was left as it is`,
			);
		sector.clean = blank && (sector.clean || part.isBlank(sector.offset, RECORDS_OFFSET));
	}
}

/**
 * Erases whatever is in the partition. Returns the sector with the format mark, which is to be cleared once a store is
 * begun; undefined: there was nothing to erase.
 * @throws StoreError "bad-flash" when something can neither be erased nor overwritten
 */
export function clear(part: Part, found: Survey): Sector | undefined {
	if (part.sectors.every((sector) => sector.clean)) return undefined;
	const stores = [...found.headers].filter(([, { header }]) => header.major === FORMAT_MAJOR);
	const [last] = stores.sort(([, a], [, b]) => b.header.generation - a.header.generation)[0] ?? [];
	// From this program on the store is to be erased, even when the power goes.
	if (last !== undefined) zeroMark(part, last);
	const marked = putFormatMark(part, found.marked === last ? undefined : found.marked, last);
	for (const sector of part.sectors)
		if (sector !== marked && sector !== last && !sector.clean) eraseOrZero(part, sector);
	if (last === undefined) return marked;
	// Nothing else is left, and the format mark says so: what the last erase leaves may look like anything but a header.
	part.zeroHeader(last);
	eraseOrZero(part, last);
	return marked;
}

/** The store is begun: what the mark says is true no more. */
export function zeroMark(part: Part, sector: Sector): void {
	part.flash.program(sector.offset + CLEAN_MARK_OFFSET, new Uint8Array(MARK_BYTE_LENGTH));
}

/** Says on flash that nothing of value is in the partition, in a sector with nothing else in it. */
function putFormatMark(part: Part, marked: Sector | undefined, spared: Sector | undefined): Sector | undefined {
	if (marked !== undefined) {
		part.settle(marked.offset + CLEAN_MARK_OFFSET, encodeFormatMark());
		return marked;
	}
	const candidates = part.sectors.filter((sector) => sector !== spared).reverse();
	const markable = (sector: Sector) =>
		part.isBlank(sector.offset + CLEAN_MARK_OFFSET, part.flash.sectorByteLength - CLEAN_MARK_OFFSET);
	let chosen = candidates.find(markable);
	for (const sector of candidates) {
		if (chosen !== undefined) break;
		if (eraseOrZero(part, sector, false)) chosen = sector;
	}
	if (chosen === undefined) return undefined;
	chosen.clean = false;
	part.program(chosen.offset + CLEAN_MARK_OFFSET, encodeFormatMark());
	return chosen;
}

function eraseOrZero(part: Part, sector: Sector, mark = true): boolean {
	try {
		part.erase(sector, mark);
		return true;
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		part.giveUp(sector, error);
		part.zeroAll(sector);
		return false;
	}
}
