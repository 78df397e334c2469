/*
 * The file that the seed writes, word by word; scripts/builder/preload.ts reads it. A line is one word of 32 bits:
 * HEX a number, @HEX a slot by its new place, =HEX a byte of the data, !HEX an address of the program (code, tables,
 * bytecode), "HEX a text of C. "section NAME" begins one, "value NAME NUMBER" tells what is no word.
 */
#ifndef SOTTO_SEED_WORDS_H
#define SOTTO_SEED_WORDS_H

#include "seed.h"

typedef struct {
	txMachine* the;
	int file;
	bool failed;
	/* New place of each slot, counted from 1: the blocks of the heap one behind the other. 0: not in use. */
	uint32_t* places;
	/* Bytes of data so far. */
	uint32_t dataByteLength;
	size_t length;
	char text[8192];
} SeedWords;

void seedSection(SeedWords*, const char* name);
void seedValue(SeedWords*, const char* name, uint32_t value);
void seedFlush(SeedWords*);
/* Says on the console why there can be no preload. */
void seedFail(SeedWords*, const char* why, uint32_t value);

void seedNumber(SeedWords*, uint32_t value);
void seedProgram(SeedWords*, const void* address);
void seedText(SeedWords*, const char* text);
void seedReference(SeedWords*, const txSlot* slot);
/* Bytes in a chunk of the heap, once they were written. */
void seedChunk(SeedWords*, const void* data);

/* slots.c: the four words of a slot; an item of an array keeps its index where others have the next slot. */
void seedSlot(SeedWords*, const txSlot* slot, bool item);
/* The chunk that a slot leads to, into the data, unless it is there. */
void seedData(SeedWords*, const txSlot* slot);

static inline txChunk* seedChunkOf(const void* data)
{
	return (txChunk*)((uintptr_t)data - sizeof(txChunk));
}

#endif
