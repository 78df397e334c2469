/* Call progress tones as in ETSI EN 300 001; ring, beep, secure and warning are our own. */
#include <math.h>
#include <string.h>
#include "tone.h"

/* About -18 dBm0 for one frequency: audible, not startling. */
#define TONE_AMPLITUDE 4000.0

static const ToneCadence cadences[] = {
	{"dial", 0, 1, {{{425, 0}, 0}}},
	{"ringback", 0, 2, {{{425, 0}, 1000}, {{0, 0}, 4000}}},
	{"busy", 0, 2, {{{425, 0}, 500}, {{0, 0}, 500}}},
	{"congestion", 0, 2, {{{425, 0}, 250}, {{0, 0}, 250}}},
	{"waiting", 0, 4, {{{425, 0}, 200}, {{0, 0}, 600}, {{425, 0}, 200}, {{0, 0}, 3000}}},
	{"ring", 0, 4, {{{440, 880}, 400}, {{0, 0}, 200}, {{440, 880}, 400}, {{0, 0}, 2000}}},
	{"beep", 1, 1, {{{1000, 0}, 300}}},
	{"secure", 1, 3, {{{660, 0}, 90}, {{0, 0}, 30}, {{880, 0}, 140}}},
	{"warning", 3, 3, {{{950, 0}, 200}, {{700, 0}, 200}, {{0, 0}, 200}}},
};

const ToneCadence* toneFind(const char* name)
{
	for (size_t i = 0; i < sizeof cadences / sizeof cadences[0]; i++)
		if (strcmp(cadences[i].name, name) == 0)
			return &cadences[i];
	return NULL;
}

void sineStart(Sine* sine, double frequencyHz, double amplitude, unsigned rateHz)
{
	double step = 2 * 3.14159265358979323846 * frequencyHz / rateHz;
	memset(sine, 0, sizeof *sine);
	if (frequencyHz <= 0 || frequencyHz * 2 >= rateHz)
		return;
	sine->factor = 2 * cos(step);
	sine->previous = -amplitude * sin(step);
	sine->beforePrevious = -amplitude * sin(2 * step);
}

double sineNext(Sine* sine)
{
	double next = sine->factor * sine->previous - sine->beforePrevious;
	sine->beforePrevious = sine->previous;
	sine->previous = next;
	return next;
}

static void startStep(TonePlayer* player, unsigned rateHz)
{
	const ToneStep* step = &player->cadence->steps[player->step];
	player->endless = step->durationMs == 0;
	player->samplesLeft = step->durationMs * rateHz / 1000;
	for (int i = 0; i < 2; i++)
		sineStart(&player->sines[i], step->frequenciesHz[i], TONE_AMPLITUDE, rateHz);
}

void tonePlay(TonePlayer* player, const ToneCadence* cadence, unsigned rateHz)
{
	memset(player, 0, sizeof *player);
	player->cadence = cadence;
	if (cadence)
		startStep(player, rateHz);
}

/* False at the end of the last round. */
static bool nextStep(TonePlayer* player, unsigned rateHz)
{
	if (++player->step == player->cadence->stepCount) {
		player->step = 0;
		if (player->cadence->repeats > 0 && ++player->round == player->cadence->repeats) {
			player->cadence = NULL;
			return false;
		}
	}
	startStep(player, rateHz);
	return true;
}

bool toneMix(TonePlayer* player, int32_t* mix, size_t samples, unsigned rateHz)
{
	if (!player->cadence)
		return false;
	for (size_t i = 0; i < samples; i++) {
		if (!player->endless) {
			if (player->samplesLeft == 0 && !nextStep(player, rateHz))
				return true;
			player->samplesLeft--;
		}
		mix[i] += (int32_t)(sineNext(&player->sines[0]) + sineNext(&player->sines[1]));
	}
	return true;
}
