/**
 * Tells G.711 in the clear from SRTP by what is in the packets, not by their length alone: a tone's octets repeat, its
 * histogram has few bars, and decoded it is a tone; what AES made is none of this.
 */
import { amplitude } from "../../../scripts/simulator/tone";
import type { UdpPacket } from "./capture";

const HEADER_BYTE_LENGTH = 12;
const VOICE_BYTE_LENGTH = 160;
/** Of 160 random octets about 119 are different, never fewer than this; a tone or silence has at most 40. */
const FEWEST_DIFFERENT = 85;
/** The simulator's tone stands at 0.18; noise of this length reaches 0.02 by chance. */
const TONE_AMPLITUDE = 0.05;

/** Packets that could be voice in the clear, with the reason. */
export function clearVoice(packets: readonly UdpPacket[], toneHz: number): string[] {
	const found: string[] = [];
	const voice = packets.map(({ bytes }) => bytes.subarray(HEADER_BYTE_LENGTH, HEADER_BYTE_LENGTH + VOICE_BYTE_LENGTH));
	for (const [index, { bytes }] of packets.entries()) {
		const different = new Set(voice[index]).size;
		if (bytes.length <= HEADER_BYTE_LENGTH + VOICE_BYTE_LENGTH)
			found.push(`packet ${index} has no room for an authentication tag: ${bytes.length} bytes`);
		else if (different < FEWEST_DIFFERENT) found.push(`packet ${index} has only ${different} different octets`);
	}
	for (const [law, decode] of Object.entries({ A: fromALaw, µ: fromMuLaw })) {
		const samples = Float64Array.from(voice.flatMap((octets) => [...octets].map(decode)));
		const level = amplitude(samples, 8000, toneHz);
		if (level > TONE_AMPLITUDE) found.push(`decoded by ${law}-law it is a tone of ${toneHz} Hz, amplitude ${level}`);
	}
	return found;
}

/** ITU-T G.711, full scale 1. */
function fromALaw(octet: number): number {
	const code = octet ^ 0x55;
	const exponent = (code >> 4) & 7;
	const mantissa = ((code & 15) << 4) + 8;
	const level = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
	return (code & 0x80 ? level : -level) / 32768;
}

function fromMuLaw(octet: number): number {
	const code = ~octet & 0xff;
	const level = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
	return (code & 0x80 ? -level : level) / 32768;
}
