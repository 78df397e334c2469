/*
 * The screen of a virt board: glass with a memory of its own, behind the board's serial channel. Rows go out as they
 * are drawn, as they would over SPI, so no frame buffer lies in RAM; it cannot be read back.
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "display-channel.h"
#include <stdlib.h>

#define DEFAULT_WIDTH 320
#define DEFAULT_HEIGHT 240
#define SIDE_MOST 1024

typedef struct {
	int32_t width, height;
	int32_t x, y, areaWidth, areaHeight, sent;
} Display;

static DisplayChannel channel;
static void* channelRefcon;

void displayToChannel(DisplayChannel to, void* refcon)
{
	channel = to;
	channelRefcon = refcon;
}

void xs_display_destructor(void* data)
{
	free(data);
}

static const xsHostHooks displayHooks = {xs_display_destructor, NULL, NULL};

static Display* displayOf(xsMachine* the)
{
	Display* display = xsmcGetHostDataValidate(xsThis, (void*)&displayHooks);
	if (display == NULL)
		xsUnknownError("the display is closed");
	return display;
}

static int32_t side(xsMachine* the, xsIdentifier id, int32_t otherwise)
{
	int32_t pixels;
	xsmcGet(xsVar(0), xsArg(0), id);
	if (xsmcTypeOf(xsVar(0)) == xsUndefinedType)
		return otherwise;
	pixels = xsmcToInteger(xsVar(0));
	if (pixels < 1 || pixels > SIDE_MOST)
		xsRangeError("a display has sides of 1 to %d pixels", SIDE_MOST);
	return pixels;
}

void xs_display_constructor(xsMachine* the)
{
	Display* display;
	xsmcVars(1);
	int32_t width = side(the, xsID_width, DEFAULT_WIDTH), height = side(the, xsID_height, DEFAULT_HEIGHT);
	display = calloc(1, sizeof *display);
	if (display == NULL)
		xsUnknownError("no memory for the display");
	display->width = width;
	display->height = height;
	xsmcSetHostData(xsThis, display);
	xsSetHostHooks(xsThis, (xsHostHooks*)&displayHooks);
}

void xs_display_close(xsMachine* the)
{
	if (xsmcGetHostData(xsThis) == NULL)
		return;
	Display* display = xsmcGetHostDataValidate(xsThis, (void*)&displayHooks);
	xsmcSetHostData(xsThis, NULL);
	xs_display_destructor(display);
}

void xs_display_width(xsMachine* the)
{
	xsmcSetInteger(xsResult, displayOf(the)->width);
}

void xs_display_height(xsMachine* the)
{
	xsmcSetInteger(xsResult, displayOf(the)->height);
}

void xs_display_begin(xsMachine* the)
{
	Display* display = displayOf(the);
	int32_t x = xsmcToInteger(xsArg(0)), y = xsmcToInteger(xsArg(1));
	int32_t width = xsmcToInteger(xsArg(2)), height = xsmcToInteger(xsArg(3));
	if (x < 0 || y < 0 || width <= 0 || height <= 0 || width > display->width - x || height > display->height - y)
		xsRangeError("area %d,%d %dx%d is not on the display", (int)x, (int)y, (int)width, (int)height);
	display->x = x;
	display->y = y;
	display->areaWidth = width;
	display->areaHeight = height;
	display->sent = 0;
}

void xs_display_send(xsMachine* the)
{
	Display* display = displayOf(the);
	int32_t offset = xsmcToInteger(xsArg(1)), count = xsmcToInteger(xsArg(2));
	void* data;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(xsArg(0), &data, &byteLength);
	if (offset < 0 || count < 0 || (count & 1) != 0 || (uint32_t)offset > byteLength ||
		(uint32_t)count > byteLength - (uint32_t)offset)
		xsRangeError("these pixels are not in the buffer");
	int32_t pixels = count / 2;
	if (pixels > display->areaWidth * display->areaHeight - display->sent)
		xsRangeError("more pixels than the area has");
	const uint8_t* from = (const uint8_t*)data + offset;
	while (pixels > 0) {
		int32_t column = display->sent % display->areaWidth;
		int32_t run = display->areaWidth - column < pixels ? display->areaWidth - column : pixels;
		if (channel != NULL)
			channel(channelRefcon, (uint16_t)(display->x + column),
					(uint16_t)(display->y + display->sent / display->areaWidth), from, (uint16_t)run);
		from += 2 * run;
		display->sent += run;
		pixels -= run;
	}
}

void xs_display_end(xsMachine* the)
{
	Display* display = displayOf(the);
	if (channel != NULL)
		channel(channelRefcon, (uint16_t)display->width, (uint16_t)display->height, NULL, 0);
}

void xs_display_snapshot(xsMachine* the)
{
	xsUnknownError("this glass cannot be read back");
}
