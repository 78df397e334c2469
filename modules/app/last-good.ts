/**
 * The last config that passed its check, kept in flash so that the phone comes up without its config server, and with it
 * what the owner has changed on the phone (wishes.ts). Two slots take turns: a power cut while one is written leaves the
 * other.
 */
import { crc32c } from "bytes/crc32c";
import { Reader } from "bytes/reader";
import { utf8Decode, utf8Encode } from "bytes/text";
import { Writer } from "bytes/writer";
import type { FlashDevice } from "zrtp-store/flash-device";

/**
 * "SOTC", then u32 sequence, u32 length, u32 CRC-32C of sequence, length and text; then the text: the config, and where
 * there are wishes a NUL, which no JSON has, and they.
 */
const MAGIC = 0x534f5443;
const HEADER_BYTE_LENGTH = 16;
const BETWEEN = "\0";

interface Slot {
	readonly offset: number;
	readonly sequence: number;
	readonly text: string | undefined;
}

export class LastGood {
	readonly #flash: FlashDevice;
	readonly #slotByteLength: number;

	/** @param flash two slots of whole sectors */
	constructor(flash: FlashDevice) {
		this.#flash = flash;
		this.#slotByteLength = Math.floor(flash.byteLength / 2 / flash.sectorByteLength) * flash.sectorByteLength;
	}

	/** The config stored last, or undefined where there is none that is whole. */
	read(): string | undefined {
		const { config } = this.#parts();
		return config === "" ? undefined : config;
	}

	/** The owner's wishes as they were stored last; "": none. */
	readWishes(): string {
		return this.#parts().wishes;
	}

	/** The wishes stay. @returns false when the text is too long for a slot; nothing is changed then */
	write(config: string): boolean {
		return this.#store(config, this.#parts().wishes);
	}

	/** The config stays. @returns as write */
	writeWishes(wishes: string): boolean {
		return this.#store(this.#parts().config, wishes);
	}

	#parts(): { readonly config: string; readonly wishes: string } {
		const text = this.#newest()?.text ?? "";
		const end = text.indexOf(BETWEEN);
		return end < 0 ? { config: text, wishes: "" } : { config: text.slice(0, end), wishes: text.slice(end + 1) };
	}

	#store(config: string, wishes: string): boolean {
		const newest = this.#newest();
		const text = wishes === "" ? config : `${config}${BETWEEN}${wishes}`;
		if ((newest?.text ?? "") === text) return true;
		const bytes = utf8Encode(text);
		if (bytes.length + HEADER_BYTE_LENGTH > this.#slotByteLength) return false;
		const offset = newest?.offset === 0 ? this.#slotByteLength : 0;
		const sequence = ((newest?.sequence ?? 0) + 1) >>> 0;
		const { sectorByteLength } = this.#flash;
		const record = new Writer(HEADER_BYTE_LENGTH + bytes.length);
		record.u32(MAGIC).u32(sequence).u32(bytes.length).u32(checksum(sequence, bytes)).bytes(bytes);
		const whole = record.finish();
		// What lies behind it of a longer one is not read: its length is checked.
		for (let at = 0; at < whole.length; at += sectorByteLength) this.#flash.erase(offset + at);
		// The first sector, which holds the header, goes last: a slot without a header is an empty one.
		for (let at = Math.floor((whole.length - 1) / sectorByteLength) * sectorByteLength; at >= 0; at -= sectorByteLength)
			this.#flash.program(offset + at, whole.subarray(at, Math.min(whole.length, at + sectorByteLength)));
		return true;
	}

	/** Nothing is kept any more. */
	erase(): void {
		const { byteLength, sectorByteLength } = this.#flash;
		for (let at = 0; at + sectorByteLength <= byteLength; at += sectorByteLength) this.#flash.erase(at);
	}

	#newest(): Slot | undefined {
		const slots = [this.#slot(0), this.#slot(this.#slotByteLength)].filter((slot) => slot?.text !== undefined);
		return slots.reduce(
			(best, slot) => (best && slot && (best.sequence - slot.sequence) >>> 31 === 0 ? best : slot),
			undefined,
		);
	}

	#slot(offset: number): Slot | undefined {
		const header = new Reader(this.#flash.read(offset, HEADER_BYTE_LENGTH));
		const magic = header.u32();
		const sequence = header.u32();
		const byteLength = header.u32();
		const sum = header.u32();
		if (magic !== MAGIC || byteLength > this.#slotByteLength - HEADER_BYTE_LENGTH) return undefined;
		const bytes = this.#flash.read(offset + HEADER_BYTE_LENGTH, byteLength);
		return checksum(sequence, bytes) === sum ? { offset, sequence, text: utf8Decode(bytes) } : undefined;
	}
}

function checksum(sequence: number, bytes: Uint8Array): number {
	return crc32c(new Writer(8 + bytes.length).u32(sequence).u32(bytes.length).bytes(bytes).finish());
}
