/*
 * Sine tones: one for a microphone that hums, and the call progress tones with their cadences. Samples go from here
 * into a stream's microphone frame or are mixed into the speaker.
 */
#ifndef SOTTO_TONE_H
#define SOTTO_TONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sine by its two-term recurrence: one multiplication a sample. */
typedef struct {
	double factor, previous, beforePrevious;
} Sine;

/* amplitude: 0..32767. Frequencies outside 1..rate/2 give silence. */
void sineStart(Sine* sine, double frequencyHz, double amplitude, unsigned rateHz);
double sineNext(Sine* sine);

/* One stretch of a cadence; both frequencies 0 is a pause. */
typedef struct {
	uint16_t frequenciesHz[2];
	uint16_t durationMs; /* 0: without end */
} ToneStep;

#define TONE_STEPS 6

typedef struct {
	const char* name;
	/* How often the steps are played; 0: until stopped. */
	uint8_t repeats;
	uint8_t stepCount;
	ToneStep steps[TONE_STEPS];
} ToneCadence;

/* "dial", "ringback", "busy", "congestion", "waiting", "ring", "beep", "secure", "warning"; NULL for another name. */
const ToneCadence* toneFind(const char* name);

typedef struct {
	const ToneCadence* cadence; /* NULL: nothing plays */
	uint8_t step, round;
	uint32_t samplesLeft;
	bool endless;
	Sine sines[2];
} TonePlayer;

void tonePlay(TonePlayer* player, const ToneCadence* cadence, unsigned rateHz);
/* Adds to mix; returns false when nothing plays (any more). */
bool toneMix(TonePlayer* player, int32_t* mix, size_t samples, unsigned rateHz);

#endif
