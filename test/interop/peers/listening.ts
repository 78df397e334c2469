/** Waits until phones hear a tone, or nothing: as soon as they do, however long this machine takes. */
import path from "node:path";
import type { PhoneProcess } from "../../../scripts/simulator/phone-process";
import { amplitude, heard, type Recording, readWav } from "../../../scripts/simulator/tone";

export interface Listener {
	/** For what is said when it heard something else. */
	readonly who: string;
	/** Seconds that it has heard so far. */
	playedSec(): number;
	/** What it heard last. */
	last(ms: number): Recording;
	/** The end of its log. */
	said(): string;
}

/** Half a second, as scripts/simulator/tone.ts judges it. */
const WINDOW_MS = 500;
/** A tone that was sent has 0.18 or more. */
const NOTHING = 0.01;
const LOOK_EVERY_MS = 100;
/** On a machine with much else to do a tone has gaps for a while. */
const TIMEOUT_MS = 30_000;

async function until(
	wish: string,
	listener: Listener,
	hz: number,
	good: (window: Recording) => boolean,
	timeoutMs: number,
): Promise<void> {
	const from = listener.playedSec();
	for (const end = Date.now() + timeoutMs; ; ) {
		const window = listener.last(WINDOW_MS);
		const enough = listener.playedSec() >= from + WINDOW_MS / 1000;
		if (enough && good(window)) return;
		if (Date.now() > end)
			throw new Error(
				`${listener.who} ${wish} ${hz} Hz in ${timeoutMs} ms, but at ${amplitude(window.samples, window.rateHz, hz)} ` +
					`after ${listener.playedSec() - from} s; it said:\n${listener.said()}`,
			);
		await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
	}
}

/** From now on, for half a second. @throws {Error} with the end of its log where it does not in time */
export function hears(listener: Listener, hz: number, timeoutMs = TIMEOUT_MS): Promise<void> {
	return until("did not hear", listener, hz, (window) => heard(window, hz), timeoutMs);
}

/** For half a second nothing of that tone. @throws {Error} as above */
export function hearsNothingOf(listener: Listener, hz: number, timeoutMs = TIMEOUT_MS): Promise<void> {
	const quiet = ({ samples, rateHz }: Recording): boolean => amplitude(samples, rateHz, hz) < NOTHING;
	return until("was to stop hearing", listener, hz, quiet, timeoutMs);
}

/** What a Sotto plays, into a file of its own from now on. */
export function listenTo(phone: PhoneProcess, folder: string, name: string): Listener {
	const file = path.join(folder, `heard-by-${name}.wav`);
	phone.send({ speaker: file });
	return fileListener(name, file, readWav, () => phone.lines.slice(-40).join("\n"));
}

/** What a phone writes to a file, as `readFile` reads it. */
export function fileListener(
	who: string,
	file: string,
	readFile: (file: string) => Recording,
	said: () => string,
): Listener {
	const read = (): Recording => {
		try {
			return readFile(file);
		} catch {
			// Not begun.
			return { rateHz: 8000, samples: new Float64Array(0) };
		}
	};
	return {
		who,
		said,
		playedSec: () => {
			const { rateHz, samples } = read();
			return samples.length / rateHz;
		},
		last: (ms) => {
			const { rateHz, samples } = read();
			return { rateHz, samples: samples.subarray(-(rateHz * ms) / 1000) };
		},
	};
}
