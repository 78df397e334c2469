#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../wav.h"
#include "../wav-load.h"

#define WAV_MOST_BYTES (64 * 1024 * 1024)
#define WAV_MOST_SECONDS 600u

static uint8_t* readFile(const char* path, size_t* byteLength, char* reason, size_t reasonBytes)
{
	struct stat status;
	uint8_t* bytes = NULL;
	size_t length = 0;
	/* A pipe that nobody writes to must not hold the VM. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (file < 0 || fstat(file, &status) != 0)
		snprintf(reason, reasonBytes, "cannot read %s: %s", path, strerror(errno));
	else if (!S_ISREG(status.st_mode))
		snprintf(reason, reasonBytes, "cannot use %s: it is not a file", path);
	else if (status.st_size > WAV_MOST_BYTES)
		snprintf(reason, reasonBytes, "cannot use %s: it is larger than 64 MB", path);
	else if (!(bytes = malloc((size_t)status.st_size + 1)))
		snprintf(reason, reasonBytes, "no memory for %s", path);
	while (bytes && length < (size_t)status.st_size) {
		ssize_t got = read(file, bytes + length, (size_t)status.st_size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	if (file >= 0)
		close(file);
	*byteLength = length;
	return bytes;
}

int16_t* wavLoad(const char* path, uint32_t rateHz, size_t* sampleCount, char* reason, size_t reasonBytes)
{
	WavView view;
	size_t byteLength;
	const char* complaint;
	int16_t* samples = NULL;
	uint8_t* bytes = readFile(path, &byteLength, reason, reasonBytes);
	if (!bytes)
		return NULL;
	complaint = wavParse(bytes, byteLength, &view);
	if (!complaint && view.frameCount / view.rateHz >= WAV_MOST_SECONDS)
		complaint = "it is longer than ten minutes";
	if (!complaint) {
		*sampleCount = wavResampledCount(&view, rateHz);
		samples = malloc((*sampleCount + 1) * sizeof *samples);
		if (!samples || wavResample(&view, rateHz, samples) != 0) {
			complaint = "there is no memory for it";
			free(samples);
			samples = NULL;
		}
	}
	if (complaint)
		snprintf(reason, reasonBytes, "cannot use %s: %s", path, complaint);
	free(bytes);
	return samples;
}
