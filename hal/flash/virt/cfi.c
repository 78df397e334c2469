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
	TRIES = 50000000
};

static volatile uint32_t* wordAt(size_t offset)
{
	return (volatile uint32_t*)(BANK + (offset & ~(size_t)3));
}

const uint8_t* cfiBytes(size_t offset)
{
	return (const uint8_t*)(BANK + offset);
}

static bool finish(volatile uint32_t* word)
{
	uint32_t status = 0;
	for (int i = 0; i < TRIES && (status & BOTH(statusReady)) != BOTH(statusReady); i++)
		status = *word;
	*word = BOTH(commandClear);
	*word = BOTH(commandRead);
	return (status & BOTH(statusReady)) == BOTH(statusReady) && (status & BOTH(statusFailed)) == 0;
}

bool cfiProgram(size_t offset, const uint8_t* bytes, size_t byteLength)
{
	for (size_t done = 0; done < byteLength;) {
		volatile uint32_t* word = wordAt(offset + done);
		size_t first = (offset + done) & 3;
		size_t count = 4 - first < byteLength - done ? 4 - first : byteLength - done;
		uint32_t old = *word, value = old;
		memcpy((uint8_t*)&value + first, bytes + done, count);
		if (value != old) {
			*word = BOTH(commandProgram);
			*word = value;
			if (!finish(word))
				return false;
		}
		done += count;
	}
	return true;
}

bool cfiErase(size_t offset)
{
	volatile uint32_t* word = wordAt(offset);
	*word = BOTH(commandErase);
	*word = BOTH(commandConfirm);
	return finish(word);
}
