/** Listens for a tone in a recording: what one phone plays must be heard at the other. */
import { readFileSync } from "node:fs";

/** Full scale is 1. A tone of the simulator is about 0.18; anything above this was heard. */
const HEARD_AMPLITUDE = 0.05;
/** The tone must stand this far above what else is in the window. */
const HEARD_RATIO = 0.5;

export interface Recording {
	readonly rateHz: number;
	/** -1..1, first channel. */
	readonly samples: Float64Array;
}

/** @throws {Error} when the file is no 16-bit PCM WAV */
export function readWav(file: string): Recording {
	const bytes = readFileSync(file);
	if (bytes.length < 44 || bytes.toString("latin1", 0, 4) !== "RIFF") throw new Error(`${file} is no WAV file`);
	let rateHz = 0;
	let channels = 0;
	for (let at = 12; at + 8 <= bytes.length; ) {
		const id = bytes.toString("latin1", at, at + 4);
		const byteLength = bytes.readUInt32LE(at + 4);
		if (id === "fmt ") {
			channels = bytes.readUInt16LE(at + 10);
			rateHz = bytes.readUInt32LE(at + 12);
			if (bytes.readUInt16LE(at + 22) !== 16) throw new Error(`${file} has no 16-bit samples`);
		} else if (id === "data" && channels > 0) {
			const count = Math.floor(Math.min(byteLength, bytes.length - at - 8) / 2 / channels);
			return {
				rateHz,
				samples: Float64Array.from({ length: count }, (_, i) => bytes.readInt16LE(at + 8 + i * 2 * channels) / 32768),
			};
		}
		at += 8 + byteLength + (byteLength & 1);
	}
	throw new Error(`${file} has no sound in it`);
}

/** Amplitude of one frequency in a window, by Goertzel's algorithm. */
export function amplitude(samples: Float64Array, rateHz: number, toneHz: number): number {
	const coefficient = 2 * Math.cos((2 * Math.PI * toneHz) / rateHz);
	let [before, last] = [0, 0];
	for (const sample of samples) [before, last] = [last, sample + coefficient * last - before];
	return (2 * Math.sqrt(Math.max(0, last * last + before * before - coefficient * last * before))) / samples.length;
}

/** True when some half second of the recording is mostly this tone. */
export function heard(recording: Recording, toneHz: number): boolean {
	const { rateHz, samples } = recording;
	const length = Math.floor(rateHz / 2);
	for (let start = 0; start + length <= samples.length; start += Math.floor(length / 4)) {
		const window = samples.subarray(start, start + length);
		const power = window.reduce((sum, sample) => sum + sample * sample, 0) / length;
		const level = amplitude(window, rateHz, toneHz);
		if (level > HEARD_AMPLITUDE && (level * level) / 2 > HEARD_RATIO * power) return true;
	}
	return false;
}
