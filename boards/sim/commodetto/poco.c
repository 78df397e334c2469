/*
 * The native half of poco.ts. Arguments come from the VM and are checked here; painting itself is paint.c, glyphs are
 * font.c. Pointers into the VM's buffers and strings are taken last, after everything that could move them.
 */
#include "xsmc.h"
#include "mc.xs.h"
#include "paint.h"
#include "font.h"
#include <stdlib.h>
#include <string.h>

#define STACK_DEPTH 16
#define UNPAINTED 0xf81f
/* What one call takes of the SDK's display list on a 32-bit device, rounded up. */
#define RECTANGLE_BYTES 16
#define PICTURE_BYTES 28
#define STACK_BYTES 8
#define FORMAT_GRAY16 4
#define FORMAT_RGB565LE 7

typedef enum { POCO_FINE, POCO_LIST_OVERFLOW, POCO_STACK_LEFT, POCO_STACK_ERROR } PocoError;

typedef struct {
	bool isClip;
	PaintBox clip;
	int32_t x, y;
} PocoSaved;

typedef struct {
	int32_t width, height;
	int32_t displayListLength, displayListUsed;
	bool begun;
	PocoError error;
	PaintSurface surface;
	int32_t xOrigin, yOrigin;
	PocoSaved stack[STACK_DEPTH];
	int depth;
} Poco;

void xs_poco_destructor(void* data)
{
	Poco* poco = data;
	if (poco == NULL)
		return;
	free(poco->surface.pixels);
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

static Poco* pocoDrawing(xsMachine* the)
{
	Poco* poco = pocoOf(the);
	if (!poco->begun)
		xsUnknownError("drawing needs begin first");
	return poco;
}

static bool given(xsMachine* the, int index)
{
	return index < xsmcArgc && xsmcTypeOf(xsArg(index)) != xsUndefinedType;
}

static int32_t integerOr(xsMachine* the, int index, int32_t otherwise)
{
	return given(the, index) ? xsmcToInteger(xsArg(index)) : otherwise;
}

/* True where there is room for one more call. */
static bool pocoRoom(Poco* poco, int32_t bytes)
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
	int32_t x = integerOr(the, 0, 0), y = integerOr(the, 1, 0);
	int32_t width = integerOr(the, 2, poco->width - x), height = integerOr(the, 3, poco->height - y);
	if (x < 0 || y < 0 || width <= 0 || height <= 0 || width > poco->width - x || height > poco->height - y)
		xsRangeError("area %d,%d %dx%d is not on the screen", (int)x, (int)y, (int)width, (int)height);
	size_t count = (size_t)width * (size_t)height;
	uint16_t* pixels = realloc(poco->surface.pixels, 2 * count);
	if (pixels == NULL)
		xsUnknownError("no memory to draw");
	for (size_t i = 0; i < count; i++)
		pixels[i] = UNPAINTED;
	poco->surface.pixels = pixels;
	poco->surface.area = poco->surface.clip = paintBox(x, y, width, height);
	poco->xOrigin = poco->yOrigin = 0;
	poco->depth = 0;
	poco->displayListUsed = 0;
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
	const PaintBox area = poco->surface.area;
	const int32_t numbers[4] = {area.left, area.top, area.right - area.left, area.bottom - area.top};
	xsmcVars(1);
	xsResult = xsNewArray(4);
	for (int i = 0; i < 4; i++) {
		xsmcSetInteger(xsVar(0), numbers[i]);
		xsmcSetIndex(xsResult, (xsIndex)i, xsVar(0));
	}
}

