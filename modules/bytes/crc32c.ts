/**
 * The checksum of every ZRTP packet (RFC 6189 section 5) and of records in flash: CRC-32C, the polynomial 0x1EDC6F41
 * of SCTP (RFC 4960 Appendix B). It finds line noise; it protects against nobody.
 * @module
 */

/** The remainders of the sixteen half octets, low bit first: the reversed polynomial is 0x82F63B78. */
const REMAINDERS: readonly number[] = Object.freeze([
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d, 0x82f63b78,
	0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
]);

/**
 * The checksum as the number a big-endian field carries, ready for Writer.u32 and equal to Reader.u32 of the CRC
 * field: 0x839206E3 for "123456789". (RFC 4960 sends the low octet first, so this is the usual 0xE3069283 turned
 * around.) 0..2^32-1.
 */
export function crc32c(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc = (crc >>> 4) ^ (REMAINDERS[(crc ^ byte) & 15] ?? 0);
		crc = (crc >>> 4) ^ (REMAINDERS[(crc ^ (byte >>> 4)) & 15] ?? 0);
	}
	crc = ~crc;
	return (((crc & 0xff) << 24) | ((crc & 0xff00) << 8) | ((crc >>> 8) & 0xff00) | (crc >>> 24)) >>> 0;
}
