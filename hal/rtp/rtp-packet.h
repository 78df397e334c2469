/*
 * The first look at a datagram: what it is (RFC 7983 section 7, RFC 5764 section 5.1.2, RFC 5761 section 4, RFC 6189
 * section 5) and where an RTP packet's parts lie (RFC 3550 section 5.1). Nothing here keeps state; every length is
 * checked.
 */
#ifndef SOTTO_RTP_PACKET_H
#define SOTTO_RTP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTP_HEADER_BYTES 12u

typedef enum { packetUnknown, packetRtp, packetRtcp, packetZrtp, packetStun, packetDtls } PacketKind;

PacketKind packetKind(const uint8_t* bytes, size_t byteLength);

typedef struct {
	uint8_t payloadType;
	bool marker;
	uint16_t sequence;
	uint32_t timestamp;
	uint32_t ssrc;
} RtpHeader;

/* A clear (or decrypted) packet. False where it is malformed; otherwise the payload without padding. */
bool rtpParse(const uint8_t* bytes, size_t byteLength, RtpHeader* header, const uint8_t** payload,
			  size_t* payloadByteLength);
/* The source of a packet of at least RTP_HEADER_BYTES, encrypted or not. */
uint32_t rtpSsrc(const uint8_t* bytes);
void rtpWriteHeader(uint8_t out[RTP_HEADER_BYTES], const RtpHeader* header);

/* How far to is ahead of from, across the wrap. */
static inline int sequenceDistance(uint16_t from, uint16_t to)
{
	return (int16_t)(uint16_t)(to - from);
}

static inline int32_t timestampDistance(uint32_t from, uint32_t to)
{
	return (int32_t)(to - from);
}

static inline uint16_t readBig16(const uint8_t* at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t readBig32(const uint8_t* at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

static inline void writeBig16(uint8_t* at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void writeBig32(uint8_t* at, uint32_t value)
{
	writeBig16(at, (uint16_t)(value >> 16));
	writeBig16(at + 2, (uint16_t)value);
}

#endif
