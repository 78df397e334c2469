/*
 * A screen that takes pixels as they are drawn, RGB565 with the little end first. Areas and pixels enter by display.ts;
 * display.c checks them and cuts them into runs within one row, and a port (sim/, virt/) shows those.
 */
#ifndef SOTTO_DISPLAY_H
#define SOTTO_DISPLAY_H

#include <stdint.h>

/** A port's own begins with it. In pixels. */
typedef struct {
	int32_t width, height;
	/** The area begun, and how many of its pixels have been sent. */
	int32_t x, y, areaWidth, areaHeight, sent;
} Display;

/* What a port does, all on the VM thread. */

/** Of this size, without an area; NULL where memory is short. */
Display* displayGlassOpen(int32_t width, int32_t height);
void displayGlassClose(Display* display);
/** `count` pixels from x, y to the right; they are on the screen. */
void displayGlassRun(Display* display, int32_t x, int32_t y, const uint8_t* pixels, int32_t count);
/** The frame is whole. */
void displayGlassWhole(Display* display);
/** The whole screen as it is, or NULL where the glass cannot be read back. */
const void* displayGlassPixels(const Display* display);

#endif
