/*
 * The simulator's screen: a frame buffer in memory. The VM thread writes it; the board's threads may read it, so one
 * lock guards the pixels and the callback.
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "../display.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_WIDTH 320
#define DEFAULT_HEIGHT 240
#define MAX_SIDE 1024

typedef struct Display Display;
struct Display {
	int32_t width, height;
	uint16_t* frame;
	/* The area begun, and how many of its pixels have been sent. */
	int32_t x, y, areaWidth, areaHeight, sent;
};

/* The screen is the display made last. */
static struct {
	pthread_mutex_t lock;
	Display* display;
	DisplayOnFrame callback;
	void* refcon;
} screen = {.lock = PTHREAD_MUTEX_INITIALIZER};

void displayOnFrame(DisplayOnFrame callback, void* refcon)
{
	pthread_mutex_lock(&screen.lock);
	screen.callback = callback;
	screen.refcon = refcon;
	pthread_mutex_unlock(&screen.lock);
}

size_t displaySnapshot(uint16_t* pixels, size_t capacity, uint16_t* width, uint16_t* height)
{
	size_t count = 0;
	pthread_mutex_lock(&screen.lock);
	const Display* display = screen.display;
	*width = display != NULL ? (uint16_t)display->width : 0;
	*height = display != NULL ? (uint16_t)display->height : 0;
	if (display != NULL && (size_t)display->width * (size_t)display->height <= capacity) {
		count = (size_t)display->width * (size_t)display->height;
		memcpy(pixels, display->frame, 2 * count);
	}
	pthread_mutex_unlock(&screen.lock);
	return count;
}

void xs_display_destructor(void* data)
{
	Display* display = data;
	if (display == NULL)
		return;
	pthread_mutex_lock(&screen.lock);
	if (screen.display == display)
		screen.display = NULL;
	pthread_mutex_unlock(&screen.lock);
	free(display->frame);
	free(display);
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
	display = calloc(1, sizeof(Display));
	if (display != NULL)
		display->frame = calloc((size_t)width * (size_t)height, sizeof(uint16_t));
	if (display == NULL || display->frame == NULL) {
		free(display);
		xsUnknownError("no memory for the display");
	}
	display->width = width;
	display->height = height;
	xsmcSetHostData(xsThis, display);
	xsSetHostHooks(xsThis, (xsHostHooks*)&displayHooks);
	pthread_mutex_lock(&screen.lock);
	screen.display = display;
	pthread_mutex_unlock(&screen.lock);
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
	pthread_mutex_lock(&screen.lock);
	while (pixels > 0) {
		int32_t column = display->sent % display->areaWidth;
		int32_t run = display->areaWidth - column < pixels ? display->areaWidth - column : pixels;
		int32_t row = display->y + display->sent / display->areaWidth;
		memcpy(display->frame + (size_t)row * (size_t)display->width + display->x + column, from, 2 * (size_t)run);
		from += 2 * run;
		display->sent += run;
		pixels -= run;
	}
	pthread_mutex_unlock(&screen.lock);
}

void xs_display_end(xsMachine* the)
{
	Display* display = displayOf(the);
	pthread_mutex_lock(&screen.lock);
	if (screen.callback != NULL && screen.display == display)
		screen.callback(screen.refcon, display->frame, (uint16_t)display->width, (uint16_t)display->height);
	pthread_mutex_unlock(&screen.lock);
}

void xs_display_snapshot(xsMachine* the)
{
	Display* display = displayOf(the);
	xsmcSetArrayBuffer(xsResult, display->frame, 2 * display->width * display->height);
}