/* Copies whole rows from byteOffset on into the buffer; returns how many bytes, 0 after the last. */
void xs_poco_rows(xsMachine* the)
{
	Poco* poco = pocoOf(the);
	const PaintBox area = poco->surface.area;
	uint32_t rowBytes = 2 * (uint32_t)(area.right - area.left);
	uint32_t total = rowBytes * (uint32_t)(area.bottom - area.top);
	uint32_t from = (uint32_t)xsmcToInteger(xsArg(1));
	void* buffer;
	xsUnsignedValue byteLength;
	xsmcGetBufferWritable(xsArg(0), &buffer, &byteLength);
	uint32_t count = byteLength - byteLength % rowBytes;
	if (poco->surface.pixels == NULL || from >= total)
		count = 0;
	else if (count > total - from)
		count = total - from;
	if (count > 0)
		memcpy(buffer, (const uint8_t*)poco->surface.pixels + from, count);
	xsmcSetInteger(xsResult, (xsIntegerValue)count);
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
	if (!given(the, 0)) {
		saved = pocoPop(poco, true);
		if (saved != NULL)
			poco->surface.clip = saved->clip;
		return;
	}
	PaintBox box = paintBox(xsmcToInteger(xsArg(0)) + poco->xOrigin, xsmcToInteger(xsArg(1)) + poco->yOrigin,
							xsmcToInteger(xsArg(2)), xsmcToInteger(xsArg(3)));
	saved = pocoPush(poco);
	if (saved == NULL)
		return;
	saved->isClip = true;
	saved->clip = poco->surface.clip;
	poco->surface.clip = paintBoxIntersect(&box, &poco->surface.clip);
	if (!paintBoxEmpty(&poco->surface.clip))
		xsmcSetTrue(xsResult);
}

