/*
 * The voice device on this computer: one media thread per device, kept at 20 ms by absolute deadlines, that also waits
 * for the sockets of the streams.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../audio-core.h"
#include "../audio-wait.h"

#define FRAME_US (AUDIO_FRAME_MS * 1000u)
/* Further behind than this, frames are left out: nobody gains from hearing the past at once. */
#define CATCH_UP_FRAMES 5u

typedef struct {
	Audio core; /* first: the public face is its address */
	pthread_mutex_t lock;
	pthread_t thread;
	int wake[2];
	bool stop;
} Device;

static Device* deviceOf(Audio* audio)
{
	return (Device*)audio;
}

uint64_t audioNowUs(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void audioLock(Audio* audio)
{
	pthread_mutex_lock(&deviceOf(audio)->lock);
}

void audioUnlock(Audio* audio)
{
	pthread_mutex_unlock(&deviceOf(audio)->lock);
}

void audioPortWake(Audio* audio)
{
	/* A full pipe wakes just as well. */
	if (write(deviceOf(audio)->wake[1], "", 1) < 0)
		return;
}

/* ---- The thread ---- */

static void drainWake(Device* device)
{
	char bytes[64];
	while (read(device->wake[0], bytes, sizeof bytes) > 0)
		;
}

static void runDueFrames(Device* device, uint64_t* deadlineUs)
{
	uint64_t nowUs = audioNowUs();
	if (nowUs > *deadlineUs + CATCH_UP_FRAMES * FRAME_US) {
		uint64_t behind = (nowUs - *deadlineUs) / FRAME_US;
		device->core.counters.lateFrames += (uint32_t)behind;
		*deadlineUs += behind * FRAME_US;
	}
	while (*deadlineUs <= nowUs) {
		audioCoreFrame(&device->core, *deadlineUs);
		*deadlineUs += FRAME_US;
	}
}

static void* run(void* it)
{
	Device* device = it;
	uint64_t deadlineUs = 0;
	bool running = false;
	pthread_mutex_lock(&device->lock);
	while (!device->stop) {
		struct pollfd waits[AUDIO_WAITS_MAX];
		struct timespec left = {0};
		nfds_t count = audioWaitCollect(device->core.streams, device->wake[0], waits);
		uint64_t nowUs = audioNowUs();
		bool active = audioCoreActive(&device->core);
		if (active && !running)
			deadlineUs = nowUs;
		running = active;
		pthread_mutex_unlock(&device->lock);

		if (deadlineUs > nowUs) {
			left.tv_sec = (time_t)((deadlineUs - nowUs) / 1000000u);
			left.tv_nsec = (long)((deadlineUs - nowUs) % 1000000u) * 1000;
		}
		ppoll(waits, count, active ? &left : NULL, NULL);

		pthread_mutex_lock(&device->lock);
		if (waits[0].revents)
			drainWake(device);
		audioWaitServe(device->core.streams, waits, count);
		if (running && audioCoreActive(&device->core))
			runDueFrames(device, &deadlineUs);
	}
	pthread_mutex_unlock(&device->lock);
	return NULL;
}

/* ---- Start and stop: on the VM thread ---- */

static int startThread(Device* device)
{
	pthread_attr_t attributes;
	int failed;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 * 1024);
	failed = pthread_create(&device->thread, &attributes, run, device);
	pthread_attr_destroy(&attributes);
	return failed;
}

Audio* audioPortStart(char reason[AUDIO_REASON_BYTES])
{
	Device* device = calloc(1, sizeof *device);
	if (!device) {
		snprintf(reason, AUDIO_REASON_BYTES, "no memory for the voice device");
		return NULL;
	}
	audioCoreStart(&device->core);
	if (pipe2(device->wake, O_CLOEXEC | O_NONBLOCK) != 0) {
		snprintf(reason, AUDIO_REASON_BYTES, "cannot make a pipe: %s", strerror(errno));
		free(device);
		return NULL;
	}
	pthread_mutex_init(&device->lock, NULL);
	if (startThread(device) != 0) {
		snprintf(reason, AUDIO_REASON_BYTES, "cannot start the media thread");
		close(device->wake[0]);
		close(device->wake[1]);
		pthread_mutex_destroy(&device->lock);
		free(device);
		return NULL;
	}
	return &device->core;
}

void audioPortStop(Audio* audio)
{
	Device* device = deviceOf(audio);
	audioLock(audio);
	device->stop = true;
	audioUnlock(audio);
	audioPortWake(audio);
	pthread_join(device->thread, NULL);
	close(device->wake[0]);
	close(device->wake[1]);
	pthread_mutex_destroy(&device->lock);
	free(device);
}
