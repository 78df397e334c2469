/** The tones that a call makes on this phone's own speaker: one at a time, and none without end but while it rings. */
import type Audio from "hal/audio/audio";
import Timer from "timer";

/** How long it is told that the other end is busy or has gone. */
const BUSY_MS = 5000;

/** What is needed of the voice device. */
export type TonePlayer = Pick<Audio, "play" | "stop">;

export class Tones {
	readonly #audio: TonePlayer;
	#timer: Timer | undefined;

	constructor(audio: TonePlayer) {
		this.#audio = audio;
	}

	ring(): void {
		this.stop();
		this.#audio.play("ring");
	}

	ringback(): void {
		this.stop();
		this.#audio.play("ringback");
	}

	busy(): void {
		this.stop();
		this.#audio.play("busy");
		this.#timer = Timer.set(() => {
			this.#timer = undefined;
			this.#audio.stop();
		}, BUSY_MS);
	}

	/** Safe to repeat. */
	stop(): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#audio.stop();
	}
}
