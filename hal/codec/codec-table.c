#include <string.h>
#include "codec.h"
#include "g711.h"

static size_t encodeAlaw(const int16_t* pcm, size_t samples, uint8_t* payload)
{
	for (size_t i = 0; i < samples; i++)
		payload[i] = g711AlawEncode(pcm[i]);
	return samples;
}

static size_t decodeAlaw(const uint8_t* payload, size_t byteLength, int16_t* pcm)
{
	for (size_t i = 0; i < byteLength; i++)
		pcm[i] = g711AlawDecode(payload[i]);
	return byteLength;
}

static size_t encodeUlaw(const int16_t* pcm, size_t samples, uint8_t* payload)
{
	for (size_t i = 0; i < samples; i++)
		payload[i] = g711UlawEncode(pcm[i]);
	return samples;
}

static size_t decodeUlaw(const uint8_t* payload, size_t byteLength, int16_t* pcm)
{
	for (size_t i = 0; i < byteLength; i++)
		pcm[i] = g711UlawDecode(payload[i]);
	return byteLength;
}

static const Codec codecs[] = {
	{"PCMU", 8000, encodeUlaw, decodeUlaw, G711_ULAW_SILENCE},
	{"PCMA", 8000, encodeAlaw, decodeAlaw, G711_ALAW_SILENCE},
};

const Codec* codecFind(const char* name)
{
	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		if (strcmp(codecs[i].name, name) == 0)
			return &codecs[i];
	return NULL;
}
