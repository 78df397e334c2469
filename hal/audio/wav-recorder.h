/*
 * The speaker into a WAV file. The media thread fills a ring and never touches the file; a thread of the recorder
 * empties the ring and rewrites the header's sizes after the samples, so that the file is whole at any moment.
 */
#ifndef SOTTO_WAV_RECORDER_H
#define SOTTO_WAV_RECORDER_H

#include <stddef.h>
#include <stdint.h>

typedef struct WavRecorder WavRecorder;

/* NULL with the reason where the file cannot be made. */
WavRecorder* wavRecorderOpen(const char* path, uint32_t rateHz, char* reason, size_t reasonBytes);
/* From the media thread. Returns how many samples had room. */
size_t wavRecorderWrite(WavRecorder* recorder, const int16_t* pcm, size_t samples);
/* Once the media thread has let go of it: everything is in the file when this returns. */
void wavRecorderClose(WavRecorder* recorder);

#endif
