/*
 * The native half of poco.ts: frames, clip and origin. Arguments come from the VM and are checked here; painting itself
 * is paint.c. Pointers into the VM's buffers and strings are taken last, after everything that could move them.
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "poco.h"
#include <stdlib.h>
#include <string.h>

#define UNPAINTED 0xf81f

void xs_poco_destructor(void* data)
{
	Poco* poco = data;
	if (poco == NULL)
		return;
	pocoListEnd(poco);
	free(poco);
}

static const xsHostHooks pocoHooks = {xs_poco_destructor, NULL, NULL};

static Poco* pocoOf(xsMachine* the)
{
	Poco* poco = xsmcGetHostDataValidate(xsThis, (void*)&pocoHooks);
	if (poco == NULL)
		xsUnknownError("this Poco is closed");
	return poco;
}

Poco* pocoDrawing(xsMachine* the)
{
	Poco* poco = pocoOf(the);
	if (!poco->begun)
		xsUnknownError("drawing needs begin first");
	return poco;
}

bool pocoGiven(xsMachine* the, int index)
{
	return index < xsmcArgc && xsmcTypeOf(xsArg(index)) != xsUndefinedType;
}

int32_t pocoIntegerOr(xsMachine* the, int index, int32_t otherwise)
{
	return pocoGiven(the, index) ? xsmcToInteger(xsArg(index)) : otherwise;
}

bool pocoRoom(Poco* poco, int32_t bytes)
{
	if (poco->displayListLength - poco->displayListUsed >= bytes)
		return true;
	poco->error = POCO_LIST_OVERFLOW;
	return false;
}

void xs_poco_build(xsMachine* the)
{
	Poco* poco = calloc(1, sizeof(Poco));
	if (poco == NULL)
		xsUnknownError("no memory to draw");
	xsmcSetHostData(xsThis, poco);
	xsSetHostHooks(xsThis, (xsHostHooks*)&pocoHooks);
	poco->width = xsmcToInteger(xsArg(0));
	poco->height = xsmcToInteger(xsArg(1));
	poco->displayListLength = xsmcToInteger(xsArg(2));
}

void xs_poco_close(xsMachine* the)
{
	Poco* poco = xsmcGetHostData(xsThis);
	if (poco == NULL)
		return;
	poco = xsmcGetHostDataValidate(xsThis, (void*)&pocoHooks);
	xsmcSetHostData(xsThis, NULL);
	xs_poco_destructor(poco);
}

void xs_poco_begin(xsMachine* the)
{
	Poco* poco = pocoOf(the);
	int32_t x = pocoIntegerOr(the, 0, 0), y = pocoIntegerOr(the, 1, 0);
	int32_t width = pocoIntegerOr(the, 2, poco->width - x), height = pocoIntegerOr(the, 3, poco->height - y);
	if (x < 0 || y < 0 || width <= 0 || height <= 0 || width > poco->width - x || height > poco->height - y)
		xsRangeError("area %d,%d %dx%d is not on the screen", (int)x, (int)y, (int)width, (int)height);
	pocoListEnd(poco);
	if (!pocoListBegin(poco))
		xsUnknownError("no memory to draw");
	poco->area = poco->clip = paintBox(x, y, width, height);
	poco->xOrigin = poco->yOrigin = 0;
	poco->depth = 0;
	poco->error = POCO_FINE;
	poco->begun = true;
}

/* Ends drawing: the area, for PixelsOut.begin. Its rows are fetched with xs_poco_rows. */
void xs_poco_finish(xsMachine* the)
{
	Poco* poco = pocoDrawing(the);
	PocoError error = poco->error;
	if (error == POCO_FINE && poco->depth > 0)
		error = POCO_STACK_LEFT;
	poco->begun = false;
	switch (error) {
	case POCO_LIST_OVERFLOW:
		xsUnknownError("display list overflow");
		break;
	case POCO_STACK_LEFT:
		xsUnknownError("clip/origin stack not cleared");
		break;
	case POCO_STACK_ERROR:
		xsUnknownError("clip/origin stack under/overflow");
		break;
	case POCO_FINE:
		break;
	}
	const PaintBox area = poco->area;
	const int32_t numbers[4] = {area.left, area.top, area.right - area.left, area.bottom - area.top};
	xsmcVars(1);
	xsResult = xsNewArray(4);
	for (int i = 0; i < 4; i++) {
		xsmcSetInteger(xsVar(0), numbers[i]);
		xsmcSetIndex(xsResult, (xsIndex)i, xsVar(0));
	}
}

