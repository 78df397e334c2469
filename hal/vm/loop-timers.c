/* Timers of the VM's loop, whatever it waits with. All on the VM's thread. */
#include "loop-timers.h"
#include <stdlib.h>

struct LoopTimer {
	LoopTimer* next;
	double when, repeatMs;
	LoopTimerRun run;
	void* refcon;
	bool scheduled, deleted;
};

static LoopTimer* timers;

LoopTimer* loopTimerNew(double afterMs, double repeatMs, LoopTimerRun run, void* refcon)
{
	LoopTimer* timer = calloc(1, sizeof(LoopTimer));
	LoopTimer** end = &timers;
	if (timer == NULL)
		return NULL;
	timer->run = run;
	timer->refcon = refcon;
	loopTimerSchedule(timer, afterMs, repeatMs);
	/* At the end: timers due at the same moment run in the order they were made. */
	while (*end != NULL)
		end = &(*end)->next;
	*end = timer;
	return timer;
}

void loopTimerSchedule(LoopTimer* timer, double afterMs, double repeatMs)
{
	timer->when = loopNow() + (afterMs > 0 ? afterMs : 0);
	timer->repeatMs = repeatMs > 0 ? repeatMs : 0;
	timer->scheduled = true;
}

void loopTimerUnschedule(LoopTimer* timer)
{
	timer->scheduled = false;
}

bool loopTimerScheduled(const LoopTimer* timer)
{
	return timer->scheduled;
}

void loopTimerDelete(LoopTimer* timer)
{
	timer->scheduled = false;
	timer->deleted = true;
}

double loopTimersPrepare(void)
{
	double now = loopNow(), nearest = -1;
	for (LoopTimer** at = &timers; *at != NULL;) {
		LoopTimer* timer = *at;
		if (timer->deleted) {
			*at = timer->next;
			free(timer);
			continue;
		}
		if (timer->scheduled) {
			double wait = timer->when > now ? timer->when - now : 0;
			if (nearest < 0 || wait < nearest)
				nearest = wait;
		}
		at = &timer->next;
	}
	return nearest;
}

void loopTimersRun(xsMachine* the, void (*afterEntry)(xsMachine*))
{
	double now = loopNow();
	for (LoopTimer* timer = timers; timer != NULL; timer = timer->next) {
		if (timer->deleted || !timer->scheduled || timer->when > now)
			continue;
		if (timer->repeatMs > 0) {
			timer->when += timer->repeatMs;
			/* After a pause it goes on from now: missed beats are not made up for. */
			if (timer->when < now)
				timer->when = now + timer->repeatMs;
		} else
			timer->scheduled = false;
		timer->run(the, timer, timer->refcon);
		afterEntry(the);
		if (loopEnded())
			return;
	}
}
