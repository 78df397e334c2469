/* What the voice device's clock has seen, for the board's figures. */
#ifndef SOTTO_AUDIO_FIGURES_H
#define SOTTO_AUDIO_FIGURES_H

#include <stdint.h>

typedef struct {
	uint32_t frames, lateFrames;
	/* A frame, both ways: on the average, and at most. */
	uint32_t instructions, instructionsMost;
	/* How late the latest began, since its time or since the core was woken for it. lateFrames counts whole frames
	   that were missed for whatever reason. */
	uint32_t lateMostUs;
} AudioFigures;

/* All 0 while there is no device. */
void audioFigures(AudioFigures* figures);

#endif