/* Paints whole rows from byteOffset on into the buffer; returns how many bytes, 0 after the last. */
void xs_poco_rows(xsMachine* the)
{
	Poco* poco = pocoOf(the);
	const PaintBox area = poco->area;
	int32_t rowBytes = 2 * (area.right - area.left);
	int32_t from = xsmcToInteger(xsArg(1)) / rowBytes;
	void* buffer;
	xsUnsignedValue byteLength;
	xsmcGetBufferWritable(xsArg(0), &buffer, &byteLength);
	int32_t rows = (int32_t)byteLength / rowBytes;
	if (rows > area.bottom - area.top - from)
		rows = area.bottom - area.top - from;
	if (poco->list == NULL || from < 0 || rows <= 0) {
		/* All of it is on the screen: a small board has better use for the memory. */
		pocoListEnd(poco);
		rows = 0;
	} else {
		PaintSurface band = {.area = {area.left, area.top + from, area.right, area.top + from + rows},
							 .pixels = buffer};
		band.clip = band.area;
		for (int32_t i = 0; i < rows * rowBytes / 2; i++)
			band.pixels[i] = UNPAINTED;
		pocoListPaint(poco, &band);
	}
	xsmcSetInteger(xsResult, rows * rowBytes);
}

static PocoSaved* pocoPush(Poco* poco)
{
	if (poco->depth == STACK_DEPTH) {
		poco->error = POCO_STACK_ERROR;
		return NULL;
	}
	if (!pocoRoom(poco, STACK_BYTES * (poco->depth + 1)))
		return NULL;
	return &poco->stack[poco->depth++];
}

static PocoSaved* pocoPop(Poco* poco, bool isClip)
{
	if (poco->depth == 0 || poco->stack[poco->depth - 1].isClip != isClip) {
		poco->error = POCO_STACK_ERROR;
		return NULL;
	}
	return &poco->stack[--poco->depth];
}

void xs_poco_clip(xsMachine* the)
{
	Poco* poco = pocoDrawing(the);
	PocoSaved* saved;
	if (!pocoGiven(the, 0)) {
		saved = pocoPop(poco, true);
		if (saved != NULL)
			poco->clip = saved->clip;
		return;
	}
	PaintBox box = paintBox(xsmcToInteger(xsArg(0)) + poco->xOrigin, xsmcToInteger(xsArg(1)) + poco->yOrigin,
							xsmcToInteger(xsArg(2)), xsmcToInteger(xsArg(3)));
	saved = pocoPush(poco);
	if (saved == NULL)
		return;
	saved->isClip = true;
	saved->clip = poco->clip;
	poco->clip = paintBoxIntersect(&box, &poco->clip);
	if (!paintBoxEmpty(&poco->clip))
		xsmcSetTrue(xsResult);
}

void xs_poco_origin(xsMachine* the)
{
	Poco* poco = pocoDrawing(the);
	PocoSaved* saved;
	if (!pocoGiven(the, 0)) {
		saved = pocoPop(poco, false);
		if (saved != NULL) {
			poco->xOrigin = saved->x;
			poco->yOrigin = saved->y;
		}
		return;
	}
	int32_t x = xsmcToInteger(xsArg(0)), y = xsmcToInteger(xsArg(1));
	saved = pocoPush(poco);
	if (saved == NULL)
		return;
	saved->isClip = false;
	saved->x = poco->xOrigin;
	saved->y = poco->yOrigin;
	poco->xOrigin += x;
	poco->yOrigin += y;
}
