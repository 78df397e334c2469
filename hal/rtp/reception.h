/*
 * What a receiver knows about one source: sequence numbers and jitter by RFC 3550 appendix A.1, A.3 and A.8. Fed with
 * every accepted packet; read by the RTCP report and the statistics.
 */
#ifndef SOTTO_RECEPTION_H
#define SOTTO_RECEPTION_H

#include <stdbool.h>
#include <stdint.h>
#include "rtp-packet.h"

typedef struct {
	bool heard;
	uint32_t ssrc;
	uint16_t highestSequence;
	uint32_t cycles; /* of the sequence number, times 65536 */
	uint32_t base;	 /* extended sequence number of the first packet */
	uint32_t received;
	uint32_t expectedPrior, receivedPrior; /* at the last report */
	uint32_t lostBefore;				   /* of sources heard before this one */
	int32_t transit;
	uint32_t jitter; /* timestamp units, times 16 */
} Reception;

/* arrival is the local clock in timestamp units. A new ssrc starts afresh. */
void receptionPacket(Reception* reception, const RtpHeader* header, uint32_t arrival);
/* Packets that never came, of this source and those before it. */
uint32_t receptionLost(const Reception* reception);
double receptionJitterMs(const Reception* reception, uint32_t clockRateHz);

/* The fields of a report block (section 6.4.1) that come from here; begins the next interval. */
typedef struct {
	uint8_t fractionLost;
	int32_t cumulativeLost; /* 24 bits, clamped */
	uint32_t extendedHighestSequence;
	uint32_t jitter;
} ReceptionReport;

void receptionReport(Reception* reception, ReceptionReport* report);

#endif
