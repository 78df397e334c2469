/**
 * The checked cursor over bytes that came from outside: every length read from the wire passes here.
 * Packets enter from hal/rtp and hal/net by way of the protocol rooms; numbers and slices leave.
 * @module
 */

/**
 * Reads big-endian fields forward. Reading past the end never throws: the cursor turns `overrun`, which is
 * sticky, and every read from then on gives 0 or an empty array. So a decoder reads all its fields and asks
 * `overrun` once, before it believes any of them.
 */
export class Reader {
	readonly #bytes: Uint8Array;
	#offset = 0;
	#overrun = false;

	/** @param bytes is not copied; it must not change while the reader is in use. */
	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	/** Length of the whole input in bytes. */
	get byteLength(): number {
		return this.#bytes.length;
	}

	/** Bytes read so far. */
	get offset(): number {
		return this.#offset;
	}

	/** Moves the cursor; a place outside 0..byteLength (or no integer) is an overrun. */
	set offset(value: number) {
		if (this.#overrun) return;
		if (Number.isInteger(value) && value >= 0 && value <= this.#bytes.length) this.#offset = value;
		else this.#fail();
	}

	/** Bytes left; 0 after an overrun. */
	get remaining(): number {
		return this.#bytes.length - this.#offset;
	}

	/** True once any read went past the end. */
	get overrun(): boolean {
		return this.#overrun;
	}

	/** One octet. */
	u8(): number {
		return this.#take(1) ? this.#at(-1) : 0;
	}

	/** Two octets, big-endian. */
	u16(): number {
		return this.#take(2) ? (this.#at(-2) << 8) | this.#at(-1) : 0;
	}

	/** Four octets, big-endian, 0..2^32-1. */
	u32(): number {
		if (!this.#take(4)) return 0;
		return ((this.#at(-4) << 24) | (this.#at(-3) << 16) | (this.#at(-2) << 8) | this.#at(-1)) >>> 0;
	}

	/** The next `byteLength` octets, copied. */
	bytes(byteLength: number): Uint8Array {
		return this.view(byteLength).slice();
	}

	/** The next `byteLength` octets without a copy: valid while the input is. */
	view(byteLength: number): Uint8Array {
		if (!this.#take(byteLength)) return new Uint8Array(0);
		return this.#bytes.subarray(this.#offset - byteLength, this.#offset);
	}

	/** Passes over `byteLength` octets. */
	skip(byteLength: number): void {
		this.#take(byteLength);
	}

	/** Everything left, copied. */
	rest(): Uint8Array {
		return this.bytes(this.remaining);
	}

	/** A reader over the next `byteLength` octets, which this one passes over; already overrun when they are not there. */
	sub(byteLength: number): Reader {
		const reader = new Reader(this.view(byteLength));
		if (this.#overrun) reader.#fail();
		return reader;
	}

	#take(byteLength: number): boolean {
		if (!Number.isInteger(byteLength) || byteLength < 0 || byteLength > this.#bytes.length - this.#offset) {
			this.#fail();
			return false;
		}
		this.#offset += byteLength;
		return true;
	}

	/** The octet at a distance from the cursor, which #take has already checked. */
	#at(distance: number): number {
		return this.#bytes[this.#offset + distance] ?? 0;
	}

	/** At the end nothing can be taken any more: that is what makes it sticky. */
	#fail(): void {
		this.#overrun = true;
		this.#offset = this.#bytes.length;
	}
}
