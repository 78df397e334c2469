/* Native side of display.ts: what is checked before anything is shown. */
#include "xsmc.h"
#include "mc.xs.h"
#include "display.h"

#define DEFAULT_WIDTH 320
#define DEFAULT_HEIGHT 240
#define MAX_SIDE 1024

void xs_display_destructor(void* data)
{
	if (data != NULL)
		displayGlassClose(data);
}

/* The SDK's renderer compares the hooks' signature of whatever it draws to; the simulator's XS has another member
 * there. */
#ifdef SOTTO_COMPAT_H
static const xsHostHooks displayHooks = {xs_display_destructor, NULL, NULL};
#else
static const xsHostHooks displayHooks = {xs_display_destructor, NULL, "sotto_display"};
#endif

static Display* displayOf(xsMachine* the)
{
	Display* display = xsmcGetHostDataValidate(xsThis, (void*)&displayHooks);
	if (display == NULL)
		xsUnknownError("the display is closed");
	return display;
}

static int32_t side(xsMachine* the, xsSlot* value, int32_t otherwise)
{
	int32_t pixels;
	if (xsmcTypeOf(*value) == xsUndefinedType)
		return otherwise;
	pixels = xsmcToInteger(*value);
	if (pixels < 1 || pixels > MAX_SIDE)
		xsRangeError("a display has sides of 1 to %d pixels", MAX_SIDE);
	return pixels;
}

void xs_display_constructor(xsMachine* the)
{
	int32_t width, height;
	Display* display;
	xsmcVars(1);
	xsmcGet(xsVar(0), xsArg(0), xsID_width);
	width = side(the, &xsVar(0), DEFAULT_WIDTH);
	xsmcGet(xsVar(0), xsArg(0), xsID_height);
	height = side(the, &xsVar(0), DEFAULT_HEIGHT);
	display = displayGlassOpen(width, height);
	if (display == NULL)
		xsUnknownError("no memory for the display");
	xsmcSetHostData(xsThis, display);
	xsSetHostHooks(xsThis, (xsHostHooks*)&displayHooks);
}

void xs_display_close(xsMachine* the)
{
	Display* display = xsmcGetHostData(xsThis);
	if (display == NULL)
		return;
	display = xsmcGetHostDataValidate(xsThis, (void*)&displayHooks);
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
		displayGlassRun(display, display->x + column, display->y + display->sent / display->areaWidth, from, run);
		from += 2 * run;
		display->sent += run;
		pixels -= run;
	}
}

void xs_display_end(xsMachine* the)
{
	displayGlassWhole(displayOf(the));
}

void xs_display_snapshot(xsMachine* the)
{
	Display* display = displayOf(the);
	const void* pixels = displayGlassPixels(display);
	if (pixels == NULL)
		xsUnknownError("this glass cannot be read back");
	xsmcSetArrayBuffer(xsResult, (void*)pixels, 2 * display->width * display->height);
}
