/*
 * The voice device on this computer: one media thread per device, kept at 20 ms by absolute deadlines, that also waits
 * for the sockets of the streams. Microphone files are read and converted before the thread sees them.
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
#include "audio-panel.h"
#include "wav-load.h"
#include "wav-recorder.h"

#define FRAME_US (AUDIO_FRAME_MS * 1000u)
/* Further behind than this, frames are left out: nobody gains from hearing the past at once. */
#define CATCH_UP_FRAMES 5u

typedef struct {
	Audio core; /* first: the public face is its address */
	pthread_mutex_t lock;
	pthread_t thread;
	int wake[2];
	bool stop;
	unsigned references; /* VM thread only */
	int16_t* samples;
	WavRecorder* recorder;
	bool panelMicrophone, panelSpeaker;
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

void audioPortReadMicrophone(Audio* audio, int16_t* pcm, size_t samples)
{
	size_t given = audioPanelMicrophone(pcm, samples);
	memset(pcm + given, 0, (samples - given) * sizeof *pcm);
	audio->counters.microphoneShort += (uint32_t)(samples - given);
}

void audioPortWriteSpeaker(Audio* audio, const int16_t* pcm, size_t samples)
{
	Device* device = deviceOf(audio);
	if (device->recorder)
		audio->counters.speakerDropped += (uint32_t)(samples - wavRecorderWrite(device->recorder, pcm, samples));
	if (device->panelSpeaker)
		audio->counters.speakerDropped += (uint32_t)(samples - audioPanelSpeaker(pcm, samples));
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

/* ---- Open, choose, close: all on the VM thread ---- */

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

Audio* audioPortOpen(char reason[AUDIO_REASON_BYTES])
{
	Device* device = calloc(1, sizeof *device);
	if (!device) {
		snprintf(reason, AUDIO_REASON_BYTES, "no memory for the voice device");
		return NULL;
	}
	audioCoreStart(&device->core);
	device->references = 1;
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

void audioRetain(Audio* audio)
{
	deviceOf(audio)->references++;
}

void audioRelease(Audio* audio)
{
	Device* device = deviceOf(audio);
	if (--device->references > 0)
		return;
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

/* The panel is held as long as either direction uses it. */
static bool takePanel(Device* device, char reason[AUDIO_REASON_BYTES])
{
	if (audioPanelTake(device))
		return true;
	snprintf(reason, AUDIO_REASON_BYTES, "the panel's microphone and speaker are in use by another voice device");
	return false;
}

static void leavePanel(Device* device)
{
	if (!device->panelMicrophone && !device->panelSpeaker)
		audioPanelRelease(device);
}

int audioPortMicrophone(Audio* audio, const MicrophoneChoice* choice, char reason[AUDIO_REASON_BYTES])
{
	Device* device = deviceOf(audio);
	Microphone microphone = {.kind = choice->kind, .loop = choice->loop};
	int16_t* samples = NULL;
	int16_t* before = device->samples;
	if (choice->kind == microphoneTone)
		sineStart(&microphone.sine, choice->toneHz, choice->toneAmplitude, AUDIO_RATE_HZ);
	if (choice->kind == microphoneSamples) {
		samples = wavLoad(choice->path, AUDIO_RATE_HZ, &microphone.sampleCount, reason, AUDIO_REASON_BYTES);
		if (!samples)
			return -1;
		microphone.samples = samples;
	}
	if (choice->kind == microphoneDevice && !takePanel(device, reason))
		return -1;
	audioLock(audio);
	audio->microphone = microphone;
	device->samples = samples;
	device->panelMicrophone = choice->kind == microphoneDevice;
	audioUnlock(audio);
	leavePanel(device);
	free(before);
	return 0;
}

int audioPortSpeaker(Audio* audio, const SpeakerChoice* choice, char reason[AUDIO_REASON_BYTES])
{
	Device* device = deviceOf(audio);
	WavRecorder* recorder = NULL;
	WavRecorder* before;
	if (choice->panel && !takePanel(device, reason))
		return -1;
	if (choice->path && !(recorder = wavRecorderOpen(choice->path, AUDIO_RATE_HZ, reason, AUDIO_REASON_BYTES))) {
		leavePanel(device);
		return -1;
	}
	audioLock(audio);
	before = device->recorder;
	device->recorder = recorder;
	device->panelSpeaker = choice->panel;
	audioUnlock(audio);
	leavePanel(device);
	wavRecorderClose(before);
	return 0;
}

void audioPortClose(Audio* audio)
{
	char reason[AUDIO_REASON_BYTES];
	audioPortMicrophone(audio, &(MicrophoneChoice){.kind = microphoneSilence}, reason);
	audioPortSpeaker(audio, &(SpeakerChoice){0}, reason);
	audioLock(audio);
	tonePlay(&audio->tone, NULL, AUDIO_RATE_HZ);
	audioUnlock(audio);
}
