/*
 * Drawing on a rectangle of RGB565 pixels. No virtual machine is known here: what comes in are numbers and bytes that
 * the caller has checked for size; nothing is ever written outside the surface or the clip.
 */
#ifndef SOTTO_SIM_PAINT_H
#define SOTTO_SIM_PAINT_H

#include <stdbool.h>
#include <stdint.h>

/* Left and top are inside, right and bottom outside, in pixels of the screen. */
typedef struct {
	int32_t left, top, right, bottom;
} PaintBox;

/* The part of the screen that is being drawn. */
typedef struct {
	PaintBox area;
	PaintBox clip; /* always within area */
	uint16_t* pixels;
} PaintSurface;

/* Gray pixels of 4 bits, two in a byte, left one in the high half, rows without padding: 0 is opaque, 15 transparent.
 */
typedef struct {
	const uint8_t* pixels;
	int32_t width, height;
} PaintGray;

bool paintBoxEmpty(const PaintBox* box);
/* Positions and sizes saturate: no sum of them overflows. */
PaintBox paintBox(int32_t x, int32_t y, int32_t width, int32_t height);
PaintBox paintBoxIntersect(const PaintBox* a, const PaintBox* b);

/* Each returns whether anything of it lies in the clip. blend is 0 (transparent) to 255 (opaque). */
bool paintRectangle(PaintSurface* surface, uint16_t color, uint8_t blend, PaintBox box);
/* Part (sx, sy, sw, sh), which lies in the picture, to (x, y). */
bool paintGray(PaintSurface* surface, const PaintGray* gray, uint16_t color, uint8_t blend, int32_t x, int32_t y,
			   int32_t sx, int32_t sy, int32_t sw, int32_t sh);
/* RGB565 pixels, rows of sourceWidth. */
bool paintPixels(PaintSurface* surface, const uint16_t* source, int32_t sourceWidth, int32_t x, int32_t y, int32_t sx,
				 int32_t sy, int32_t sw, int32_t sh);

#endif
