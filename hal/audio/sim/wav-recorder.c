#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "../pcm-ring.h"
#include "../wav.h"
#include "../wav-recorder.h"

#define FLUSH_EVERY_MS 100
/* Sizes in a WAV header are 32 bits. */
#define DATA_MOST_BYTES 0xFFFF0000u

struct WavRecorder {
	int file;
	uint32_t rateHz, dataByteLength;
	bool failed;
	sem_t end;
	pthread_t thread;
	PcmRing ring;
};

static bool writeAll(int file, const void* bytes, size_t byteLength, off_t offset)
{
	const uint8_t* at = bytes;
	while (byteLength > 0) {
		ssize_t written = pwrite(file, at, byteLength, offset);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		at += written;
		offset += written;
		byteLength -= (size_t)written;
	}
	return true;
}

static bool writeSizes(WavRecorder* recorder)
{
	uint8_t header[WAV_HEADER_BYTES];
	wavHeader(header, recorder->rateHz, recorder->dataByteLength);
	return writeAll(recorder->file, header, sizeof header, 0);
}

static void flush(WavRecorder* recorder)
{
	int16_t pcm[800];
	uint8_t bytes[sizeof pcm];
	size_t samples;
	bool more = false;
	while ((samples = pcmRingRead(&recorder->ring, pcm, sizeof pcm / sizeof *pcm)) > 0) {
		if (recorder->failed || recorder->dataByteLength > DATA_MOST_BYTES)
			continue;
		for (size_t i = 0; i < samples; i++) {
			bytes[2 * i] = (uint8_t)((uint16_t)pcm[i] & 0xFF);
			bytes[2 * i + 1] = (uint8_t)((uint16_t)pcm[i] >> 8);
		}
		if (!writeAll(recorder->file, bytes, samples * 2, (off_t)WAV_HEADER_BYTES + recorder->dataByteLength))
			recorder->failed = true;
		else
			recorder->dataByteLength += (uint32_t)samples * 2;
		more = true;
	}
	if (more && !recorder->failed && !writeSizes(recorder))
		recorder->failed = true;
}

static void* run(void* it)
{
	WavRecorder* recorder = it;
	int ended;
	do {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += FLUSH_EVERY_MS * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		while ((ended = sem_timedwait(&recorder->end, &until)) != 0 && errno == EINTR)
			;
		flush(recorder);
	} while (ended != 0);
	return NULL;
}

/* A new file even where one of this name is there: an earlier recording may still be writing to that one. */
static int openNew(const char* path)
{
	struct stat status;
	if (lstat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, W_OK) == 0)
		(void)unlink(path);
	/* A pipe that nobody reads must not hold the VM. */
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
}

WavRecorder* wavRecorderOpen(const char* path, uint32_t rateHz, char* reason, size_t reasonBytes)
{
	WavRecorder* recorder = calloc(1, sizeof *recorder);
	pthread_attr_t attributes;
	if (!recorder) {
		snprintf(reason, reasonBytes, "no memory to record to %s", path);
		return NULL;
	}
	recorder->rateHz = rateHz;
	recorder->file = openNew(path);
	if (recorder->file < 0 || !writeSizes(recorder)) {
		snprintf(reason, reasonBytes, "cannot record to %s: %s", path, strerror(errno));
		if (recorder->file >= 0)
			close(recorder->file);
		free(recorder);
		return NULL;
	}
	sem_init(&recorder->end, 0, 0);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 * 1024);
	if (pthread_create(&recorder->thread, &attributes, run, recorder) != 0) {
		snprintf(reason, reasonBytes, "cannot start a thread to record to %s", path);
		sem_destroy(&recorder->end);
		close(recorder->file);
		free(recorder);
		recorder = NULL;
	}
	pthread_attr_destroy(&attributes);
	return recorder;
}

size_t wavRecorderWrite(WavRecorder* recorder, const int16_t* pcm, size_t samples)
{
	return pcmRingWrite(&recorder->ring, pcm, samples);
}

void wavRecorderClose(WavRecorder* recorder)
{
	if (!recorder)
		return;
	sem_post(&recorder->end);
	pthread_join(recorder->thread, NULL);
	close(recorder->file);
	sem_destroy(&recorder->end);
	free(recorder);
}
