/* A phone that keeps no files: none is its microphone, and none records it. */
#include <stdio.h>
#include "../wav-load.h"
#include "../wav-recorder.h"

int16_t* wavLoad(const char* path, uint32_t rateHz, size_t* sampleCount, char* reason, size_t reasonBytes)
{
	(void)path, (void)rateHz, (void)sampleCount;
	snprintf(reason, reasonBytes, "this phone has no files to play");
	return NULL;
}

WavRecorder* wavRecorderOpen(const char* path, uint32_t rateHz, char* reason, size_t reasonBytes)
{
	(void)path, (void)rateHz;
	snprintf(reason, reasonBytes, "this phone has no files to record to");
	return NULL;
}

/* Nobody has a recorder. */
size_t wavRecorderWrite(WavRecorder* recorder, const int16_t* pcm, size_t samples)
{
	(void)recorder, (void)pcm;
	return samples;
}

void wavRecorderClose(WavRecorder* recorder)
{
	(void)recorder;
}
