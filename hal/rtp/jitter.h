/*
 * Jitter buffer: packets in as they come, one frame of sound out every 20 ms. It waits for what is late, plays what is
 * there, conceals what is missing, and moves its own delay: up when packets come too late to be played, down when every
 * packet of the last second came earlier than needed. Memory is fixed; times are samples at 8 kHz.
 */
#ifndef SOTTO_JITTER_H
#define SOTTO_JITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../codec/codec.h"
#include "rtp-packet.h"

#define JITTER_FRAME_SAMPLES 160u
#define JITTER_SLOTS 32u
/* 60 ms of G.711; longer packets are refused. */
#define JITTER_PAYLOAD_BYTES 480u
#define JITTER_SAMPLES_PER_MS 8u

typedef enum { jitterTaken, jitterDuplicate, jitterLate, jitterRefused } JitterPut;

typedef struct {
	bool used;
	uint16_t sequence, byteLength;
	uint32_t timestamp;
	const Codec* codec;
	uint8_t payload[JITTER_PAYLOAD_BYTES];
} JitterSlot;

typedef struct {
	JitterSlot slots[JITTER_SLOTS];
	unsigned count;
	bool started, playing;
	uint16_t nextSequence;	  /* nothing before it is played any more */
	uint16_t highestSequence; /* and which of the 64 up to it have come */
	uint64_t seen;
	int strayCount; /* packets in a row from far outside the window: the sender started anew */
	uint16_t straySequence;
	uint32_t playTimestamp; /* of the next sample out of the decoder or the concealment */
	unsigned waitedFrames, emptyFrames;
	/* Decoded and not yet played. */
	int16_t decoded[JITTER_PAYLOAD_BYTES];
	size_t decodedCount, decodedOffset;
	/* Concealment: the last frame, quieter and quieter. */
	int16_t last[JITTER_FRAME_SAMPLES];
	unsigned lastGain; /* of 256 */
	/* The least spare depth of the window that runs, in samples. */
	int32_t leastDepth;
	unsigned windowFrames;
	double depth; /* smoothed */
	uint32_t concealedSamples, droppedSamples;
} JitterBuffer;

void jitterReset(JitterBuffer* jitter);
JitterPut jitterPut(JitterBuffer* jitter, const RtpHeader* header, const Codec* codec, const uint8_t* payload,
					size_t byteLength);
/* jitterMs is the network's, by RFC 3550: the margin the buffer keeps. */
void jitterGet(JitterBuffer* jitter, int16_t pcm[JITTER_FRAME_SAMPLES], double jitterMs);
double jitterDepthMs(const JitterBuffer* jitter);

#endif
