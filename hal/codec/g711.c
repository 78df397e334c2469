/*
 * G.711 without tables: a code is sign, segment (the exponent) and step (four bits of mantissa). Negative samples are
 * taken by ones' complement, as ITU-T G.191 does, so that -1 is the negative zero and no value overflows.
 */
#include "g711.h"

/* Position of the highest bit set, 0 for 1; value is at least 1. */
static unsigned highestBit(unsigned value)
{
	unsigned position = 0;
	while (value >>= 1)
		position++;
	return position;
}

/* G.711 table 1: 13 bits, segments of 32, 32, 64 ... 2048; even bits of the code are inverted. */
uint8_t g711AlawEncode(int16_t sample)
{
	unsigned sign = sample < 0 ? 0x00u : 0x80u;
	unsigned magnitude = (unsigned)(sample < 0 ? ~sample : sample) >> 4;
	unsigned code = magnitude;
	if (magnitude > 15) {
		unsigned segment = highestBit(magnitude) - 3;
		code = (segment << 4) | ((magnitude >> (segment - 1)) & 15);
	}
	return (uint8_t)((sign | code) ^ 0x55u);
}

int16_t g711AlawDecode(uint8_t code)
{
	unsigned bits = code ^ 0x55u;
	unsigned segment = (bits >> 4) & 7;
	int magnitude = (int)((bits & 15) << 4) + 8;
	if (segment > 0)
		magnitude = (magnitude + 256) << (segment - 1);
	return (int16_t)(bits & 0x80u ? magnitude : -magnitude);
}

/* G.711 table 2: 14 bits with a bias of 33, segments of 32, 64 ... 4096; every bit of the code is inverted. */
#define ULAW_BIAS 33u
#define ULAW_CLIP 8191u

uint8_t g711UlawEncode(int16_t sample)
{
	unsigned sign = sample < 0 ? 0x80u : 0x00u;
	unsigned magnitude = ((unsigned)(sample < 0 ? ~sample : sample) >> 2) + ULAW_BIAS;
	unsigned segment;
	if (magnitude > ULAW_CLIP)
		magnitude = ULAW_CLIP;
	segment = highestBit(magnitude) - 5;
	return (uint8_t) ~(sign | (segment << 4) | ((magnitude >> (segment + 1)) & 15));
}

int16_t g711UlawDecode(uint8_t code)
{
	unsigned bits = (uint8_t)~code;
	unsigned segment = (bits >> 4) & 7;
	int magnitude = (int)(((((bits & 15) << 1) + ULAW_BIAS) << segment) - ULAW_BIAS) << 2;
	return (int16_t)(bits & 0x80u ? -magnitude : magnitude);
}
