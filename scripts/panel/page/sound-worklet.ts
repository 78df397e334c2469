/** Runs on the browser's audio thread: gathers microphone samples into 20 ms of s16 and posts them. */

declare const registerProcessor: (name: string, processor: new () => AudioWorkletProcessor) => void;
declare class AudioWorkletProcessor {
	readonly port: MessagePort;
}

const FRAME_SAMPLES = 160;

class Microphone extends AudioWorkletProcessor {
	#frame = new Int16Array(FRAME_SAMPLES);
	#filled = 0;

	process(inputs: readonly (readonly Float32Array[])[]): boolean {
		for (const sample of inputs[0]?.[0] ?? []) {
			this.#frame[this.#filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
			if (this.#filled === FRAME_SAMPLES) {
				this.port.postMessage(this.#frame.buffer, [this.#frame.buffer]);
				this.#frame = new Int16Array(FRAME_SAMPLES);
				this.#filled = 0;
			}
		}
		return true;
	}
}

registerProcessor("microphone", Microphone);
