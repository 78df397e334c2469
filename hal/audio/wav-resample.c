/*
 * Rate conversion of a whole file when it is opened, so that the media path reads plain samples: a windowed sinc
 * (Hann, 16 zero crossings on each side), tabulated for the phases that the two rates have.
 */
#include <math.h>
#include <stdlib.h>
#include "wav.h"

#define ZERO_CROSSINGS 16
/* Of the lower rate's half: leaves the window room to fall off. */
#define PASS_BAND 0.92
#define PI 3.14159265358979323846

static uint32_t greatestCommonDivisor(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static int monoSample(const WavView* view, int64_t frame)
{
	const uint8_t* at;
	int left;
	if (frame < 0 || frame >= (int64_t)view->frameCount)
		return 0;
	at = view->data + (size_t)frame * 2 * view->channels;
	left = (int16_t)(at[0] | at[1] << 8);
	if (view->channels == 1)
		return left;
	return (left + (int16_t)(at[2] | at[3] << 8)) / 2;
}

size_t wavResampledCount(const WavView* view, uint32_t rateHz)
{
	return (size_t)((uint64_t)view->frameCount * rateHz / view->rateHz);
}

/* taps[phase * width + i] weighs the input frame at distance i - half + 1 from the output's place. */
static void fillTaps(float* taps, uint32_t phases, int half, double scale)
{
	int width = 2 * half;
	double cutoff = scale * PASS_BAND;
	for (uint32_t phase = 0; phase < phases; phase++) {
		double sum = 0;
		for (int i = 0; i < width; i++) {
			double distance = (double)(i - half + 1) - (double)phase / phases;
			double angle = PI * cutoff * distance;
			double sinc = fabs(angle) < 1e-9 ? 1 : sin(angle) / angle;
			double window = fabs(distance) >= half ? 0 : 0.5 + 0.5 * cos(PI * distance / half);
			taps[phase * (uint32_t)width + (uint32_t)i] = (float)(sinc * window);
			sum += sinc * window;
		}
		for (int i = 0; i < width; i++)
			taps[phase * (uint32_t)width + (uint32_t)i] /= (float)sum;
	}
}

int wavResample(const WavView* view, uint32_t rateHz, int16_t* pcm)
{
	size_t count = wavResampledCount(view, rateHz);
	uint32_t divisor = greatestCommonDivisor(view->rateHz, rateHz);
	uint32_t phases = rateHz / divisor, step = view->rateHz / divisor;
	double scale = view->rateHz > rateHz ? (double)rateHz / view->rateHz : 1;
	int half = (int)ceil(ZERO_CROSSINGS / scale);
	float* taps;
	if (view->rateHz == rateHz) {
		for (size_t i = 0; i < count; i++)
			pcm[i] = (int16_t)monoSample(view, (int64_t)i);
		return 0;
	}
	taps = malloc((size_t)phases * 2 * (size_t)half * sizeof *taps);
	if (!taps)
		return -1;
	fillTaps(taps, phases, half, scale);
	for (size_t i = 0; i < count; i++) {
		uint64_t place = (uint64_t)i * step;
		int64_t frame = (int64_t)(place / phases);
		const float* phase = taps + (size_t)(place % phases) * 2 * (size_t)half;
		float sum = 0;
		for (int tap = 0; tap < 2 * half; tap++)
			sum += phase[tap] * (float)monoSample(view, frame + tap - half + 1);
		pcm[i] = (int16_t)(sum > 32767 ? 32767 : sum < -32768 ? -32768 : lrintf(sum));
	}
	free(taps);
	return 0;
}
