/* The native half of poco.ts: text. The string's pointer is taken last, after everything that could move it. */
#include "xsmc.h"
#include "mc.xs.h"
#include "font.h"
#include "poco.h"

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
	const PocoPicture* atlas;
	uint16_t color;
	int32_t x, y;
} Pen;

static void penDraw(Pen* pen, uint32_t code)
{
	FontGlyph glyph;
	if (!fontFind(pen->font, code, &glyph))
		return;
	if (glyph.sx + glyph.width <= pen->atlas->width && glyph.sy + glyph.height <= pen->atlas->height)
		pocoListGray(pen->poco, pen->atlas, pen->color, 255,
					 paintBox(pen->x + glyph.xOffset, pen->y + glyph.yOffset, glyph.width, glyph.height), glyph.sx,
					 glyph.sy);
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
	PocoPicture picture;
	Font font;
	uint16_t color = (uint16_t)xsmcToInteger(xsArg(2));
	int32_t x = xsmcToInteger(xsArg(3)) + poco->xOrigin, y = xsmcToInteger(xsArg(4)) + poco->yOrigin;
	int32_t width = pocoIntegerOr(the, 5, -1);
	xsmcVars(2);
	xsmcGet(xsVar(1), xsArg(1), xsID_bitmap);
	pocoPictureOpen(the, &xsVar(1), &xsVar(0), &picture);
	if (picture.format != POCO_GRAY16)
		xsUnknownError("the simulator draws gray fonts alone");
	pocoPicturePixels(the, &xsVar(0), &picture, poco);
	const uint8_t* text = (const uint8_t*)xsmcToString(xsArg(0));
	fontOf(the, &xsArg(1), &font);
	Pen pen = {poco, &font, &picture, color, x, y};
	if (width >= 0 && textWidth(&font, text) > width) {
		penDrawWithin(&pen, text, width);
		return;
	}
	for (uint32_t code = fontNextCodePoint(&text); code != 0; code = fontNextCodePoint(&text))
		penDraw(&pen, code);
}
