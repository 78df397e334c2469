/*
 * The screen of a virt board: glass with a memory of its own, behind the board's serial channel. Rows go out as they
 * are drawn, as they would over SPI, so no frame buffer lies in RAM; it cannot be read back.
 */
#include "../display.h"
#include "display-channel.h"
#include <stdlib.h>

static DisplayChannel channel;
static void* channelRefcon;

void displayToChannel(DisplayChannel to, void* refcon)
{
	channel = to;
	channelRefcon = refcon;
}

Display* displayGlassOpen(int32_t width, int32_t height)
{
	Display* display = calloc(1, sizeof *display);
	if (display == NULL)
		return NULL;
	display->width = width;
	display->height = height;
	return display;
}

void displayGlassClose(Display* display)
{
	free(display);
}

void displayGlassRun(Display* display, int32_t x, int32_t y, const uint8_t* pixels, int32_t count)
{
	(void)display;
	if (channel != NULL)
		channel(channelRefcon, (uint16_t)x, (uint16_t)y, pixels, (uint16_t)count);
}

void displayGlassWhole(Display* display)
{
	if (channel != NULL)
		channel(channelRefcon, (uint16_t)display->width, (uint16_t)display->height, NULL, 0);
}

const void* displayGlassPixels(const Display* display)
{
	(void)display;
	return NULL;
}
