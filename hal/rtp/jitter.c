#include <stdlib.h>
#include <string.h>
#include "jitter.h"

#define START_SAMPLES 160		 /* 20 to 40 ms are gathered before the first frame */
#define MARGIN_LEAST_SAMPLES 160 /* 20 ms */
#define MARGIN_MOST_SAMPLES 1600 /* 200 ms */
#define DEPTH_MOST_SAMPLES 3200	 /* 400 ms: more delay than a conversation bears */
#define HELD_MOST_SAMPLES (int32_t)(JITTER_SLOTS * JITTER_PAYLOAD_BYTES)
#define GAP_MOST_SAMPLES 4000 /* a longer gap in the timestamps is a sender that paused */
#define HURRY_SAMPLES 800	  /* this much too deep, speech is shortened too, not silence alone */
#define WINDOW_FRAMES 50	  /* one second */
#define EMPTY_MOST_FRAMES 25  /* after half a second without packets gather anew */
#define QUIET_MEAN 200		  /* about -44 dB of full scale */
#define CONCEAL_FADE 176	  /* of 256, per frame */
#define STRAY_DISTANCE 500

void jitterReset(JitterBuffer* jitter)
{
	uint32_t concealed = jitter->concealedSamples, dropped = jitter->droppedSamples;
	memset(jitter, 0, sizeof *jitter);
	jitter->concealedSamples = concealed;
	jitter->droppedSamples = dropped;
	jitter->leastDepth = INT32_MAX;
}

/* ---- In ---- */

static bool hasSeen(const JitterBuffer* jitter, uint16_t sequence)
{
	int behind = sequenceDistance(sequence, jitter->highestSequence);
	return behind >= 0 && behind < 64 && (jitter->seen >> behind & 1);
}

static void markSeen(JitterBuffer* jitter, uint16_t sequence)
{
	int ahead = sequenceDistance(jitter->highestSequence, sequence);
	if (ahead > 0) {
		jitter->seen = ahead < 64 ? jitter->seen << ahead : 0;
		jitter->highestSequence = sequence;
		ahead = 0;
	}
	if (ahead > -64)
		jitter->seen |= (uint64_t)1 << -ahead;
}

static void startAt(JitterBuffer* jitter, uint16_t sequence)
{
	jitterReset(jitter);
	jitter->started = true;
	jitter->nextSequence = sequence;
	jitter->highestSequence = sequence;
}

/* Far outside the window: one packet is a stray, two in a row are a sender that started anew. */
static bool isStray(JitterBuffer* jitter, uint16_t sequence)
{
	if (abs(sequenceDistance(jitter->nextSequence, sequence)) < STRAY_DISTANCE) {
		jitter->strayCount = 0;
		return false;
	}
	if (jitter->strayCount == 0 || sequenceDistance(jitter->straySequence, sequence) != 1) {
		jitter->strayCount = 1;
		jitter->straySequence = sequence;
		return true;
	}
	startAt(jitter, sequence);
	return false;
}

JitterPut jitterPut(JitterBuffer* jitter, const RtpHeader* header, const Codec* codec, const uint8_t* payload,
					size_t byteLength)
{
	uint16_t sequence = header->sequence;
	JitterSlot* slot;
	int ahead;
	if (byteLength == 0 || byteLength > JITTER_PAYLOAD_BYTES)
		return jitterRefused;
	if (!jitter->started)
		startAt(jitter, sequence);
	if (isStray(jitter, sequence))
		return jitterRefused;
	if (hasSeen(jitter, sequence))
		return jitterDuplicate;
	ahead = sequenceDistance(jitter->nextSequence, sequence);
	if (ahead < 0) {
		/* Before the first frame is played the order of arrival says nothing. */
		if (jitter->playing || sequenceDistance(sequence, jitter->highestSequence) >= (int)JITTER_SLOTS) {
			markSeen(jitter, sequence);
			return jitterLate;
		}
		jitter->nextSequence = sequence;
	} else if (ahead >= (int)JITTER_SLOTS) {
		startAt(jitter, sequence);
	}
	markSeen(jitter, sequence);
	slot = &jitter->slots[sequence % JITTER_SLOTS];
	slot->used = true;
	slot->sequence = sequence;
	slot->timestamp = header->timestamp;
	slot->codec = codec;
	slot->byteLength = (uint16_t)byteLength;
	memcpy(slot->payload, payload, byteLength);
	jitter->count++;
	return jitterTaken;
}

