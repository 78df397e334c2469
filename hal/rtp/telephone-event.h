/*
 * Sending digits as RFC 4733 telephone-events: each digit is a run of packets with one timestamp and a growing
 * duration, its end three times. Digits wait in a short queue; the stream asks once per frame of 20 ms.
 */
#ifndef SOTTO_TELEPHONE_EVENT_H
#define SOTTO_TELEPHONE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGITS_MOST 32u
#define TELEPHONE_EVENT_BYTES 4u

typedef enum { digitIdle, digitSounds, digitEnds, digitPause } DigitPhase;

typedef struct {
	uint8_t queue[DIGITS_MOST]; /* event codes */
	size_t head, count;
	DigitPhase phase;
	uint8_t event;
	unsigned frames; /* in this phase */
	uint32_t timestamp;
	uint16_t duration;
} DigitSender;

/* "0".."9", "*", "#", "A".."D" (RFC 4733 section 3.2). False for another character or a full queue. */
bool digitQueue(DigitSender* digits, char digit);
/* A digit is under way or waits: no voice is sent meanwhile. */
bool digitBusy(const DigitSender* digits);

typedef struct {
	bool marker;
	uint32_t timestamp;
	unsigned copies; /* 0: nothing this frame */
	uint8_t payload[TELEPHONE_EVENT_BYTES];
} DigitPacket;

/* What to send in the frame that begins at timestamp and lasts samples. */
void digitFrame(DigitSender* digits, uint32_t timestamp, uint16_t samples, DigitPacket* packet);

#endif
