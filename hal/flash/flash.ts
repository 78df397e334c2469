/**
 * One partition of raw NOR flash. zrtp-store's records come in; they stay when the power goes. The port holds the part's
 * rules: erasing sets a whole sector to 0xFF, programming only clears bits.
 * @module
 */

export interface FlashStatistics {
	/** Program and erase operations since this object was made. */
	readonly programs: number;
	readonly erases: number;
	readonly programmedByteLength: number;
}

export interface FlashOptions {
	/** Simulator: the file that is the part. It is made, blank, when it does not exist, and its folders with it. */
	readonly path: string;
	/** Size of the partition in bytes: a multiple of the sector, up to 16 MB. */
	readonly byteLength: number;
	/** Size of one erasable sector in bytes, 256..262144; default 4096. */
	readonly sectorByteLength?: number;
	/** Simulator: whether each operation reaches the disk before it returns; default true. False is for tests. */
	readonly durable?: boolean;
}

export default class Flash extends Native("xs_flash_destructor") {
	/**
	 * Opens the partition for this process alone.
	 * @throws Error naming the file and why: in use by another phone, another size (the file is left as it is), a
	 * folder that is not writable
	 */
	constructor(options: FlashOptions) {
		super();
		native("xs_flash_constructor").call(this, options);
	}

	/** Safe to repeat. Every other call throws after it. */
	close(): void {
		native("xs_flash_close").call(this);
	}

	/** A copy of the bytes at `offset`. @throws RangeError outside the partition */
	read(offset: number, byteLength: number): Uint8Array {
		const buffer: ArrayBuffer = native("xs_flash_read").call(this, offset, byteLength);
		return new Uint8Array(buffer);
	}

	/** Clears bits, inside one sector. @throws RangeError when a bit would have to be set, and outside the partition */
	program(offset: number, bytes: Uint8Array): void {
		native("xs_flash_program").call(this, offset, bytes);
	}

	/** Sets the sector that begins at `offset` to 0xFF. @throws RangeError when none begins there */
	erase(offset: number): void {
		native("xs_flash_erase").call(this, offset);
	}

	get byteLength(): number {
		return native("xs_flash_get_byteLength").call(this);
	}

	get sectorByteLength(): number {
		return native("xs_flash_get_sectorByteLength").call(this);
	}

	get statistics(): FlashStatistics {
		return native("xs_flash_get_statistics").call(this);
	}
}
