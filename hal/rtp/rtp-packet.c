#include "rtp-packet.h"

#define RTP_VERSION 2
#define ZRTP_MAGIC_COOKIE 0x5a525450u
/* Envelope with its CRC, and the smallest message (three words). */
#define ZRTP_LEAST_BYTES 28u

PacketKind packetKind(const uint8_t* bytes, size_t byteLength)
{
	uint8_t first;
	if (byteLength < 1)
		return packetUnknown;
	first = bytes[0];
	if (first < 4)
		return packetStun;
	if (first >= 16 && first < 20)
		return byteLength >= ZRTP_LEAST_BYTES && readBig32(bytes + 4) == ZRTP_MAGIC_COOKIE ? packetZrtp : packetUnknown;
	if (first >= 20 && first < 64)
		return packetDtls;
	if (first < 128 || first >= 192 || byteLength < 8)
		return packetUnknown;
	/* RTCP packet types 192..223 are payload types 64..95 with the marker set, which RTP leaves free. */
	return bytes[1] >= 192 && bytes[1] <= 223 ? packetRtcp : packetRtp;
}

bool rtpParse(const uint8_t* bytes, size_t byteLength, RtpHeader* header, const uint8_t** payload,
			  size_t* payloadByteLength)
{
	size_t offset;
	if (byteLength < RTP_HEADER_BYTES || bytes[0] >> 6 != RTP_VERSION)
		return false;
	offset = RTP_HEADER_BYTES + 4u * (bytes[0] & 0x0F);
	if (bytes[0] & 0x10) {
		if (byteLength < offset + 4)
			return false;
		offset += 4 + 4u * readBig16(bytes + offset + 2);
	}
	if (byteLength < offset)
		return false;
	if (bytes[0] & 0x20) {
		uint8_t padding = bytes[byteLength - 1];
		if (padding == 0 || padding > byteLength - offset)
			return false;
		byteLength -= padding;
	}
	header->marker = bytes[1] & 0x80;
	header->payloadType = bytes[1] & 0x7F;
	header->sequence = readBig16(bytes + 2);
	header->timestamp = readBig32(bytes + 4);
	header->ssrc = readBig32(bytes + 8);
	*payload = bytes + offset;
	*payloadByteLength = byteLength - offset;
	return true;
}

uint32_t rtpSsrc(const uint8_t* bytes)
{
	return readBig32(bytes + 8);
}

void rtpWriteHeader(uint8_t out[RTP_HEADER_BYTES], const RtpHeader* header)
{
	out[0] = RTP_VERSION << 6;
	out[1] = (uint8_t)((header->marker ? 0x80 : 0) | (header->payloadType & 0x7F));
	writeBig16(out + 2, header->sequence);
	writeBig32(out + 4, header->timestamp);
	writeBig32(out + 8, header->ssrc);
}
