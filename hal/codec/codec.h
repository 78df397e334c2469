/*
 * A codec as the media path sees it: frames of linear samples to payload and back. hal/rtp's stream picks one by the
 * encoding name that offer and answer agreed on (RFC 3551 section 6) and calls it frame by frame.
 */
#ifndef SOTTO_CODEC_H
#define SOTTO_CODEC_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	/* Encoding name of RFC 3551, for example "PCMU". */
	const char* name;
	uint32_t clockRateHz;
	/* payload holds samples octets; returns the octets written. */
	size_t (*encode)(const int16_t* pcm, size_t samples, uint8_t* payload);
	/* pcm holds byteLength samples; returns the samples written. */
	size_t (*decode)(const uint8_t* payload, size_t byteLength, int16_t* pcm);
	/* The octet that stands for silence. */
	uint8_t silence;
} Codec;

/* NULL where the name is not one of ours. */
const Codec* codecFind(const char* name);

#endif
