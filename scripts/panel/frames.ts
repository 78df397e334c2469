/**
 * The framing of the stream between a phone process and its panel (boards/sim/desk.c is the other end): one octet of
 * type, the payload's length as u32 little-endian, the payload.
 */

/** `J` JSON, `F` frame buffer, `S` speaker sound, `M` microphone sound, `K` a key's name. */
export type FrameType = "J" | "F" | "S" | "M" | "K";

const HEADER_BYTE_LENGTH = 5;
/** A frame buffer of 320x240 is 150 KB; nothing larger is meant. */
const MAX_PAYLOAD_BYTE_LENGTH = 1 << 20;

export function encodeFrame(type: FrameType, payload: Buffer): Buffer {
	const header = Buffer.alloc(HEADER_BYTE_LENGTH);
	header.write(type, 0, "latin1");
	header.writeUInt32LE(payload.length, 1);
	return Buffer.concat([header, payload]);
}

/** Cuts a byte stream into frames. */
export class FrameReader {
	readonly #onFrame: (type: string, payload: Buffer) => void;
	#pending: Buffer = Buffer.alloc(0);

	constructor(onFrame: (type: string, payload: Buffer) => void) {
		this.#onFrame = onFrame;
	}

	/** @throws {RangeError} when a length is beyond anything that is meant; close the stream then. */
	push(bytes: Buffer): void {
		this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
		while (this.#pending.length >= HEADER_BYTE_LENGTH) {
			const byteLength = this.#pending.readUInt32LE(1);
			if (byteLength > MAX_PAYLOAD_BYTE_LENGTH) throw new RangeError(`a frame of ${byteLength} bytes is too long`);
			const end = HEADER_BYTE_LENGTH + byteLength;
			if (this.#pending.length < end) return;
			this.#onFrame(this.#pending.toString("latin1", 0, 1), this.#pending.subarray(HEADER_BYTE_LENGTH, end));
			this.#pending = this.#pending.subarray(end);
		}
	}
}
