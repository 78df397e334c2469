/**
 * The sound card of a peer that plays by ALSA: a PCM of a private asound.conf that writes into a FIFO, which is read here at
 * the pace of a sound card. So the peer's own player is heard, whatever becomes of its recorder.
 */
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Recording } from "../../../scripts/simulator/tone";

const RATE_HZ = 48000;
const CHANNELS = 2;
const FRAME_BYTES = 2 * CHANNELS;
const BYTES_PER_MS = (RATE_HZ / 1000) * FRAME_BYTES;
const READ_EVERY_MS = 20;
/** A reader that comes late takes no more than this at once, so that the peer is not asked for sound it does not have yet. */
const LATE_MS = 400;
const KEPT_SEC = 4;

export class Ear {
	/** For ALSA_CONFIG_PATH; the PCM is called `heard`. */
	readonly config: string;
	readonly #pipe: number;
	readonly #timer: NodeJS.Timeout;
	readonly #samples = new Float64Array(KEPT_SEC * RATE_HZ);
	#count = 0;
	#closed = false;
	#lastMs = performance.now();

	constructor(folder: string) {
		mkdirSync(folder, { recursive: true });
		const fifo = path.join(folder, "heard.fifo");
		execFileSync("mkfifo", [fifo]);
		this.config = path.join(folder, "asound.conf");
		writeFileSync(
			this.config,
			`pcm.heard {\n\ttype file\n\tslave.pcm { type null }\n\tfile "${path.resolve(fifo)}"\n\tformat raw\n}\n`,
		);
		// Open for both, so that neither the player's open waits nor its end is taken for the end of all.
		this.#pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
		this.#timer = setInterval(() => this.#read(), READ_EVERY_MS);
	}

	/** Seconds that were played so far. */
	get playedSec(): number {
		return this.#count / RATE_HZ;
	}

	/** What was played last; up to four seconds are kept. */
	last(ms: number): Recording {
		const count = Math.min((ms * RATE_HZ) / 1000, this.#count, this.#samples.length);
		const samples = new Float64Array(count);
		for (let index = 0; index < count; index++)
			samples[index] = this.#samples[(this.#count - count + index) % this.#samples.length] ?? 0;
		return { rateHz: RATE_HZ, samples };
	}

	/** Safe to repeat. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		clearInterval(this.#timer);
		closeSync(this.#pipe);
	}

	#read(): void {
		const now = performance.now();
		const wanted = Math.floor(Math.min(now - this.#lastMs, LATE_MS) * BYTES_PER_MS);
		this.#lastMs = now;
		const bytes = Buffer.alloc(wanted - (wanted % FRAME_BYTES));
		let length = 0;
		try {
			while (length < bytes.length) {
				const read = readSync(this.#pipe, bytes, length, bytes.length - length, null);
				if (read === 0) break;
				length += read;
			}
		} catch (error) {
			// Nothing is playing, or the player has written no more.
			if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
		}
		for (let at = 0; at + FRAME_BYTES <= length; at += FRAME_BYTES)
			this.#samples[this.#count++ % this.#samples.length] = bytes.readInt16LE(at) / 32768;
	}
}
