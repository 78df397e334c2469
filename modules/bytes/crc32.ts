/**
 * The checksum of STUN's FINGERPRINT (RFC 8489 section 14.7): CRC-32 of ITU V.42, reversed polynomial 0xEDB88320. Bit by bit,
 * since a STUN message is short and comes seldom.
 * @module
 */

const POLYNOMIAL = 0xedb88320 | 0;

/** 0..2^32-1; 0xCBF43926 for "123456789". */
export function crc32(bytes: Uint8Array): number {
	let crc = -1;
	for (let i = 0, { length } = bytes; i < length; i++) {
		crc ^= bytes[i] ?? 0;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
	}
	return ~crc >>> 0;
}
