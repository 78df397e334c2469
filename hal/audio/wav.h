/* WAV files with 16-bit PCM: what a microphone file must be, and what a recorder writes. No file is opened here. */
#ifndef SOTTO_WAV_H
#define SOTTO_WAV_H

#include <stddef.h>
#include <stdint.h>

#define WAV_HEADER_BYTES 44u
#define WAV_RATE_MIN_HZ 8000u
#define WAV_RATE_MAX_HZ 96000u

/* A parsed file; data points into the bytes given. */
typedef struct {
	uint32_t rateHz;
	uint16_t channels;	 /* 1 or 2 */
	const uint8_t* data; /* interleaved 16-bit little-endian samples */
	size_t frameCount;	 /* samples per channel */
} WavView;

/* NULL when the file is good, else the reason in plain words. A data chunk that was cut short is taken as far as it
 * goes. */
const char* wavParse(const uint8_t* bytes, size_t byteLength, WavView* view);
/* A header for mono 16-bit PCM with dataByteLength bytes of samples behind it. */
void wavHeader(uint8_t header[WAV_HEADER_BYTES], uint32_t rateHz, uint32_t dataByteLength);

/* Samples that view becomes at rateHz, mono. */
size_t wavResampledCount(const WavView* view, uint32_t rateHz);
/* Mixes to mono and converts the rate; pcm holds wavResampledCount samples. Returns 0, or -1 where memory is short. */
int wavResample(const WavView* view, uint32_t rateHz, int16_t* pcm);

#endif
