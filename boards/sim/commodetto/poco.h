/*
 * One renderer between begin and end, as the native halves of poco.ts share it: poco.c has frames, clip and origin,
 * poco-draw.c rectangles and pictures, poco-text.c text, poco-list.c what was drawn, until it is painted band by band.
 */
#ifndef SOTTO_POCO_H
#define SOTTO_POCO_H

#include "xsmc.h"
#include "paint.h"

#define STACK_DEPTH 16
/* What one call takes of the SDK's display list on a 32-bit device, rounded up. */
#define RECTANGLE_BYTES 16
#define PICTURE_BYTES 28
#define STACK_BYTES 8

typedef enum { POCO_FINE, POCO_LIST_OVERFLOW, POCO_STACK_LEFT, POCO_STACK_ERROR } PocoError;

typedef struct {
	bool isClip;
	PaintBox clip;
	int32_t x, y;
} PocoSaved;

/* Pixels that the VM may move before they are painted. */
typedef struct PocoCopy {
	struct PocoCopy* next;
	uint8_t pixels[];
} PocoCopy;

typedef struct {
	int32_t width, height;
	/* In bytes as the SDK counts them. */
	int32_t displayListLength, displayListUsed;
	uint8_t* list;
	size_t listUsed;
	PocoCopy* copies;
	bool begun;
	PocoError error;
	PaintBox area, clip;
	int32_t xOrigin, yOrigin;
	PocoSaved stack[STACK_DEPTH];
	int depth;
} Poco;

/* The renderer of this call; throws where it is closed, or nothing has begun. */
Poco* pocoDrawing(xsMachine* the);
/* Whether the argument is there and is not undefined. */
bool pocoGiven(xsMachine* the, int index);
int32_t pocoIntegerOr(xsMachine* the, int index, int32_t otherwise);
/* True where there is room for one more call. */
bool pocoRoom(Poco* poco, int32_t bytes);

/* The SDK's numbers of the two pixel formats that are drawn. */
#define POCO_GRAY16 4
#define POCO_RGB565LE 7

typedef struct {
	int32_t width, height, format, offset;
	const uint8_t* pixels;
} PocoPicture;

/* Reads a Bitmap into picture; buffer is a slot the caller keeps, so that the pixels stay. */
void pocoPictureOpen(xsMachine* the, xsSlot* bitmap, xsSlot* buffer, PocoPicture* picture);
/* The pixels, or a copy where they could be moved until they are painted; throws where the buffer is shorter than the
 * picture claims. */
void pocoPicturePixels(xsMachine* the, xsSlot* buffer, PocoPicture* picture, Poco* poco);

/* False: no memory. */
bool pocoListBegin(Poco* poco);
/* What is listed is gone, and its memory. */
void pocoListEnd(Poco* poco);
void pocoListRectangle(Poco* poco, uint16_t color, uint8_t blend, PaintBox box);
/* The picture's part from (sx, sy) on, which must lie in it, to the box. */
void pocoListGray(Poco* poco, const PocoPicture* picture, uint16_t color, uint8_t blend, PaintBox box, int32_t sx,
				  int32_t sy);
void pocoListPixels(Poco* poco, const PocoPicture* picture, PaintBox box, int32_t sx, int32_t sy);
/* Some rows of the area. */
void pocoListPaint(const Poco* poco, PaintSurface* band);

#endif
