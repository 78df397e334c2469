/* The timers of loop.h, for a port's loop: it asks how long it may wait, waits, and has run what is due. */
#ifndef SOTTO_LOOP_TIMERS_H
#define SOTTO_LOOP_TIMERS_H

#include "loop.h"

/* Frees what was deleted. Milliseconds until the next timer is due, -1 where none is scheduled. */
double loopTimersPrepare(void);
/* Runs what is due, and afterEntry after each, until the loop has ended. */
void loopTimersRun(xsMachine* the, void (*afterEntry)(xsMachine* the));
/* Of the port's loop: loopExit was called. */
bool loopEnded(void);

#endif
