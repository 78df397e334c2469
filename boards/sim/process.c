/* The native half of process.ts and clock.ts. */
#include "xsmc.h"
#include "mc.xs.h"
#include "host/host.h"
#include "hal/vm/loop.h"
#include <stdio.h>

static struct {
	xsSlot callback;
	bool set;
} stop;

void xs_process_arguments(xsMachine* the)
{
	xsmcVars(1);
	xsmcSetNewArray(xsResult, 0);
	for (int i = 0; i < hostArgumentCount; i++) {
		xsmcSetString(xsVar(0), hostArguments[i]);
		xsmcSetIndex(xsResult, i, xsVar(0));
	}
}

void xs_process_exit(xsMachine* the)
{
	int code = xsmcToInteger(xsArg(0));
	if (code < 0 || code > 255)
		xsRangeError("an exit code is 0 to 255");
	fflush(stdout);
	loopExit(code);
}

void xs_process_print(xsMachine* the)
{
	fputs(xsmcToString(xsArg(0)), stdout);
	fputc('\n', stdout);
	fflush(stdout);
}

static void stopped(xsMachine* the, void* refcon)
{
	(void)refcon;
	xsBeginHost(the);
	{
		xsCallFunction0(stop.callback, xsGlobal);
	}
	xsEndHost(the);
}

void xs_process_on_stop(xsMachine* the)
{
	if (!stop.set) {
		stop.callback = xsArg(0);
		xsRemember(stop.callback);
	} else
		stop.callback = xsArg(0);
	stop.set = true;
	loopOnStop(stopped, NULL);
}

void xs_clock_now(xsMachine* the)
{
	xsmcSetNumber(xsResult, loopNow());
}
