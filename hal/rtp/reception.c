#include <string.h>
#include "reception.h"

/* RFC 3550 appendix A.1: a jump further than this is a sender that started anew. */
#define SEQUENCE_MOST_DROPOUT 3000
#define SEQUENCE_MOST_MISORDER 100

static uint32_t expected(const Reception* reception)
{
	return reception->cycles + reception->highestSequence - reception->base + 1;
}

static uint32_t lostOfThis(const Reception* reception)
{
	if (!reception->heard || expected(reception) < reception->received)
		return 0;
	return expected(reception) - reception->received;
}

static void start(Reception* reception, const RtpHeader* header)
{
	uint32_t lostBefore = reception->lostBefore + lostOfThis(reception);
	memset(reception, 0, sizeof *reception);
	reception->heard = true;
	reception->ssrc = header->ssrc;
	reception->highestSequence = header->sequence;
	reception->base = header->sequence;
	reception->lostBefore = lostBefore;
}

void receptionPacket(Reception* reception, const RtpHeader* header, uint32_t arrival)
{
	int32_t transit = (int32_t)(arrival - header->timestamp);
	int ahead = sequenceDistance(reception->highestSequence, header->sequence);
	if (!reception->heard || reception->ssrc != header->ssrc || ahead > SEQUENCE_MOST_DROPOUT ||
		ahead < -SEQUENCE_MOST_MISORDER) {
		start(reception, header);
		reception->transit = transit;
	} else if (ahead > 0) {
		int32_t difference = (int32_t)((uint32_t)transit - (uint32_t)reception->transit);
		uint32_t magnitude = difference < 0 ? 0u - (uint32_t)difference : (uint32_t)difference;
		if (header->sequence < reception->highestSequence)
			reception->cycles += 65536;
		reception->highestSequence = header->sequence;
		reception->transit = transit;
		/* A sender that paused and came back with another timestamp base says nothing about the network. */
		if (magnitude < 8000)
			reception->jitter += magnitude - ((reception->jitter + 8) >> 4);
	}
	reception->received++;
}

uint32_t receptionLost(const Reception* reception)
{
	return reception->lostBefore + lostOfThis(reception);
}

double receptionJitterMs(const Reception* reception, uint32_t clockRateHz)
{
	return reception->jitter / 16.0 * 1000 / clockRateHz;
}

void receptionReport(Reception* reception, ReceptionReport* report)
{
	uint32_t expectedNow = expected(reception);
	uint32_t expectedInterval = expectedNow - reception->expectedPrior;
	uint32_t receivedInterval = reception->received - reception->receivedPrior;
	int32_t lostInterval = (int32_t)(expectedInterval - receivedInterval);
	int32_t lost = (int32_t)(expectedNow - reception->received);
	reception->expectedPrior = expectedNow;
	reception->receivedPrior = reception->received;
	report->fractionLost = expectedInterval == 0 || lostInterval <= 0
							   ? 0
							   : (uint8_t)(((uint64_t)(uint32_t)lostInterval << 8) / expectedInterval);
	report->cumulativeLost = lost > 0x7FFFFF ? 0x7FFFFF : lost < -0x800000 ? -0x800000 : lost;
	report->extendedHighestSequence = reception->cycles + reception->highestSequence;
	report->jitter = reception->jitter >> 4;
}
