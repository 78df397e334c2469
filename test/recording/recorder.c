/* The native half of recorder.ts: lines at the end of two files. */
#include "xsmc.h"
#include "mc.xs.h"
#include <stdio.h>
#include <stdlib.h>

static void append(xsMachine* the, const char* variable)
{
	const char* path = getenv(variable);
	if (path == NULL)
		xsUnknownError("no file for the recording is named");
	FILE* file = fopen(path, "a");
	if (file == NULL)
		xsUnknownError("the recording cannot be opened");
	int length = fprintf(file, "%s\n", xsmcToString(xsArg(0)));
	if (fclose(file) != 0 || length < 0)
		xsUnknownError("the recording cannot be written");
}

void xs_recording_append(xsMachine* the)
{
	append(the, "SOTTO_RECORDING");
}

void xs_recording_exchange(xsMachine* the)
{
	append(the, "SOTTO_EXCHANGES");
}

void xs_recording_exchange_wanted(xsMachine* the)
{
	xsmcSetBoolean(xsResult, getenv("SOTTO_EXCHANGES") != NULL);
}
