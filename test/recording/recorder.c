/* The native half of recorder.ts: one line at the end of a file. */
#include "xsmc.h"
#include "mc.xs.h"
#include <stdio.h>
#include <stdlib.h>

void xs_recording_append(xsMachine* the)
{
	const char* path = getenv("SOTTO_RECORDING");
	if (path == NULL)
		xsUnknownError("SOTTO_RECORDING names no file");
	FILE* file = fopen(path, "a");
	if (file == NULL)
		xsUnknownError("the recording cannot be opened");
	int length = fprintf(file, "%s\n", xsmcToString(xsArg(0)));
	if (fclose(file) != 0 || length < 0)
		xsUnknownError("the recording cannot be written");
}
