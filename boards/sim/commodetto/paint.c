/* See paint.h. Every function clips first and then walks only the pixels that are left. */
#include "paint.h"
#include <string.h>

#define PAINT_LIMIT (1 << 24)

static int32_t saturate(int64_t value)
{
	if (value > PAINT_LIMIT)
		return PAINT_LIMIT;
	if (value < -PAINT_LIMIT)
		return -PAINT_LIMIT;
	return (int32_t)value;
}

bool paintBoxEmpty(const PaintBox* box)
{
	return box->left >= box->right || box->top >= box->bottom;
}

PaintBox paintBox(int32_t x, int32_t y, int32_t width, int32_t height)
{
	PaintBox box = {saturate(x), saturate(y), saturate((int64_t)x + (width > 0 ? width : 0)),
					saturate((int64_t)y + (height > 0 ? height : 0))};
	return box;
}

PaintBox paintBoxIntersect(const PaintBox* a, const PaintBox* b)
{
	PaintBox box = *a;
	if (b->left > box.left)
		box.left = b->left;
	if (b->top > box.top)
		box.top = b->top;
	if (b->right < box.right)
		box.right = b->right;
	if (b->bottom < box.bottom)
		box.bottom = b->bottom;
	if (box.right < box.left)
		box.right = box.left;
	if (box.bottom < box.top)
		box.bottom = box.top;
	return box;
}

static uint16_t* pixelAt(PaintSurface* surface, int32_t x, int32_t y)
{
	int32_t width = surface->area.right - surface->area.left;
	return surface->pixels + (int64_t)(y - surface->area.top) * width + (x - surface->area.left);
}

/* alpha is 0 to 255; each channel is rounded to the nearest. */
static uint16_t mix(uint16_t under, uint16_t over, uint32_t alpha)
{
	uint32_t keep = 255 - alpha;
	uint32_t red = ((over >> 11) * alpha + (under >> 11) * keep + 127) / 255;
	uint32_t green = (((over >> 5) & 63) * alpha + ((under >> 5) & 63) * keep + 127) / 255;
	uint32_t blue = ((over & 31) * alpha + (under & 31) * keep + 127) / 255;
	return (uint16_t)(red << 11 | green << 5 | blue);
}

bool paintRectangle(PaintSurface* surface, uint16_t color, uint8_t blend, PaintBox box)
{
	PaintBox part = paintBoxIntersect(&box, &surface->clip);
	if (paintBoxEmpty(&part))
		return false;
	for (int32_t y = part.top; y < part.bottom; y++) {
		uint16_t* to = pixelAt(surface, part.left, y);
		for (int32_t x = part.left; x < part.right; x++, to++)
			*to = blend == 255 ? color : mix(*to, color, blend);
	}
	return true;
}

bool paintGray(PaintSurface* surface, const PaintGray* gray, uint16_t color, uint8_t blend, int32_t x, int32_t y,
			   int32_t sx, int32_t sy, int32_t sw, int32_t sh)
{
	PaintBox box = paintBox(x, y, sw, sh);
	PaintBox part = paintBoxIntersect(&box, &surface->clip);
	if (paintBoxEmpty(&part))
		return false;
	for (int32_t row = part.top; row < part.bottom; row++) {
		uint16_t* to = pixelAt(surface, part.left, row);
		int64_t from = (int64_t)(sy + row - box.top) * gray->width + sx + (part.left - box.left);
		for (int32_t column = part.left; column < part.right; column++, to++, from++) {
			uint8_t two = gray->pixels[from >> 1];
			uint32_t level = 15 - ((from & 1) ? two & 15 : two >> 4);
			uint32_t alpha = level * 17 * blend / 255;
			if (alpha == 255)
				*to = color;
			else if (alpha > 0)
				*to = mix(*to, color, alpha);
		}
	}
	return true;
}

bool paintPixels(PaintSurface* surface, const uint16_t* source, int32_t sourceWidth, int32_t x, int32_t y, int32_t sx,
				 int32_t sy, int32_t sw, int32_t sh)
{
	PaintBox box = paintBox(x, y, sw, sh);
	PaintBox part = paintBoxIntersect(&box, &surface->clip);
	if (paintBoxEmpty(&part))
		return false;
	for (int32_t row = part.top; row < part.bottom; row++) {
		const uint16_t* from = source + (int64_t)(sy + row - box.top) * sourceWidth + sx + (part.left - box.left);
		memcpy(pixelAt(surface, part.left, row), from, 2 * (size_t)(part.right - part.left));
	}
	return true;
}