/* ---- Out ---- */

/* The packet that is next in order, however many are missing before it. */
static JitterSlot* earliest(JitterBuffer* jitter)
{
	for (unsigned i = 0; i < JITTER_SLOTS && jitter->count > 0; i++) {
		uint16_t sequence = (uint16_t)(jitter->nextSequence + i);
		JitterSlot* slot = &jitter->slots[sequence % JITTER_SLOTS];
		if (slot->used && slot->sequence == sequence)
			return slot;
	}
	return NULL;
}

static void release(JitterBuffer* jitter, JitterSlot* slot)
{
	jitter->nextSequence = (uint16_t)(slot->sequence + 1);
	slot->used = false;
	jitter->count--;
}

/* Samples from the one to be played next to the end of the newest packet. */
static int32_t depthNow(const JitterBuffer* jitter)
{
	const JitterSlot* newest = &jitter->slots[jitter->highestSequence % JITTER_SLOTS];
	int32_t depth = (int32_t)(jitter->decodedCount - jitter->decodedOffset);
	if (jitter->count > 0 && newest->used && newest->sequence == jitter->highestSequence) {
		int32_t ahead = timestampDistance(jitter->playTimestamp, newest->timestamp);
		/* A timestamp is the sender's word; more than the buffer holds is not waiting in it. */
		if (ahead > HELD_MOST_SAMPLES)
			ahead = HELD_MOST_SAMPLES;
		ahead += newest->byteLength;
		if (ahead > 0)
			depth += ahead;
	}
	return depth;
}

static void conceal(JitterBuffer* jitter, int16_t* pcm, size_t samples)
{
	for (size_t i = 0; i < samples; i++)
		pcm[i] = (int16_t)(jitter->last[i % JITTER_FRAME_SAMPLES] * (int)jitter->lastGain / 256);
	jitter->lastGain = jitter->lastGain * CONCEAL_FADE / 256;
	jitter->playTimestamp += (uint32_t)samples;
	jitter->concealedSamples += (uint32_t)samples;
}

static void decodeNext(JitterBuffer* jitter, JitterSlot* slot)
{
	jitter->decodedCount = slot->codec->decode(slot->payload, slot->byteLength, jitter->decoded);
	jitter->decodedOffset = 0;
	jitter->playTimestamp = slot->timestamp + (uint32_t)jitter->decodedCount;
	jitter->lastGain = 256;
	release(jitter, slot);
}

/* Next samples in order; playTimestamp runs ahead of the decoded ones that are left. */
static void produce(JitterBuffer* jitter, int16_t* pcm, size_t samples)
{
	while (samples > 0) {
		size_t left = jitter->decodedCount - jitter->decodedOffset, part = samples;
		JitterSlot* slot;
		if (left > 0) {
			part = left < samples ? left : samples;
			memcpy(pcm, jitter->decoded + jitter->decodedOffset, part * sizeof *pcm);
			jitter->decodedOffset += part;
		} else if ((slot = earliest(jitter)) != NULL) {
			int32_t gap = timestampDistance(jitter->playTimestamp, slot->timestamp);
			if (gap <= 0 || gap > GAP_MOST_SAMPLES) {
				decodeNext(jitter, slot);
				continue;
			}
			part = (size_t)gap < samples ? (size_t)gap : samples;
			conceal(jitter, pcm, part);
		} else {
			conceal(jitter, pcm, part);
		}
		pcm += part;
		samples -= part;
	}
}

