/* Words of the file, through a buffer: each write of the host's file stops the machine. */
#include "words.h"

enum { lineMost = 80 };

void seedFlush(SeedWords* it)
{
	if (it->length > 0 && !seedPut(it->file, it->text, it->length))
		it->failed = true;
	it->length = 0;
}

static void put(SeedWords* it, const char* mark, uint32_t value)
{
	if (it->length + lineMost > sizeof it->text)
		seedFlush(it);
	it->length += (size_t)snprintf(it->text + it->length, lineMost, "%s%lx\n", mark, (unsigned long)value);
}

void seedSection(SeedWords* it, const char* name)
{
	seedFlush(it);
	it->length = (size_t)snprintf(it->text, lineMost, "section %s\n", name);
}

void seedValue(SeedWords* it, const char* name, uint32_t value)
{
	seedFlush(it);
	it->length = (size_t)snprintf(it->text, lineMost, "value %s %lu\n", name, (unsigned long)value);
}

void seedFail(SeedWords* it, const char* why, uint32_t value)
{
	printf("preload: %s (0x%lx)\n", why, (unsigned long)value);
	it->failed = true;
}

void seedNumber(SeedWords* it, uint32_t value)
{
	put(it, "", value);
}

void seedProgram(SeedWords* it, const void* address)
{
	put(it, address == NULL ? "" : "!", (uint32_t)(uintptr_t)address);
}

void seedText(SeedWords* it, const char* text)
{
	put(it, text == NULL ? "" : "\"", (uint32_t)(uintptr_t)text);
}

void seedReference(SeedWords* it, const txSlot* slot)
{
	const uint32_t* places = it->places;
	if (slot == NULL) {
		seedNumber(it, 0);
		return;
	}
	for (const txSlot* heap = it->the->firstHeap; heap != NULL; heap = heap->next) {
		const txSlot* limit = heap->value.reference;
		if (slot > heap && slot < limit && places[slot - heap - 1] != 0) {
			put(it, "@", places[slot - heap - 1] - 1);
			return;
		}
		places += limit - heap - 1;
	}
	seedFail(it, "a slot that is not in use", (uint32_t)(uintptr_t)slot);
}

void seedChunk(SeedWords* it, const void* data)
{
	if (data == NULL)
		seedNumber(it, 0);
	else
		put(it, "=", (uint32_t)(uintptr_t)seedChunkOf(data)->temporary);
}
