/*
 * Glyphs of a BMFont (binary, version 3) as the SDK takes it: one page, characters in ascending order. The bytes come
 * from a resource; a reader checks every length all the same.
 */
#ifndef SOTTO_SIM_FONT_H
#define SOTTO_SIM_FONT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	const uint8_t* characters;
	uint32_t count;
} Font;

typedef struct {
	int32_t sx, sy, width, height; /* in the picture */
	int32_t xOffset, yOffset;	   /* from the pen to the glyph's top left */
	int32_t advance;
} FontGlyph;

/* False where the bytes are not such a font. */
bool fontOpen(Font* font, const uint8_t* bytes, uint32_t byteLength);
/* False where the font has no such character. */
bool fontFind(const Font* font, uint32_t codePoint, FontGlyph* glyph);
/* The next code point of zero-terminated text, 0 at its end; moves *text past it. Malformed bytes give U+FFFD. */
uint32_t fontNextCodePoint(const uint8_t** text);

#endif
