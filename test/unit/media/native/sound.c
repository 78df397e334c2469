/* WAV files, rate conversion, tones and the ring of samples. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "goertzel.h"
#include "hal/audio/pcm-ring.h"
#include "hal/audio/tone.h"
#include "hal/audio/wav.h"

#define PI 3.14159265358979323846

/* A WAV file of a sine; in stereo the right channel has the opposite sign of half the level. */
static uint8_t* makeWav(uint32_t rateHz, unsigned channels, double frequencyHz, size_t frames, size_t* byteLength)
{
	uint32_t data = (uint32_t)(frames * channels * 2);
	uint8_t* bytes = malloc(WAV_HEADER_BYTES + data);
	wavHeader(bytes, rateHz, data);
	bytes[22] = (uint8_t)channels;
	for (size_t i = 0; i < frames; i++)
		for (unsigned channel = 0; channel < channels; channel++) {
			double value = 10000 * sin(2 * PI * frequencyHz * (double)i / rateHz) * (channel == 0 ? 1 : -0.5);
			int16_t sample = (int16_t)lrint(value);
			uint8_t* at = bytes + WAV_HEADER_BYTES + (i * channels + channel) * 2;
			at[0] = (uint8_t)(sample & 0xFF);
			at[1] = (uint8_t)((uint16_t)sample >> 8);
		}
	*byteLength = WAV_HEADER_BYTES + data;
	return bytes;
}

static void conversion(uint32_t rateHz, unsigned channels, double frequencyHz, double wantedLevel)
{
	size_t byteLength;
	uint8_t* bytes = makeWav(rateHz, channels, frequencyHz, rateHz, &byteLength);
	WavView view;
	int16_t* pcm;
	size_t count;
	CHECK(wavParse(bytes, byteLength, &view) == NULL);
	count = wavResampledCount(&view, 8000);
	CHECK(count == 8000);
	pcm = malloc(count * sizeof *pcm);
	CHECK(wavResample(&view, 8000, pcm) == 0);
	/* Away from the ends, where the filter has nothing to weigh. */
	CHECK_NEAR(amplitudeOf(pcm + 400, 7200, frequencyHz > 4000 ? 8000 - fmod(frequencyHz, 8000) : frequencyHz, 8000),
			   wantedLevel, wantedLevel * 0.03 + 15);
	free(pcm);
	free(bytes);
}

static void files(void)
{
	size_t byteLength;
	uint8_t* bytes = makeWav(8000, 1, 440, 800, &byteLength);
	WavView view;
	CHECK(wavParse(bytes, byteLength, &view) == NULL && view.frameCount == 800);
	/* Cut anywhere: a reason, or the samples that are there. */
	for (size_t cut = 0; cut < byteLength; cut++) {
		uint8_t* copy = malloc(cut + 1);
		const char* reason;
		memcpy(copy, bytes, cut);
		reason = wavParse(copy, cut, &view);
		CHECK((reason == NULL) == (cut >= WAV_HEADER_BYTES + 2));
		if (!reason)
			CHECK(view.frameCount == (cut - WAV_HEADER_BYTES) / 2);
		free(copy);
	}
	/* The size of a recording that was never finished. */
	memset(bytes + 40, 0xFF, 4);
	CHECK(wavParse(bytes, byteLength, &view) == NULL && view.frameCount == 800);
	bytes[34] = 8;
	CHECK(strcmp(wavParse(bytes, byteLength, &view), "its samples are not 16-bit") == 0);
	bytes[34] = 16;
	bytes[20] = 3;
	CHECK(strcmp(wavParse(bytes, byteLength, &view), "it is not PCM") == 0);
	bytes[20] = 1;
	bytes[22] = 6;
	CHECK(strcmp(wavParse(bytes, byteLength, &view), "it is neither mono nor stereo") == 0);
	bytes[22] = 1;
	memset(bytes + 24, 0, 4);
	CHECK(wavParse(bytes, byteLength, &view) != NULL);
	memcpy(bytes, "RIFX", 4);
	CHECK(strcmp(wavParse(bytes, byteLength, &view), "it is not a WAV file") == 0);
	free(bytes);
	srand(5);
	for (int i = 0; i < 100000; i++) {
		size_t length = (size_t)(rand() % 120);
		uint8_t* noise = malloc(length + 1);
		for (size_t at = 0; at < length; at++)
			noise[at] = (uint8_t)(rand() % 3 ? 0 : rand());
		if (length >= 12) {
			memcpy(noise, "RIFF", 4);
			memcpy(noise + 8, "WAVE", 4);
		}
		if (length >= 44)
			memcpy(noise + 12, "fmt ", 4);
		if (!wavParse(noise, length, &view))
			CHECK(view.data + view.frameCount * 2 * view.channels <= noise + length);
		free(noise);
	}
}

