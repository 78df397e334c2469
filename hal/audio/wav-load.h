/* A microphone file, read whole and converted before the media thread sees it. */
#ifndef SOTTO_WAV_LOAD_H
#define SOTTO_WAV_LOAD_H

#include <stddef.h>
#include <stdint.h>

/* Mono samples at rateHz, to be freed by the caller; NULL with a reason that names the file. On the VM thread. */
int16_t* wavLoad(const char* path, uint32_t rateHz, size_t* sampleCount, char* reason, size_t reasonBytes);

#endif
