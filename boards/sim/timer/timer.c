/* The native half of timer.ts: one loop timer per handle; the handle is kept alive until it is cleared or has fired
 * last. */
#include "xsmc.h"
#include "mc.xs.h"
#include "hal/vm/loop.h"
#include <stdlib.h>

typedef struct {
	LoopTimer* timer;
	xsSlot object;
	xsSlot* callback;
} ScriptTimer;

static void timerDelete(void* data)
{
	ScriptTimer* it = data;
	if (it == NULL)
		return;
	if (it->timer != NULL)
		loopTimerDelete(it->timer);
	free(it);
}

static void timerMark(xsMachine* the, void* data, xsMarkRoot markRoot)
{
	ScriptTimer* it = data;
	if (it->callback != NULL)
		(*markRoot)(the, it->callback);
}

static const xsHostHooks timerHooks = {timerDelete, timerMark, NULL};

static void timerEnd(xsMachine* the, ScriptTimer* it)
{
	xsSlot object = it->object;
	loopTimerDelete(it->timer);
	it->timer = NULL;
	it->callback = NULL;
	xsmcSetHostData(object, NULL);
	xsForget(it->object);
	free(it);
}

static void timerRun(xsMachine* the, LoopTimer* timer, void* refcon)
{
	ScriptTimer* it = refcon;
	xsBeginHost(the);
	{
		xsmcVars(1);
		xsVar(0) = xsAccess(it->object);
		xsCallFunction1(xsReference(it->callback), xsGlobal, xsVar(0));
		/* The callback may have cleared it, or have scheduled it again. */
		if (xsmcGetHostData(xsVar(0)) == it && !loopTimerScheduled(timer))
			timerEnd(the, it);
	}
	xsEndHost(the);
}

static void timerCreate(xsMachine* the, double afterMs, double repeatMs)
{
	ScriptTimer* it;
	if (!xsmcIsInstanceOf(xsArg(0), xsFunctionPrototype))
		xsTypeError("a timer needs a function");
	it = calloc(1, sizeof(ScriptTimer));
	if (it == NULL)
		xsUnknownError("no memory for a timer");
	xsResult = xsNewHostObject(NULL);
	it->timer = loopTimerNew(afterMs, repeatMs, timerRun, it);
	if (it->timer == NULL) {
		free(it);
		xsUnknownError("no memory for a timer");
	}
	it->callback = xsmcToReference(xsArg(0));
	it->object = xsResult;
	xsmcSetHostData(xsResult, it);
	xsSetHostHooks(xsResult, (xsHostHooks*)&timerHooks);
	xsRemember(it->object);
}

static double timeArgument(xsMachine* the, int index)
{
	if (index >= xsmcArgc || xsmcTypeOf(xsArg(index)) == xsUndefinedType)
		return 0;
	return xsmcToNumber(xsArg(index));
}

void xs_timer_set(xsMachine* the)
{
	double afterMs = timeArgument(the, 1);
	timerCreate(the, afterMs, timeArgument(the, 2));
}

void xs_timer_repeat(xsMachine* the)
{
	double intervalMs = timeArgument(the, 1);
	timerCreate(the, intervalMs, intervalMs > 0 ? intervalMs : 1);
}

void xs_timer_schedule(xsMachine* the)
{
	ScriptTimer* it = xsmcGetHostDataValidate(xsArg(0), (void*)&timerHooks);
	double repeatMs = timeArgument(the, 2);
	if (it == NULL)
		xsUnknownError("this timer has ended");
	if (xsmcArgc < 2 || xsmcTypeOf(xsArg(1)) == xsUndefinedType)
		loopTimerUnschedule(it->timer);
	else
		loopTimerSchedule(it->timer, timeArgument(the, 1), repeatMs);
}

void xs_timer_clear(xsMachine* the)
{
	ScriptTimer* it;
	if (xsmcArgc < 1 || !xsmcTest(xsArg(0)))
		return;
	if (xsmcGetHostData(xsArg(0)) == NULL)
		return;
	it = xsmcGetHostDataValidate(xsArg(0), (void*)&timerHooks);
	timerEnd(the, it);
}

void xs_timer_delay(xsMachine* the)
{
	loopDelay(timeArgument(the, 0));
}
