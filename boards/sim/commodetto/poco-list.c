/*
 * What was drawn since begin, until its bands are painted. What comes in is clipped already in part; what goes out are
 * the rows of one band.
 */
#include "poco.h"
#include <stdlib.h>
#include <string.h>

typedef enum { listRectangle, listGray, listPixels } ListKind;

/* A picture follows as ListPicture. */
typedef struct {
	int16_t left, top, right, bottom;
	uint16_t color;
	uint8_t blend;
	uint8_t kind;
} ListHead;

typedef struct {
	ListHead head;
	int16_t sx, sy;
	uint16_t sourceWidth, sourceHeight;
	const uint8_t* pixels;
} ListPicture;

/* The SDK counts 16 and 28 bytes for the same on a device. */
_Static_assert(sizeof(void*) > 4 || (sizeof(ListHead) <= RECTANGLE_BYTES && sizeof(ListPicture) <= PICTURE_BYTES),
			   "what the SDK says of the list's length holds here");

bool pocoListBegin(Poco* poco)
{
	/* Twice as long where a pointer is. */
	if (poco->list == NULL)
		poco->list = malloc((size_t)poco->displayListLength * (sizeof(void*) / 4));
	poco->listUsed = 0;
	poco->displayListUsed = 0;
	return poco->list != NULL;
}

void pocoListEnd(Poco* poco)
{
	PocoCopy* copy = poco->copies;
	while (copy != NULL) {
		PocoCopy* next = copy->next;
		free(copy);
		copy = next;
	}
	poco->copies = NULL;
	free(poco->list);
	poco->list = NULL;
}

static ListHead headOf(ListKind kind, uint16_t color, uint8_t blend, const PaintBox* part)
{
	return (ListHead){
		(int16_t)part->left, (int16_t)part->top, (int16_t)part->right, (int16_t)part->bottom, color, blend,
		(uint8_t)kind};
}

static void add(Poco* poco, const void* entry, size_t byteLength, int32_t counted)
{
	memcpy(poco->list + poco->listUsed, entry, byteLength);
	poco->listUsed += byteLength;
	poco->displayListUsed += counted;
}

void pocoListRectangle(Poco* poco, uint16_t color, uint8_t blend, PaintBox box)
{
	PaintBox part = paintBoxIntersect(&box, &poco->clip);
	if (!pocoRoom(poco, RECTANGLE_BYTES) || paintBoxEmpty(&part))
		return;
	ListHead head = headOf(listRectangle, color, blend, &part);
	add(poco, &head, sizeof head, RECTANGLE_BYTES);
}

static void picture(Poco* poco, ListKind kind, const PocoPicture* from, uint16_t color, uint8_t blend, PaintBox box,
					int32_t sx, int32_t sy)
{
	PaintBox part = paintBoxIntersect(&box, &poco->clip);
	if (!pocoRoom(poco, PICTURE_BYTES) || paintBoxEmpty(&part))
		return;
	ListPicture entry = {headOf(kind, color, blend, &part),
						 (int16_t)(sx + part.left - box.left),
						 (int16_t)(sy + part.top - box.top),
						 (uint16_t)from->width,
						 (uint16_t)from->height,
						 from->pixels};
	add(poco, &entry, sizeof entry, PICTURE_BYTES);
}

void pocoListGray(Poco* poco, const PocoPicture* from, uint16_t color, uint8_t blend, PaintBox box, int32_t sx,
				  int32_t sy)
{
	picture(poco, listGray, from, color, blend, box, sx, sy);
}

void pocoListPixels(Poco* poco, const PocoPicture* from, PaintBox box, int32_t sx, int32_t sy)
{
	picture(poco, listPixels, from, 0, 255, box, sx, sy);
}

static void paint(PaintSurface* band, const ListPicture* it)
{
	const ListHead* head = &it->head;
	const PaintBox box = {head->left, head->top, head->right, head->bottom};
	const int32_t width = box.right - box.left, height = box.bottom - box.top;
	if (head->kind == listRectangle)
		paintRectangle(band, head->color, head->blend, box);
	else if (head->kind == listGray) {
		PaintGray gray = {it->pixels, it->sourceWidth, it->sourceHeight};
		paintGray(band, &gray, head->color, head->blend, box.left, box.top, it->sx, it->sy, width, height);
	} else
		paintPixels(band, (const uint16_t*)(const void*)it->pixels, it->sourceWidth, box.left, box.top, it->sx, it->sy,
					width, height);
}

void pocoListPaint(const Poco* poco, PaintSurface* band)
{
	size_t at = 0;
	while (at < poco->listUsed) {
		ListPicture entry;
		memcpy(&entry.head, poco->list + at, sizeof entry.head);
		if (entry.head.kind == listRectangle)
			at += sizeof entry.head;
		else {
			memcpy(&entry, poco->list + at, sizeof entry);
			at += sizeof entry;
		}
		paint(band, &entry);
	}
}
