/* See font.h. Layout of the file: https://www.angelcode.com/products/bmfont/doc/file_format.html */
#include "font.h"
#include <stddef.h>

#define CHARACTER_BYTES 20

static uint32_t read16(const uint8_t* bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8;
}

static uint32_t read32(const uint8_t* bytes)
{
	return read16(bytes) | read16(bytes + 2) << 16;
}

bool fontOpen(Font* font, const uint8_t* bytes, uint32_t byteLength)
{
	uint32_t at = 4;
	if (byteLength < 4 || bytes[0] != 'B' || bytes[1] != 'M' || bytes[2] != 'F' || bytes[3] != 3)
		return false;
	while (byteLength - at >= 5) {
		uint8_t block = bytes[at];
		uint32_t blockBytes = read32(bytes + at + 1);
		at += 5;
		if (blockBytes > byteLength - at)
			return false;
		if (block == 4) {
			font->characters = bytes + at;
			font->count = blockBytes / CHARACTER_BYTES;
			return blockBytes % CHARACTER_BYTES == 0;
		}
		at += blockBytes;
	}
	return false;
}

bool fontFind(const Font* font, uint32_t codePoint, FontGlyph* glyph)
{
	uint32_t low = 0, high = font->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const uint8_t* entry = font->characters + (size_t)middle * CHARACTER_BYTES;
		uint32_t code = read32(entry);
		if (code < codePoint)
			low = middle + 1;
		else if (code > codePoint)
			high = middle;
		else {
			glyph->sx = (int32_t)read16(entry + 4);
			glyph->sy = (int32_t)read16(entry + 6);
			glyph->width = (int32_t)read16(entry + 8);
			glyph->height = (int32_t)read16(entry + 10);
			glyph->xOffset = (int16_t)read16(entry + 12);
			glyph->yOffset = (int16_t)read16(entry + 14);
			glyph->advance = (int16_t)read16(entry + 16);
			return true;
		}
	}
	return false;
}

uint32_t fontNextCodePoint(const uint8_t** text)
{
	const uint8_t* at = *text;
	uint32_t lead = *at, code, more;
	if (lead == 0)
		return 0;
	at++;
	if (lead < 0x80) {
		*text = at;
		return lead;
	}
	if (lead >= 0xc0 && lead < 0xe0) {
		code = lead & 0x1f;
		more = 1;
	} else if (lead >= 0xe0 && lead < 0xf0) {
		code = lead & 0x0f;
		more = 2;
	} else if (lead >= 0xf0 && lead < 0xf8) {
		code = lead & 0x07;
		more = 3;
	} else {
		*text = at;
		return 0xfffd;
	}
	for (; more > 0; more--, at++) {
		if ((*at & 0xc0) != 0x80) {
			*text = at;
			return 0xfffd;
		}
		code = code << 6 | (*at & 0x3f);
	}
	*text = at;
	return code == 0 ? 0xfffd : code;
}
