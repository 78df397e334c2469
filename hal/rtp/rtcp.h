/*
 * RTCP compound packets (RFC 3550 section 6): sender or receiver report, SDES with CNAME, BYE. Built into and read from
 * plain bytes; protection and sending are the stream's.
 */
#ifndef SOTTO_RTCP_H
#define SOTTO_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "reception.h"

#define RTCP_CNAME_BYTES 24u
/* SR with one block, SDES, BYE. */
#define RTCP_MOST_BYTES 128u

typedef struct {
	uint32_t ssrc;
	const char* cname; /* RTCP_CNAME_BYTES characters */
	bool sender;	   /* a sender report instead of a receiver report */
	uint64_t ntp;	   /* 32.32 seconds of our clock, now */
	uint32_t timestamp, packetCount, octetCount;
	bool hasBlock;
	uint32_t sourceSsrc;
	ReceptionReport block;
	uint32_t lastSr, delaySinceLastSr; /* 1/65536 s */
	bool bye;
} RtcpReport;

/* Returns the length; out holds RTCP_MOST_BYTES. */
size_t rtcpWrite(uint8_t* out, const RtcpReport* report);

typedef struct {
	uint32_t ssrc; /* of the sender */
	bool hasSenderReport;
	uint32_t lastSr; /* the middle 32 bits of its NTP time */
	bool hasBlock;	 /* about our stream */
	uint8_t fractionLost;
	int32_t cumulativeLost;
	uint32_t jitter, blockLastSr, blockDelay;
	bool bye;
} RtcpView;

/* Checks the compound by RFC 3550 appendix A.2 and reads what concerns the stream ours. False: malformed. */
bool rtcpParse(const uint8_t* bytes, size_t byteLength, uint32_t ours, RtcpView* view);

#endif
