/** Names of sound sources, as config and panel write them, to what hal/audio takes. */
import type Audio from "hal/audio/audio";
import type { Microphone } from "hal/audio/audio";

/** @param source `panel`, `silence`, `tone:HZ`, `wav:FILE` or a path that ends in .wav */
export function microphoneSource(source: string): Microphone {
	if (source === "panel") return { panel: true };
	if (source === "silence") return { silence: true };
	const tone = /^tone:(\d{2,4})$/.exec(source);
	if (tone) return { tone: Number(tone[1]) };
	return { wav: source.replace(/^wav:/, "") };
}

/** What the panel may change of the phone's sound. */
export class SoundSystem {
	readonly #audio: Audio;
	readonly #hasPanel: boolean;

	constructor(audio: Audio, hasPanel: boolean) {
		this.#audio = audio;
		this.#hasPanel = hasPanel;
	}

	/** @throws {Error} that names the file and what is wrong with it */
	microphone(source: string): void {
		this.#audio.microphone = microphoneSource(source);
	}

	/** @param target a file to record to, or `panel` alone. @throws {Error} that names the file */
	speaker(target: string): void {
		this.#audio.speaker = target === "panel" ? { panel: this.#hasPanel } : { wav: target, panel: this.#hasPanel };
	}
}
