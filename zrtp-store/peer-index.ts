/**
 * Where each peer's record lies, in memory: sorted by ZID, 23 bytes a peer, so that a lookup reads flash once. Filled by
 * store.ts when it opens, and kept up by it.
 * @module
 */
import { compare } from "bytes/compare";
import { ZID_BYTE_LENGTH } from "./format";

/** Peers for which room is added at a time. */
const GROWTH = 16;

export interface IndexEntry {
	/** Of the record, from the start of the partition. */
	readonly offset: number;
	/** Bytes the record takes in flash. */
	readonly byteLength: number;
	readonly sequence: number;
	readonly verified: boolean;
}

export class PeerIndex {
	#zids = new Uint8Array(0);
	#offsets = new Uint32Array(0);
	#sequences = new Uint32Array(0);
	#byteLengths = new Uint16Array(0);
	#verified = new Uint8Array(0);
	#length = 0;

	/** Number of peers. */
	get length(): number {
		return this.#length;
	}

	/** Bytes of memory that the index takes, room for more peers included. */
	get byteLength(): number {
		return this.#columns().reduce((sum, column) => sum + column.byteLength, this.#zids.byteLength);
	}

	get(zid: Uint8Array): IndexEntry | undefined {
		const at = this.#find(zid);
		return at < 0 ? undefined : this.at(at);
	}

	/** The entry at a place 0..length-1, in the order of ZIDs. */
	at(at: number): IndexEntry {
		return {
			offset: this.#offsets[at] ?? 0,
			byteLength: this.#byteLengths[at] ?? 0,
			sequence: this.#sequences[at] ?? 0,
			verified: this.#verified[at] === 1,
		};
	}

	zidAt(at: number): Uint8Array {
		return this.#zids.slice(at * ZID_BYTE_LENGTH, (at + 1) * ZID_BYTE_LENGTH);
	}

	set(zid: Uint8Array, entry: IndexEntry): void {
		let at = this.#find(zid);
		if (at < 0) {
			at = -1 - at;
			this.#open(at);
			this.#zids.set(zid, at * ZID_BYTE_LENGTH);
		}
		this.#offsets[at] = entry.offset;
		this.#byteLengths[at] = entry.byteLength;
		this.#sequences[at] = entry.sequence;
		this.#verified[at] = entry.verified ? 1 : 0;
	}

	delete(zid: Uint8Array): void {
		this.#delete(this.#find(zid));
	}

	/** Forgets the peer whose record lies at an offset. */
	deleteAt(offset: number): void {
		this.#delete(this.#offsets.subarray(0, this.#length).indexOf(offset));
	}

	#delete(at: number): void {
		if (at < 0) return;
		for (const column of this.#columns()) column.copyWithin(at, at + 1, this.#length);
		this.#zids.copyWithin(at * ZID_BYTE_LENGTH, (at + 1) * ZID_BYTE_LENGTH, this.#length * ZID_BYTE_LENGTH);
		this.#length--;
	}

	/** Forgets every peer. */
	clear(): void {
		this.#zids.fill(0);
		this.#length = 0;
	}

	/** The records that lie in start..end, lowest offset first. */
	recordsIn(start: number, end: number): IndexEntry[] {
		const found: IndexEntry[] = [];
		for (let at = 0; at < this.#length; at++) {
			const offset = this.#offsets[at] ?? 0;
			if (offset >= start && offset < end) found.push(this.at(at));
		}
		return found.sort((a, b) => a.offset - b.offset);
	}

	/** Bytes that all the records take in flash, each counted as `least` or more. */
	totalByteLength(least: number): number {
		let total = 0;
		for (const byteLength of this.#byteLengths.subarray(0, this.#length)) total += Math.max(least, byteLength);
		return total;
	}

	/** A record was copied. */
	moved(from: number, to: number): void {
		const at = this.#offsets.subarray(0, this.#length).indexOf(from);
		if (at >= 0) this.#offsets[at] = to;
	}

	/** The peer whose unverified record is the oldest, other than `spared`. */
	oldestUnverified(spared: Uint8Array): Uint8Array | undefined {
		let oldest = -1;
		for (let at = 0; at < this.#length; at++) {
			if (this.#verified[at] === 1 || compare(this.#zidView(at), spared) === 0) continue;
			if (oldest < 0 || (this.#sequences[at] ?? 0) < (this.#sequences[oldest] ?? 0)) oldest = at;
		}
		return oldest < 0 ? undefined : this.zidAt(oldest);
	}

	/** The place of a ZID, or -1 - the place where it would be. */
	#find(zid: Uint8Array): number {
		let low = 0;
		let high = this.#length - 1;
		while (low <= high) {
			const middle = (low + high) >> 1;
			const order = compare(this.#zidView(middle), zid);
			if (order === 0) return middle;
			if (order < 0) low = middle + 1;
			else high = middle - 1;
		}
		return -1 - low;
	}

	#zidView(at: number): Uint8Array {
		return this.#zids.subarray(at * ZID_BYTE_LENGTH, (at + 1) * ZID_BYTE_LENGTH);
	}

	#columns() {
		return [this.#offsets, this.#sequences, this.#byteLengths, this.#verified];
	}

	#open(at: number): void {
		if (this.#length === this.#offsets.length) this.#grow();
		for (const column of this.#columns()) column.copyWithin(at + 1, at, this.#length);
		this.#zids.copyWithin((at + 1) * ZID_BYTE_LENGTH, at * ZID_BYTE_LENGTH, this.#length * ZID_BYTE_LENGTH);
		this.#length++;
	}

	#grow(): void {
		const capacity = this.#length + GROWTH;
		const zids = new Uint8Array(capacity * ZID_BYTE_LENGTH);
		zids.set(this.#zids);
		this.#zids = zids;
		const offsets = new Uint32Array(capacity);
		offsets.set(this.#offsets);
		this.#offsets = offsets;
		const sequences = new Uint32Array(capacity);
		sequences.set(this.#sequences);
		this.#sequences = sequences;
		const byteLengths = new Uint16Array(capacity);
		byteLengths.set(this.#byteLengths);
		this.#byteLengths = byteLengths;
		const verified = new Uint8Array(capacity);
		verified.set(this.#verified);
		this.#verified = verified;
	}
}
