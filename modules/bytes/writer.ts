/**
 * Builds a packet or a record of a known length, big-endian. The protocol rooms encode with it.
 * @module
 */

/**
 * A buffer of exactly `byteLength` octets, filled forward. Writing past the end, or finishing before it, is a
 * bug of ours and throws RangeError; so does a value that does not fit its field.
 */
export class Writer {
	readonly #bytes: Uint8Array;
	#offset = 0;

	constructor(byteLength: number) {
		if (!Number.isInteger(byteLength) || byteLength < 0) throw new RangeError(`byteLength: ${byteLength}`);
		this.#bytes = new Uint8Array(byteLength);
	}

	/** Octets written so far. */
	get offset(): number {
		return this.#offset;
	}

	u8(value: number): this {
		check(value, 0xff);
		this.#bytes[this.#take(1)] = value;
		return this;
	}

	u16(value: number): this {
		this.#put16(this.#take(2), value);
		return this;
	}

	u32(value: number): this {
		this.#put32(this.#take(4), value);
		return this;
	}

	bytes(bytes: Uint8Array): this {
		this.#bytes.set(bytes, this.#take(bytes.length));
		return this;
	}

	zeros(byteLength: number): this {
		this.#take(byteLength);
		return this;
	}

	/** Overwrites two octets that are already written: a length or a count known only afterwards. */
	patchU16(offset: number, value: number): this {
		this.#written(offset, 2);
		this.#put16(offset, value);
		return this;
	}

	/** Overwrites four octets that are already written. */
	patchU32(offset: number, value: number): this {
		this.#written(offset, 4);
		this.#put32(offset, value);
		return this;
	}

	/** The octets. The writer keeps no other copy. @throws RangeError when fewer than `byteLength` were written. */
	finish(): Uint8Array {
		if (this.#offset !== this.#bytes.length)
			throw new RangeError(`wrote ${this.#offset} of ${this.#bytes.length} bytes`);
		return this.#bytes;
	}

	#take(byteLength: number): number {
		const offset = this.#offset;
		if (!Number.isInteger(byteLength) || byteLength < 0 || byteLength > this.#bytes.length - offset)
			throw new RangeError(`${byteLength} bytes do not fit at ${offset} of ${this.#bytes.length}`);
		this.#offset = offset + byteLength;
		return offset;
	}

	#written(offset: number, byteLength: number): void {
		if (!Number.isInteger(offset) || offset < 0 || offset + byteLength > this.#offset)
			throw new RangeError(`nothing written yet at ${offset}`);
	}

	#put16(offset: number, value: number): void {
		check(value, 0xffff);
		this.#bytes[offset] = value >>> 8;
		this.#bytes[offset + 1] = value & 0xff;
	}

	#put32(offset: number, value: number): void {
		check(value, 0xffffffff);
		this.#bytes[offset] = value >>> 24;
		this.#bytes[offset + 1] = (value >>> 16) & 0xff;
		this.#bytes[offset + 2] = (value >>> 8) & 0xff;
		this.#bytes[offset + 3] = value & 0xff;
	}
}

function check(value: number, maximum: number): void {
	if (!Number.isInteger(value) || value < 0 || value > maximum)
		throw new RangeError(`expected an integer of 0..${maximum}`);
}
