/*
 * Bounded ring of samples between exactly one writing and one reading thread, without a lock. What does not fit is
 * dropped and counted by the writer; the reader alone moves the read position.
 */
#ifndef SOTTO_PCM_RING_H
#define SOTTO_PCM_RING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* A power of two: half a second at 8 kHz. */
#define PCM_RING_SAMPLES 4096u

typedef struct {
	_Atomic uint32_t written; /* samples ever written, wraps */
	_Atomic uint32_t read;	  /* samples ever read, wraps */
	_Atomic uint32_t dropped; /* samples that found the ring full */
	int16_t samples[PCM_RING_SAMPLES];
} PcmRing;

/* Only while neither side is in use. */
void pcmRingReset(PcmRing* ring);
/* The writing thread. Returns how many samples were taken. */
size_t pcmRingWrite(PcmRing* ring, const int16_t* pcm, size_t count);
/* The reading thread. Returns how many samples were given. */
size_t pcmRingRead(PcmRing* ring, int16_t* pcm, size_t count);
/* The reading thread: forgets all but the newest keep samples; returns how many were forgotten. */
size_t pcmRingSkip(PcmRing* ring, size_t keep);
/* Either thread: samples that wait. */
size_t pcmRingCount(PcmRing* ring);

#endif
