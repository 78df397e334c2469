/** A tone as a WAV file, for a peer that plays files. */
import { writeFileSync } from "node:fs";

/** 16-bit mono at 8 kHz, a quarter of full scale. */
export function writeTone(file: string, toneHz: number, seconds = 30): void {
	const rateHz = 8000;
	const count = rateHz * seconds;
	const bytes = Buffer.alloc(44 + count * 2);
	bytes.write("RIFF", 0, "latin1");
	bytes.writeUInt32LE(36 + count * 2, 4);
	bytes.write("WAVEfmt ", 8, "latin1");
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(1, 22);
	bytes.writeUInt32LE(rateHz, 24);
	bytes.writeUInt32LE(rateHz * 2, 28);
	bytes.writeUInt16LE(2, 32);
	bytes.writeUInt16LE(16, 34);
	bytes.write("data", 36, "latin1");
	bytes.writeUInt32LE(count * 2, 40);
	for (let index = 0; index < count; index++)
		bytes.writeInt16LE(Math.round(8192 * Math.sin((2 * Math.PI * toneHz * index) / rateHz)), 44 + index * 2);
	writeFileSync(file, bytes);
}
