/**
 * The voice codecs of the media path, for tests and tones: linear samples to payload and back. In a call the media
 * thread uses the same C functions directly; voice never enters the VM.
 */

/** Encoding names of RFC 3551 section 6 that this phone speaks. */
export type CodecName = "PCMU" | "PCMA";

/**
 * @param samples 16-bit linear samples at 8 kHz in the machine's byte order, whole samples only
 * @returns one octet per sample
 * @throws RangeError for another codec name or half a sample
 */
export function encode(this: void, name: CodecName, samples: ArrayBuffer): ArrayBuffer {
	return native("xs_codec_encode").call(this, name, samples);
}

/**
 * @param payload one octet per sample
 * @returns 16-bit linear samples at 8 kHz in the machine's byte order
 * @throws RangeError for another codec name
 */
export function decode(this: void, name: CodecName, payload: ArrayBuffer): ArrayBuffer {
	return native("xs_codec_decode").call(this, name, payload);
}
