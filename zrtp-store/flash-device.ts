/**
 * What the store needs of a flash part: hal/flash's Flash fits, and so does anything in a test that keeps the rules.
 * @module
 */

/** Raw NOR flash. Every method throws when the part or the power fails. */
export interface FlashDevice {
	/** Size of the partition: two sectors or more. */
	readonly byteLength: number;
	/** Size of what erase() erases. */
	readonly sectorByteLength: number;
	read(offset: number, byteLength: number): Uint8Array;
	/** Clears bits inside one sector; bits that are to stay set or are already clear may be given again. */
	program(offset: number, bytes: Uint8Array): void;
	/** Sets the sector that begins at `offset` to 0xFF. */
	erase(offset: number): void;
}

/** Why the store cannot be opened or written, for a program to tell apart. */
export type StoreErrorCode =
	/** The partition holds something that is no store. */
	| "foreign"
	/** A store of another format version. */
	| "format"
	/** Made for a larger partition or for other sectors. */
	| "size"
	/** Written under another device key. */
	| "wrong-key"
	/** No room, and every other peer is verified. */
	| "full"
	/** The part does not keep what is written. */
	| "bad-flash";

/** Nothing in flash was changed when opening throws one of these. */
export class StoreError extends Error {
	readonly code: StoreErrorCode;

	constructor(code: StoreErrorCode, message: string) {
		super(message);
		this.code = code;
	}

	override get name(): string {
		return "StoreError";
	}
}
