/*
 * The superloop of a bare board: posts from interrupts, timers, and sleep until an interrupt when there is neither. A
 * post only sets a flag, so an interrupt may make one at any moment.
 */
#include "../loop-timers.h"
#include "../vm.h"
#include "hal/machine/virt/machine.h"
#include <stdlib.h>

/* A turn of the loop that takes longer is a program that hangs: the slowest key agreement takes a few seconds. */
#define WATCHDOG_MS 30000u
#define LONGEST_SLEEP_MS 5000.0
/* Who has come so far does not fail at the start. */
#define SETTLED_MS 60000.0

struct VmPost {
	VmPost* next;
	VmDeliver deliver;
	void* refcon;
	volatile bool pending;
	bool deleted;
};

static struct {
	VmPost* posts;
	volatile bool posted;
	bool delivering, ended;
	int exitCode;
} loop;

double loopNow(void)
{
	return (double)machineNowUs() / 1000.0;
}

void loopDelay(double ms)
{
	uint64_t endUs = machineNowUs() + (uint64_t)(ms * 1000.0);
	while (machineNowUs() < endUs)
		;
}

VmPost* vmPostNew(xsMachine* the, VmDeliver deliver, void* refcon)
{
	VmPost* post = calloc(1, sizeof(VmPost));
	(void)the;
	if (post == NULL)
		return NULL;
	post->deliver = deliver;
	post->refcon = refcon;
	post->next = loop.posts;
	loop.posts = post;
	return post;
}

void vmPost(VmPost* post)
{
	post->pending = true;
	loop.posted = true;
}

static void sweep(void)
{
	for (VmPost** at = &loop.posts; *at != NULL;) {
		VmPost* post = *at;
		if (post->deleted) {
			*at = post->next;
			free(post);
		} else
			at = &post->next;
	}
}

void vmPostDelete(VmPost* post)
{
	if (post == NULL)
		return;
	post->deleted = true;
	if (!loop.delivering)
		sweep();
}

static void deliver(xsMachine* the, void (*afterEntry)(xsMachine*))
{
	loop.posted = false;
	loop.delivering = true;
	for (VmPost* post = loop.posts; post != NULL && !loop.ended; post = post->next) {
		if (post->deleted || !post->pending)
			continue;
		post->pending = false;
		post->deliver(the, post->refcon);
		afterEntry(the);
	}
	loop.delivering = false;
	sweep();
}

bool loopEnded(void)
{
	return loop.ended;
}

void loopExit(int code)
{
	if (!loop.ended)
		loop.exitCode = code;
	loop.ended = true;
}

void loopOnStop(LoopStop run, void* refcon)
{
	/* Nobody asks a board to end: its power goes. */
	(void)run;
	(void)refcon;
}

void loopCatchSignals(void) {}

static void woken(void* refcon)
{
	(void)refcon;
}

static void sleepFor(double ms)
{
	uint32_t before = machineMask();
	if (!loop.posted) {
		machineAlarm(alarmLoop, machineNowUs() + (uint64_t)(ms * 1000.0) + 1, woken, NULL);
		machineWait();
		machineAlarm(alarmLoop, 0, woken, NULL);
	}
	machineUnmask(before);
}

int loopRun(xsMachine* the, void (*afterEntry)(xsMachine*))
{
	double settledAt = loopNow() + SETTLED_MS;
	afterEntry(the);
	while (!loop.ended) {
		double nearest = loopTimersPrepare();
		if (loopNow() > settledAt)
			machineSettled();
		machineFeed(machineWatchdogMs(WATCHDOG_MS));
		if (nearest < 0 && loop.posts == NULL)
			break;
		if (nearest != 0 && !loop.posted)
			sleepFor(nearest < 0 || nearest > LONGEST_SLEEP_MS ? LONGEST_SLEEP_MS : nearest);
		if (loop.posted)
			deliver(the, afterEntry);
		if (!loop.ended)
			loopTimersRun(the, afterEntry);
	}
	machineFeed(0);
	return loop.exitCode;
}
