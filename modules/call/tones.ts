/**
 * The tones that calls make on this phone's own speaker: one at a time. Those that last as long as something is so
 * (it rings, it is called) are asked for again at every change; those that end by themselves come between.
 */
import type Audio from "hal/audio/audio";
import Timer from "timer";

/** How long it is told that the other end is busy or has gone. */
const BUSY_MS = 5000;

/** As long as the longest tone that tells of a call's security (hal/audio/tone.c). */
const ALERT_MS = 1800;

/** What is needed of the voice device. */
export type TonePlayer = Pick<Audio, "play" | "stop">;

/** `waiting`: somebody calls while there is a call. */
export type LastingTone = "ring" | "ringback" | "waiting";

export class Tones {
	readonly #audio: TonePlayer;
	#lasting: LastingTone | undefined;
	#timer: Timer | undefined;
	#after: Timer | undefined;

	constructor(audio: TonePlayer) {
		this.#audio = audio;
	}

	/** What is to be heard from now on, until something else is. A busy tone gives way to a tone, not to none. */
	last(tone: LastingTone | undefined): void {
		if (tone === this.#lasting) return;
		if (tone === undefined && this.#timer !== undefined) {
			this.#lasting = undefined;
			return;
		}
		this.stop();
		this.#lasting = tone;
		if (tone !== undefined) this.#audio.play(tone);
	}

	/** Instead of what is heard, for a while. */
	busy(): void {
		this.stop();
		this.#audio.play("busy");
		this.#timer = Timer.set(() => {
			this.#timer = undefined;
			this.#audio.stop();
		}, BUSY_MS);
	}

	/** The phone has answered by itself: whoever is near hears that somebody listens. */
	beep(): void {
		this.stop();
		this.#audio.play("beep");
	}

	/** A short one that ends by itself, in a call: something about its security has changed. */
	alert(tone: "warning" | "secure"): void {
		this.#audio.play(tone);
		if (this.#lasting === undefined) return;
		// What was heard before goes on afterwards.
		if (this.#after !== undefined) Timer.clear(this.#after);
		this.#after = Timer.set(() => {
			this.#after = undefined;
			if (this.#lasting !== undefined) this.#audio.play(this.#lasting);
		}, ALERT_MS);
	}

	/** Safe to repeat. */
	stop(): void {
		if (this.#timer !== undefined) Timer.clear(this.#timer);
		this.#timer = undefined;
		if (this.#after !== undefined) Timer.clear(this.#after);
		this.#after = undefined;
		this.#lasting = undefined;
		this.#audio.stop();
	}
}
