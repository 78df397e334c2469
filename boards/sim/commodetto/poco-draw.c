/* The native half of poco.ts: colors, rectangles and pictures. */
#include "xsmc.h"
#include "mc.xs.h"
#include "poco.h"

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
	if (pocoRoom(poco, RECTANGLE_BYTES) && paintRectangle(&poco->surface, color, blend, box))
		poco->displayListUsed += RECTANGLE_BYTES;
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
	if (pocoRoom(poco, RECTANGLE_BYTES) && paintRectangle(&poco->surface, color, 255, box))
		poco->displayListUsed += RECTANGLE_BYTES;
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

void pocoPicturePixels(xsMachine* the, xsSlot* buffer, PocoPicture* picture)
{
	void* data;
	xsUnsignedValue byteLength;
	int64_t bits = picture->format == POCO_GRAY16 ? 4 : 16;
	xsmcGetBufferReadable(*buffer, &data, &byteLength);
	if (picture->width <= 0 || picture->height <= 0 || picture->offset < 0 ||
		((int64_t)picture->width * picture->height * bits + 7) / 8 + picture->offset > (int64_t)byteLength)
		xsRangeError("invalid bitmap");
	picture->pixels = (const uint8_t*)data + picture->offset;
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
	pocoPicturePixels(the, &xsVar(0), &picture);
	if (sx < 0 || sy < 0 || sw < 0 || sh < 0 || sw > picture.width - sx || sh > picture.height - sy)
		xsRangeError("invalid src");
	if (!pocoRoom(poco, PICTURE_BYTES))
		return;
	bool drawn;
	if (format == POCO_GRAY16) {
		PaintGray gray = {picture.pixels, picture.width, picture.height};
		drawn = paintGray(&poco->surface, &gray, color, blend, x, y, sx, sy, sw, sh);
	} else
		drawn = paintPixels(&poco->surface, (const uint16_t*)picture.pixels, picture.width, x, y, sx, sy, sw, sh);
	if (drawn)
		poco->displayListUsed += PICTURE_BYTES;
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
