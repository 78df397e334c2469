#include "cfi.h"
#include <string.h>

#define BANK 0x22000000u
/* Each command goes to both chips, and each answers for itself. */
#define BOTH(VALUE) ((uint32_t)(VALUE)*0x00010001u)

enum {
	commandProgram = 0x40,
	commandErase = 0x20,
	commandConfirm = 0xd0,
	commandClear = 0x50,
	commandRead = 0xff,
	statusReady = 0x80,
	statusFailed = 0x3a,
	/* QEMU is ready at once; real chips are within a second. */
	TRIES = 50000000,
	BATCH_WORDS = 32
};

static volatile uint32_t* wordAt(size_t offset)
{
	return (volatile uint32_t*)(BANK + (offset & ~(size_t)3));
}

const uint8_t* cfiBytes(size_t offset)
{
	return (const uint8_t*)(BANK + offset);
}

/* After a command the chips answer with their status; the next command may follow at once. */
static bool done(volatile uint32_t* word)
{
	uint32_t status = 0;
	for (int i = 0; i < TRIES && (status & BOTH(statusReady)) != BOTH(statusReady); i++)
		status = *word;
	return (status & BOTH(statusReady)) == BOTH(statusReady) && (status & BOTH(statusFailed)) == 0;
}

/* From now on they answer with what they hold. */
static void readAgain(volatile uint32_t* word)
{
	*word = BOTH(commandClear);
	*word = BOTH(commandRead);
}

/* At most BATCH_WORDS of them. Turning from reading to programming and back takes QEMU longer than the rest. */
static bool programWords(volatile uint32_t* words, const uint32_t* values, size_t count)
{
	bool good = true;
	uint32_t old[BATCH_WORDS];
	for (size_t i = 0; i < count; i++)
		old[i] = words[i];
	for (size_t i = 0; i < count && good; i++) {
		if (values[i] == old[i])
			continue;
		words[i] = BOTH(commandProgram);
		words[i] = values[i];
		good = done(words + i);
	}
	readAgain(words);
	return good;
}

bool cfiProgram(size_t offset, const uint8_t* bytes, size_t byteLength)
{
	while (byteLength > 0) {
		uint32_t values[BATCH_WORDS];
		volatile uint32_t* words = wordAt(offset);
		size_t first = offset & 3, room = sizeof values - first, count = byteLength < room ? byteLength : room;
		size_t wordCount = (first + count + 3) / 4;
		/* What stands beside the octets in their words stays. */
		values[0] = words[0];
		values[wordCount - 1] = words[wordCount - 1];
		memcpy((uint8_t*)values + first, bytes, count);
		if (!programWords(words, values, wordCount))
			return false;
		offset += count;
		bytes += count;
		byteLength -= count;
	}
	return true;
}

bool cfiErase(size_t offset)
{
	volatile uint32_t* word = wordAt(offset);
	bool good;
	*word = BOTH(commandErase);
	*word = BOTH(commandConfirm);
	good = done(word);
	readAgain(word);
	return good;
}
