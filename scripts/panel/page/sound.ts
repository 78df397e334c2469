/** The browser's microphone and speaker as the phone's: s16 mono at 8 kHz, the phone's own rate. */

const RATE_HZ = 8000;
/** Sound that waits longer than this is dropped, so that speech never lags. */
const MAX_BUFFERED_SEC = 0.3;

export class Sound {
	readonly #onSamples: (samples: ArrayBuffer) => void;
	#context: AudioContext | undefined;
	#stream: MediaStream | undefined;
	#playUntil = 0;

	/** @param onSamples called with each 20 ms of microphone sound */
	constructor(onSamples: (samples: ArrayBuffer) => void) {
		this.#onSamples = onSamples;
	}

	/** Switches both on or off. @returns whether they are on now. @throws when the person or the browser refuses */
	async toggle(): Promise<boolean> {
		if (this.#context) {
			for (const track of this.#stream?.getTracks() ?? []) track.stop();
			await this.#context.close();
			this.#context = undefined;
			return false;
		}
		// The context runs at the phone's rate: the browser resamples.
		const context = new AudioContext({ sampleRate: RATE_HZ });
		try {
			this.#stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, channelCount: 1 } });
			await context.audioWorklet.addModule("sound-worklet.js");
			const worklet = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
			worklet.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#onSamples(data);
			context.createMediaStreamSource(this.#stream).connect(worklet);
		} catch (error) {
			await context.close();
			throw error;
		}
		this.#context = context;
		this.#playUntil = 0;
		return true;
	}

	play(samples: Int16Array): void {
		const context = this.#context;
		if (!context || samples.length === 0) return;
		if (this.#playUntil - context.currentTime > MAX_BUFFERED_SEC) return;
		const buffer = context.createBuffer(1, samples.length, RATE_HZ);
		buffer.copyToChannel(
			Float32Array.from(samples, (sample) => sample / 32768),
			0,
		);
		const source = context.createBufferSource();
		source.buffer = buffer;
		source.connect(context.destination);
		this.#playUntil = Math.max(this.#playUntil, context.currentTime + 0.04);
		source.start(this.#playUntil);
		this.#playUntil += samples.length / RATE_HZ;
	}
}
