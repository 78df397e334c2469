#include <string.h>
#include "wav.h"

static uint32_t little32(const uint8_t* at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint16_t little16(const uint8_t* at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static void putLittle32(uint8_t* at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void putLittle16(uint8_t* at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static const char* readFormat(const uint8_t* chunk, size_t byteLength, WavView* view)
{
	uint16_t format;
	if (byteLength < 16)
		return "its format chunk is too short";
	format = little16(chunk);
	/* WAVE_FORMAT_EXTENSIBLE carries the real format in the first two bytes of a GUID. */
	if (format == 0xFFFE && byteLength >= 26)
		format = little16(chunk + 24);
	if (format != 1)
		return "it is not PCM";
	if (little16(chunk + 14) != 16)
		return "its samples are not 16-bit";
	view->channels = little16(chunk + 2);
	view->rateHz = little32(chunk + 4);
	if (view->channels != 1 && view->channels != 2)
		return "it is neither mono nor stereo";
	if (view->rateHz < WAV_RATE_MIN_HZ || view->rateHz > WAV_RATE_MAX_HZ)
		return "its sample rate is not within 8000 to 96000 Hz";
	return NULL;
}

const char* wavParse(const uint8_t* bytes, size_t byteLength, WavView* view)
{
	size_t offset = 12;
	memset(view, 0, sizeof *view);
	if (byteLength < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0)
		return "it is not a WAV file";
	while (byteLength - offset >= 8) {
		const uint8_t* chunk = bytes + offset + 8;
		size_t left = byteLength - offset - 8;
		size_t size = little32(bytes + offset + 4);
		size_t taken = size < left ? size : left;
		if (memcmp(bytes + offset, "fmt ", 4) == 0) {
			const char* reason = readFormat(chunk, taken, view);
			if (reason)
				return reason;
		} else if (memcmp(bytes + offset, "data", 4) == 0) {
			if (view->channels == 0)
				return "its data comes before its format";
			view->data = chunk;
			view->frameCount = taken / (2u * view->channels);
			return view->frameCount > 0 ? NULL : "it has no samples";
		}
		if (size >= left)
			break;
		offset += 8 + size + (size & 1);
		if (offset > byteLength)
			break;
	}
	return view->channels == 0 ? "it has no format chunk" : "it has no data chunk";
}

void wavHeader(uint8_t header[WAV_HEADER_BYTES], uint32_t rateHz, uint32_t dataByteLength)
{
	memcpy(header, "RIFF", 4);
	putLittle32(header + 4, dataByteLength + WAV_HEADER_BYTES - 8);
	memcpy(header + 8, "WAVEfmt ", 8);
	putLittle32(header + 16, 16);
	putLittle16(header + 20, 1);
	putLittle16(header + 22, 1);
	putLittle32(header + 24, rateHz);
	putLittle32(header + 28, rateHz * 2);
	putLittle16(header + 32, 2);
	putLittle16(header + 34, 16);
	memcpy(header + 36, "data", 4);
	putLittle32(header + 40, dataByteLength);
}
