#include <string.h>
#include "rtcp.h"

enum { rtcpSr = 200, rtcpRr = 201, rtcpSdes = 202, rtcpBye = 203 };
#define SDES_CNAME 1
#define BLOCK_BYTES 24u

/* Section 6.4.1: the first word of every RTCP packet; length counts 32-bit words without the first. */
static void writeCommon(uint8_t* at, unsigned count, unsigned type, size_t byteLength)
{
	at[0] = (uint8_t)(0x80 | count);
	at[1] = (uint8_t)type;
	writeBig16(at + 2, (uint16_t)(byteLength / 4 - 1));
}

static size_t writeReport(uint8_t* out, const RtcpReport* report)
{
	size_t byteLength = report->sender ? 28 : 8;
	writeBig32(out + 4, report->ssrc);
	if (report->sender) {
		writeBig32(out + 8, (uint32_t)(report->ntp >> 32));
		writeBig32(out + 12, (uint32_t)report->ntp);
		writeBig32(out + 16, report->timestamp);
		writeBig32(out + 20, report->packetCount);
		writeBig32(out + 24, report->octetCount);
	}
	if (report->hasBlock) {
		uint8_t* block = out + byteLength;
		writeBig32(block, report->sourceSsrc);
		writeBig32(block + 4, (uint32_t)report->block.cumulativeLost & 0xFFFFFF);
		block[4] = report->block.fractionLost;
		writeBig32(block + 8, report->block.extendedHighestSequence);
		writeBig32(block + 12, report->block.jitter);
		writeBig32(block + 16, report->lastSr);
		writeBig32(block + 20, report->delaySinceLastSr);
		byteLength += BLOCK_BYTES;
	}
	writeCommon(out, report->hasBlock ? 1 : 0, report->sender ? rtcpSr : rtcpRr, byteLength);
	return byteLength;
}

size_t rtcpWrite(uint8_t* out, const RtcpReport* report)
{
	size_t offset = writeReport(out, report);
	uint8_t* sdes = out + offset;
	/* Item type, length and text, then zeros to the next word, at least one. */
	size_t sdesByteLength = (8 + 2 + RTCP_CNAME_BYTES + 4) & ~(size_t)3;
	memset(sdes, 0, sdesByteLength);
	writeCommon(sdes, 1, rtcpSdes, sdesByteLength);
	writeBig32(sdes + 4, report->ssrc);
	sdes[8] = SDES_CNAME;
	sdes[9] = RTCP_CNAME_BYTES;
	memcpy(sdes + 10, report->cname, RTCP_CNAME_BYTES);
	offset += sdesByteLength;
	if (report->bye) {
		writeCommon(out + offset, 1, rtcpBye, 8);
		writeBig32(out + offset + 4, report->ssrc);
		offset += 8;
	}
	return offset;
}

static void readBlocks(const uint8_t* blocks, unsigned count, uint32_t ours, RtcpView* view)
{
	for (unsigned i = 0; i < count; i++) {
		const uint8_t* block = blocks + i * BLOCK_BYTES;
		if (readBig32(block) != ours)
			continue;
		view->hasBlock = true;
		view->fractionLost = block[4];
		/* Sign of 24 bits. */
		view->cumulativeLost = (int32_t)(readBig32(block + 4) << 8) / 256;
		view->jitter = readBig32(block + 12);
		view->blockLastSr = readBig32(block + 16);
		view->blockDelay = readBig32(block + 20);
	}
}

static bool readOne(const uint8_t* packet, size_t byteLength, uint32_t ours, RtcpView* view)
{
	unsigned count = packet[0] & 0x1F;
	size_t fixed = packet[1] == rtcpSr ? 28 : 8;
	switch (packet[1]) {
	case rtcpSr:
	case rtcpRr:
		if (byteLength < fixed + count * BLOCK_BYTES)
			return false;
		view->ssrc = readBig32(packet + 4);
		if (packet[1] == rtcpSr) {
			view->hasSenderReport = true;
			view->lastSr = readBig32(packet + 10);
		}
		readBlocks(packet + fixed, count, ours, view);
		return true;
	case rtcpBye:
		if (byteLength < 4 + count * 4u)
			return false;
		for (unsigned i = 0; i < count; i++)
			if (readBig32(packet + 4 + 4 * i) == view->ssrc)
				view->bye = true;
		return true;
	default:
		return true;
	}
}

bool rtcpParse(const uint8_t* bytes, size_t byteLength, uint32_t ours, RtcpView* view)
{
	size_t offset = 0;
	memset(view, 0, sizeof *view);
	if (byteLength < 8 || (bytes[0] & 0x20) || (bytes[1] != rtcpSr && bytes[1] != rtcpRr))
		return false;
	while (offset < byteLength) {
		size_t packetByteLength;
		if (byteLength - offset < 4 || bytes[offset] >> 6 != 2)
			return false;
		packetByteLength = 4u * (readBig16(bytes + offset + 2) + 1u);
		if (packetByteLength > byteLength - offset || !readOne(bytes + offset, packetByteLength, ours, view))
			return false;
		offset += packetByteLength;
	}
	return true;
}
