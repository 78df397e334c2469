/*
 * The loop of the VM's thread, or of a bare board's main level: timers, and what a port waits for besides. The board's
 * host runs it; vm.h is its face for the rest of the hardware layer.
 */
#ifndef SOTTO_LOOP_H
#define SOTTO_LOOP_H

#include <stdbool.h>
#include "xs.h"

typedef struct LoopTimer LoopTimer;
typedef void (*LoopTimerRun)(xsMachine* the, LoopTimer* timer, void* refcon);

/* Milliseconds of the monotonic clock, with fractions. */
double loopNow(void);
/* Waits, and nothing of the VM runs meanwhile. */
void loopDelay(double ms);

/* repeatMs 0: once; it then stays unscheduled until it is scheduled again or deleted. NULL: no memory. */
LoopTimer* loopTimerNew(double afterMs, double repeatMs, LoopTimerRun run, void* refcon);
void loopTimerSchedule(LoopTimer* timer, double afterMs, double repeatMs);
void loopTimerUnschedule(LoopTimer* timer);
bool loopTimerScheduled(const LoopTimer* timer);
/* Also from inside its own run function. */
void loopTimerDelete(LoopTimer* timer);

/* Ends the loop with this exit code once the running callback has returned. */
void loopExit(int code);
/* Runs afterEntry after every callback, until nothing is left to wait for or loopExit was called. Returns the exit
 * code. */
int loopRun(xsMachine* the, void (*afterEntry)(xsMachine* the));

/* SIGINT and SIGTERM: run is called on the VM thread. Without it the loop ends with code 0; a second signal always ends
 * it. */
typedef void (*LoopStop)(xsMachine* the, void* refcon);
void loopCatchSignals(void);
void loopOnStop(LoopStop run, void* refcon);

#endif