static void tones(void)
{
	static int16_t pcm[8000];
	int32_t mix[160];
	TonePlayer player;
	Sine sine;
	sineStart(&sine, 1000, 8000, 8000);
	for (size_t i = 0; i < 8000; i++)
		pcm[i] = (int16_t)sineNext(&sine);
	CHECK_NEAR(amplitudeOf(pcm, 8000, 1000, 8000), 8000, 10);
	CHECK(amplitudeOf(pcm, 8000, 2000, 8000) < 5);
	/* Ten minutes later it has not drifted. */
	for (long i = 0; i < 8000L * 600; i++)
		sineNext(&sine);
	for (size_t i = 0; i < 8000; i++)
		pcm[i] = (int16_t)sineNext(&sine);
	CHECK_NEAR(amplitudeOf(pcm, 8000, 1000, 8000), 8000, 20);
	sineStart(&sine, 4000, 8000, 8000);
	CHECK(sineNext(&sine) == 0 && sineNext(&sine) == 0);

	/* Busy: half a second on, half a second off, without end. */
	CHECK(toneFind("engaged") == NULL);
	tonePlay(&player, toneFind("busy"), 8000);
	for (int frame = 0; frame < 200; frame++) {
		double energy = 0;
		memset(mix, 0, sizeof mix);
		CHECK(toneMix(&player, mix, 160, 8000));
		for (int i = 0; i < 160; i++)
			energy += (double)mix[i] * mix[i];
		CHECK((energy > 0) == (frame % 50 < 25));
	}
	/* What ends by itself ends. */
	tonePlay(&player, toneFind("secure"), 8000);
	for (int frame = 0; frame < 13; frame++) {
		memset(mix, 0, sizeof mix);
		CHECK(toneMix(&player, mix, 160, 8000));
	}
	toneMix(&player, mix, 160, 8000);
	CHECK(!toneMix(&player, mix, 160, 8000));
	tonePlay(&player, NULL, 8000);
	CHECK(!toneMix(&player, mix, 160, 8000));
}

#define RING_TOTAL 1000000

static void* writeRing(void* it)
{
	int16_t next = 0;
	for (long i = 0; i < RING_TOTAL;) {
		int16_t pcm[97];
		size_t count = (size_t)(1 + i % 97), taken;
		for (size_t at = 0; at < count; at++)
			pcm[at] = (int16_t)(next + (int16_t)at);
		taken = pcmRingWrite(it, pcm, count);
		next = (int16_t)(next + (int16_t)taken);
		i += (long)taken;
	}
	return NULL;
}

/* Two threads and no lock: every sample once and in order; what does not fit is left to the writer. */
static void ring(void)
{
	static PcmRing it;
	pthread_t writer;
	int16_t expected = 0;
	long got = 0;
	int wrong = 0;
	pcmRingReset(&it);
	pthread_create(&writer, NULL, writeRing, &it);
	while (got < RING_TOTAL) {
		int16_t pcm[160];
		size_t count = pcmRingRead(&it, pcm, 160);
		for (size_t i = 0; i < count; i++)
			wrong += pcm[i] != expected++;
		got += (long)count;
		CHECK(pcmRingCount(&it) <= PCM_RING_SAMPLES);
	}
	pthread_join(writer, NULL);
	CHECK(wrong == 0);
	pcmRingReset(&it);
	CHECK(pcmRingWrite(&it, (int16_t[5000]){1, 2, 3}, 5000) == PCM_RING_SAMPLES &&
		  it.dropped == 5000 - PCM_RING_SAMPLES);
	CHECK(pcmRingSkip(&it, 100) == PCM_RING_SAMPLES - 100 && pcmRingCount(&it) == 100 && pcmRingSkip(&it, 100) == 0);
}

int main(void)
{
	static const uint32_t rates[] = {8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000};
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		conversion(rates[i], 1, 440, 10000);
		conversion(rates[i], 2, 1000, 2500);
		conversion(rates[i], 1, 3000, 10000);
	}
	/* What 8 kHz cannot hold must not come back as something else. */
	conversion(16000, 1, 5000, 0);
	conversion(44100, 1, 6500, 0);
	conversion(48000, 1, 7000, 0);
	files();
	tones();
	ring();
	return report();
}