void xs_poco_origin(xsMachine* the)
{
	Poco* poco = pocoDrawing(the);
	PocoSaved* saved;
	if (!given(the, 0)) {
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

typedef struct {
	int32_t width, height, format, offset;
	const uint8_t* pixels;
} Picture;

/* Reads a Bitmap into picture; buffer is a slot the caller keeps, so that the pixels stay. */
static void pictureOpen(xsMachine* the, xsSlot* bitmap, xsSlot* buffer, Picture* picture)
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

/* The pixels, once nothing moves them any more; throws where the buffer is shorter than the picture claims. */
static void picturePixels(xsMachine* the, xsSlot* buffer, Picture* picture)
{
	void* data;
	xsUnsignedValue byteLength;
	int64_t bits = picture->format == FORMAT_GRAY16 ? 4 : 16;
	xsmcGetBufferReadable(*buffer, &data, &byteLength);
	if (picture->width <= 0 || picture->height <= 0 || picture->offset < 0 ||
		((int64_t)picture->width * picture->height * bits + 7) / 8 + picture->offset > (int64_t)byteLength)
		xsRangeError("invalid bitmap");
	picture->pixels = (const uint8_t*)data + picture->offset;
}

static void pictureDraw(xsMachine* the, int32_t format, uint16_t color, int at, uint8_t blend)
{
	Poco* poco = pocoDrawing(the);
	Picture picture;
	int32_t x = xsmcToInteger(xsArg(at)) + poco->xOrigin, y = xsmcToInteger(xsArg(at + 1)) + poco->yOrigin;
	xsmcVars(1);
	pictureOpen(the, &xsArg(0), &xsVar(0), &picture);
	if (picture.format != format)
		xsUnknownError("a bitmap of pixel format %d cannot be drawn so", (int)picture.format);
	int32_t sx = integerOr(the, at + 2, 0), sy = integerOr(the, at + 3, 0);
	int32_t sw = integerOr(the, at + 4, picture.width - sx), sh = integerOr(the, at + 5, picture.height - sy);
	picturePixels(the, &xsVar(0), &picture);
	if (sx < 0 || sy < 0 || sw < 0 || sh < 0 || sw > picture.width - sx || sh > picture.height - sy)
		xsRangeError("invalid src");
	if (!pocoRoom(poco, PICTURE_BYTES))
		return;
	bool drawn;
	if (format == FORMAT_GRAY16) {
		PaintGray gray = {picture.pixels, picture.width, picture.height};
		drawn = paintGray(&poco->surface, &gray, color, blend, x, y, sx, sy, sw, sh);
	} else
		drawn = paintPixels(&poco->surface, (const uint16_t*)picture.pixels, picture.width, x, y, sx, sy, sw, sh);
	if (drawn)
		poco->displayListUsed += PICTURE_BYTES;
}

void xs_poco_drawGray(xsMachine* the)
{
	int32_t blend = integerOr(the, 8, 255);
	if (blend < 0 || blend > 255)
		xsRangeError("blend is 0 to 255");
	pictureDraw(the, FORMAT_GRAY16, (uint16_t)xsmcToInteger(xsArg(1)), 2, (uint8_t)blend);
}

void xs_poco_drawBitmap(xsMachine* the)
{
	pictureDraw(the, FORMAT_RGB565LE, 0, 1, 255);
}

static void fontOf(xsMachine* the, xsSlot* slot, Font* font)
{
	void* data;
	xsUnsignedValue byteLength;
	xsmcGetBufferReadable(*slot, &data, &byteLength);
	if (!fontOpen(font, data, byteLength))
		xsUnknownError("not a font");
}

static int32_t textWidth(const Font* font, const uint8_t* text)
{
	FontGlyph glyph;
	int32_t width = 0;
	for (uint32_t code = fontNextCodePoint(&text); code != 0; code = fontNextCodePoint(&text)) {
		if (fontFind(font, code, &glyph))
			width += glyph.advance;
	}
	return width;
}

void xs_poco_getTextWidth(xsMachine* the)
{
	Font font;
	const uint8_t* text = (const uint8_t*)xsmcToString(xsArg(0));
	fontOf(the, &xsArg(1), &font);
	xsmcSetInteger(xsResult, textWidth(&font, text));
}

typedef struct {
	Poco* poco;
	const Font* font;
	const PaintGray* atlas;
	uint16_t color;
	int32_t x, y;
} Pen;

static void penDraw(Pen* pen, uint32_t code)
{
	FontGlyph glyph;
	if (!fontFind(pen->font, code, &glyph))
		return;
	if (glyph.sx + glyph.width <= pen->atlas->width && glyph.sy + glyph.height <= pen->atlas->height &&
		pocoRoom(pen->poco, PICTURE_BYTES) &&
		paintGray(&pen->poco->surface, pen->atlas, pen->color, 255, pen->x + glyph.xOffset, pen->y + glyph.yOffset,
				  glyph.sx, glyph.sy, glyph.width, glyph.height))
		pen->poco->displayListUsed += PICTURE_BYTES;
	pen->x += glyph.advance;
}

static void penDrawWithin(Pen* pen, const uint8_t* text, int32_t width)
{
	static const uint8_t one[] = {0xe2, 0x80, 0xa6, 0}, three[] = "...";
	FontGlyph glyph;
	const uint8_t* ellipsis = fontFind(pen->font, 0x2026, &glyph) ? one : three;
	int32_t left = width - textWidth(pen->font, ellipsis);
	for (uint32_t code = fontNextCodePoint(&text); code != 0; code = fontNextCodePoint(&text)) {
		if (!fontFind(pen->font, code, &glyph))
			continue;
		if (glyph.advance > left)
			break;
		left -= glyph.advance;
		penDraw(pen, code);
	}
	for (uint32_t code = fontNextCodePoint(&ellipsis); code != 0; code = fontNextCodePoint(&ellipsis))
		penDraw(pen, code);
}

void xs_poco_drawText(xsMachine* the)
{
	Poco* poco = pocoDrawing(the);
	Picture picture;
	Font font;
	uint16_t color = (uint16_t)xsmcToInteger(xsArg(2));
	int32_t x = xsmcToInteger(xsArg(3)) + poco->xOrigin, y = xsmcToInteger(xsArg(4)) + poco->yOrigin;
	int32_t width = integerOr(the, 5, -1);
	xsmcVars(2);
	xsmcGet(xsVar(1), xsArg(1), xsID_bitmap);
	pictureOpen(the, &xsVar(1), &xsVar(0), &picture);
	if (picture.format != FORMAT_GRAY16)
		xsUnknownError("the simulator draws gray fonts alone");
	const uint8_t* text = (const uint8_t*)xsmcToString(xsArg(0));
	fontOf(the, &xsArg(1), &font);
	picturePixels(the, &xsVar(0), &picture);
	PaintGray atlas = {picture.pixels, picture.width, picture.height};
	Pen pen = {poco, &font, &atlas, color, x, y};
	if (width >= 0 && textWidth(&font, text) > width) {
		penDrawWithin(&pen, text, width);
		return;
	}
	for (uint32_t code = fontNextCodePoint(&text); code != 0; code = fontNextCodePoint(&text))
		penDraw(&pen, code);
}
