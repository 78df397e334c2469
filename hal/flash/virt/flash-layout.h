/* Which partitions the second bank of flash has: boards/virt-rv32 names them in its board.ts with the same sizes. */
#ifndef SOTTO_FLASH_LAYOUT_H
#define SOTTO_FLASH_LAYOUT_H

#include <stddef.h>

typedef struct {
	const char* name;
	size_t offset, byteLength;
} FlashPartition;

/* Ends with an entry without a name. */
extern const FlashPartition flashPartitions[];
/* NULL: there is none of the name that stands last in path. */
const FlashPartition* flashPartition(const char* path);

#endif
