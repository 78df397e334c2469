/* The native half of poco.ts: colors, rectangles and pictures. */
#include "xsmc.h"
#include "mc.xs.h"
#include "poco.h"
#include <stdlib.h>
#include <string.h>

static uint32_t channel(xsMachine* the, int index)
{
	int32_t value = xsmcToInteger(xsArg(index));
	if (value < 0 || value > 255)
		xsRangeError("a color has channels of 0 to 255");
	return (uint32_t)value;
}

void xs_poco_makeColor(xsMachine* the)
{
	uint32_t red = channel(the, 0), green = channel(the, 1), blue = channel(the, 2);
	xsmcSetInteger(xsResult, (xsIntegerValue)(red >> 3 << 11 | green >> 2 << 5 | blue >> 3));
}

static void rectangle(xsMachine* the, int at, uint8_t blend)
{
	Poco* poco = pocoDrawing(the);
	uint16_t color = (uint16_t)xsmcToInteger(xsArg(0));
	PaintBox box = paintBox(xsmcToInteger(xsArg(at)) + poco->xOrigin, xsmcToInteger(xsArg(at + 1)) + poco->yOrigin,
							xsmcToInteger(xsArg(at + 2)), xsmcToInteger(xsArg(at + 3)));
	pocoListRectangle(poco, color, blend, box);
}

void xs_poco_fillRectangle(xsMachine* the)
{
	rectangle(the, 1, 255);
}

void xs_poco_blendRectangle(xsMachine* the)
{
	int32_t blend = xsmcToInteger(xsArg(1));
	if (blend < 0 || blend > 255)
		xsRangeError("blend is 0 to 255");
	rectangle(the, 2, (uint8_t)blend);
}

void xs_poco_drawPixel(xsMachine* the)
{
	Poco* poco = pocoDrawing(the);
	uint16_t color = (uint16_t)xsmcToInteger(xsArg(0));
	PaintBox box = paintBox(xsmcToInteger(xsArg(1)) + poco->xOrigin, xsmcToInteger(xsArg(2)) + poco->yOrigin, 1, 1);
	pocoListRectangle(poco, color, 255, box);
}

void pocoPictureOpen(xsMachine* the, xsSlot* bitmap, xsSlot* buffer, PocoPicture* picture)
{
	xsmcGet(*buffer, *bitmap, xsID_width);
	picture->width = xsmcToInteger(*buffer);
	xsmcGet(*buffer, *bitmap, xsID_height);
	picture->height = xsmcToInteger(*buffer);
	xsmcGet(*buffer, *bitmap, xsID_pixelFormat);
	picture->format = xsmcToInteger(*buffer);
	xsmcGet(*buffer, *bitmap, xsID_offset);
	picture->offset = xsmcToInteger(*buffer);
	xsmcGet(*buffer, *bitmap, xsID_buffer);
}

void pocoPicturePixels(xsMachine* the, xsSlot* buffer, PocoPicture* picture, Poco* poco)
{
	void* data;
	xsUnsignedValue byteLength;
	int64_t bits = picture->format == POCO_GRAY16 ? 4 : 16;
	int64_t pixelBytes = ((int64_t)picture->width * picture->height * bits + 7) / 8;
	xsmcGetBufferReadable(*buffer, &data, &byteLength);
	if (picture->width <= 0 || picture->height <= 0 || picture->width > INT16_MAX || picture->height > INT16_MAX ||
		picture->offset < 0 || pixelBytes + picture->offset > (int64_t)byteLength)
		xsRangeError("invalid bitmap");
	picture->pixels = (const uint8_t*)data + picture->offset;
	/* Resources lie still; an ArrayBuffer's bytes do not. */
	if (xsmcIsInstanceOf(*buffer, xsArrayBufferPrototype)) {
		PocoCopy* copy = malloc(sizeof *copy + (size_t)pixelBytes);
		if (copy == NULL)
			xsUnknownError("no memory to draw");
		memcpy(copy->pixels, picture->pixels, (size_t)pixelBytes);
		copy->next = poco->copies;
		poco->copies = copy;
		picture->pixels = copy->pixels;
	}
}

static void pictureDraw(xsMachine* the, int32_t format, uint16_t color, int at, uint8_t blend)
{
	Poco* poco = pocoDrawing(the);
	PocoPicture picture;
	int32_t x = xsmcToInteger(xsArg(at)) + poco->xOrigin, y = xsmcToInteger(xsArg(at + 1)) + poco->yOrigin;
	xsmcVars(1);
	pocoPictureOpen(the, &xsArg(0), &xsVar(0), &picture);
	if (picture.format != format)
		xsUnknownError("a bitmap of pixel format %d cannot be drawn so", (int)picture.format);
	int32_t sx = pocoIntegerOr(the, at + 2, 0), sy = pocoIntegerOr(the, at + 3, 0);
	int32_t sw = pocoIntegerOr(the, at + 4, picture.width - sx), sh = pocoIntegerOr(the, at + 5, picture.height - sy);
	pocoPicturePixels(the, &xsVar(0), &picture, poco);
	if (sx < 0 || sy < 0 || sw < 0 || sh < 0 || sw > picture.width - sx || sh > picture.height - sy)
		xsRangeError("invalid src");
	PaintBox box = paintBox(x, y, sw, sh);
	if (format == POCO_GRAY16)
		pocoListGray(poco, &picture, color, blend, box, sx, sy);
	else
		pocoListPixels(poco, &picture, box, sx, sy);
}

void xs_poco_drawGray(xsMachine* the)
{
	int32_t blend = pocoIntegerOr(the, 8, 255);
	if (blend < 0 || blend > 255)
		xsRangeError("blend is 0 to 255");
	pictureDraw(the, POCO_GRAY16, (uint16_t)xsmcToInteger(xsArg(1)), 2, (uint8_t)blend);
}

void xs_poco_drawBitmap(xsMachine* the)
{
	pictureDraw(the, POCO_RGB565LE, 0, 1, 255);
}
