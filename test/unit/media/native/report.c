/* RTCP both ways, malformed compounds, and the reception figures of RFC 3550 appendix A. */
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "hal/rtp/reception.h"
#include "hal/rtp/rtcp.h"

static const char cname[] = "0123456789abcdef01234567";

static void bothWays(void)
{
	uint8_t out[RTCP_MOST_BYTES];
	RtcpView view;
	RtcpReport it = {
		.ssrc = 0x11111111,
		.cname = cname,
		.sender = true,
		.ntp = 0x0123456789ABCDEFull,
		.timestamp = 8000,
		.packetCount = 50,
		.octetCount = 8000,
		.hasBlock = true,
		.sourceSsrc = 0x22222222,
		.block = {.fractionLost = 64, .cumulativeLost = -3, .extendedHighestSequence = 70000, .jitter = 12},
		.lastSr = 0xCAFEBABE,
		.delaySinceLastSr = 65536,
		.bye = true,
	};
	size_t length = rtcpWrite(out, &it);
	CHECK(length % 4 == 0 && length <= sizeof out);
	CHECK(rtcpParse(out, length, 0x22222222, &view));
	CHECK(view.ssrc == 0x11111111 && view.hasSenderReport && view.lastSr == 0x456789AB);
	CHECK(view.hasBlock && view.fractionLost == 64 && view.cumulativeLost == -3 && view.jitter == 12);
	CHECK(view.blockLastSr == 0xCAFEBABE && view.blockDelay == 65536 && view.bye);
	/* Not about us. */
	CHECK(rtcpParse(out, length, 0x33333333, &view) && !view.hasBlock);
	/* A compound cut anywhere but between its packets is malformed. */
	for (size_t cut = 0; cut < length; cut++)
		if (rtcpParse(out, cut, 0, &view))
			CHECK(cut == 52 || cut == 52 + 36);
	it.sender = it.hasBlock = it.bye = false;
	length = rtcpWrite(out, &it);
	CHECK(out[1] == 201 && rtcpParse(out, length, 0, &view) && !view.hasSenderReport && !view.bye);
	/* The first of a compound is a report without padding (appendix A.2). */
	out[0] |= 0x20;
	CHECK(!rtcpParse(out, length, 0, &view));
	CHECK(!rtcpParse(out + 8, length - 8, 0, &view));
}

static void randomBytes(void)
{
	srand(3);
	for (int i = 0; i < 200000; i++) {
		size_t length = (size_t)(rand() % 40) * 4;
		uint8_t* bytes = malloc(length + 1);
		RtcpView view;
		for (size_t at = 0; at < length; at++)
			bytes[at] = (uint8_t)(rand() % 7 == 0 ? rand() : at % 4 == 3 ? rand() % 8 : 0);
		if (length >= 4) {
			bytes[0] = (uint8_t)(0x80 | rand() % 4);
			bytes[1] = (uint8_t)(200 + rand() % 2);
		}
		rtcpParse(bytes, length, 0, &view);
		free(bytes);
	}
}

static void reception(void)
{
	Reception it = {0};
	ReceptionReport told;
	RtpHeader header = {.ssrc = 7, .sequence = 65530};
	/* 20 packets across the wrap, number 5 lost, arriving 20 ms apart but for one that is 10 ms late. */
	for (unsigned i = 0; i < 20; i++) {
		if (i != 5)
			receptionPacket(&it, &header, header.timestamp + 1000 + (i == 10 ? 80 : 0));
		header.sequence++;
		header.timestamp += 160;
	}
	CHECK(receptionLost(&it) == 1);
	/* 80, then 80 back: J = 5, then 5 + (80 - 5) / 16 and six steps down. */
	CHECK_NEAR(receptionJitterMs(&it, 8000), 0.72, 0.15);
	receptionReport(&it, &told);
	CHECK(told.extendedHighestSequence == 65536 + 13 && told.cumulativeLost == 1);
	CHECK(told.fractionLost == 256 / 20);
	receptionReport(&it, &told);
	CHECK(told.fractionLost == 0);
	/* Reordered: not lost. */
	header.sequence += 1;
	receptionPacket(&it, &header, 0);
	header.sequence -= 1;
	receptionPacket(&it, &header, 0);
	CHECK(receptionLost(&it) == 1);
	/* Another source keeps what was lost before; so does one that started anew. */
	header.ssrc = 8;
	header.sequence = 4;
	header.timestamp = 0x80000000u;
	receptionPacket(&it, &header, 0x7FFFFFFF);
	CHECK(receptionLost(&it) == 1);
	header.sequence = 30000;
	header.timestamp = 0;
	receptionPacket(&it, &header, 0x80000000u);
	CHECK(receptionLost(&it) == 1 && it.base == 30000);
}

int main(void)
{
	bothWays();
	randomBytes();
	reception();
	return report();
}
