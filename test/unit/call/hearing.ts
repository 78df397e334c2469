/** What a phone's speaker played, measured: how loud each tone is in the recording's last stretch. */
import { readFile } from "board/files";

const WAV_HEADER_BYTES = 44;
const RATE_HZ = 8000;

/** Samples of the last stretch of a recording, 8 kHz mono. */
export function lastSamples(path: string, ms: number): Int16Array {
	const bytes = readFile(path, 1 << 24);
	if (bytes === undefined) throw new Error(`nothing was recorded: ${path}`);
	const samples = new Int16Array(
		bytes.slice(WAV_HEADER_BYTES, bytes.length - ((bytes.length - WAV_HEADER_BYTES) % 2)).buffer,
	);
	return samples.slice(-Math.round((ms * RATE_HZ) / 1000));
}

/** Amplitude of one frequency, 0..32767, by Goertzel's recurrence. */
export function amplitudeOf(samples: Int16Array, hz: number): number {
	const factor = 2 * Math.cos((2 * Math.PI * hz) / RATE_HZ);
	let [one, two] = [0, 0];
	for (const sample of samples) [one, two] = [sample + factor * one - two, one];
	const power = one * one + two * two - factor * one * two;
	return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}
