/* Telling datagrams apart and reading RTP: every first byte, every truncation, random bytes; the ring of packets. */
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "hal/rtp/packet-ring.h"
#include "hal/rtp/rtp-packet.h"

static void firstBytes(void)
{
	uint8_t packet[40] = {0};
	memcpy(packet + 4, "ZRTP", 4);
	for (unsigned first = 0; first < 256; first++) {
		PacketKind kind;
		packet[0] = (uint8_t)first;
		packet[1] = 0;
		kind = packetKind(packet, sizeof packet);
		/* RFC 7983 section 7. */
		if (first < 4)
			CHECK(kind == packetStun);
		else if (first >= 16 && first < 20)
			CHECK(kind == packetZrtp);
		else if (first >= 20 && first < 64)
			CHECK(kind == packetDtls);
		else if (first >= 128 && first < 192)
			CHECK(kind == packetRtp);
		else
			CHECK(kind == packetUnknown);
	}
	packet[0] = 0x80;
	for (unsigned second = 0; second < 256; second++) {
		packet[1] = (uint8_t)second;
		CHECK(packetKind(packet, sizeof packet) == (second >= 192 && second <= 223 ? packetRtcp : packetRtp));
	}
	packet[0] = 0x10;
	CHECK(packetKind(packet, 27) == packetUnknown);
	packet[7] = 'Q';
	CHECK(packetKind(packet, sizeof packet) == packetUnknown);
	CHECK(packetKind(packet, 0) == packetUnknown);
}

static void headers(void)
{
	/* Padding 4, extension of one word, two CSRCs, marker, payload type 8. */
	static const uint8_t packet[] = {0xB2, 0x88, 0x12, 0x34, 1, 2, 3, 4, 5, 6, 7,	 8,	   0,	 0, 0, 1, 0, 0,
									 0,	   2,	 0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 0xAA, 0xBB, 0xCC, 0, 0, 0, 4};
	RtpHeader header;
	const uint8_t* payload;
	size_t byteLength;
	uint8_t again[RTP_HEADER_BYTES];
	CHECK(rtpParse(packet, sizeof packet, &header, &payload, &byteLength));
	CHECK(header.marker && header.payloadType == 8 && header.sequence == 0x1234);
	CHECK(header.timestamp == 0x01020304 && header.ssrc == 0x05060708);
	CHECK(byteLength == 3 && payload == packet + 28 && payload[0] == 0xAA);
	rtpWriteHeader(again, &header);
	CHECK(again[0] == 0x80 && memcmp(again + 1, packet + 1, 11) == 0);
	for (size_t cut = 0; cut < sizeof packet; cut++)
		if (rtpParse(packet, cut, &header, &payload, &byteLength))
			CHECK(payload + byteLength <= packet + cut);
}

/* Whatever comes: the payload lies within the packet (and the sanitizers watch the rest). */
static void randomBytes(void)
{
	srand(1);
	for (int i = 0; i < 200000; i++) {
		size_t length = (size_t)(rand() % 64);
		uint8_t* packet = malloc(length + 1);
		RtpHeader header;
		const uint8_t* payload;
		size_t byteLength;
		for (size_t at = 0; at < length; at++)
			packet[at] = (uint8_t)rand();
		if (length > 0)
			packet[0] = (uint8_t)(0x80 | (packet[0] & 0x3F));
		if (rtpParse(packet, length, &header, &payload, &byteLength))
			CHECK(payload >= packet && payload + byteLength <= packet + length);
		packetKind(packet, length);
		free(packet);
	}
}

static void distances(void)
{
	CHECK(sequenceDistance(65535, 0) == 1);
	CHECK(sequenceDistance(0, 65535) == -1);
	CHECK(sequenceDistance(10, 10) == 0);
	CHECK(timestampDistance(0xFFFFFFF0u, 0x10) == 0x20);
}

static void ring(void)
{
	static PacketRing it;
	uint8_t in[PACKET_MOST_BYTES + 1], out[PACKET_MOST_BYTES];
	PacketSource from = {{0x20, 0x01, 0x0D, 0xB8, [15] = 1}, 5000}, got;
	PacketSource expected = from;
	unsigned put = 0, taken = 0;
	CHECK(packetRingTake(&it, &got, out) == 0);
	CHECK(!packetRingPut(&it, &from, in, 0));
	CHECK(!packetRingPut(&it, &from, in, sizeof in));
	CHECK(it.dropped == 2);
	srand(2);
	for (int i = 0; i < 100000; i++) {
		if (rand() % 2) {
			size_t length = (size_t)(1 + rand() % (int)PACKET_MOST_BYTES);
			memset(in, (int)(put & 0xFF), length);
			from.port = (uint16_t)put;
			from.address[14] = (uint8_t)(put >> 3);
			put += packetRingPut(&it, &from, in, length);
		} else {
			size_t length = packetRingTake(&it, &got, out);
			if (length == 0)
				continue;
			CHECK(out[0] == (taken & 0xFF) && out[length - 1] == (taken & 0xFF));
			expected.port = (uint16_t)taken;
			expected.address[14] = (uint8_t)(taken >> 3);
			CHECK(packetSourceIsSame(&got, &expected));
			taken++;
		}
	}
	CHECK(put - taken == it.count);
	CHECK(it.dropped > 1000 && it.byteLength <= PACKET_RING_BYTES);
}

int main(void)
{
	firstBytes();
	headers();
	randomBytes();
	distances();
	ring();
	return report();
}
