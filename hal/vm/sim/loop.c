/* Descriptors and signals of the VM thread. Nothing in this file is touched by another thread; see post.c. */
#include "../loop-timers.h"
#include "../vm.h"
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

struct VmWatch {
	VmWatch* next;
	VmReady ready;
	void* refcon;
	int descriptor;
	short events;
	int index; /* in the array given to poll, or -1 while it was not there */
	bool deleted;
};

static struct {
	VmWatch* watches;
	struct pollfd* polled;
	int polledCapacity;
	bool ended;
	int exitCode;
	LoopStop stop;
	void* stopRefcon;
	int signalPipe[2];
	int signals;
} loop = {.signalPipe = {-1, -1}};

double loopNow(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

void loopDelay(double ms)
{
	struct timespec wait = {.tv_sec = (time_t)(ms / 1000),
							.tv_nsec = (long)(1e6 * (ms - 1000 * (double)(long)(ms / 1000)))};
	nanosleep(&wait, NULL);
}

VmWatch* vmWatchNew(xsMachine* the, int descriptor, int events, VmReady ready, void* refcon)
{
	VmWatch* watch = calloc(1, sizeof(VmWatch));
	(void)the;
	if (watch == NULL)
		return NULL;
	watch->descriptor = descriptor;
	watch->events = (short)events;
	watch->ready = ready;
	watch->refcon = refcon;
	watch->index = -1;
	watch->next = loop.watches;
	loop.watches = watch;
	return watch;
}

void vmWatchSet(VmWatch* watch, int events)
{
	watch->events = (short)events;
}

void vmWatchDelete(VmWatch* watch)
{
	if (watch != NULL)
		watch->deleted = true;
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
	loop.stop = run;
	loop.stopRefcon = refcon;
}

static void caught(int number)
{
	int keep = loop.signalPipe[1];
	char byte = (char)number;
	if (write(keep, &byte, 1) < 0)
		_exit(128 + number);
}

static void signalled(xsMachine* the, int events, void* refcon)
{
	char byte;
	(void)events;
	(void)refcon;
	while (read(loop.signalPipe[0], &byte, 1) == 1) {
		if (loop.stop == NULL || ++loop.signals > 1)
			loopExit(loop.signals > 1 ? 128 + byte : 0);
		else
			loop.stop(the, loop.stopRefcon);
	}
}

void loopCatchSignals(void)
{
	struct sigaction action = {.sa_handler = caught, .sa_flags = SA_RESTART};
	if (pipe2(loop.signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
		return;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* Not in the list of watches: it must not keep a program alive that has nothing else to wait for. */
}

/* Frees what was deleted and returns the time poll may take: -1 for ever, -2 when there is nothing to wait for. */
static int prepare(int* count)
{
	double nearest = loopTimersPrepare();
	int n = 0;
	bool alive = nearest >= 0;
	for (VmWatch** at = &loop.watches; *at != NULL;) {
		VmWatch* watch = *at;
		if (watch->deleted) {
			*at = watch->next;
			free(watch);
			continue;
		}
		if (n + 1 >= loop.polledCapacity) {
			int capacity = loop.polledCapacity * 2 + 16;
			struct pollfd* grown = realloc(loop.polled, sizeof(struct pollfd) * (size_t)capacity);
			if (grown == NULL)
				abort();
			loop.polled = grown;
			loop.polledCapacity = capacity;
		}
		loop.polled[n] = (struct pollfd){.fd = watch->descriptor, .events = watch->events};
		watch->index = n++;
		alive = true;
		at = &watch->next;
	}
	*count = n;
	if (!alive)
		return -2;
	if (nearest < 0)
		return -1;
	/* Rounded up: a timer never fires early. */
	return nearest > 3600000 ? 3600000 : (int)(nearest + 0.999);
}

static void runReady(xsMachine* the, void (*afterEntry)(xsMachine*))
{
	for (VmWatch* watch = loop.watches; watch != NULL; watch = watch->next) {
		int events = watch->index >= 0 ? loop.polled[watch->index].revents : 0;
		watch->index = -1;
		if (watch->deleted || events == 0)
			continue;
		watch->ready(the, events, watch->refcon);
		afterEntry(the);
		if (loop.ended)
			return;
	}
}

int loopRun(xsMachine* the, void (*afterEntry)(xsMachine*))
{
	struct pollfd none[1];
	afterEntry(the);
	while (!loop.ended) {
		int count = 0;
		int timeoutMs = prepare(&count);
		struct pollfd* polled = loop.polled != NULL ? loop.polled : none;
		if (timeoutMs == -2)
			break;
		polled[count] = (struct pollfd){.fd = loop.signalPipe[0], .events = POLLIN};
		if (poll(polled, (nfds_t)count + 1, timeoutMs) < 0)
			continue;
		if (polled[count].revents != 0) {
			signalled(the, polled[count].revents, NULL);
			afterEntry(the);
		}
		if (!loop.ended)
			runReady(the, afterEntry);
		if (!loop.ended)
			loopTimersRun(the, afterEntry);
	}
	return loop.exitCode;
}
