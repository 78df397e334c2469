/**
 * The phone's voice device: microphone, speaker and the tones a phone makes. Voice goes from here to hal/rtp and back
 * in C, on the media thread; what this class carries is the choice of sources, never samples.
 */

/** Where the microphone's voice comes from. */
export type Microphone =
	/** A WAV file of 16-bit PCM, mono or stereo, 8000 to 96000 Hz, at most ten minutes; then silence, or again from the start. */
	| { readonly wav: string; readonly loop?: boolean }
	/** A sine of 1 to 3999 Hz at -90 to 0 dB of full scale; -15 where nothing is said. */
	| { readonly tone: number; readonly levelDb?: number }
	/** The person at the panel. */
	| { readonly panel: true }
	| { readonly silence: true };

/** Where the voice goes: a WAV file (8 kHz, mono, whole at any moment), the panel, both, or nowhere. */
export interface Speaker {
	readonly wav?: string;
	readonly panel?: boolean;
}

/** Call progress tones; `beep`, `secure` and `warning` end by themselves. */
export type ToneName = "dial" | "ringback" | "busy" | "congestion" | "waiting" | "ring" | "beep" | "secure" | "warning";

export interface AudioOptions {
	/** Silence where nothing is said. */
	readonly microphone?: Microphone;
	readonly speaker?: Speaker;
}

export interface AudioStatistics {
	/** Frames of 20 ms that ran, and those left out because the clock had fallen behind. */
	readonly frames: number;
	readonly lateFrames: number;
	/** Samples that the panel's microphone did not have in time. */
	readonly microphoneShort: number;
	/** Samples for which the recorder or the panel had no room. */
	readonly speakerDropped: number;
}

class Audio extends Native("xs_audio_destructor") {
	/** @throws Error that names the file and says what is wrong with it; Error where the panel is in use */
	constructor(options: AudioOptions) {
		super();
		native("xs_audio_constructor").call(this, options);
	}
	/** Lets go of files and panel. Streams that are still open go on in silence. Safe to repeat. */
	close(): void {
		native("xs_audio_close").call(this);
	}
	/** @throws as the constructor; the source before stays */
	set microphone(source: Microphone) {
		native("xs_audio_set_microphone").call(this, source);
	}
	/** @throws as the constructor; the speaker before stays */
	set speaker(sink: Speaker) {
		native("xs_audio_set_speaker").call(this, sink);
	}
	/** Plays a tone on top of what is heard, instead of the tone before. The tone that already plays goes on undisturbed. */
	play(tone: ToneName): void {
		native("xs_audio_play").call(this, tone);
	}
	/** Ends the tone. */
	stop(): void {
		native("xs_audio_stop").call(this);
	}
	/** Speaker, 0 to 100 percent. */
	get volumePercent(): number {
		return native("xs_audio_get_volume").call(this);
	}
	set volumePercent(percent: number) {
		native("xs_audio_set_volume").call(this, percent);
	}
	get statistics(): AudioStatistics {
		return native("xs_audio_get_statistics").call(this);
	}
}

export default Audio;