static bool isQuiet(const int16_t* pcm)
{
	int32_t sum = 0;
	for (size_t i = 0; i < JITTER_FRAME_SAMPLES; i++)
		sum += abs(pcm[i]);
	return sum < QUIET_MEAN * (int32_t)JITTER_FRAME_SAMPLES;
}

/* A frame less of delay: this frame and the next are faded into each other. */
static void shorten(JitterBuffer* jitter, int16_t* pcm)
{
	int16_t next[JITTER_FRAME_SAMPLES];
	produce(jitter, next, JITTER_FRAME_SAMPLES);
	for (int i = 0; i < (int)JITTER_FRAME_SAMPLES; i++)
		pcm[i] = (int16_t)((pcm[i] * ((int)JITTER_FRAME_SAMPLES - i) + next[i] * i) / (int)JITTER_FRAME_SAMPLES);
	jitter->droppedSamples += JITTER_FRAME_SAMPLES;
	jitter->windowFrames = 0;
	jitter->leastDepth = INT32_MAX;
}

/* Whether the last whole window left more spare than the margin. */
static void adapt(JitterBuffer* jitter, int16_t* pcm, double jitterMs)
{
	int32_t margin = (int32_t)(2 * jitterMs * JITTER_SAMPLES_PER_MS);
	int32_t depth = depthNow(jitter);
	if (margin < MARGIN_LEAST_SAMPLES)
		margin = MARGIN_LEAST_SAMPLES;
	if (margin > MARGIN_MOST_SAMPLES)
		margin = MARGIN_MOST_SAMPLES;
	jitter->depth += (depth - jitter->depth) / 16;
	if (depth < jitter->leastDepth)
		jitter->leastDepth = depth;
	if (depth > DEPTH_MOST_SAMPLES) {
		shorten(jitter, pcm);
	} else if (++jitter->windowFrames >= WINDOW_FRAMES) {
		int32_t spare = jitter->leastDepth - margin;
		if (spare >= (int32_t)JITTER_FRAME_SAMPLES && (isQuiet(pcm) || spare >= HURRY_SAMPLES)) {
			shorten(jitter, pcm);
		} else if (jitter->windowFrames >= 2 * WINDOW_FRAMES) {
			jitter->windowFrames = 0;
			jitter->leastDepth = INT32_MAX;
		}
	}
}

static bool mayStart(JitterBuffer* jitter)
{
	JitterSlot* first = earliest(jitter);
	if (!first)
		return false;
	jitter->waitedFrames++;
	if (jitter->waitedFrames * JITTER_FRAME_SAMPLES <= START_SAMPLES)
		return false;
	jitter->waitedFrames = 0;
	jitter->emptyFrames = 0;
	jitter->playTimestamp = first->timestamp;
	jitter->leastDepth = INT32_MAX;
	jitter->windowFrames = 0;
	return true;
}

void jitterGet(JitterBuffer* jitter, int16_t pcm[JITTER_FRAME_SAMPLES], double jitterMs)
{
	if (!jitter->playing && !(jitter->playing = mayStart(jitter))) {
		memset(pcm, 0, JITTER_FRAME_SAMPLES * sizeof *pcm);
		return;
	}
	jitter->emptyFrames =
		jitter->count > 0 || jitter->decodedOffset < jitter->decodedCount ? 0 : jitter->emptyFrames + 1;
	produce(jitter, pcm, JITTER_FRAME_SAMPLES);
	adapt(jitter, pcm, jitterMs);
	/* Concealment repeats what was heard last, not its own echo. */
	if (jitter->lastGain == 256)
		memcpy(jitter->last, pcm, sizeof jitter->last);
	if (jitter->emptyFrames > EMPTY_MOST_FRAMES) {
		jitter->playing = false;
		jitter->decodedCount = jitter->decodedOffset = 0;
	}
}

double jitterDepthMs(const JitterBuffer* jitter)
{
	return jitter->playing ? jitter->depth / JITTER_SAMPLES_PER_MS : 0;
}
