/*
 * The voice device of a virt board: a clock of 20 ms by an alarm, at interrupt level, so that nothing the VM does can
 * be late for it. Microphone and speaker are the panel's, behind the serial channel. The lock is the interrupt mask.
 */
#include "../audio-core.h"
#include "audio-figures.h"
#include "hal/machine/virt/machine.h"
#include "hal/net/virt/sockets.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_US (AUDIO_FRAME_MS * 1000u)
/* Further behind than this, frames are left out: nobody gains from hearing the past at once. */
#define CATCH_UP_FRAMES 5u

typedef struct {
	Audio core; /* first: the public face is its address */
	uint32_t before;
	unsigned depth;
	bool running;
	uint64_t deadlineUs;
	/* Of the clock: how late a frame began at most, and how long one took. */
	uint32_t latestUs, longestInstructions;
	uint64_t frameInstructions;
	uint32_t frames;
} Device;

/* The one that figures are asked of. */
static Device* current;

void audioFigures(AudioFigures* figures)
{
	uint32_t before = machineMask();
	*figures = (AudioFigures){0};
	if (current != NULL)
		*figures = (AudioFigures){current->frames, current->core.counters.lateFrames,
								  current->frames > 0 ? (uint32_t)(current->frameInstructions / current->frames) : 0,
								  current->longestInstructions, current->latestUs};
	machineUnmask(before);
}

static Device* deviceOf(Audio* audio)
{
	return (Device*)audio;
}

uint64_t audioNowUs(void)
{
	return machineNowUs();
}

void audioLock(Audio* audio)
{
	uint32_t before = machineMask();
	if (deviceOf(audio)->depth++ == 0)
		deviceOf(audio)->before = before;
}

void audioUnlock(Audio* audio)
{
	if (--deviceOf(audio)->depth == 0)
		machineUnmask(deviceOf(audio)->before);
}

/* ---- At interrupt level, or with interrupts held off ---- */

static void due(void* refcon)
{
	Device* device = refcon;
	uint64_t nowUs = machineNowUs();
	if (!audioCoreActive(&device->core)) {
		device->running = false;
		return;
	}
	/* A core that sleeps is woken when the computer below has time for it, which is no fault of the board's. */
	uint64_t couldUs = machineWokeUs() > device->deadlineUs ? machineWokeUs() : device->deadlineUs;
	if (nowUs > couldUs && nowUs - couldUs > device->latestUs)
		device->latestUs = (uint32_t)(nowUs - couldUs);
	if (nowUs > device->deadlineUs + CATCH_UP_FRAMES * FRAME_US) {
		uint64_t behind = (nowUs - device->deadlineUs) / FRAME_US;
		device->core.counters.lateFrames += (uint32_t)behind;
		device->deadlineUs += behind * FRAME_US;
	}
	while (device->deadlineUs <= nowUs) {
		uint64_t start = machineInstructions();
		uint32_t took;
		audioCoreFrame(&device->core, device->deadlineUs);
		took = (uint32_t)(machineInstructions() - start);
		if (took > device->longestInstructions)
			device->longestInstructions = took;
		device->frameInstructions += took;
		device->frames++;
		device->deadlineUs += FRAME_US;
	}
	machineAlarm(alarmMedia, device->deadlineUs, due, device);
}

static void arrived(void* refcon)
{
	Device* device = refcon;
	for (AudioStream* stream = device->core.streams; stream != NULL; stream = stream->next)
		for (unsigned which = 0; which < 2; which++) {
			struct pollfd polled = {.fd = stream->sockets[which], .events = POLLIN};
			if (poll(&polled, 1, 0) > 0)
				stream->readable(stream, which, machineNowUs());
		}
}

void audioPortWake(Audio* audio)
{
	Device* device = deviceOf(audio);
	uint32_t before = machineMask();
	if (!device->running && audioCoreActive(audio)) {
		device->running = true;
		device->deadlineUs = machineNowUs();
		machineAlarm(alarmMedia, device->deadlineUs, due, device);
	}
	machineUnmask(before);
}

/* ---- Start and stop: at main level ---- */

Audio* audioPortStart(char reason[AUDIO_REASON_BYTES])
{
	Device* device = calloc(1, sizeof *device);
	if (!device) {
		snprintf(reason, AUDIO_REASON_BYTES, "no memory for the voice device");
		return NULL;
	}
	audioCoreStart(&device->core);
	current = device;
	socketsListen(socketsMedia, arrived, device);
	return &device->core;
}

void audioPortStop(Audio* audio)
{
	Device* device = deviceOf(audio);
	socketsListen(socketsMedia, NULL, NULL);
	machineAlarm(alarmMedia, 0, due, device);
	if (current == device)
		current = NULL;
	free(device);
}
