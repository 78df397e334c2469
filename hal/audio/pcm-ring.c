#include <string.h>
#include "pcm-ring.h"

void pcmRingReset(PcmRing* ring)
{
	atomic_store(&ring->written, 0);
	atomic_store(&ring->read, 0);
	atomic_store(&ring->dropped, 0);
}

size_t pcmRingWrite(PcmRing* ring, const int16_t* pcm, size_t count)
{
	uint32_t written = atomic_load_explicit(&ring->written, memory_order_relaxed);
	uint32_t space = PCM_RING_SAMPLES - (written - atomic_load_explicit(&ring->read, memory_order_acquire));
	size_t taken = count < space ? count : space;
	size_t at = written % PCM_RING_SAMPLES;
	size_t first = taken < PCM_RING_SAMPLES - at ? taken : PCM_RING_SAMPLES - at;
	if (taken > 0) {
		memcpy(ring->samples + at, pcm, first * sizeof *pcm);
		memcpy(ring->samples, pcm + first, (taken - first) * sizeof *pcm);
		atomic_store_explicit(&ring->written, written + (uint32_t)taken, memory_order_release);
	}
	if (taken < count)
		atomic_fetch_add_explicit(&ring->dropped, (uint32_t)(count - taken), memory_order_relaxed);
	return taken;
}

size_t pcmRingRead(PcmRing* ring, int16_t* pcm, size_t count)
{
	uint32_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
	uint32_t waiting = atomic_load_explicit(&ring->written, memory_order_acquire) - read;
	size_t given = count < waiting ? count : waiting;
	size_t at = read % PCM_RING_SAMPLES;
	size_t first = given < PCM_RING_SAMPLES - at ? given : PCM_RING_SAMPLES - at;
	if (given > 0) {
		memcpy(pcm, ring->samples + at, first * sizeof *pcm);
		memcpy(pcm + first, ring->samples, (given - first) * sizeof *pcm);
		atomic_store_explicit(&ring->read, read + (uint32_t)given, memory_order_release);
	}
	return given;
}

size_t pcmRingSkip(PcmRing* ring, size_t keep)
{
	uint32_t read = atomic_load_explicit(&ring->read, memory_order_relaxed);
	uint32_t waiting = atomic_load_explicit(&ring->written, memory_order_acquire) - read;
	if (waiting <= keep)
		return 0;
	atomic_store_explicit(&ring->read, read + waiting - (uint32_t)keep, memory_order_release);
	return waiting - keep;
}

size_t pcmRingCount(PcmRing* ring)
{
	/* The reader's position first: it never passes the writer's, so the difference cannot go below zero. */
	uint32_t read = atomic_load_explicit(&ring->read, memory_order_acquire);
	return atomic_load_explicit(&ring->written, memory_order_acquire) - read;
}
